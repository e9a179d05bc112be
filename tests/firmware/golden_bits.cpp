// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include <initializer_list>

#include "catalogue_run.hpp"
#include "golden.hpp"
#include "golden_problem.hpp"
#include "semihosting.hpp"
#include "tinyrank/operators/distances.hpp"

namespace {

using namespace tinyrank;
using golden::choice;

/// The largest arena that a problem of tests/common/golden.hpp or a row of the catalogue needs here.
template <class T>
constexpr std::size_t arena_bytes() {
  const distances_sensing<T> distance{golden::n, golden::pair_count, nullptr};
  const auto given = golden::options_for<T>(choice::given),
             automatic = golden::options_for<T>(choice::automatic);
  const std::size_t of_rows =
      catalogue::largest_of_operators([](auto row) { return catalogue::run_bytes<decltype(row), T>(); });
  return golden::largest(
      of_rows, golden::measuring_bytes<T>, descent_bytes(golden::gaussian_problem<T>, given),
      descent_bytes(golden::gaussian_problem<T>, automatic), descent_bytes(distance, automatic),
      descent_bytes(golden::rademacher_problem<T>, automatic),
      descent_bytes(golden::hadamard_problem<T>, automatic),
      descent_bytes(golden::rank_one_problem<T>, automatic));
}

template <class T>
alignas(arena_alignment) std::byte buffer[arena_bytes<T>()];
template <class T>
T measurements[golden::measurement_count];
index_pair pairs[golden::pair_count];

int failures = 0;

void check(const char* precision, const char* what, instruction_set isa, std::uint64_t bits,
           std::uint64_t expected) {
  for (const char* text : {precision, what, " ", to_string(isa), " factor_bits "}) semihosting::print(text);
  semihosting::print_hex64(bits);
  if (bits != expected) {
    semihosting::print(" expected ");
    semihosting::print_hex64(expected);
    ++failures;
  }
  semihosting::print("\n");
}

template <class T>
std::uint64_t run(const sensing_operator<T>& a, choice steps, instruction_set isa) {
  golden::measure_truth(a, measurements<T>, buffer<T>);
  const auto options = golden::options_for<T>(steps, {}, isa);
  return golden::run_bits(a, measurements<T>, options, buffer<T>, descent_bytes(a, options));
}

template <class T>
void check_all(const char* precision, instruction_set isa) {
  const golden::bits& expected = golden::expected<T>;
  const distances_sensing<T> distance{golden::n, golden::pair_count, pairs};
  sensing_operator<T> of_gaussian, of_distance, of_rademacher, of_hadamard, of_rank_one;
  if (make_operator(golden::gaussian_problem<T>, of_gaussian) != status::ok ||
      make_operator(distance, of_distance) != status::ok ||
      make_operator(golden::rademacher_problem<T>, of_rademacher) != status::ok ||
      make_operator(golden::hadamard_problem<T>, of_hadamard) != status::ok ||
      make_operator(golden::rank_one_problem<T>, of_rank_one) != status::ok) {
    semihosting::print("an operator was refused\n");
    ++failures;
    return;
  }
  const auto compare = [&](const char* what, const sensing_operator<T>& a, choice steps, std::uint64_t bits) {
    check(precision, what, isa, run(a, steps, isa), bits);
  };
  compare("gaussian, given step", of_gaussian, choice::given, expected.gaussian_given);
  compare("gaussian, automatic", of_gaussian, choice::automatic, expected.gaussian_automatic);
  compare("distances, automatic", of_distance, choice::automatic, expected.distance_automatic);
  compare("rademacher, automatic", of_rademacher, choice::automatic, expected.rademacher_automatic);
  compare("hadamard, automatic", of_hadamard, choice::automatic, expected.hadamard_automatic);
  compare("rank-one, automatic", of_rank_one, choice::automatic, expected.rank_one_automatic);
  check(precision, "planted truth", isa, golden::planted_truth_bits<T>(), expected.planted_truth);
}

/// The runs of every operator.
template <class T>
void check_catalogue(const char* precision, instruction_set isa) {
  catalogue::for_every_operator([&](auto row) {
    using row_type = decltype(row);
    check(precision, row_type::name, isa, catalogue::run_bits<row_type, T>(buffer<T>, {}, isa),
          catalogue::expected_bits<row_type, T>);
    check("staircase: ", row_type::name, isa, catalogue::staircase_bits<row_type, T>(buffer<T>, {}, isa),
          catalogue::expected_staircase_bits<row_type, T>);
  });
}

}  // namespace

int main() {
  // Where, say, a simulator was given registers of another size than the compiler.
  if (best_instruction_set() == instruction_set::automatic) {
    semihosting::print("this processor can run none of the instruction sets\n");
    return 1;
  }
  golden::list_pairs(pairs);
  for (const instruction_set isa : every_instruction_set) {
    if (!is_usable(isa)) continue;
    check_all<float>("f32 ", isa);
    check_all<double>("f64 ", isa);
    check_catalogue<float>("f32 catalogue: ", isa);
    check_catalogue<double>("f64 catalogue: ", isa);
  }
  return failures == 0 ? 0 : 1;
}
