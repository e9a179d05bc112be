// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "golden.hpp"
#include "golden_problem.hpp"
#include "semihosting.hpp"

namespace {

using namespace tinyrank;
using golden::choice;

/// The largest arena that a problem of tests/golden.hpp needs here.
template <class T>
constexpr std::size_t arena_bytes() {
  const distance_sensing<T> distance{golden::n, golden::pair_count, nullptr};
  const std::size_t sizes[] = {
      gradient_descent_bytes(golden::gaussian_problem<T>, golden::options_for<T>(choice::given)),
      gradient_descent_bytes(golden::gaussian_problem<T>, golden::options_for<T>(choice::automatic)),
      gradient_descent_bytes(distance, golden::options_for<T>(choice::automatic)),
      golden::measuring_bytes<T>};
  std::size_t largest = 0;
  for (const std::size_t size : sizes) largest = size > largest ? size : largest;
  return largest;
}

template <class T>
alignas(arena_alignment) std::byte buffer[arena_bytes<T>()];
template <class T>
T measurements[golden::measurement_count];
index_pair pairs[golden::pair_count];

int failures = 0;

void check(const char* what, std::uint64_t bits, std::uint64_t expected) {
  semihosting::print(what);
  semihosting::print(" factor_bits ");
  semihosting::print_hex64(bits);
  if (bits != expected) {
    semihosting::print(" expected ");
    semihosting::print_hex64(expected);
    ++failures;
  }
  semihosting::print("\n");
}

template <class T>
std::uint64_t run(const sensing_operator<T>& a, choice steps) {
  golden::measure_truth(a, measurements<T>, buffer<T>);
  const auto options = golden::options_for<T>(steps);
  return golden::run_bits(a, measurements<T>, options, buffer<T>, gradient_descent_bytes(a, options));
}

template <class T>
void check_all(const char* gaussian_given, const char* gaussian_automatic, const char* distance_automatic,
               const char* planted_truth) {
  const golden::bits& expected = golden::expected<T>;
  const distance_sensing<T> distance{golden::n, golden::pair_count, pairs};
  sensing_operator<T> of_gaussian, of_distance;
  if (make_operator(golden::gaussian_problem<T>, of_gaussian) != status::ok ||
      make_operator(distance, of_distance) != status::ok) {
    semihosting::print("an operator was refused\n");
    ++failures;
    return;
  }
  check(gaussian_given, run(of_gaussian, choice::given), expected.gaussian_given);
  check(gaussian_automatic, run(of_gaussian, choice::automatic), expected.gaussian_automatic);
  check(distance_automatic, run(of_distance, choice::automatic), expected.distance_automatic);
  check(planted_truth, golden::planted_truth_bits<T>(), expected.planted_truth);
}

}  // namespace

int main() {
  golden::list_pairs(pairs);
  check_all<float>("f32 gaussian, given step", "f32 gaussian, automatic", "f32 distances, automatic",
                   "f32 planted truth");
  check_all<double>("f64 gaussian, given step", "f64 gaussian, automatic", "f64 distances, automatic",
                    "f64 planted truth");
  return failures == 0 ? 0 : 1;
}
