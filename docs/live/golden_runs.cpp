// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "golden_runs.hpp"

#include "catalogue/gaussian.hpp"
#include "tests/common/catalogue_run.hpp"
#include "tests/common/golden.hpp"
#include "tests/common/golden_problem.hpp"

namespace tinyrank::web {
namespace {

using golden::choice;

alignas(arena_alignment) std::byte buffer[256 * 1024];
index_pair pairs[golden::pair_count];

template <class T, class Sensing>
std::uint64_t descend(const Sensing& sensing, choice steps) noexcept {
  static T y[golden::measurement_count];
  sensing_operator<T> a;
  const auto options = golden::options_for<T>(steps);
  const std::size_t bytes = descent_bytes(sensing, options);
  if (bytes > sizeof buffer || golden::measuring_bytes < T >> sizeof buffer) return 0;
  if (make_operator(sensing, a) != status::ok) return 0;
  golden::measure_truth(a, y, buffer);
  return golden::run_bits(a, y, options, buffer, bytes);
}

template <class T>
std::uint64_t gaussian_given() noexcept {
  return descend<T>(golden::gaussian_problem<T>, choice::given);
}
template <class T>
std::uint64_t gaussian_automatic() noexcept {
  return descend<T>(golden::gaussian_problem<T>, choice::automatic);
}
template <class T>
std::uint64_t distances_automatic() noexcept {
  golden::list_pairs(pairs);
  const distances_sensing<T> sensing{golden::n, golden::pair_count, pairs};
  return descend<T>(sensing, choice::automatic);
}
template <class T>
std::uint64_t hadamard_automatic() noexcept {
  return descend<T>(golden::hadamard_problem<T>, choice::automatic);
}
template <class T>
std::uint64_t rank_one_automatic() noexcept {
  return descend<T>(golden::rank_one_problem<T>, choice::automatic);
}
template <class T>
std::uint64_t planted_truth() noexcept {
  return golden::planted_truth_bits<T>();
}

using row = catalogue::gaussian_row;

template <class T>
std::uint64_t catalogue_descent() noexcept {
  static_assert(catalogue::run_bytes<row, T>() <= sizeof buffer);
  return catalogue::run_bits<row, T>(buffer, {}, instruction_set::automatic);
}
template <class T>
std::uint64_t catalogue_staircase() noexcept {
  return catalogue::staircase_bits<row, T>(buffer, {}, instruction_set::automatic);
}

}  // namespace

#define BOTH(name, run, f32, f64)      \
  {name ", float", run<float>, f32}, { \
    name ", double", run<double>, f64  \
  }
constexpr const golden::bits& f32 = golden::expected_f32;
constexpr const golden::bits& f64 = golden::expected_f64;
const golden_run golden_runs[golden_run_count] = {
    BOTH("Gaussian matrices, a given step", gaussian_given, f32.gaussian_given, f64.gaussian_given),
    BOTH("Gaussian matrices", gaussian_automatic, f32.gaussian_automatic, f64.gaussian_automatic),
    BOTH("distances", distances_automatic, f32.distance_automatic, f64.distance_automatic),
    BOTH("Walsh-Hadamard rows", hadamard_automatic, f32.hadamard_automatic, f64.hadamard_automatic),
    BOTH("rank-one matrices", rank_one_automatic, f32.rank_one_automatic, f64.rank_one_automatic),
    BOTH("a planted truth", planted_truth, f32.planted_truth, f64.planted_truth),
    BOTH("catalogue: gaussian", catalogue_descent, row::golden.f32, row::golden.f64),
    BOTH("catalogue: gaussian, staircase and passes", catalogue_staircase, row::staircase_golden.f32,
         row::staircase_golden.f64),
};
#undef BOTH

}  // namespace tinyrank::web
