// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "operator_testing.hpp"
#include "tinyrank/operators/generated_rank_one.hpp"
#include "tinyrank/operators/rank_one.hpp"

using namespace tinyrank;
using namespace tinyrank::operator_testing;

namespace {

struct problem_shape {
  std::size_t n, true_rank, rank, measurement_count;
  double condition_number;
};

template <class T>
void check_recovery(rank_one_form form, problem_shape s) {
  generated_rank_one_sensing<T> sensing{s.n, s.measurement_count, 3, form};
  sensing_operator<T> table;
  REQUIRE(make_operator(sensing, table) == status::ok);
  const planted<T> problem(table, s.true_rank, static_cast<T>(s.condition_number));
  gradient_descent_options<T> options;
  options.rank = s.rank;
  owned_run<T> made(table, problem.y, options);
  CAPTURE(s.n);
  CAPTURE(s.rank);
  CAPTURE(made.run.report.iterations);
  CAPTURE(made.run.report.step_reductions);
  CHECK(made.run.report.result == outcome::recovered);
  CHECK(made.test_error(problem.truth) < 0.02);
}

}  // namespace

TEST_SUITE_BEGIN("rank_one_recovery");

TEST_CASE_TEMPLATE("plain measurements recover with the automatic step size and scale", T, float, double) {
  check_recovery<T>(rank_one_form::plain, {24, 1, 1, 200, 1});
  if (test::light) return;  // the rest is much work, and the same bits
  check_recovery<T>(rank_one_form::plain, {24, 2, 2, 400, 1});
  check_recovery<T>(rank_one_form::plain, {24, 2, 2, 400, 3});
  check_recovery<T>(rank_one_form::plain, {24, 2, 4, 400, 1});
  check_recovery<T>(rank_one_form::plain, {24, 2, 24, 600, 1});
}

TEST_CASE_TEMPLATE("debiased pairs recover with the automatic step size and scale", T, float, double) {
  check_recovery<T>(rank_one_form::debiased, {24, 1, 1, 200, 1});
  if (test::light) return;
  check_recovery<T>(rank_one_form::debiased, {24, 2, 2, 400, 1});
  check_recovery<T>(rank_one_form::debiased, {24, 2, 2, 400, 3});
  check_recovery<T>(rank_one_form::debiased, {24, 2, 4, 400, 1});
  check_recovery<T>(rank_one_form::debiased, {24, 2, 24, 600, 1});
}

TEST_SUITE_END();
