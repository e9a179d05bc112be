// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "operator_testing.hpp"
#include "tinyrank/operators/gaussian.hpp"

using namespace tinyrank;
using namespace tinyrank::operator_testing;

TEST_SUITE_BEGIN("starts");

namespace {

constexpr std::size_t n = 20, truth_rank = 3;

template <class T>
gradient_descent_options<T> options_for(initial_law law, std::size_t rank) {
  gradient_descent_options<T> options;
  options.rank = rank;
  options.law = law;
  options.step_size = T(0.25);
  options.initial_scale = T(1e-3);
  return options;
}

}  // namespace

TEST_CASE_TEMPLATE("either law recovers for every r", T, float, double) {
  const stored_gaussian<T> gaussian(n, 800, 2);
  sensing_operator<T> table;
  REQUIRE(make_operator(gaussian.sensing, table) == status::ok);
  const planted<T> problem(table, truth_rank);
  // r = r*, r* < r < 2 r*, r = 2 r*, r > 2 r*, r = n, r > n.
  for (const std::size_t rank : {3u, 4u, 6u, 9u, 20u, 27u}) {
    if (test::light && rank != 4 && rank != 27) continue;
    for (const initial_law law : {initial_law::gaussian, initial_law::orthonormal}) {
      if (law == initial_law::orthonormal && rank > n) continue;
      owned_run<T> made(table, problem.y, options_for<T>(law, rank));
      CAPTURE(rank);
      CHECK(made.run.report.result == outcome::recovered);
      CHECK(made.test_error(problem.truth) < 5e-3);
    }
  }
}

TEST_CASE_TEMPLATE("orthonormal starts are alpha times orthonormal columns, the identity for r = n", T, float,
                   double) {
  const gaussian_sensing<T> sensing{n, 100, 2};
  sensing_operator<T> table;
  REQUIRE(make_operator(sensing, table) == status::ok);
  const planted<T> problem(table, truth_rank);
  const double accuracy = 20 * static_cast<double>(std::numeric_limits<T>::epsilon());
  for (const std::size_t rank : {1u, 5u, 19u, 20u}) {
    gradient_descent_options<T> options = options_for<T>(initial_law::orthonormal, rank);
    options.initial_scale = T(0.5);
    aligned_vector<std::byte> memory(descent_bytes(table, options));
    descent<T> run;
    REQUIRE(init_operator(run, table, problem.y.data(), options, memory.data(), memory.size()) == status::ok);
    CHECK(run.report.initial_scale == T(0.5));
    for (std::size_t c = 0; c < rank; ++c) {
      for (std::size_t d = 0; d <= c; ++d) {
        double inner = 0;
        for (std::size_t j = 0; j < n; ++j) {
          inner += static_cast<double>(run.factor(j, c)) * static_cast<double>(run.factor(j, d));
        }
        CHECK(std::abs(inner - (c == d ? 0.25 : 0)) < accuracy);
      }
      for (std::size_t j = 0; j < run.factor.stride; ++j) {
        if (j >= n || rank == n) CHECK(run.factor.column(c)[j] == (j == c ? T(0.5) : T(0)));
      }
    }
    const std::uint64_t bits = factor_bits(run.factor);
    options.seed = 2;
    REQUIRE(init_operator(run, table, problem.y.data(), options, memory.data(), memory.size()) == status::ok);
    CHECK((factor_bits(run.factor) == bits) == (rank == n));
  }
}

TEST_CASE("the Gaussian law has variance alpha^2 / r, and more columns than rows cannot be orthonormal") {
  const gaussian_sensing<double> sensing{n, 100, 2};
  sensing_operator<double> table;
  REQUIRE(make_operator(sensing, table) == status::ok);
  const planted<double> problem(table, truth_rank);
  gradient_descent_options<double> options = options_for<double>(initial_law::gaussian, 100);
  aligned_vector<std::byte> memory(descent_bytes(table, options));
  descent<double> run;
  REQUIRE(init_operator(run, table, problem.y.data(), options, memory.data(), memory.size()) == status::ok);
  double squares = 0;
  for (std::size_t c = 0; c < 100; ++c) {
    for (std::size_t j = 0; j < n; ++j) squares += run.factor(j, c) * run.factor(j, c);
  }
  // 2000 squares: a standard deviation of 3%.
  CHECK(squares / (n * 1e-6) == doctest::Approx(1).epsilon(0.15));
  options.law = initial_law::orthonormal;
  CHECK(init_operator(run, table, problem.y.data(), options, memory.data(), memory.size()) == status::rank);
  std::vector<double> given(n * 100, 0.01);
  options.initial_factor = given.data();
  CHECK(init_operator(run, table, problem.y.data(), options, memory.data(), memory.size()) == status::ok);
}

TEST_SUITE_END();
