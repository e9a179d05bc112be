// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include <cmath>
#include <functional>
#include <limits>

#include "golden_methods.hpp"
#include "operator_testing.hpp"
#include "tinyrank/operators/dense.hpp"
#include "tinyrank/operators/gaussian.hpp"
#include "tinyrank/operators/generated_rank_one.hpp"

using namespace tinyrank;
using namespace tinyrank::operator_testing;

namespace {

constexpr std::size_t n = 24, m = 720;
constexpr std::uint64_t draws = test::light ? 1 : 3;
constexpr std::uint32_t most_iterations = test::light ? 400 : 4000;

/// Gaussian measurements of a planted truth of rank 3.
template <class T>
struct planted_problem {
  stored_gaussian<T> gaussian;
  const dense_sensing<T>& sensing = gaussian.sensing;
  sensing_operator<T> table;
  factor<T> truth{n, 3};
  std::vector<T> y;

  planted_problem(double condition, std::uint64_t seed) : gaussian(n, m, seed) {
    REQUIRE(make_operator(sensing, table) == status::ok);
    draw_planted_truth(truth.view, static_cast<T>(condition), seed + 100);
    y = caller<T>(table, 3).measure(truth.view);
  }
  planted_problem(const planted_problem&) = delete;
};

template <class T>
using matrix = std::vector<std::vector<T>>;

matrix<double> in_double(const auto& view) {
  matrix<double> copy(view.n, std::vector<double>(view.rank));
  for (std::size_t j = 0; j < view.n; ++j) {
    for (std::size_t c = 0; c < view.rank; ++c) copy[j][c] = static_cast<double>(view(j, c));
  }
  return copy;
}

/// G (U^T U + lambda Id)^-1 by elimination without order or care.
matrix<double> preconditioned(const matrix<double>& u, matrix<double> g, double lambda) {
  const std::size_t r = u[0].size();
  matrix<double> gram(r, std::vector<double>(r));
  for (std::size_t a = 0; a < r; ++a) {
    for (std::size_t b = 0; b < r; ++b) {
      for (const auto& row : u) gram[a][b] += row[a] * row[b];
    }
    gram[a][a] += lambda;
  }
  // Columns of [gram; g] are combined until gram is the identity.
  for (std::size_t p = 0; p < r; ++p) {
    const double pivot = gram[p][p];
    for (auto* all : {&gram, &g}) {
      for (auto& row : *all) row[p] /= pivot;
    }
    for (std::size_t c = 0; c < r; ++c) {
      const double factor = gram[p][c];
      if (c == p || factor == 0) continue;
      for (auto* all : {&gram, &g}) {
        for (auto& row : *all) row[c] -= factor * row[p];
      }
    }
  }
  return g;
}

double largest_difference(const matrix<double>& expected, const auto& found) {
  double worst = 0, size = 0;
  for (std::size_t j = 0; j < found.n; ++j) {
    for (std::size_t c = 0; c < found.rank; ++c) {
      worst = std::max(worst, std::abs(expected[j][c] - static_cast<double>(found(j, c))));
      size = std::max(size, std::abs(expected[j][c]));
    }
  }
  return worst / size;
}

/// Fixed iterations from a start that is not small, so that every term counts.
template <class T, class Options>
Options open_ended(Options options) {
  options.rank = 5;
  options.initial_scale = T(0.7);
  options.step_size = T(0.05);
  options.relative_tolerance = 0;
  options.plateau_window = 0;
  return options;
}

template <class Options>
std::uint32_t iterations(Options options, double condition, std::uint64_t seed, double tolerance) {
  const planted_problem<double> problem(condition, seed);
  options.rank = 6;
  options.relative_tolerance = tolerance;
  options.iteration_limit = most_iterations;
  test::owned_run<double> owned;
  REQUIRE(owned.start(problem.sensing, problem.y, options) == status::ok);
  run_to_end(owned.run);
  return owned.run.report.result == outcome::recovered ? owned.run.report.iterations
                                                       : std::numeric_limits<std::uint32_t>::max();
}

}  // namespace

TEST_SUITE_BEGIN("methods");

TEST_CASE_TEMPLATE("a step of each method is its printed equation", T, float, double) {
  const planted_problem<T> problem(10, 1);
  const double accuracy = 200 * static_cast<double>(std::numeric_limits<T>::epsilon());
  const double mu = static_cast<double>(T(0.05));
  test::owned_run<T> owned;
  const descent<T>& run = owned.run;
  const auto after = [&](const matrix<double>& u, const matrix<double>& direction) {
    matrix<double> next = u;
    for (std::size_t j = 0; j < n; ++j) {
      for (std::size_t c = 0; c < 5; ++c) next[j][c] -= mu * direction[j][c];
    }
    return next;
  };

  REQUIRE(owned.start(problem.sensing, problem.y, open_ended<T>(gradient_descent_options<T>{})) ==
          status::ok);
  for (int t = 0; t < 3; ++t) {
    const auto expected = after(in_double(run.factor), in_double(run.gradient));
    step(owned.run);
    CHECK(largest_difference(expected, run.factor) < accuracy);
  }

  for (const double given : {0.0, 0.25}) {
    auto options = open_ended<T>(scaled_gradient_descent_options<T>{});
    options.damping = static_cast<T>(given);
    options.damping_ratio = T(0.75);
    REQUIRE(owned.start(problem.sensing, problem.y, options) == status::ok);
    CHECK((run.gamma == 0) == (given != 0));
    // The operator is isotropic, and gamma a fit to m measurements.
    if (given == 0) CHECK(std::abs(static_cast<double>(run.gamma) - 1) < 0.3);
    for (int t = 0; t < 3; ++t) {
      const double by_loss =
          0.75 * std::sqrt(4 * static_cast<double>(run.report.loss) / static_cast<double>(run.gamma));
      const auto u = in_double(run.factor);
      const auto expected =
          after(u, preconditioned(u, in_double(run.gradient), given != 0 ? given : by_loss));
      step(owned.run);
      CHECK(largest_difference(expected, run.factor) < accuracy);
    }
  }

  for (const double theta : {0.0, 0.6}) {
    auto options = open_ended<T>(momentum_options<T>{});
    options.momentum = static_cast<T>(theta);
    REQUIRE(owned.start(problem.sensing, problem.y, options) == status::ok);
    auto previous = in_double(run.factor);
    for (int t = 0; t < 4; ++t) {
      const auto u = after(in_double(run.factor), in_double(run.gradient));
      auto expected = u;
      for (std::size_t j = 0; j < n; ++j) {
        for (std::size_t c = 0; c < 5; ++c) {
          expected[j][c] += static_cast<double>(options.momentum) * (u[j][c] - previous[j][c]);
        }
      }
      previous = u;
      step(owned.run);
      CHECK(largest_difference(expected, run.factor) < accuracy);
    }
  }
}

TEST_CASE("scaled descent does not feel the condition number, plain descent does") {
  for (std::uint64_t seed = 1; seed <= draws; ++seed) {
    CAPTURE(seed);
    for (const double condition : {1.0, 10.0, 100.0}) {
      CAPTURE(condition);
      scaled_gradient_descent_options<double> options;
      CHECK(iterations(options, condition, seed, 1e-8) <= 50);
      options.damping = 1e-3;
      CHECK(iterations(options, condition, seed, 1e-8) <= 111);
    }
    CHECK(iterations(gradient_descent_options<double>{}, 100, seed, 1e-8) > most_iterations);
  }
}

TEST_CASE("momentum is faster where plain descent is slow") {
  for (std::uint64_t seed = 1; seed <= draws; ++seed) {
    CAPTURE(seed);
    const double tolerance = test::light ? 1e-5 : 1e-7;
    const std::uint32_t plain = iterations(gradient_descent_options<double>{}, 10, seed, tolerance);
    CHECK(iterations(momentum_options<double>{}, 10, seed, tolerance) < plain);
  }
}

TEST_CASE_TEMPLATE("a step that is taken back costs the momentum first, then half the step", T, float,
                   double) {
  const planted_problem<T> problem(1, 4);
  momentum_options<T> options;
  options.rank = 5;
  test::owned_run<T> owned;
  descent<T>& run = owned.run;
  REQUIRE(owned.start(problem.sensing, problem.y, options) == status::ok);
  for (int t = 0; t < 60; ++t) REQUIRE(step(run) == outcome::running);
  const T mu = run.report.step_size;
  const std::uint32_t t = run.report.iterations;
  const std::uint64_t bits = factor_bits(run.factor), slope = factor_bits(run.gradient);
  // So low a loss is never reached: every step is taken back.
  run.lowest_loss = run.report.zero_loss * T(1e-7);
  REQUIRE(run.report.loss > T(4) * run.lowest_loss);
  step(run);
  CHECK(run.report.step_reductions == 0);
  CHECK(run.report.step_size == mu);
  step(run);
  CHECK(run.report.step_reductions == 1);
  CHECK(run.report.step_size == mu / 2);
  step(run);
  CHECK(run.report.step_reductions == 2);
  CHECK(run.report.iterations == t);
  CHECK(factor_bits(run.factor) == bits);
  CHECK(factor_bits(run.gradient) == slope);
}

TEST_CASE_TEMPLATE("a lambda that rounding swallows is raised until the factor exists", T, float, double) {
  // U of rank 1 in six columns: U^T U is singular, and lambda far below its rounding.
  const planted_problem<T> problem(1, 5);
  scaled_gradient_descent_options<T> options;
  options.rank = 6;
  options.damping = std::numeric_limits<T>::min();
  std::vector<T> start(n * 6, T(0.3));
  for (std::size_t k = 0; k < start.size(); ++k) start[k] *= T(1) + T(1) / static_cast<T>(7 + k / 6);
  options.initial_factor = start.data();
  test::owned_run<T> owned;
  REQUIRE(owned.start(problem.sensing, problem.y, options) == status::ok);
  for (int t = 0; t < 5; ++t) {
    step(owned.run);
    CHECK(std::isfinite(owned.run.report.loss));
  }
  CHECK(owned.run.report.iterations > 0);
  CHECK(owned.run.report.loss < owned.run.first_loss);
}

TEST_CASE("the scale of the truth does not matter, up to where squares overflow") {
  // f(0) is 1e33 and more, and 4 f / gamma overflows.
  constexpr std::size_t small = 8, many = 200;

  aligned_vector<float> rows(dense_row_elements<float>(small, many));
  REQUIRE(fill_gaussian_rows(small, 0, many, 9, gaussian_ensemble::isotropic, rows.data()) == status::ok);
  for (float& entry : rows) entry *= 1e-3F;
  const dense_sensing<float> sensing{small, many, rows.data()};
  sensing_operator<float> table;
  REQUIRE(make_operator(sensing, table) == status::ok);
  factor<float> truth(small, 1);
  draw_planted_truth(truth.view, 1.0F, 9);
  for (float& cell : truth.cells) cell *= 1e10F;
  const std::vector<float> y = caller<float>(table, 1).measure(truth.view);
  scaled_gradient_descent_options<float> options;
  options.rank = 2;
  test::owned_run<float> owned;
  REQUIRE(owned.start(sensing, y, options) == status::ok);
  CHECK(run_to_end(owned.run) == outcome::recovered);
  CHECK(owned.run.report.iterations < 60);
  CHECK(owned.run.report.step_reductions == 0);
}

TEST_CASE_TEMPLATE("an infinite lambda leaves the factor where it is", T, float, double) {
  const planted_problem<T> problem(1, 10);
  auto options = open_ended<T>(scaled_gradient_descent_options<T>{});
  options.damping_ratio = std::numeric_limits<T>::max();
  options.iteration_limit = 3;
  for (const bool automatic_step : {false, true}) {
    if (automatic_step) options.step_size = automatic;
    test::owned_run<T> owned;
    REQUIRE(owned.start(problem.sensing, problem.y, options) == status::ok);
    const std::uint64_t bits = factor_bits(owned.run.factor);
    CHECK(run_to_end(owned.run) == outcome::iteration_limit);
    CHECK(factor_bits(owned.run.factor) == bits);
  }
}

namespace {

/// Gradient descent of a user who writes the n rows and no padding.
template <class T>
struct own_options : descent_options<T> {};
template <class T>
void propose_own(descent<T>& run, factor_view<T> next) noexcept {
  for (std::size_t c = 0; c < next.rank; ++c) {
    for (std::size_t j = 0; j < next.n; ++j) {
      next(j, c) = run.factor(j, c) - run.report.step_size * run.gradient(j, c);
    }
  }
}
template <class T>
constexpr descent_method<T> own_method{.name = "own", .propose = propose_own<T>};
template <class T>
constexpr const descent_method<T>& method_of(const own_options<T>&) noexcept {
  return own_method<T>;
}

/// The same, its automatic step what a test says.
template <class T>
struct own_step_options : own_options<T> {};
template <class T>
T own_step = 0;
template <class T>
T give_own_step(const descent_options<T>&, T, T) noexcept {
  return own_step<T>;
}
template <class T>
constexpr descent_method<T> own_step_method{
    .name = "own", .propose = propose_own<T>, .automatic_step = give_own_step<T>};
template <class T>
constexpr const descent_method<T>& method_of(const own_step_options<T>&) noexcept {
  return own_step_method<T>;
}

}  // namespace

TEST_CASE_TEMPLATE("an automatic step of a method that is none is refused", T, float, double) {
  const planted_problem<T> problem(1, 6);
  own_step_options<T> options;
  options.rank = 2;
  for (const bool scale_is_automatic : {false, true}) {
    if (!scale_is_automatic) options.initial_scale = T(0.1);
    for (const T value :
         {T(0), T(-1), std::numeric_limits<T>::infinity(), std::numeric_limits<T>::quiet_NaN()}) {
      own_step<T> = value;
      test::owned_run<T> owned;
      CHECK(owned.start(problem.sensing, problem.y, options) == status::measurements);
    }
    own_step<T> = T(0.01);
    test::owned_run<T> owned;
    REQUIRE(owned.start(problem.sensing, problem.y, options) == status::ok);
    CHECK(owned.run.report.step_size == T(0.01));
    options.initial_scale = T(automatic);
  }
}

TEST_CASE_TEMPLATE("a method that leaves the padding alone finds it zero", T, float, double) {
  const generated_rank_one_sensing<T> sensing{9, 200, 1};
  sensing_operator<T> table;
  REQUIRE(make_operator(sensing, table) == status::ok);
  factor<T> truth(9, 1);
  truth.draw(1);
  const std::vector<T> y = caller<T>(table, 1).measure(truth.view);
  own_options<T> options;
  options.rank = 2;
  aligned_vector<std::byte> memory(descent_bytes(sensing, options), std::byte{0xff});
  descent<T> run;
  REQUIRE(init(run, sensing, y.data(), options, memory.data(), memory.size()) == status::ok);
  run_to_end(run);
  CHECK(run.report.step_reductions == 0);
  CHECK(run.report.loss < T(1e-3) * run.report.zero_loss);
}

TEST_CASE_TEMPLATE("bad parameters of a method are refused, and nothing is written", T, float, double) {
  const planted_problem<T> problem(1, 6);
  constexpr T infinity = std::numeric_limits<T>::infinity(), nan = std::numeric_limits<T>::quiet_NaN();
  const auto refused = [&](status expected, auto options) {
    options.rank = 2;
    aligned_vector<std::byte> memory(descent_bytes(problem.sensing, options), test::pattern);
    CHECK(test::refuses(expected, problem.sensing, problem.y.data(), options, memory, memory.data(),
                        memory.size()));
  };
  for (const T value : {T(-1), infinity, nan}) {
    refused(status::damping, scaled_gradient_descent_options<T>{{}, value, T(1)});
    refused(status::damping, scaled_gradient_descent_options<T>{{}, T(1), value});
    refused(status::momentum, momentum_options<T>{{}, value});
    refused(status::damping, quasi_newton_options<T>({}, 5, value));
    quasi_newton_options<T> of_gamma;
    of_gamma.gamma = value;
    refused(status::damping, of_gamma);
  }
  refused(status::history, quasi_newton_options<T>({}, 0, T(0)));
  refused(status::history, quasi_newton_options<T>({}, 65, T(0)));
  quasi_newton_options<T> longest({}, 64, T(0));
  longest.rank = 2;
  aligned_vector<std::byte> room(descent_bytes(problem.sensing, longest));
  descent<T> run;
  CHECK(init(run, problem.sensing, problem.y.data(), longest, room.data(), room.size()) == status::ok);
  refused(status::damping, scaled_gradient_descent_options<T>{{}, T(0), T(0)});
  refused(status::momentum, momentum_options<T>{{}, T(1)});
}

TEST_CASE_TEMPLATE("the bytes of every method are exact, and known to the compiler", T, float, double) {
  static_assert(golden::method_bytes<T>() > 0);
  const planted_problem<T> problem(1, 7);
  catalogue::for_each_method<T>([&](auto row, auto options) {
    CAPTURE(std::string(row.name));
    options.rank = 3;
    for (const bool automatic_step : {false, true}) {
      options.step_size = automatic_step ? T(automatic) : T(0.1);
      const std::size_t needed = descent_bytes(problem.sensing, options);
      aligned_vector<std::byte> memory(needed + 64, test::pattern);
      CHECK(test::refuses(status::arena_too_small, problem.sensing, problem.y.data(), options, memory,
                          memory.data(), needed - 1));
      descent<T> run;
      REQUIRE(init(run, problem.sensing, problem.y.data(), options, memory.data(), needed) == status::ok);
      CHECK(std::string(run.method->name) == method_of(options).name);
      for (int t = 0; t < 5; ++t) step(run);
      for (std::size_t k = needed; k < memory.size(); ++k) CHECK(memory[k] == test::pattern);
    }
    options.rank = SIZE_MAX / 64;
    CHECK(descent_bytes(problem.sensing, options) == SIZE_MAX);
  });
}

TEST_CASE_TEMPLATE("every method has its golden bits", T, float, double) {
  sensing_operator<T> a;
  REQUIRE(make_operator(golden::method_problem<T>, a) == status::ok);
  aligned_vector<std::byte> memory(golden::method_bytes<T>());
  std::vector<T> y(golden::method_m);
  REQUIRE(golden::measure_method_truth(a, y.data(), memory.data()));
  for (const instruction_set isa : every_instruction_set) {
    if (!is_usable(isa)) continue;
    CAPTURE(std::string(to_string(isa)));
    for (const std::uint32_t threads : {1u, 3u}) {
      if (threads != 1 && !has_threads) continue;
      catalogue::for_each_method<T>([&](auto row, const auto& defaults) {
        CAPTURE(std::string(row.name));
        const auto options = golden::method_options<T>(row, defaults, isa, {threads, 16});
        memory.resize(descent_bytes(golden::method_problem<T>, options));
        CHECK(golden::method_bits(a, y.data(), options, memory.data(), memory.size()) ==
              golden::expected_method_bits<T>(row));
      });
    }
  }
}

TEST_CASE_TEMPLATE("its owner ends a run", T, float, double) {
  const planted_problem<T> problem(1, 8);
  catalogue::for_each_method<T>([&](auto row, auto options) {
    CAPTURE(std::string(row.name));
    options.rank = 3;
    test::owned_run<T> owned;
    REQUIRE(owned.start(problem.sensing, problem.y, options) == status::ok);
    REQUIRE(step(owned.run) == outcome::running);
    const std::uint64_t bits = factor_bits(owned.run.factor);
    CHECK(stop(owned.run) == outcome::stopped);
    CHECK(step(owned.run) == outcome::stopped);
    CHECK(owned.run.report.iterations == 1);
    CHECK(factor_bits(owned.run.factor) == bits);
    CHECK(std::string(to_string(outcome::stopped)) == "stopped");
  });
  // One that has ended keeps its outcome.
  gradient_descent_options<T> options;
  options.rank = 3;
  options.iteration_limit = 0;
  test::owned_run<T> owned;
  REQUIRE(owned.start(problem.sensing, problem.y, options) == status::ok);
  CHECK(stop(owned.run) == outcome::iteration_limit);
}

TEST_SUITE_END();
