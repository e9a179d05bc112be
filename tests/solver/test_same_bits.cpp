// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include <doctest/doctest.h>

#include "golden.hpp"
#include "golden_problem.hpp"
#include "support.hpp"
#include "tinyrank/operators/dense.hpp"
#include "tinyrank/operators/distances.hpp"
#include "tinyrank/operators/gaussian.hpp"
#include "tinyrank/random.hpp"

using namespace tinyrank;
using namespace tinyrank::test;

namespace {

template <class T>
struct golden_case {
  aligned_vector<T> rows;
  index_pair pairs[golden::pair_count];
  dense_sensing<T> dense;
  distances_sensing<T> distance;
  sensing_operator<T> of_gaussian, of_dense, of_distance, of_hadamard, of_rank_one, of_rademacher;
  std::vector<T> y, squared_distances, transformed, quadratic, of_signs;

  golden_case() : rows(golden::measurement_count * packed_stride<T>(golden::n)) {
    using namespace golden;
    list_pairs(pairs);
    REQUIRE(fill_gaussian_rows(n, 0, measurement_count, sensing_seed, gaussian_ensemble::isotropic,
                               rows.data()) == status::ok);
    dense = {n, measurement_count, rows.data()};
    distance = {n, pair_count, pairs};
    REQUIRE(make_operator(gaussian_problem<T>, of_gaussian) == status::ok);
    REQUIRE(make_operator(dense, of_dense) == status::ok);
    REQUIRE(make_operator(distance, of_distance) == status::ok);
    REQUIRE(make_operator(hadamard_problem<T>, of_hadamard) == status::ok);
    REQUIRE(make_operator(rank_one_problem<T>, of_rank_one) == status::ok);
    REQUIRE(make_operator(rademacher_problem<T>, of_rademacher) == status::ok);
    aligned_vector<std::byte> scratch(measuring_bytes<T>);
    y.resize(measurement_count);
    squared_distances.resize(pair_count);
    measure_truth(of_gaussian, y.data(), scratch.data());
    measure_truth(of_distance, squared_distances.data(), scratch.data());
    transformed.resize(sketch_count);
    quadratic.resize(sketch_count);
    measure_truth(of_hadamard, transformed.data(), scratch.data());
    measure_truth(of_rank_one, quadratic.data(), scratch.data());
    of_signs.resize(measurement_count);
    measure_truth(of_rademacher, of_signs.data(), scratch.data());
  }
};

template <class T>
std::uint64_t bits_of_run(const sensing_operator<T>& a, const std::vector<T>& y,
                          const gradient_descent_options<T>& options) {
  aligned_vector<std::byte> memory(descent_bytes(a, options));
  descent_report<T> report;
  const std::uint64_t bits = golden::run_bits(a, y.data(), options, memory.data(), memory.size(), &report);
  CHECK(report.isa == (options.isa == instruction_set::automatic ? best_instruction_set() : options.isa));
  CHECK(report.loss < report.zero_loss);
  return bits;
}

template <class T>
void check_golden(const golden_case<T>& problem, execution_plan plan, instruction_set isa) {
  const golden::bits& expected = golden::expected<T>;
  const auto given = golden::options_for<T>(golden::choice::given, plan, isa);
  const auto chosen = golden::options_for<T>(golden::choice::automatic, plan, isa);
  CAPTURE(std::string(to_string(isa)));
  CAPTURE(plan.threads);
  CHECK(bits_of_run(problem.of_gaussian, problem.y, given) == expected.gaussian_given);
  CHECK(bits_of_run(problem.of_dense, problem.y, given) == expected.gaussian_given);
  CHECK(bits_of_run(problem.of_gaussian, problem.y, chosen) == expected.gaussian_automatic);
  CHECK(bits_of_run(problem.of_dense, problem.y, chosen) == expected.gaussian_automatic);
  CHECK(bits_of_run(problem.of_distance, problem.squared_distances, chosen) == expected.distance_automatic);
  CHECK(bits_of_run(problem.of_hadamard, problem.transformed, chosen) == expected.hadamard_automatic);
  CHECK(bits_of_run(problem.of_rank_one, problem.quadratic, chosen) == expected.rank_one_automatic);
  CHECK(bits_of_run(problem.of_rademacher, problem.of_signs, chosen) == expected.rademacher_automatic);
}

}  // namespace

TEST_SUITE_BEGIN("same_bits");

TEST_CASE_TEMPLATE("every instruction set gives the golden bits with 1, 2 and 4 threads", T, float, double) {
  const golden_case<T> problem;
  for (const instruction_set isa : every_instruction_set) {
    if (!is_usable(isa)) continue;
    for (const std::uint32_t threads : {1u, 2u, 4u}) {
      if (threads == 1 || has_threads) check_golden(problem, {threads, 16}, isa);
    }
  }
}

TEST_CASE_TEMPLATE("a planted truth has the golden bits", T, float, double) {
  CHECK(golden::planted_truth_bits<T>() == golden::expected<T>.planted_truth);
}

TEST_CASE_TEMPLATE("the number of shards belongs to the bits", T, float, double) {
  const golden_case<T> problem;
  const auto options = golden::options_for<T>(golden::choice::given, {1, 8});
  const std::uint64_t of_one_thread = bits_of_run(problem.of_dense, problem.y, options);
  CHECK(of_one_thread != golden::expected<T>.gaussian_given);
  if (!has_threads) return;
  for (const std::uint32_t threads : {2u, 3u, 8u, 50u}) {
    const auto spread = golden::options_for<T>(golden::choice::given, {threads, 8});
    CHECK(bits_of_run(problem.of_dense, problem.y, spread) == of_one_thread);
  }
}

TEST_SUITE_END();

// Run by itself under an emulated processor without AVX.
TEST_SUITE_BEGIN("baseline");

TEST_CASE_TEMPLATE("a processor without vectors of ours runs the scalar table" * doctest::skip(), T, float,
                   double) {
  CHECK(best_instruction_set() == instruction_set::scalar);
  CHECK_FALSE(is_usable(instruction_set::avx2));
  CHECK_FALSE(is_usable(instruction_set::avx512));
  REQUIRE(find_kernels<T>(instruction_set::automatic) != nullptr);
  CHECK(find_kernels<T>(instruction_set::automatic)->isa == instruction_set::scalar);
  check_golden(golden_case<T>(), {1, 16}, instruction_set::automatic);
}

TEST_SUITE_END();
