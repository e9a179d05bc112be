// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

// The penalty on U: its gradient, and the minima that are known in closed form.

#include <cmath>
#include <limits>

#include "operator_testing.hpp"
#include "tinyrank/estimate.hpp"
#include "tinyrank/operators/gaussian.hpp"
#include "tinyrank/operators/pauli.hpp"
#include "tinyrank/operators/rectangular_entries.hpp"
#include "tinyrank/quasi_newton.hpp"
#include "tinyrank/ridge.hpp"

using namespace tinyrank;
using namespace tinyrank::operator_testing;

namespace {

/// The loss of A with the penalty, and its gradient along a direction against differences.
template <class T>
void check_gradient(const sensing_operator<T>& plain, double share) {
  constexpr std::size_t rank = 3;
  const T lambda = T(0.3);
  const ridge_sensing<T> ridge{plain, lambda};
  sensing_operator<T> table;
  REQUIRE(make_operator(ridge, table) == status::ok);
  const caller<T> call(table, rank), without(plain, rank);
  factor<T> u(plain.n, rank), d(plain.n, rank), gradient(plain.n, rank), ignored(plain.n, rank);
  u.draw(1);
  d.draw(2);
  const std::vector<T> y = normal_vector<T>(3, plain.measurement_count);
  CHECK(call.measure(u.view) == without.measure(u.view));

  double squares = 0, slope = 0;
  for (std::size_t c = 0; c < rank; ++c) {
    for (std::size_t j = 0; j < plain.n; ++j) squares += std::pow(static_cast<double>(u.view(j, c)), 2);
  }
  const double loss = static_cast<double>(call.loss_and_gradient(u.view, y, gradient.view));
  const double bare = static_cast<double>(without.loss_and_gradient(u.view, y, ignored.view));
  CHECK(loss - bare == doctest::Approx(share * static_cast<double>(lambda) * squares).epsilon(1e-5));
  for (std::size_t k = 0; k < u.cells.size(); ++k)
    slope += static_cast<double>(gradient.cells[k]) * static_cast<double>(d.cells[k]);
  const auto loss_at = [&](double step) {
    factor<T> moved(plain.n, rank);
    for (std::size_t k = 0; k < u.cells.size(); ++k)
      moved.cells[k] = u.cells[k] + static_cast<T>(step) * d.cells[k];
    return static_cast<double>(call.loss_and_gradient(moved.view, y, ignored.view));
  };
  // The loss is a quartic along d: four differences give the slope exactly but for rounding.
  const double h = sizeof(T) == sizeof(float) ? 0.1 : 1e-2;
  const double found = (8 * (loss_at(h) - loss_at(-h)) - (loss_at(2 * h) - loss_at(-2 * h))) / (12 * h);
  CHECK(found == doctest::Approx(slope).epsilon(sizeof(T) == sizeof(float) ? 1e-3 : 1e-9));
}

/// sum_c values[c] l_c r_c^T, orthonormal l_c and r_c, all of whose entries are measured.
struct whole_rectangle {
  static constexpr std::uint32_t rows = 9, columns = 6;
  static constexpr std::size_t m = rows * columns;
  factor<double> left{rows, columns}, right{columns, columns};
  std::vector<double> values;
  std::vector<index_pair> pairs;
  std::vector<double> y;
  rectangular_entries_sensing<double> entries;
  sensing_operator<double> table;

  explicit whole_rectangle(std::vector<double> singular) : values(std::move(singular)) {
    draw_planted_truth(left.view, 1.0, 5);
    draw_planted_truth(right.view, 1.0, 6);
    for (std::uint32_t j = 0; j < rows; ++j) {
      for (std::uint32_t k = 0; k < columns; ++k) pairs.push_back({j, k});
    }
    for (const index_pair& at : pairs) y.push_back(entry(at, 0));
    entries = {rows, columns, m, pairs.data()};
    REQUIRE(make_operator(entries, table) == status::ok);
  }
  whole_rectangle(const whole_rectangle&) = delete;

  /// With its singular values lowered.
  [[nodiscard]] double entry(const index_pair& at, double threshold) const {
    double sum = 0;
    for (std::size_t c = 0; c < values.size(); ++c)
      sum += std::max(values[c] - threshold, 0.0) * left.view(at.first, c) * right.view(at.second, c);
    return sum;
  }
};

/// From a small random start to where the loss no longer falls.
template <class T>
struct penalised_run {
  ridge_sensing<T> ridge;
  aligned_vector<std::byte> memory;
  descent<T> run;

  penalised_run(const sensing_operator<T>& plain, const std::vector<T>& y, T lambda, std::size_t rank,
                std::uint32_t iterations)
      : ridge{plain, lambda} {
    quasi_newton_options<T> options;
    options.rank = rank;
    options.plateau_window = 0;
    options.iteration_limit = iterations;
    memory.resize(descent_bytes(ridge, options));
    REQUIRE(init(run, ridge, y.data(), options, memory.data(), memory.size()) == status::ok);
    run_to_end(run);
  }
  penalised_run(const penalised_run&) = delete;
};

double largest(const sensing_operator<double>& table, const std::vector<double>& y) {
  const caller<double> call(table, 1);
  factor<double> v(table.n, 1), image(table.n, 1);
  return largest_ridge(table, call.how, y.data(), 1, v.view, image.view);
}

/// Symmetric matrices by their entries on and below the diagonal, times the root of 2 below it, so that f(Z)
/// = ||Z - Y||_F^2 / (4 m); an operator of two verbs.
struct whole_symmetric {
  std::size_t n = 0, measurement_count = n * (n + 1) / 2;
  [[nodiscard]] static double root(std::size_t j, std::size_t k) noexcept {
    return j == k ? 1 : std::sqrt(2.0);
  }
  void measure(const workspace<double>&, factor_view<const double> u, double* y) const {
    for (std::size_t j = 0, i = 0; j < n; ++j) {
      for (std::size_t k = 0; k <= j; ++k, ++i) {
        y[i] = 0;
        for (std::size_t c = 0; c < u.rank; ++c) y[i] += root(j, k) * u(j, c) * u(k, c);
      }
    }
  }
  void adjoint_times(const workspace<double>&, const double* w, factor_view<const double> v,
                     factor_view<double> out) const {
    for (std::size_t c = 0; c < v.rank; ++c) {
      for (std::size_t j = 0; j < n; ++j) out(j, c) = 0;
      for (std::size_t j = 0, i = 0; j < n; ++j) {
        for (std::size_t k = 0; k <= j; ++k, ++i) {
          const double half = w[i] * root(j, k) / 2;
          out(j, c) += half * v(k, c);
          out(k, c) += half * v(j, c);
        }
      }
    }
  }
};

/// sum_c values[c] q_c q_c^T measured so.
struct symmetric_spectrum {
  whole_symmetric mine{7};
  sensing_operator<double> table;
  factor<double> q{7, 4};
  std::vector<double> y;

  explicit symmetric_spectrum(const std::vector<double>& values) {
    REQUIRE(make_operator(mine, table) == status::ok);
    draw_planted_truth(q.view, 1.0, 8);
    for (std::size_t j = 0; j < 7; ++j) {
      for (std::size_t k = 0; k <= j; ++k) y.push_back(whole_symmetric::root(j, k) * entry(values, j, k));
    }
  }
  symmetric_spectrum(const symmetric_spectrum&) = delete;

  [[nodiscard]] double entry(const std::vector<double>& values, std::size_t j, std::size_t k) const {
    double sum = 0;
    for (std::size_t c = 0; c < values.size(); ++c) sum += values[c] * q.view(j, c) * q.view(k, c);
    return sum;
  }
};

}  // namespace

TEST_SUITE_BEGIN("ridge");

TEST_CASE_TEMPLATE("the gradient is that of the loss, of any shape", T, float, double) {
  sensing_operator<T> table;
  const gaussian_sensing<T> gaussian{9, 40, 3};
  REQUIRE(make_operator(gaussian, table) == status::ok);
  check_gradient(table, 1);

  const std::vector<index_pair> pairs = {{0, 0}, {1, 3}, {4, 2}, {4, 3}, {2, 0}};
  const rectangular_entries_sensing<T> entries{5, 4, pairs.size(), pairs.data()};
  REQUIRE(make_operator(entries, table) == status::ok);
  check_gradient(table, 0.5);

  const std::vector<pauli_string> strings = {{1, 2}, {3, 0}, {2, 2}, {0, 1}};
  const pauli_sensing<T> pauli{2, strings.size(), strings.data()};
  REQUIRE(make_operator(pauli, table) == status::ok);
  check_gradient(table, 1);
}

TEST_CASE("the minimum of a whole rectangle is its singular values lowered by 2 m lambda") {
  const whole_rectangle whole({5, 3, 2, 0.7, 0.4, 0.1});
  for (const double threshold : {0.05, 0.5, 2.5}) {
    CAPTURE(threshold);
    const penalised_run<double> made(whole.table, whole.y, threshold / (2 * whole_rectangle::m), 6, 600);
    double squares = 0, nuclear = 0, worst = 0;
    for (const index_pair& at : whole.pairs) {
      const double found = estimate_at<double>(whole.table.shape, made.run.factor, at.first, at.second).real;
      const double right = whole.entry(at, threshold);
      worst = std::max(worst, std::abs(found - right));
      squares += std::pow(right - whole.entry(at, 0), 2);
    }
    CHECK(worst < 1e-5);
    for (const double value : whole.values) nuclear += std::max(value - threshold, 0.0);
    // The loss that is reported is the penalised one.
    const double best = (squares / 4 + threshold / 2 * nuclear) / whole_rectangle::m;
    CHECK(made.run.report.loss == doctest::Approx(best).epsilon(1e-9));
  }
}

TEST_CASE("the minimum of a whole symmetric matrix is its positive eigenvalues lowered by 2 m lambda") {
  const std::vector<double> given = {3, 1.5, 0.2, -4}, lowered = {2.5, 1};
  const symmetric_spectrum whole(given);
  const double lambda = 0.5 / (2 * static_cast<double>(whole.mine.measurement_count));
  const penalised_run<double> made(whole.table, whole.y, lambda, 5, 600);
  double worst = 0;
  for (std::size_t j = 0; j < 7; ++j) {
    for (std::size_t k = 0; k <= j; ++k) {
      const double found = estimate_at<double>({}, made.run.factor, j, k).real;
      worst = std::max(worst, std::abs(found - whole.entry(lowered, j, k)));
    }
  }
  CHECK(worst < 1e-5);
}

TEST_CASE("from the largest penalty on nothing is left") {
  const whole_rectangle whole({5, 3, 2, 0.7, 0.4, 0.1});
  const double most = largest(whole.table, whole.y);
  CHECK(most == doctest::Approx(5.0 / (2 * whole_rectangle::m)).epsilon(1e-4));
  const penalised_run<double> above(whole.table, whole.y, 1.05 * most, 6, 1000);
  const penalised_run<double> below(whole.table, whole.y, 0.95 * most, 6, 1000);
  const auto size = [](factor_view<const double> u) {
    double squares = 0;
    for (std::size_t c = 0; c < u.rank; ++c) {
      for (std::size_t j = 0; j < u.n; ++j) squares += u(j, c) * u(j, c);
    }
    return squares;
  };
  CHECK(size(above.run.factor) < 1e-9);
  // L and R share the root of 5 - 0.95 5.
  CHECK(size(below.run.factor) == doctest::Approx(2 * 0.25).epsilon(1e-2));
}

TEST_CASE("the largest penalty is that of the positive eigenvalue, and 0 where there is none") {
  const symmetric_spectrum mixed({1, 0.5, -3}), negative({-1, -2});
  CHECK(largest(mixed.table, mixed.y) == doctest::Approx(1.0 / (2 * 28)).epsilon(1e-3));
  CHECK(largest(negative.table, negative.y) < 1e-6);
  const std::vector<double> zeros(28);
  CHECK(largest(mixed.table, zeros) == 0);
}

namespace {

/// Multiplies by more at each call than at the one before: no iteration settles.
struct growing {
  std::size_t n = 4, measurement_count = 4;
  mutable int calls = 0;
  void measure(const workspace<double>&, factor_view<const double>, double* y) const {
    std::fill(y, y + measurement_count, 0);
  }
  void adjoint_times(const workspace<double>&, const double*, factor_view<const double> v,
                     factor_view<double> out) const {
    const double size = std::pow(1.02, ++calls);
    for (std::size_t j = 0; j < n; ++j) out(j, 0) = size * v(j, 0);
  }
};

}  // namespace

TEST_CASE("the largest penalty takes at most 300 passes") {
  const growing own;
  sensing_operator<double> table;
  REQUIRE(make_operator(own, table) == status::ok);
  CHECK(largest(table, {1, 1, 1, 1}) > 0);
  CHECK(own.calls == 300);
}

TEST_CASE("no penalty changes no bit, and a wrong one is refused") {
  const gaussian_sensing<double> gaussian{9, 60, 3};
  sensing_operator<double> table, untouched;
  REQUIRE(make_operator(gaussian, table) == status::ok);
  const std::vector<double> y = [&] {
    factor<double> truth(9, 2);
    truth.draw(4);
    return caller<double>(table, 2).measure(truth.view);
  }();
  const penalised_run<double> none(table, y, 0, 2, 40);
  quasi_newton_options<double> options;
  options.rank = 2;
  options.plateau_window = 0;
  options.iteration_limit = 40;
  aligned_vector<std::byte> memory(descent_bytes(table, options));
  CHECK(memory.size() == none.memory.size());
  descent<double> run;
  REQUIRE(init_operator(run, table, y.data(), options, memory.data(), memory.size()) == status::ok);
  run_to_end(run);
  CHECK(factor_bits(run.factor) == factor_bits(none.run.factor));

  const auto made = [&](const ridge_sensing<double>& a) {
    const status found = make_operator(a, untouched);
    CHECK(untouched.n == 0);
    return found;
  };
  CHECK(made({table, -1e-9}) == status::damping);
  CHECK(made({table, std::numeric_limits<double>::infinity()}) == status::damping);
  CHECK(made({table, std::numeric_limits<double>::quiet_NaN()}) == status::damping);
  CHECK(made({sensing_operator<double>{}, 1}) == status::dimension);
  CHECK(made({table, 1, 8}) == status::dimension);
  CHECK(made({table, 1, 9, 59}) == status::measurement_count);
  sensing_operator<double> verbless = table;
  verbless.functions.loss_and_gradient = nullptr;
  CHECK(made({verbless, 1}) == status::operator_data);
}

TEST_SUITE_END();
