// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

// Some of the golden bits, and what check_environment says; test_flags.py compiles it.

#include <cinttypes>
#include <cstdio>

#include "golden.hpp"
#include "golden_problem.hpp"
#include "tinyrank/environment.hpp"

namespace {

using namespace tinyrank;
using golden::choice;

alignas(arena_alignment) std::byte buffer[std::size_t{1} << 20];
int failures = 0;

void check(const char* what, std::uint64_t bits, std::uint64_t expected) {
  if (bits == expected) return;
  std::printf("%s: factor_bits %016" PRIx64 ", expected %016" PRIx64 "\n", what, bits, expected);
  ++failures;
}

template <class T, class Sensing>
std::uint64_t run(const Sensing& a, choice steps) {
  static T y[golden::measurement_count];
  sensing_operator<T> table;
  if (make_operator(a, table) != status::ok) return 0;
  golden::measure_truth(table, y, buffer);
  return golden::run_bits(table, y, golden::options_for<T>(steps), buffer, sizeof buffer);
}

template <class T>
void check_all() {
  const golden::bits& expected = golden::expected<T>;
  check("gaussian, given step", run<T>(golden::gaussian_problem<T>, choice::given), expected.gaussian_given);
  check("gaussian, automatic", run<T>(golden::gaussian_problem<T>, choice::automatic),
        expected.gaussian_automatic);
  check("rank-one, automatic", run<T>(golden::rank_one_problem<T>, choice::automatic),
        expected.rank_one_automatic);
  check("planted truth", golden::planted_truth_bits<T>(), expected.planted_truth);
}

}  // namespace

int main() {
  check_all<float>();
  check_all<double>();
  if (const status found = check_environment(); found != status::ok) {
    std::printf("%s\n", to_string(found));
    ++failures;
  }
  return failures == 0 ? 0 : 1;
}
