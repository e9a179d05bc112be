// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

// What a staircase says of an answer, and what it is refused for.

#include <cmath>
#include <limits>

#include "operator_testing.hpp"
#include "staircase_testing.hpp"
#include "tinyrank/operators/dense.hpp"
#include "tinyrank/operators/distances.hpp"
#include "tinyrank/operators/entries.hpp"
#include "tinyrank/operators/gaussian.hpp"
#include "tinyrank/staircase.hpp"

using namespace tinyrank;
using namespace tinyrank::operator_testing;

namespace {

template <class T, class Sensing>
staircase_report<T> answer(const Sensing& sensing, const std::vector<T>& y, std::uint64_t seed = 1) {
  staircase_options<T> options;
  options.seed = seed;
  owned_staircase<T> owned(sensing, y, options);
  run_to_end(owned.run);
  return owned.run.report;
}

template <class T>
std::vector<T> squared(const std::vector<double>& distances) {
  std::vector<T> y;
  for (const double d : distances) y.push_back(static_cast<T>(d * d));
  return y;
}

template <class T>
std::vector<T> in_precision(const std::vector<double>& values) {
  return {values.begin(), values.end()};
}

/// A_i an orthonormal basis of the symmetric matrices, so that f(Z) = ||Z - Y||_F^2 / (4 m).
struct whole_matrix {
  std::size_t n, m = packed_count(n);
  aligned_vector<double> rows;
  dense_sensing<double> sensing;

  explicit whole_matrix(std::size_t side) : n(side), rows(dense_row_elements<double>(side, m)) {
    for (std::size_t j = 0, i = 0; j < n; ++j) {
      for (std::size_t k = 0; k <= j; ++k, ++i) {
        rows[i * packed_stride<double>(n) + packed_index(j, k)] = j == k ? 1 : std::sqrt(0.5);
      }
    }
    sensing = {n, m, rows.data()};
  }
  [[nodiscard]] std::vector<double> measure(const std::vector<double>& matrix) const {
    std::vector<double> y;
    for (std::size_t j = 0; j < n; ++j) {
      for (std::size_t k = 0; k <= j; ++k) y.push_back(matrix[j * n + k] * (j == k ? 1 : std::sqrt(2.0)));
    }
    return y;
  }
};

/// sum_c values[c] q_c q_c^T with orthonormal q_c.
std::vector<double> with_spectrum(std::size_t n, const std::vector<double>& values, std::uint64_t seed) {
  factor<double> q(n, values.size());
  draw_planted_truth(q.view, 1.0, seed);
  std::vector<double> matrix(n * n);
  for (std::size_t j = 0; j < n; ++j) {
    for (std::size_t k = 0; k < n; ++k) {
      for (std::size_t c = 0; c < values.size(); ++c)
        matrix[j * n + k] += values[c] * q.view(j, c) * q.view(k, c);
    }
  }
  return matrix;
}

}  // namespace

TEST_SUITE_BEGIN("staircase_answers");

TEST_CASE_TEMPLATE("data that leave the answer free are called that, and none else", T, float, double) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    CAPTURE(seed);
    // A correlation matrix of four variables with three correlations: any of many fits.
    const std::vector<index_pair> correlations = {{0, 0}, {1, 1}, {2, 2}, {3, 3}, {0, 1}, {0, 2}, {0, 3}};
    const auto free = answer(entries_sensing<T>{4, 7, correlations.data()},
                             in_precision<T>({1, 1, 1, 1, .5, .6, .7}), seed);
    CHECK(free.verdict == verdict::not_determined);
    CHECK(free.unknowns >= 7);
    // One entry unknown: the determinant leaves an interval.
    const std::vector<index_pair> three = {{0, 0}, {1, 1}, {2, 2}, {0, 1}, {0, 2}};
    CHECK(answer(entries_sensing<T>{3, 5, three.data()}, in_precision<T>({1, 1, 1, .5, .6}), seed).verdict ==
          verdict::not_determined);
    // Six distances between two groups of points in a plane, seven unknowns.
    const std::vector<index_pair> across = {{0, 3}, {1, 3}, {2, 3}, {0, 4}, {1, 4}, {2, 4}};
    const auto bipartite =
        answer(distances_sensing<T>{5, 6, across.data()}, squared<T>({2.8, 5.4, 1.4, 4.2, 3.0, 6.3}), seed);
    CHECK(bipartite.verdict == verdict::not_determined);
    CHECK(bipartite.unknowns == 7);
    CHECK(bipartite.condition > 100);
    // Two groups without a distance between them, each rigid: 12 equations, 12 + 1 - 1 unknowns.
    std::vector<index_pair> islands;
    std::vector<double> apart;
    for (std::uint32_t group = 0; group < 2; ++group) {
      for (std::uint32_t i = 0; i < 4; ++i) {
        for (std::uint32_t j = 0; j < i; ++j) {
          islands.push_back({4 * group + i, 4 * group + j});
          apart.push_back(
              std::hypot(normal(seed, i) - normal(seed, j), normal(seed + 9, i) - normal(seed + 9, j)));
        }
      }
    }
    CHECK(answer(distances_sensing<T>{8, 12, islands.data()}, squared<T>(apart), seed).verdict ==
          verdict::not_determined);
    // Rank 1, eleven entries.
    const std::vector<index_pair> entries = {{0, 0}, {0, 1}, {0, 3}, {1, 1}, {1, 2}, {1, 4},
                                             {2, 2}, {2, 3}, {3, 3}, {3, 4}, {4, 4}};
    const auto small =
        answer(entries_sensing<T>{5, 11, entries.data()},
               in_precision<T>({.55, -.55, -1.1, .55, -1.1, -.11, 2.2, -2.2, 2.2, -.22, .022}), seed);
    CHECK(small.verdict == verdict::recovered);
    CHECK(small.rank_found == 1);
    CHECK(small.unknowns == 5);
    // Four points nearly on a line: the best of all positive semidefinite matrices has rank 1.
    const std::vector<index_pair> four = {{1, 0}, {2, 0}, {2, 1}, {3, 0}, {3, 1}, {3, 2}};
    const auto aligned =
        answer(distances_sensing<T>{4, 6, four.data()}, squared<T>({87, 175, 87, 264, 175, 87}), seed);
    CHECK(aligned.verdict == verdict::best_fit);
    CHECK(static_cast<double>(aligned.loss) == doctest::Approx(6966.449).epsilon(1e-4));
  }
}

TEST_CASE("fewer measurements than unknowns never pass for an answer") {
  for (const std::size_t m : {std::size_t{1}, std::size_t{2}, std::size_t{20}, std::size_t{50}}) {
    for (std::uint64_t seed = 1; seed <= 3; ++seed) {
      CAPTURE(m);
      CAPTURE(seed);
      const gaussian_sensing<double> sensing{20, m, seed};
      const geometric_problem<double> problem(sensing, 3, 3, seed);
      const auto report = answer(sensing, problem.y, seed);
      CHECK(report.verdict != verdict::recovered);
      if (m <= 2) CHECK(report.verdict == verdict::not_determined);
    }
  }
}

TEST_CASE("the certificate bounds what any positive semidefinite matrix could gain") {
  const whole_matrix whole(9);
  // The best is the positive part, and the gap says that nothing is better.
  const std::vector<double> y = whole.measure(with_spectrum(9, {3, 2, 1, -0.02, -0.03, -0.05}, 5));
  const auto best = answer(whole.sensing, y);
  CHECK(best.verdict == verdict::best_fit);
  CHECK(best.rank_found == 3);
  const double optimum = (0.02 * 0.02 + 0.03 * 0.03 + 0.05 * 0.05) / (4 * 45);
  CHECK(best.loss == doctest::Approx(optimum).epsilon(1e-6));
  CHECK(best.certificate_gap <= 1e-6 * best.zero_loss);
  CHECK(best.certificate_gap >= best.loss - optimum);
  CHECK(best.smallest_eigenvalue >= -1e-6);

  // Held at rank 2 it is not the best, and the bound is above what the third column gains.
  staircase_options<double> options;
  options.rank_limit = 2;
  owned_staircase<double> held(whole.sensing, y, options);
  run_to_end(held.run);
  const auto& report = held.run.report;
  CHECK(report.rank_found == 2);
  CHECK(report.smallest_eigenvalue == doctest::Approx(-1.0 / 45).epsilon(1e-3));
  const double gain = 1.0 / (4 * 45);  // the trace allows a third column of size 1 in exchange
  CHECK(report.certificate_gap >= gain);
  // Random matrices of no larger trace.
  sensing_operator<double> table;
  REQUIRE(make_operator(whole.sensing, table) == status::ok);
  const caller<double> call(table, 3);
  factor<double> z(9, 3), ignored(9, 3);
  double trace = 0;
  for (std::size_t k = 0; k < 2 * held.run.factor.stride; ++k)
    trace += held.run.factor.data[k] * held.run.factor.data[k];
  for (std::uint64_t trial = 0; trial < 200; ++trial) {
    z.draw(trial + 50);
    double size = 0;
    for (const double cell : z.cells) size += cell * cell;
    for (double& cell : z.cells) cell *= std::sqrt(trace / size);
    CHECK(report.loss - call.loss_and_gradient(z.view, y, ignored.view) <= report.certificate_gap);
  }
}

TEST_CASE("the noise of measurements is estimated from what is left") {
  const gaussian_sensing<double> sensing{30, 600, 3};
  const geometric_problem<double> problem(sensing, 2, 2, 1, 25);
  const auto report = answer(sensing, problem.y);
  CHECK(report.verdict == verdict::best_fit);
  CHECK(report.unknowns == 59);
  CHECK(report.noise_estimate == doctest::Approx(problem.noise).epsilon(0.1));
  CHECK(report.condition < 3);
}

TEST_CASE("unknowns that were spent on y before count against the measurements") {
  const gaussian_sensing<double> sensing{30, 600, 3};
  const geometric_problem<double> problem(sensing, 2, 2, 1, 25);
  const auto with = [&](const std::vector<double>& y, std::size_t spent) {
    staircase_options<double> options;
    options.spent = spent;
    owned_staircase<double> owned(sensing, y, options);
    run_to_end(owned.run);
    return owned.run.report;
  };
  const auto none = with(problem.y, 0), some = with(problem.y, 240);
  CHECK(some.verdict == verdict::best_fit);
  CHECK(some.rank_found == 2);
  CHECK(some.loss == none.loss);
  CHECK(some.noise_estimate == doctest::Approx(none.noise_estimate * std::sqrt(541.0 / 301.0)));
  // As many as there are unknowns, and one more than the next rank has, which could be judged.
  CHECK(with(problem.y, 541).verdict == verdict::not_determined);
  CHECK(with(problem.y, 541).noise_estimate == 0);
  CHECK(with(problem.y, 600 - 88).verdict == verdict::best_fit);
  CHECK(with(problem.y, 600 - 87).verdict == verdict::not_determined);

  // The exact matrix, too, is one of many when its unknowns are as many as what is left.
  const geometric_problem<double> exact(sensing, 2, 2, 1);
  CHECK(with(exact.y, 540).verdict == verdict::recovered);
  CHECK(with(exact.y, 541).verdict == verdict::not_determined);
}

TEST_CASE("what was spent makes a rank that paid fit noise") {
  const gaussian_sensing<double> sensing{30, 600, 3};
  geometric_problem<double> problem(sensing, 2, 30, 4);
  for (std::size_t i = 0; i < 600; ++i) problem.y[i] += 0.08 * normal(80, i);
  staircase_options<double> options;
  owned_staircase<double> all(sensing, problem.y, options);
  options.spent = 300;
  owned_staircase<double> few(sensing, problem.y, options);
  run_to_end(all.run);
  run_to_end(few.run);
  CHECK(all.run.report.rank_found == 2);
  CHECK(few.run.report.rank_found == 1);
}

TEST_CASE("measurements that no positive semidefinite matrix has, and measurements of zero") {
  const gaussian_sensing<double> sensing{12, 90, 3};
  const geometric_problem<double> problem(sensing, 1, 1, 1);
  const std::vector<index_pair> diagonal = {{0, 0}, {1, 1}, {2, 2}};
  const entries_sensing<double> entries{3, 3, diagonal.data()};
  const auto nothing = answer(entries, std::vector<double>{-1, -2, -0.5});
  CHECK(nothing.verdict == verdict::best_fit);
  CHECK(nothing.result == outcome::plateau);
  CHECK(nothing.rank_found == 0);
  CHECK(nothing.loss == nothing.zero_loss);

  staircase_options<double> options;
  aligned_vector<std::byte> memory(staircase_bytes(entries, options));
  staircase<double> run;
  const std::vector<double> zeros(3);
  CHECK(init(run, entries, zeros.data(), options, memory.data(), memory.size()) == status::measurements);
}

TEST_CASE("it can be ended, and held to a number of passes") {
  const gaussian_sensing<double> sensing{30, 600, 3};
  const geometric_problem<double> problem(sensing, 2, 2, 1);
  staircase_options<double> options;
  options.pass_limit = 9;
  owned_staircase<double> short_one(sensing, problem.y, options);
  CHECK(run_to_end(short_one.run) == outcome::iteration_limit);
  CHECK(short_one.run.report.passes == 9);
  CHECK(short_one.run.report.verdict == verdict::none);
  CHECK(step(short_one.run) == outcome::iteration_limit);
  CHECK(short_one.run.report.passes == 9);

  staircase_entry<double> trace[4];
  options.pass_limit = 1000;
  options.trace = trace;
  options.trace_capacity = 4;
  owned_staircase<double> stopped(sensing, problem.y, options);
  while (stopped.run.report.entries < 6) step(stopped.run);
  const std::uint32_t passes = stopped.run.report.passes;
  CHECK(stop(stopped.run) == outcome::stopped);
  CHECK(step(stopped.run) == outcome::stopped);
  CHECK(stopped.run.report.passes == passes);
  CHECK(stopped.run.report.verdict == verdict::none);
  const staircase_entry<double>& last = trace[5 % 4];
  CHECK(last.pass == passes);
  CHECK(last.rank == stopped.run.factor.rank);
  CHECK(last.loss == stopped.run.report.loss);
  CHECK(last.loss < stopped.run.report.zero_loss);
}

TEST_CASE("a wrong argument is named, and nothing is written") {
  const gaussian_sensing<double> sensing{12, 90, 3};
  const geometric_problem<double> problem(sensing, 1, 1, 1);
  const staircase_options<double> good;
  aligned_vector<std::byte> memory(staircase_bytes(sensing, good), test::pattern);
  staircase<double> run;
  run.report.passes = 4711;
  const auto refused = [&](auto change) {
    staircase_options<double> options = good;
    std::vector<double> y = problem.y;
    std::byte* buffer = memory.data();
    std::size_t bytes = memory.size();
    change(options, y, buffer, bytes);
    const status found = init(run, sensing, y.data(), options, buffer, bytes);
    CHECK(run.report.passes == 4711);
    CHECK(test::untouched(memory));
    return found;
  };
  using options_type = staircase_options<double>;
  using values = std::vector<double>;
  CHECK(refused([](options_type& o, values&, std::byte*&, std::size_t&) { o.rank_limit = 13; }) ==
        status::rank);
  CHECK(refused([](options_type& o, values&, std::byte*&, std::size_t&) { o.spent = 90; }) ==
        status::measurement_count);
  CHECK(refused([](options_type& o, values&, std::byte*&, std::size_t&) { o.history = 0; }) ==
        status::history);
  CHECK(refused([](options_type& o, values&, std::byte*&, std::size_t&) { o.history = 65; }) ==
        status::history);
  CHECK(refused([](options_type& o, values&, std::byte*&, std::size_t&) { o.tolerance = -1; }) ==
        status::tolerance);
  CHECK(refused([](options_type& o, values&, std::byte*&, std::size_t&) {
          o.relative_tolerance = std::numeric_limits<double>::quiet_NaN();
        }) == status::tolerance);
  CHECK(refused([](options_type& o, values&, std::byte*&, std::size_t&) { o.plan.shards = 3; }) ==
        status::shards);
  CHECK(refused([](options_type& o, values&, std::byte*&, std::size_t&) { o.plan.threads = 0; }) ==
        status::threads);
  CHECK(refused([](options_type&, values& y, std::byte*&, std::size_t&) {
          y[5] = std::numeric_limits<double>::infinity();
        }) == status::measurements);
  CHECK(refused([](options_type&, values& y, std::byte*&, std::size_t&) { y.assign(y.size(), 1e-200); }) ==
        status::measurements);
  CHECK(refused([](options_type&, values&, std::byte*& b, std::size_t&) { b = nullptr; }) ==
        status::arena_null);
  CHECK(refused([](options_type&, values&, std::byte*& b, std::size_t&) { ++b; }) ==
        status::arena_misaligned);
  CHECK(refused([](options_type&, values&, std::byte*&, std::size_t& n) { --n; }) == status::arena_too_small);
  CHECK(staircase_bytes(gaussian_sensing<double>{0, 4, 1}, good) == SIZE_MAX);
}

namespace {

/// A user's operator: entries of the diagonal, twice.
struct doubled_diagonal {
  std::size_t n = 0, measurement_count = 0;
  void measure(const workspace<double>&, factor_view<const double> u, double* y) const {
    for (std::size_t i = 0; i < measurement_count; ++i) {
      y[i] = 0;
      for (std::size_t c = 0; c < u.rank; ++c) y[i] += u(i % n, c) * u(i % n, c);
    }
  }
  void adjoint_times(const workspace<double>&, const double* w, factor_view<const double> v,
                     factor_view<double> out) const {
    for (std::size_t c = 0; c < v.rank; ++c) {
      for (std::size_t j = 0; j < n; ++j) out(j, c) = 0;
      for (std::size_t i = 0; i < measurement_count; ++i) out(i % n, c) += w[i] * v(i % n, c);
    }
  }
};

}  // namespace

TEST_CASE("an operator of two verbs does, and its diagonal leaves the rest free") {
  const doubled_diagonal mine{6, 12};
  std::vector<double> y;
  for (std::size_t i = 0; i < 12; ++i) y.push_back(1 + static_cast<double>(i % 6));
  sensing_operator<double> table;
  REQUIRE(make_operator(mine, table) == status::ok);
  staircase_options<double> options;
  aligned_vector<std::byte> memory(staircase_bytes(table, options));
  staircase<double> run;
  REQUIRE(init_operator(run, table, y.data(), options, memory.data(), memory.size()) == status::ok);
  run_to_end(run);
  CHECK(run.report.verdict == verdict::not_determined);
  CHECK(run.report.loss <= 1e-12 * run.report.zero_loss);
  // Along the direction that it names the measurements stay.
  REQUIRE(run.freedom.rank == run.factor.rank);
  double moved = 0, size = 0;
  for (std::size_t j = 0; j < 6; ++j) {
    double change = 0;
    for (std::size_t c = 0; c < run.factor.rank; ++c) {
      change += 2 * run.directions(j, c) * run.freedom(j, c);
      size += run.freedom(j, c) * run.freedom(j, c);
    }
    moved += change * change;
  }
  CHECK(size == doctest::Approx(1));
  CHECK(moved <= 1e-8);
}

TEST_CASE("a loss that is not finite has no verdict") {
  // The square of one entry is beyond the floats.
  constexpr std::size_t n = 3, m = 8, entries = packed_count(n);
  const std::size_t stride = packed_stride<float>(n);
  aligned_vector<float> rows(m * stride);
  std::vector<float> y;
  for (std::size_t i = 0; i < m; ++i) {
    for (std::size_t k = 0; k < entries; ++k)
      rows[i * stride + k] = (static_cast<float>((7 * i + 5 * k) % 9) - 4) / 4;
    y.push_back(1 + 0.25F * static_cast<float>(i % 5));
  }
  const float large[entries] = {0.5F, 3e30F, 1e20F, 1e27F, 1e22F, 1e22F};
  std::copy(large, large + entries, rows.begin() + 6 * static_cast<std::ptrdiff_t>(stride));
  const dense_sensing<float> sensing{n, m, rows.data()};
  owned_staircase<float> made(sensing, y, {});
  CHECK(run_to_end(made.run) == outcome::diverged);
  CHECK(made.run.report.verdict == verdict::none);
}
