// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include <doctest/doctest.h>

#include <cmath>
#include <cstring>

#include "planted.hpp"
#include "support.hpp"
#include "tinyrank/gradient_descent.hpp"
#include "tinyrank/standstill.hpp"

using namespace tinyrank;
using namespace tinyrank::test;

TEST_SUITE_BEGIN("standstill");

namespace {

template <class T>
standstill_report<T> examine(const descent<T>& run) {
  aligned_vector<std::byte> memory(
      standstill_bytes<T>(run.sensing.n, run.sensing.measurement_count, run.factor.rank));
  standstill_report<T> found;
  const T before = run.factor.data[0];
  CHECK(examine_standstill<T>(found, run, memory.data(), memory.size() - 1) == status::arena_too_small);
  CHECK(examine_standstill<T>(found, run, nullptr, memory.size()) == status::arena_null);
  CHECK(examine_standstill<T>(found, run, memory.data() + 1, memory.size()) == status::arena_misaligned);
  REQUIRE(examine_standstill<T>(found, run, memory.data(), memory.size()) == status::ok);
  CHECK(run.factor.data[0] == before);
  return found;
}

template <class T>
gradient_descent_options<T> options_of(std::size_t rank, T alpha, std::uint32_t limit) {
  gradient_descent_options<T> options;
  options.rank = rank;
  options.step_size = T(0.25);
  options.initial_scale = alpha;
  options.relative_tolerance = 0;
  options.iteration_limit = limit;
  return options;
}

}  // namespace

TEST_CASE_TEMPLATE("a plateau that is a saddle says so, goes on, and ends at rounding", T, float, double) {
  // The second eigenvalue of X X^T is a hundredth of the first, and starts at 1e-5.
  const planted_problem<T> problem(20, 300, 2, T(10));
  auto options = options_of<T>(2, T(1e-5), 60000);
  options.plateau_window = 100;
  owned_run<T> owned;
  REQUIRE(owned.start(problem.sensing, problem.y, options) == status::ok);
  descent<T>& run = owned.run;
  CHECK(go_on(run) == outcome::running);
  REQUIRE(run_to_end(run) == outcome::plateau);
  const std::uint32_t first = run.report.iterations;
  CHECK(first < 1000);
  const standstill_report<T> found = examine(run);
  CHECK(found.kind == standstill::saddle);
  CHECK(found.grows);
  CHECK(found.curvature < 0);
  CHECK(found.smallest_eigenvalue == doctest::Approx(-0.01).epsilon(0.3));
  CHECK(found.missing == doctest::Approx(0.01).epsilon(0.3));
  // The component grows as the eigenvalue says.
  const double growth = std::log1p(0.25 * -static_cast<double>(found.smallest_eigenvalue));
  REQUIRE(go_on(run) == outcome::running);
  for (int t = 0; t < 100; ++t) step(run);
  const standstill_report<T> later = examine(run);
  CHECK(std::log(static_cast<double>(later.component / found.component)) ==
        doctest::Approx(100 * growth).epsilon(0.05));
  while (run.report.result == outcome::running || examine(run).kind == standstill::saddle) {
    if (run.report.result != outcome::running) REQUIRE(go_on(run) == outcome::running);
    step(run);
  }
  CHECK(run.report.result == outcome::plateau);
  CHECK(examine(run).kind == standstill::rounding);
  CHECK(run.report.loss < T(1e-9) * run.report.zero_loss);
}

TEST_CASE_TEMPLATE("what else a loss may stand still at", T, float, double) {
  const planted_problem<T> problem(12, 300, 2);
  owned_run<T> owned;
  const auto kind_of = [&](const gradient_descent_options<T>& options, const std::vector<T>& y) {
    REQUIRE(owned.start(problem.sensing, y, options) == status::ok);
    run_to_end(owned.run);
    return examine(owned.run).kind;
  };
  CHECK(kind_of(options_of<T>(1, T(1e-3), 2000), problem.y) == standstill::local_minimum);
  auto options = options_of<T>(2, T(1e-3), 2000);
  options.step_size = T(1.05);
  CHECK(kind_of(options, problem.y) == standstill::cycle);
  CHECK(owned.run.report.result == outcome::plateau);
  options = options_of<T>(2, T(1e-3), 50);
  const std::vector<T> zeros(24);
  options.initial_factor = zeros.data();
  CHECK(kind_of(options, problem.y) == standstill::stuck);
  std::vector<T> noise(300);
  const random_stream stream = make_stream(5, random_purpose::planted, 0);
  for (std::uint32_t i = 0; i < 300; ++i) noise[i] = static_cast<T>(gaussian(stream, i));
  CHECK(kind_of(options_of<T>(2, T(1e-3), 3000), noise) == standstill::noise);
  // Not a plateau: nothing to take back.
  CHECK(go_on(owned.run) == owned.run.report.result);
  CHECK(standstill_bytes<T>(0, 5, 1) == SIZE_MAX);
  CHECK(standstill_bytes<T>(5, 5, 0) == SIZE_MAX);
  CHECK(standstill_bytes<T>(5, SIZE_MAX, 1) == SIZE_MAX);
  descent<T> impossible = owned.run;
  impossible.sensing.measurement_count = SIZE_MAX;
  standstill_report<T> none;
  CHECK(examine_standstill<T>(none, impossible, nullptr, 0) == status::size_overflow);
}

TEST_CASE("each kind has a name") {
  for (const standstill kind : {standstill::rounding, standstill::cycle, standstill::saddle,
                                standstill::stuck, standstill::local_minimum, standstill::noise})
    CHECK(std::strcmp(to_string(kind), "unknown") != 0);
  CHECK(std::strcmp(to_string(static_cast<standstill>(99)), "unknown") == 0);
}

TEST_SUITE_END();
