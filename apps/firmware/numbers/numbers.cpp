// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

// Prints "key value" lines for report.py: instructions, stack and arena bytes of single-precision runs.

#include "lib/kernels/packed.hpp"
#include "measure.hpp"
#include "tinyrank/gradient_descent.hpp"
#include "tinyrank/operators/dense.hpp"
#include "tinyrank/operators/dense_bf16.hpp"
#include "tinyrank/operators/dense_int8.hpp"
#include "tinyrank/operators/distances.hpp"
#include "tinyrank/operators/entries.hpp"
#include "tinyrank/operators/gaussian.hpp"
#include "tinyrank/operators/generated_rank_one.hpp"
#include "tinyrank/operators/hadamard.hpp"
#include "tinyrank/operators/rademacher.hpp"
#include "tinyrank/operators/rank_one.hpp"

namespace {

using namespace tinyrank;
using namespace tinyrank::numbers;

constexpr std::size_t n = 64, rank = 4, measurement_count = 128, pair_count = 512;
constexpr std::size_t stride = packed_stride<float>(n);

alignas(arena_alignment) float rows[measurement_count * stride];
alignas(arena_alignment) float factor[factor_count<float>(n, rank)];
alignas(arena_alignment) std::byte memory[160 * 1024];
alignas(64) std::uint16_t halves[measurement_count * quantized_stride<std::uint16_t>(n)];
alignas(64) std::int8_t bytes_of_rows[measurement_count * quantized_stride<std::int8_t>(n)];
float scales[measurement_count];
float y[pair_count];
index_pair pairs[pair_count];
gradient_descent<float> run;
bool refused = false;

template <class Sensing>
constexpr std::size_t bytes(const Sensing& sensing, std::size_t r) {
  gradient_descent_options<float> options;
  options.rank = r;
  return gradient_descent_bytes(sensing, options);
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
  const packed_kernels<float>& kernels = table_for<packed_kernels<float>>(isa);
  float* const sum = reinterpret_cast<float*>(memory);
  for (std::size_t k = 0; k < stride; ++k) sum[k] = 0;
  float loss = 0;
  const double instructions = instructions_of([&] {
    loss = kernels.residual_accumulate_rows(rows + stride, stride, measurement_count - 1, rows, y, sum,
                                            stride, 0);
  });
  refused |= !(loss > 0);
  print_number("instructions_per_packed_entry.dense_f32", name,
               instructions / static_cast<double>((measurement_count - 1) * stride));
}

template <class Make>
void report_arenas(const char* name, Make make) {
  static constexpr const char* const labels[3][3] = {
      {"n16_r2", "n16_r4", "n16_r8"}, {"n32_r2", "n32_r4", "n32_r8"}, {"n64_r2", "n64_r4", "n64_r8"}};
  for (std::size_t i = 0; i < 3; ++i) {
    for (std::size_t k = 0; k < 3; ++k) {
      const std::size_t side = std::size_t{16} << i, columns = std::size_t{2} << k;
      semihosting::print("arena_bytes.");
      print_number(name, labels[i][k], std::uint64_t{bytes(make(side, 8 * side), columns)});
    }
  }
}

}  // namespace

int main() {
  refused |= fill_gaussian_rows(n, 0, measurement_count, 1, gaussian_ensemble::isotropic, rows) != status::ok;
  for (std::size_t i = 0; i < measurement_count; ++i) {
    refused |= !pack_row_bf16(n, rows + i * stride, halves + i * quantized_stride<std::uint16_t>(n));
    scales[i] = pack_row_int8(n, rows + i * stride, bytes_of_rows + i * quantized_stride<std::int8_t>(n));
  }
  for (std::size_t i = 0; i < pair_count; ++i) {
    const auto first = static_cast<std::uint32_t>(i % n);
    pairs[i] = {first, static_cast<std::uint32_t>((first + 1 + i / n) % n)};
  }
  const dense_sensing<float> dense{n, measurement_count, rows};
  const gaussian_sensing<float> drawn{n, measurement_count, 1};
  const rademacher_sensing<float> signs{n, measurement_count, 1};
  const hadamard_sensing<float> hadamard{n, pair_count, 1};
  const generated_rank_one_sensing<float> rank_one{n, measurement_count, 1, rank_one_form::debiased};
  const distances_sensing<float> distances{n, pair_count, pairs};
  // The rows serve as vectors, too: padded to 64 floats, of which all are used.
  const rank_one_sensing<float> stored_rank_one{n, measurement_count, rows};

  print_number("problem", "n", std::uint64_t{n});
  print_number("problem", "rank", std::uint64_t{rank});
  report_dense_kernel(to_string(best_instruction_set()), best_instruction_set());
  report_dense_kernel("scalar", instruction_set::scalar);
  report("dense", dense);
  report("gaussian", drawn);
  report("rademacher", signs);
  report("hadamard", hadamard);
  report("rank_one", stored_rank_one);
  report("generated_rank_one", rank_one);
  report("distances", distances);
  report("entries", entries_sensing<float>{n, pair_count, pairs});
  report("bf16", dense_bf16_sensing<float>{n, measurement_count, halves});
  report("int8", dense_int8_sensing<float>{n, measurement_count, bytes_of_rows, scales});
  report_arenas("gaussian", [](std::size_t side, std::size_t m) {
    return gaussian_sensing<float>{side, m, 1};
  });
  report_arenas("rademacher", [](std::size_t side, std::size_t m) {
    return rademacher_sensing<float>{side, m, 1};
  });
  report_arenas("dense", [](std::size_t side, std::size_t m) {
    return dense_sensing<float>{side, m, nullptr};
  });
  report_arenas("hadamard", [](std::size_t side, std::size_t m) {
    return hadamard_sensing<float>{side, m, 1};
  });
  report_arenas("generated_rank_one", [](std::size_t side, std::size_t m) {
    return generated_rank_one_sensing<float>{side, m, 1};
  });
  report_arenas("distances", [](std::size_t side, std::size_t m) {
    return distances_sensing<float>{side, m, nullptr};
  });
  if (refused) semihosting::print("a run was refused or did not step\n");
  return refused ? 1 : 0;
}
