// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include <doctest/doctest.h>

#include "lib/solver/automatic_scale.hpp"
#include "lib/solver/start.hpp"
#include "planted.hpp"
#include "tinyrank/operators/dense.hpp"
#include "tinyrank/random.hpp"

using namespace tinyrank;
using namespace tinyrank::test;

namespace {

template <class T>
gradient_descent_options<T> given(std::size_t rank, T step_size, T initial_scale) {
  gradient_descent_options<T> options;
  options.rank = rank;
  options.step_size = step_size;
  options.initial_scale = initial_scale;
  return options;
}

/// U Q for a fixed product of plane rotations, row-major.
std::vector<double> rotated(const std::vector<double>& u, std::size_t n, std::size_t r) {
  std::vector<double> v = u;
  for (std::size_t p = 0; p < r; ++p) {
    for (std::size_t q = p + 1; q < r; ++q) {
      const double angle = 0.3 + static_cast<double>(p + 2 * q), c = std::cos(angle), s = std::sin(angle);
      for (std::size_t j = 0; j < n; ++j) {
        const double x = v[j * r + p], y = v[j * r + q];
        v[j * r + p] = c * x - s * y;
        v[j * r + q] = s * x + c * y;
      }
    }
  }
  return v;
}

template <class Sensing>
concept starts_from = requires(descent<float>& run, Sensing a, const float* y,
                               const gradient_descent_options<float>& options, std::byte* buffer) {
  init(run, static_cast<Sensing>(a), y, options, buffer, std::size_t(0));
};
static_assert(starts_from<const dense_sensing<float>&>);
static_assert(!starts_from<dense_sensing<float>>, "a temporary descriptor dangles");

double gram(factor_view<const double> u, std::size_t j, std::size_t k) {
  double sum = 0;
  for (std::size_t c = 0; c < u.rank; ++c) sum += u(j, c) * u(k, c);
  return sum;
}

}  // namespace

TEST_SUITE_BEGIN("solver");

TEST_CASE("rotating the start rotates the run") {
  constexpr std::size_t n = 16, rank = 5;
  const planted_problem<double> problem(n, 300, 2);
  std::mt19937_64 generator(81);
  std::normal_distribution<double> normal(0, 0.05);
  std::vector<double> u0(n * rank);
  for (double& x : u0) x = normal(generator);
  const std::vector<double> v0 = rotated(u0, n, rank);
  auto options = given<double>(rank, 0.2, automatic);
  options.initial_factor = u0.data();
  owned_run<double> first, second;
  REQUIRE(first.start(problem.sensing, problem.y, options) == status::ok);
  options.initial_factor = v0.data();
  REQUIRE(second.start(problem.sensing, problem.y, options) == status::ok);
  CHECK(first.run.report.initial_scale == 0);
  for (int t = 0; t < 40; ++t) {
    CAPTURE(t);
    CHECK(first.run.report.loss == doctest::Approx(second.run.report.loss).epsilon(1e-10));
    double worst = 0, difference = 0;
    for (std::size_t j = 0; j < n; ++j) {
      for (std::size_t k = 0; k <= j; ++k) {
        worst = std::max(worst, std::abs(gram(first.run.factor, j, k) - gram(second.run.factor, j, k)));
      }
      difference = std::max(difference, std::abs(first.run.factor(j, 0) - second.run.factor(j, 0)));
    }
    CHECK(worst < 1e-12);
    CHECK(difference > 1e-3);  // the factors themselves are not the same
    step(first.run);
    step(second.run);
  }
}

TEST_CASE_TEMPLATE("the start is alpha times a normal matrix of variance 1/r", T, float, double) {
  const planted_problem<T> problem(17, 60, 1);
  owned_run<T> owned;
  auto options = given<T>(3, T(0.1), T(0.5));
  options.seed = 99;
  REQUIRE(owned.start(problem.sensing, problem.y, options) == status::ok);
  CHECK(owned.run.report.initial_scale == T(0.5));
  for (std::size_t c = 0; c < 3; ++c) {
    const random_stream stream = make_stream(99, random_purpose::initial_factor, c);
    for (std::size_t j = 0; j < 17; ++j) {
      const double expected =
          0.5 / std::sqrt(3.0) * static_cast<double>(gaussian(stream, static_cast<std::uint32_t>(j)));
      CHECK(static_cast<double>(owned.run.factor(j, c)) == doctest::Approx(expected).epsilon(1e-6));
    }
    for (std::size_t j = 17; j < owned.run.factor.stride; ++j) CHECK(owned.run.factor.column(c)[j] == 0);
  }
}

TEST_CASE_TEMPLATE(
    "a start of any law ends at its last row: padding is zero, and what is beside is not touched", T, float,
    double) {
  constexpr std::size_t whole = padded<T>(1), rank = 3;
  for (const std::size_t n : {rank, whole - 1, whole, whole + 1, 2 * whole}) {
    const std::size_t stride = padded<T>(n), count = rank * stride;
    CAPTURE(n);
    guarded<T> given_rows(n * rank);
    for (std::size_t k = 0; k < n * rank; ++k) given_rows[k] = static_cast<T>(k + 1);
    for (const T* given_factor : {static_cast<const T*>(nullptr), static_cast<const T*>(given_rows.data())}) {
      for (const initial_law law : {initial_law::gaussian, initial_law::orthonormal}) {
        CAPTURE(law);
        gradient_descent_options<T> options;
        options.law = law;
        options.initial_factor = given_factor;
        guarded<T> cells(count);  // NaN, as what is beside them
        start(factor_view<T>{cells.data(), n, rank, stride}, options, T(0.5));
        CHECK(cells.intact());
        std::size_t wrong = 0;
        for (std::size_t k = 0; k < count; ++k) {
          const std::size_t j = k % stride, c = k / stride;
          if (j >= n) wrong += cells[k] == 0 ? 0U : 1U;
          if (j < n && given_factor != nullptr) wrong += cells[k] == given_factor[j * rank + c] ? 0U : 1U;
          wrong += is_finite(cells[k]) ? 0U : 1U;
        }
        CHECK(wrong == 0);
      }
    }
  }
}

TEST_CASE_TEMPLATE("the power iteration ends at the last row of its vectors", T, float, double) {
  constexpr std::size_t whole = padded<T>(1);
  for (const std::size_t n : {whole - 1, whole}) {
    const planted_problem<T> problem(n, 60, 1);
    sensing_operator<T> table;
    REQUIRE(make_operator(problem.sensing, table) == status::ok);
    aligned_vector<std::byte> scratch(scratch_bytes(table, 1, {}));
    workspace<T> how;
    REQUIRE(make_workspace(how, table, 1, {}, instruction_set::automatic, scratch.data(), scratch.size()) ==
            status::ok);
    aligned_vector<T> vector(2 * whole, T(7)), image(2 * whole, T(7));
    const T leading = leading_eigenvalue<T>(table, how, problem.y.data(), 1, {vector.data(), n, 1, whole},
                                            {image.data(), n, 1, whole});
    CHECK(leading > 0);
    for (std::size_t j = n; j < 2 * whole; ++j) CHECK(vector[j] == (j < whole ? T(0) : T(7)));
    for (std::size_t j = whole; j < 2 * whole; ++j) CHECK(image[j] == T(7));
  }
}

TEST_CASE_TEMPLATE("one step is U - mu grad f(U)", T, float, double) {
  const planted_problem<T> problem(17, 60, 1);
  for (const T step_size : {T(0.125), T(automatic)}) {
    owned_run<T> owned;
    REQUIRE(owned.start(problem.sensing, problem.y, given<T>(3, step_size, T(0.5))) == status::ok);
    const descent<T>& run = owned.run;
    const std::size_t count = 3 * run.factor.stride;
    const std::vector<T> u(run.factor.data, run.factor.data + count);
    const std::vector<T> g(run.gradient.data, run.gradient.data + count);
    REQUIRE(step(owned.run) == outcome::running);
    REQUIRE(run.report.iterations == 1);
    std::size_t wrong = 0;
    for (std::size_t k = 0; k < count; ++k) {
      const T expected = std::fma(-run.report.step_size, g[k], u[k]);
      wrong += run.factor.data[k] == expected ? 0u : 1u;
    }
    CHECK(wrong == 0);
    sensing_operator<T> table;
    REQUIRE(make_operator(problem.sensing, table) == status::ok);
    owned_factor<T> gradient(17, 3);
    const T loss = caller<T>(table, 3).loss_and_gradient(run.factor, problem.y, gradient.view());
    CHECK(loss == run.report.loss);
    CHECK(same_bits(gradient.view().data, run.gradient.data, count));
  }
}

TEST_CASE("a safe step descends at every iteration") {
  const planted_problem<double> problem(16, 400, 2);
  auto options = given<double>(6, 0.1, 0.01);
  options.relative_tolerance = 1e-6;
  owned_run<double> owned;
  REQUIRE(owned.start(problem.sensing, problem.y, options) == status::ok);
  double previous = owned.run.report.loss;
  while (step(owned.run) == outcome::running) {
    CHECK(owned.run.report.loss < previous);
    previous = owned.run.report.loss;
  }
  CHECK(owned.run.report.result == outcome::recovered);
  CHECK(owned.run.report.iterations > 50);
}

TEST_CASE("a planted matrix is recovered exactly at every rank that is large enough") {
  constexpr std::size_t n = 16, true_rank = 3;
  planted_problem<double> problem(n, 500, true_rank, 2.0);
  for (const std::size_t rank : {true_rank, true_rank + 2, 2 * true_rank, n, n + 4}) {
    CAPTURE(rank);
    owned_run<double> owned;
    auto options = given<double>(rank, 0.2, 1e-7);
    options.relative_tolerance = 1e-13;
    REQUIRE(owned.start(problem.sensing, problem.y, options) == status::ok);
    CHECK(run_to_end(owned.run) == outcome::recovered);
    CHECK(owned.run.report.iterations < 2000);
    CHECK(relative_test_error(
              owned.run.factor,
              factor_view<const double>(const_cast<planted_problem<double>&>(problem).truth.view())) < 1e-6);
  }
}

TEST_CASE_TEMPLATE("with everything automatic the defaults recover", T, float, double) {
  planted_problem<T> problem(24, 1500, 2);
  gradient_descent_options<T> options;
  options.rank = 2;
  owned_run<T> owned;
  REQUIRE(owned.start(problem.sensing, problem.y, options) == status::ok);
  CHECK(run_to_end(owned.run) == outcome::recovered);
  CHECK(owned.run.report.loss <= T(1e-6) * owned.run.report.zero_loss);
  CHECK(relative_test_error(owned.run.factor, problem.truth.read()) < 2e-3);

  options.relative_tolerance = T(1e-9);
  REQUIRE(owned.start(problem.sensing, problem.y, options) == status::ok);
  CHECK(run_to_end(owned.run) == outcome::recovered);
  CHECK(owned.run.report.loss <= T(1e-9) * owned.run.report.zero_loss);
  CHECK(owned.run.report.iterations < 200);
  CHECK(owned.run.report.step_reductions == 0);
  CHECK(relative_test_error(owned.run.factor, problem.truth.read()) < 1e-4);

  options.rank = 24;
  options.iteration_limit = 200;
  REQUIRE(owned.start(problem.sensing, problem.y, options) == status::ok);
  run_to_end(owned.run);
  CHECK(owned.run.report.step_reductions == 0);
  CHECK(relative_test_error(owned.run.factor, problem.truth.read()) < 1e-3);
}

TEST_CASE_TEMPLATE("the automatic choice meets the seed paper's setting", T, float, double) {
  const std::size_t m = light ? 2000 : 10'000;
  planted_problem<T> problem(40, m, 2);
  gradient_descent_options<T> options;
  options.rank = 8;
  for (const double scale : {1.0, 100.0}) {
    // y scales with X X^T: the step with 1 / ||X||^2, the initial scale with ||X||.
    std::vector<T> y = problem.y;
    for (T& value : y) value *= static_cast<T>(scale * scale);
    owned_run<T> owned;
    REQUIRE(owned.start(problem.sensing, y, options) == status::ok);
    CHECK(static_cast<double>(owned.run.report.step_size) * scale * scale ==
          doctest::Approx(0.25).epsilon(0.15));
    CHECK(static_cast<double>(owned.run.report.initial_scale) / scale == doctest::Approx(1e-3).epsilon(0.1));
    options.step_size = T(0.125);
    REQUIRE(owned.start(problem.sensing, y, options) == status::ok);
    CHECK(owned.run.report.step_size == T(0.125));
    CHECK(static_cast<double>(owned.run.report.initial_scale) / scale == doctest::Approx(1e-3).epsilon(0.1));
    options.step_size = automatic;
  }
}

TEST_CASE_TEMPLATE("distances: the run keeps the columns centred", T, float, double) {
  const map_problem<T> problem(15, 0.8);
  owned_run<T> owned;
  gradient_descent_options<T> options;
  options.rank = 2;
  options.initial_scale = T(0.1);
  REQUIRE(owned.start(problem.sensing, problem.y, options) == status::ok);
  for (int t = 0; t < 60; ++t) {
    for (std::size_t c = 0; c < 2; ++c) {
      double sum = 0, magnitude = 0;
      for (std::size_t j = 0; j < 15; ++j) {
        sum += static_cast<double>(owned.run.factor(j, c));
        magnitude += std::abs(static_cast<double>(owned.run.factor(j, c)));
      }
      CHECK(std::abs(sum) <= 15 * static_cast<double>(std::numeric_limits<T>::epsilon()) * magnitude);
    }
    step(owned.run);
  }
}

TEST_CASE_TEMPLATE("distances: an automatic step that would diverge is reduced, and the map is recovered", T,
                   float, double) {
  map_problem<T> problem(20, 0.7);
  gradient_descent_options<T> options;
  options.rank = 2;
  options.initial_scale = T(6);
  options.relative_tolerance = T(1e-9);
  owned_run<T> owned;
  REQUIRE(owned.start(problem.sensing, problem.y, options) == status::ok);
  descent<T>& run = owned.run;
  const T chosen = run.report.step_size;
  const std::size_t count = 2 * run.factor.stride;
  std::uint32_t reductions = 0;
  outcome result = outcome::running;
  while (result == outcome::running) {
    const std::vector<T> u(run.factor.data, run.factor.data + count);
    const std::vector<T> g(run.gradient.data, run.gradient.data + count);
    const descent_report<T> before = run.report;
    result = step(run);
    if (run.report.step_reductions == reductions) continue;
    // Half the step, from the same place.
    ++reductions;
    CHECK(run.report.step_reductions == reductions);
    CHECK(run.report.step_size == before.step_size / 2);
    CHECK(run.report.step_size == chosen / static_cast<T>(1U << reductions));
    CHECK(run.report.iterations == before.iterations);
    CHECK(run.report.loss == before.loss);
    CHECK(same_bits(run.factor.data, u.data(), count));
    CHECK(same_bits(run.gradient.data, g.data(), count));
  }
  CHECK(reductions == 2);
  // It was a quarter for the start alone.
  CHECK(run.report.step_size == chosen);
  CHECK(result == outcome::recovered);
  CHECK(relative_test_error(run.factor, problem.points.read()) < 2e-4);

  options.step_size = chosen;
  REQUIRE(owned.start(problem.sensing, problem.y, options) == status::ok);
  CHECK(run_to_end(owned.run) == outcome::diverged);
  CHECK(owned.run.report.step_reductions == 0);
}

TEST_SUITE_END();
