// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include <doctest/doctest.h>

#include <cstring>

#include "planted.hpp"
#include "support.hpp"
#include "tinyrank/examination.hpp"
#include "tinyrank/gradient_descent.hpp"

using namespace tinyrank;
using namespace tinyrank::test;

TEST_SUITE_BEGIN("examination");

namespace {

template <class T>
struct owned_examination {
  staircase<T> run;
  aligned_vector<std::byte> arena;
  missing_directions<T> missing;

  template <class Sensing>
  status start(const Sensing& a, const std::vector<T>& y, factor_view<const T> u, T loss, T share,
               std::size_t rank_limit) {
    staircase_options<T> options;
    options.rank_limit = rank_limit;
    options.history = 1;
    options.tolerance = loss;
    arena.resize(staircase_bytes(a, options));
    REQUIRE(init(run, a, y.data(), options, arena.data(), arena.size()) == status::ok);
    return begin_examination(run, u, loss, share);
  }

  template <class Sensing>
  void examine(const Sensing& a, const std::vector<T>& y, const descent<T>& found) {
    const T share = found.report.loss / found.report.zero_loss;
    REQUIRE(start(a, y, found.factor, found.report.loss, share, found.factor.rank) == status::ok);
    CHECK(unseen_directions(run) > T(1));
    run_to_end(run);
    missing = find_missing(run, found.factor);
  }
};

template <class T>
outcome descend(owned_run<T>& owned, const planted_problem<T>& problem, std::size_t rank) {
  gradient_descent_options<T> options;
  options.rank = rank;
  options.relative_tolerance = T(1e-6);
  REQUIRE(owned.start(problem.sensing, problem.y, options) == status::ok);
  return run_to_end(owned.run);
}

}  // namespace

TEST_CASE_TEMPLATE("an answer that is right is determined, and nothing is missing", T, float, double) {
  const planted_problem<T> problem(30, 600, 2);
  for (const std::size_t rank : {2U, 5U}) {
    CAPTURE(rank);
    owned_run<T> owned;
    REQUIRE(descend(owned, problem, rank) == outcome::recovered);
    owned_examination<T> examined;
    examined.examine(problem.sensing, problem.y, owned.run);
    CHECK(examined.run.report.verdict == verdict::recovered);
    CHECK(examined.run.report.rank_found == 2);
    CHECK(examined.run.report.unknowns == 59);
    // The root of the iterations, about.
    CHECK(examined.run.report.passes < 16);
    CHECK(unseen_directions(examined.run) < T(1e-3));
    CHECK(examined.missing.count == 0);
  }
}

TEST_CASE_TEMPLATE("a direction that the tolerance hides is missing", T, float, double) {
  // Of the loss it is 33^-4, just below the tolerance.
  const planted_problem<T> problem(30, 600, 2, T(33));
  owned_run<T> owned;
  REQUIRE(descend(owned, problem, 2) == outcome::recovered);
  owned_examination<T> examined;
  examined.examine(problem.sensing, problem.y, owned.run);
  CHECK(examined.run.report.rank_found == 1);
  CHECK(examined.missing.count == 1);
  CHECK(examined.missing.passes == 2);
  CHECK(examined.missing.share < T(0.1));
  CHECK(examined.missing.explained > T(0.5));
  CHECK(examined.missing.smallest_eigenvalue == doctest::Approx(-1.0 / (33 * 33)).epsilon(0.3));
}

TEST_CASE_TEMPLATE("what few distinct measurements leave free is not determined", T, float, double) {
  planted_problem<T> problem(30, 600, 2);
  const std::size_t row = problem.rows.size() / 600;
  // 20 of them, thirty times, for 59 unknowns.
  for (std::size_t i = 20; i < 600; ++i) {
    std::memcpy(problem.rows.data() + i * row, problem.rows.data() + i % 20 * row, row * sizeof(T));
    problem.y[i] = problem.y[i % 20];
  }
  owned_run<T> owned;
  REQUIRE(descend(owned, problem, 2) == outcome::recovered);
  owned_examination<T> examined;
  examined.examine(problem.sensing, problem.y, owned.run);
  CHECK(examined.run.report.verdict == verdict::not_determined);
  CHECK(unseen_directions(examined.run) > T(1));
}

TEST_CASE_TEMPLATE("what does not fit is refused, and a pass limit is kept", T, float, double) {
  const planted_problem<T> problem(12, 200, 2);
  owned_run<T> owned;
  REQUIRE(descend(owned, problem, 2) == outcome::recovered);
  const factor_view<const T> u = owned.run.factor;
  owned_examination<T> examined;
  CHECK(examined.start(problem.sensing, problem.y, u, T(1), T(0), 1) == status::rank);
  CHECK(examined.start(problem.sensing, problem.y, {u.data, u.n, 0, u.stride}, T(1), T(0), 2) ==
        status::rank);
  CHECK(examined.start(problem.sensing, problem.y, {u.data, u.n - 1, 2, u.stride}, T(1), T(0), 2) ==
        status::dimension);
  REQUIRE(examined.start(problem.sensing, problem.y, u, owned.run.report.loss, T(1e-6), 2) == status::ok);
  examined.run.options.pass_limit = 3;
  CHECK(run_to_end(examined.run) == outcome::iteration_limit);
  CHECK(examined.run.report.passes == 3);
  CHECK(examined.run.report.verdict == verdict::none);
}

TEST_SUITE_END();
