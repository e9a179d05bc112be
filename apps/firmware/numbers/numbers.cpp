// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

// Prints "key value" lines for report.py: instructions, stack and arena bytes of single-precision runs.

#include "apps/firmware/nothing_told.hpp"
#include "c_api.hpp"
#include "catalogue/operators.hpp"
#include "lib/kernels/packed.hpp"
#include "measure.hpp"
#include "tinyrank/gradient_descent.hpp"

namespace {

using namespace tinyrank;
using namespace tinyrank::numbers;

constexpr std::size_t n = 64, rank = 4, few = 128, many = 512;
constexpr std::size_t stride = packed_stride<float>(n);

/// Measurements of an operator: many where one costs less than the n r entries of a factor.
template <class Row>
constexpr std::size_t measurement_count = Row::flops(n, many, rank) - Row::flops(n, few, rank) <
                                                  (many - few) * n* rank
                                              ? many
                                              : few;

template <class Row>
constexpr std::size_t operator_bytes = catalogue::storage_bytes<Row, float>(n, measurement_count<Row>);

constexpr std::size_t operator_data_bytes =
    catalogue::largest_of_operators([](auto row) { return operator_bytes<decltype(row)>; });

alignas(arena_alignment) std::byte operator_data[operator_data_bytes];
alignas(arena_alignment) float factor[factor_count<float>(n, rank)];
alignas(arena_alignment) std::byte memory[160 * 1024];
float y[many];
descent<float> run;
bool refused = false;

template <class Sensing>
constexpr std::size_t bytes(const Sensing& sensing, std::size_t r) {
  gradient_descent_options<float> options;
  options.rank = r;
  return descent_bytes(sensing, options);
}

/// A truth of two columns, measured.
void measure(const sensing_operator<float>& a) {
  const factor_view<float> truth{factor, n, 2, padded<float>(n)};
  for (std::size_t c = 0; c < 2; ++c) {
    for (std::size_t j = 0; j < n; ++j) {
      truth(j, c) =
          0.125F * gaussian(make_stream(1, random_purpose::planted, c), static_cast<std::uint32_t>(j));
    }
  }
  workspace<float> how;
  refused |= make_workspace(how, a, 2, {}, instruction_set::automatic, memory, sizeof memory) != status::ok;
  if (!refused) a.measure(how, truth, y);
}

/// Instructions of one step with the kernels of `isa`.
template <class Sensing>
double step_instructions(const Sensing& sensing, instruction_set isa) {
  gradient_descent_options<float> options;
  options.rank = rank;
  options.isa = isa;
  sensing_operator<float> a;
  refused |= make_operator(sensing, a) != status::ok;
  if (refused) return 0;
  measure(a);
  refused |= init_operator(run, a, y, options, memory, sizeof memory) != status::ok;
  step(run);
  const double all = instructions_of([] { step(run), step(run), step(run), step(run); });
  refused |= run.report.step_reductions != 0 || run.report.iterations != 5;
  return all / 4;
}

template <class Sensing>
void report(const char* name, const Sensing& sensing) {
  print_number("instructions.step", name, step_instructions(sensing, instruction_set::automatic));
  const double scalar = step_instructions(sensing, instruction_set::scalar);
  print_number("instructions.step_scalar", name, scalar);

  gradient_descent_options<float> options;
  options.rank = rank;
  options.iteration_limit = 3;
  print_number("stack.init", name, std::uint64_t{stack_of([&] {
                 refused |= init(run, sensing, y, options, memory, sizeof memory) != status::ok;
               })});
  print_number("stack.step", name, std::uint64_t{stack_of([] { step(run); })});
  print_number("stack.run", name, std::uint64_t{stack_of([] { run_to_end(run); })});
}

/// Dot and accumulate together.
void report_dense_kernel(const char* name, instruction_set isa) {
  arena placing(operator_data, sizeof operator_data);
  const float* const rows = catalogue::make<catalogue::dense_row, float>(n, few, 1, placing).rows;
  const packed_kernels<float>& kernels = table_for<packed_kernels<float>>(isa);
  float* const sum = reinterpret_cast<float*>(memory);
  for (std::size_t k = 0; k < stride; ++k) sum[k] = 0;
  float loss = 0;
  const double instructions = instructions_of([&] {
    loss = kernels.residual_accumulate_rows(rows + stride, stride, few - 1, rows, y, sum, stride, 0);
  });
  refused |= !(loss > 0);
  print_number("instructions_per_packed_entry.dense_f32", name,
               instructions / static_cast<double>((few - 1) * stride));
}

template <class Row>
void report_arenas() {
  static constexpr const char* const labels[3][3] = {
      {"n16_r2", "n16_r4", "n16_r8"}, {"n32_r2", "n32_r4", "n32_r8"}, {"n64_r2", "n64_r4", "n64_r8"}};
  for (std::size_t i = 0; i < 3; ++i) {
    for (std::size_t k = 0; k < 3; ++k) {
      const std::size_t side = std::size_t{16} << i, columns = std::size_t{2} << k;
      arena measuring;
      semihosting::print("arena_bytes.");
      print_number(Row::name, labels[i][k],
                   std::uint64_t{bytes(Row::template place<float>(side, 8 * side, 1, measuring), columns)});
    }
  }
}

// Not inlined: gcc 12 writes low-overhead branches for an M55 that do not reach the other end of a long main.
template <class Row>
[[gnu::noinline]] void report_operator() {
  arena placing(operator_data, sizeof operator_data);
  report(Row::name, catalogue::make<Row, float>(n, measurement_count<Row>, 1, placing));
  report_arenas<Row>();
}

/// The recovery of staircase.cpp, from the first pass to the last.
template <class Problem>
[[gnu::noinline]] void report_staircase() {
  static staircase<float> recovery;
  static_assert(nothing_told::arena_bytes<Problem> <= sizeof memory);
  static_assert(nothing_told::measurement_count <= many);
  constexpr std::size_t side = nothing_told::n, columns = nothing_told::truth_rank;
  const factor_view<float> truth{factor, side, columns, padded<float>(side)};
  refused |= nothing_told::measure<Problem>(truth, y, memory) != status::ok;
  const auto start = [] {
    refused |=
        init(recovery, Problem::sensing, y, nothing_told::options, memory, sizeof memory) != status::ok;
  };
  print_number("staircase.stack_init", Problem::name, std::uint64_t{stack_of(start)});
  if (refused) return;
  print_number("staircase.stack_run", Problem::name, std::uint64_t{stack_of([] { run_to_end(recovery); })});
  start();
  double all = 0, most = 0;
  while (recovery.report.result == outcome::running) {
    const double pass = instructions_of([] { step(recovery); });
    all += pass;
    most = pass > most ? pass : most;
  }
  refused |= !nothing_told::knows_its_answer(recovery);
  print_number("staircase.passes", Problem::name, std::uint64_t{recovery.report.passes});
  print_number("staircase.arena_bytes", Problem::name, std::uint64_t{recovery.report.arena_bytes});
  print_number("staircase.instructions", Problem::name, all);
  print_number("staircase.instructions_of_longest_pass", Problem::name, most);
}

[[gnu::noinline]] void report_calls_from_c() {
  const hadamard_sensing<float> sensing{n, c_api_measurements, 1};
  static_assert(c_api_measurements <= many);
  sensing_operator<float> a;
  refused |= make_operator(sensing, a) != status::ok;
  if (refused) return;
  measure(a);
  refused |= !report_c_api(y);
}

}  // namespace

int main() {
  print_number("problem", "n", std::uint64_t{n});
  print_number("problem", "rank", std::uint64_t{rank});
  report_dense_kernel(to_string(best_instruction_set()), best_instruction_set());
  report_dense_kernel("scalar", instruction_set::scalar);
  catalogue::for_every_operator([](auto row) { report_operator<decltype(row)>(); });
  report_staircase<nothing_told::hadamard>();
  report_staircase<nothing_told::rank_one>();
  report_calls_from_c();
  if (refused) semihosting::print("a run was refused or did not step\n");
  return refused ? 1 : 0;
}
