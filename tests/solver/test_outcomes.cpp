// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include <doctest/doctest.h>

#include <string>

#include "planted.hpp"
#include "sensing_cases.hpp"

using namespace tinyrank;
using namespace tinyrank::test;

namespace {

/// A working operator whose loss is spoilt from the given evaluation on.
template <class T>
struct spoilt_operator {
  sampled_entries<T> entries{3, {{0, 0}, {1, 1}, {2, 2}, {0, 1}}};
  mutable int evaluations = 0;
  int spoilt_from = 0;
  T value = 0;

  static const spoilt_operator& of(const sensing_operator<T>& a) {
    return *static_cast<const spoilt_operator*>(a.context);
  }
  static T loss_and_gradient(const sensing_operator<T>& a, const workspace<T>& how, factor_view<const T> u,
                             const T* y, factor_view<T> gradient) {
    const auto& self = of(a);
    const T loss = self.entries.table().loss_and_gradient(how, u, y, gradient);
    return self.evaluations++ >= self.spoilt_from ? self.value : loss;
  }
  sensing_operator<T> table() const {
    sensing_operator<T> table = entries.table();
    table.context = this;
    table.functions.scratch_bytes = [](const sensing_operator<T>& a, std::size_t rank, execution_plan plan) {
      return scratch_bytes(of(a).entries.table(), rank, plan);
    };
    table.functions.adjoint_times = [](const sensing_operator<T>& a, const workspace<T>& how, const T* w,
                                       factor_view<const T> v, factor_view<T> out) {
      of(a).entries.table().adjoint_times(how, w, v, out);
    };
    table.functions.loss_and_gradient = loss_and_gradient;
    return table;
  }
};

template <class T>
gradient_descent_options<T> given(std::size_t rank, T step_size, T initial_scale) {
  gradient_descent_options<T> options;
  options.rank = rank;
  options.step_size = step_size;
  options.initial_scale = initial_scale;
  return options;
}

}  // namespace

TEST_SUITE_BEGIN("outcomes");

TEST_CASE_TEMPLATE("a loss that is not finite is diverged, never recovered", T, float, double) {
  using limits = std::numeric_limits<T>;
  const std::vector<T> y(4, T(1));
  for (const T value : {limits::quiet_NaN(), -limits::quiet_NaN(), limits::infinity(), -limits::infinity()}) {
    for (const int spoilt_from : {0, 1, 5}) {
      for (const T step_size : {T(0.1), T(automatic)}) {
        // With the largest tolerance every finite loss would count as recovered; so it is off until the
        // spoilt one.
        for (const T tolerance : {T(0), limits::max()}) {
          if (tolerance > 0 && spoilt_from != 0) continue;
          CAPTURE(value);
          CAPTURE(spoilt_from);
          CAPTURE(step_size);
          spoilt_operator<T> spoilt;
          spoilt.spoilt_from = spoilt_from;
          spoilt.value = value;
          auto options = given<T>(2, step_size, T(0.1));
          options.tolerance = tolerance;
          options.relative_tolerance = 0;
          owned_run<T> owned;
          REQUIRE(owned.start(spoilt.table(), y, options) == status::ok);
          CHECK(run_to_end(owned.run) == outcome::diverged);
          CHECK(owned.run.report.result == outcome::diverged);
        }
      }
    }
  }
}

TEST_CASE_TEMPLATE("a given step that is too large diverges", T, float, double) {
  const planted_problem<T> problem(16, 200, 2);
  for (const T step_size : {T(2), T(10), T(1e6), std::numeric_limits<T>::max()}) {
    CAPTURE(step_size);
    owned_run<T> owned;
    REQUIRE(owned.start(problem.sensing, problem.y, given<T>(4, step_size, T(0.1))) == status::ok);
    CHECK(run_to_end(owned.run) == outcome::diverged);
    CHECK(owned.run.report.step_size == step_size);
    CHECK(owned.run.report.step_reductions == 0);
    const std::uint32_t iterations = owned.run.report.iterations;
    CHECK(step(owned.run) == outcome::diverged);
    CHECK(owned.run.report.iterations == iterations);
  }
}

TEST_CASE_TEMPLATE("a step that was halved for a large start grows again", T, float, double) {
  const planted_problem<T> problem(16, 400, 2);
  auto options = given<T>(2, automatic, automatic);
  std::vector<T> far(32);
  for (std::size_t k = 0; k < far.size(); ++k) far[k] = T(1000) * T(static_cast<int>(k % 7) - 3);
  options.initial_factor = far.data();
  options.iteration_limit = 20000;
  owned_run<T> owned;
  REQUIRE(owned.start(problem.sensing, problem.y, options) == status::ok);
  descent<T>& run = owned.run;
  const T first = run.report.step_size;
  T shortest = first;
  while (step(run) == outcome::running)
    shortest = run.report.step_size < shortest ? run.report.step_size : shortest;
  CHECK(run.report.step_reductions > 10);
  CHECK(shortest < first * T(1e-3));
  CHECK(run.report.step_size >= first * T(0.25));
  CHECK(run.report.step_size <= first);
  CHECK(run.report.result == outcome::recovered);
}

TEST_CASE_TEMPLATE("noise ends in a plateau, unless that is turned off", T, float, double) {
  planted_problem<T> problem(12, 300, 1);
  std::mt19937_64 generator(91);
  std::normal_distribution<double> noise(0, 0.1);
  for (T& value : problem.y) value += static_cast<T>(noise(generator));
  auto options = given<T>(1, T(0.2), T(0.01));
  options.plateau_window = 50;
  options.iteration_limit = 1000;
  owned_run<T> owned;
  REQUIRE(owned.start(problem.sensing, problem.y, options) == status::ok);
  CHECK(run_to_end(owned.run) == outcome::plateau);
  const std::uint32_t ended = owned.run.report.iterations;
  CHECK(ended > 50);
  CHECK(ended < 400);
  CHECK(owned.run.report.loss > T(1e-9) * owned.run.report.zero_loss);

  options.plateau_window = 70;
  REQUIRE(owned.start(problem.sensing, problem.y, options) == status::ok);
  CHECK(run_to_end(owned.run) == outcome::plateau);
  CHECK(owned.run.report.iterations >= ended + 20);

  options.plateau_window = 0;
  REQUIRE(owned.start(problem.sensing, problem.y, options) == status::ok);
  CHECK(run_to_end(owned.run) == outcome::iteration_limit);
  CHECK(owned.run.report.iterations == 1000);
}

TEST_CASE_TEMPLATE("a long flat start is not a plateau", T, float, double) {
  const planted_problem<T> problem(12, 300, 1);
  auto options = given<T>(1, T(0.02), T(1e-6));
  options.plateau_window = 20;
  options.iteration_limit = 4000;
  owned_run<T> owned;
  REQUIRE(owned.start(problem.sensing, problem.y, options) == status::ok);
  for (int t = 0; t < 200; ++t) REQUIRE(step(owned.run) == outcome::running);
  CHECK(owned.run.report.loss > T(0.99) * owned.run.report.zero_loss);
  CHECK(run_to_end(owned.run) == outcome::recovered);
}

TEST_CASE_TEMPLATE("limits on iterations and tolerances are met exactly", T, float, double) {
  const planted_problem<T> problem(12, 300, 1);
  auto options = given<T>(2, T(0.2), T(0.01));
  options.relative_tolerance = 0;
  owned_run<T> owned;
  for (const std::uint32_t limit : {0u, 1u, 7u}) {
    options.iteration_limit = limit;
    REQUIRE(owned.start(problem.sensing, problem.y, options) == status::ok);
    CHECK(run_to_end(owned.run) == outcome::iteration_limit);
    CHECK(owned.run.report.iterations == limit);
  }
  options.iteration_limit = 5000;
  for (const bool relative : {false, true}) {
    options.tolerance = relative ? T(0) : T(1e-3);
    options.relative_tolerance = relative ? T(1e-2) : T(0);
    REQUIRE(owned.start(problem.sensing, problem.y, options) == status::ok);
    const T bound = relative ? T(1e-2) * owned.run.report.zero_loss : T(1e-3);
    while (true) {
      const bool above = owned.run.report.loss > bound;
      CHECK((owned.run.report.result == outcome::running) == above);
      if (step(owned.run) != outcome::running) break;
    }
    CHECK(owned.run.report.result == outcome::recovered);
    CHECK(owned.run.report.loss <= bound);
  }
}

TEST_CASE_TEMPLATE("a start at the solution is recovered without a step", T, float, double) {
  planted_problem<T> problem(12, 300, 1);
  std::vector<T> initial;
  for (std::size_t j = 0; j < 12; ++j) initial.push_back(problem.truth(j, 0));
  auto options = given<T>(1, T(0.2), T(0));
  options.initial_factor = initial.data();
  owned_run<T> owned;
  REQUIRE(owned.start(problem.sensing, problem.y, options) == status::ok);
  CHECK(owned.run.report.result == outcome::recovered);
  CHECK(owned.run.report.iterations == 0);
  double squares = 0;
  for (const T value : problem.y) squares += static_cast<double>(value) * static_cast<double>(value);
  CHECK(static_cast<double>(owned.run.report.zero_loss) == doctest::Approx(squares / 1200).epsilon(1e-5));
}

TEST_CASE_TEMPLATE("the trace keeps the last iterations", T, float, double) {
  const planted_problem<T> problem(12, 300, 1);
  constexpr std::size_t capacity = 4;
  trace_entry<T> trace[capacity + 1];
  trace[capacity] = {99, T(99), T(99)};
  auto options = given<T>(2, T(0.2), T(0.01));
  options.trace = trace;
  options.trace_capacity = capacity;
  options.iteration_limit = 10;
  owned_run<T> owned;
  REQUIRE(owned.start(problem.sensing, problem.y, options) == status::ok);
  std::vector<T> losses{owned.run.report.loss};
  CHECK(trace[0].iteration == 0);
  CHECK(trace[0].loss == losses[0]);
  while (step(owned.run) == outcome::running) losses.push_back(owned.run.report.loss);
  losses.push_back(owned.run.report.loss);
  REQUIRE(losses.size() == 11);
  for (std::uint32_t t = 7; t <= 10; ++t) {
    CHECK(trace[t % capacity].iteration == t);
    CHECK(trace[t % capacity].loss == losses[t]);
    CHECK(trace[t % capacity].step_size == T(0.2));
  }
  CHECK(trace[capacity].iteration == 99);

  options.trace_capacity = 0;
  REQUIRE(owned.start(problem.sensing, problem.y, options) == status::ok);
  run_to_end(owned.run);
  CHECK(trace[0].iteration == 8);
}

TEST_CASE("a user's own operator recovers a matrix") {
  sampled_entries<double> entries{8, {}};
  for (std::uint32_t j = 0; j < 8; ++j) {
    for (std::uint32_t k = 0; k <= j; ++k) {
      if (j == k || (j * 7 + k * 3) % 4 != 0) entries.places.push_back({j, k});
    }
  }
  owned_factor<double> truth(8, 1);
  draw_planted_truth(truth.view(), 1.0, 5);
  const std::vector<double> y = caller<double>(entries.table(), 1).measure(truth.read());
  gradient_descent_options<double> options;
  options.rank = 1;
  options.relative_tolerance = 1e-9;
  owned_run<double> owned;
  REQUIRE(owned.start(entries.table(), y, options) == status::ok);
  CHECK(run_to_end(owned.run) == outcome::recovered);
  CHECK(relative_test_error(owned.run.factor, truth.read()) < 1e-3);
}

TEST_CASE_TEMPLATE("measurements whose squared residuals would vanish are refused, not recovered", T, float,
                   double) {
  sampled_entries<T> entries{3, {{0, 0}, {1, 1}, {2, 1}}};
  gradient_descent_options<T> options;
  options.rank = 2;
  options.step_size = T(0.1);
  options.initial_scale = T(0.1);
  owned_run<T> owned;
  const T tiny = sizeof(T) == sizeof(float) ? T(0x1p-41) : T(0x1p-460);
  CHECK(owned.start(entries.table(), std::vector<T>(3, tiny), options) == status::measurements);
  CHECK(owned.start(entries.table(), std::vector<T>(3, tiny * 4), options) == status::ok);
  CHECK(owned.start(entries.table(), std::vector<T>(3, T(0)), options) == status::ok);
}

TEST_SUITE_END();
