// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include <string>

#include "operator_testing.hpp"
#include "tinyrank/phases.hpp"

using namespace tinyrank;
using namespace tinyrank::operator_testing;

TEST_SUITE_BEGIN("phases");

namespace {

struct both {
  phase_detector truth, alone;
  std::uint32_t iterations = 0;
};

template <class T>
both detect(T condition_number, std::size_t rank, T alpha) {
  const stored_gaussian<T> gaussian(30, 1200, 6);
  sensing_operator<T> table;
  REQUIRE(make_operator(gaussian.sensing, table) == status::ok);
  const planted<T> problem(table, 2, condition_number);
  gradient_descent_options<T> options;
  options.rank = rank;
  options.step_size = T(0.25);
  options.initial_scale = alpha;
  options.iteration_limit = 1500;
  aligned_vector<std::byte> memory(descent_bytes(table, options));
  descent<T> run;
  REQUIRE(init_operator(run, table, problem.y.data(), options, memory.data(), memory.size()) == status::ok);
  aligned_vector<std::byte> work(subspace_bytes(30, rank, 2));
  both made;
  do {
    subspace_observation seen;
    REQUIRE(observe_subspaces<T>(seen, run.factor, problem.truth.view, work.data(), work.size()) ==
            status::ok);
    observe_with_truth(made.truth, run.report.iterations, seen);
    observe(made.alone, run);
  } while (step(run) == outcome::running);
  CHECK(run.report.result == outcome::recovered);
  made.iterations = run.report.iterations;
  return made;
}

double apart(std::uint32_t a, std::uint32_t b) {
  return std::abs(static_cast<double>(a) - static_cast<double>(b));
}

}  // namespace

TEST_CASE_TEMPLATE("observables alone tell the phases almost as the truth does", T, float, double) {
  for (const std::size_t rank : {2u, 6u, 30u, 45u}) {
    if (test::light && rank != 6) continue;
    const both made = detect<T>(T(1), rank, T(1e-5));
    CAPTURE(rank);
    REQUIRE(made.truth.phase == run_phase::refinement);
    REQUIRE(made.alone.phase == run_phase::refinement);
    CHECK(made.truth.left_spectral < made.truth.entered_refinement);
    CHECK(made.truth.entered_refinement < made.iterations);
    const double whole = static_cast<double>(made.truth.entered_refinement);
    CHECK(apart(made.alone.left_spectral, made.truth.left_spectral) < 0.25 * whole);
    CHECK(apart(made.alone.entered_refinement, made.truth.entered_refinement) < 0.15 * whole);
  }
}

TEST_CASE("a weak direction that leaves its saddle late calls the refinement off") {
  const both made = detect<double>(3.0, 6, 1e-5);
  REQUIRE(made.truth.phase == run_phase::refinement);
  REQUIRE(made.alone.phase == run_phase::refinement);
  const double whole = static_cast<double>(made.truth.entered_refinement);
  CHECK(apart(made.alone.entered_refinement, made.truth.entered_refinement) < 0.15 * whole);
  // The strong direction alone had arrived long before.
  CHECK(detect<double>(1.0, 6, 1e-5).truth.entered_refinement < made.truth.entered_refinement / 2);
}

TEST_CASE("the rules, one by one") {
  phase_detector d;
  CHECK(d.left_spectral == not_yet);
  observe(d, 0, 1, 0.1);
  observe(d, 1, 1, 0.2);
  observe(d, 2, 1, 0.4);
  CHECK(d.phase == run_phase::spectral);
  observe(d, 3, 2, 0.8);  // the rate stays at 0.4
  CHECK(d.phase == run_phase::saddle_avoidance);
  CHECK(d.left_spectral == 3);
  observe(d, 4, 3, 1.0);
  observe(d, 5, 3, 0.71);
  CHECK(d.phase == run_phase::saddle_avoidance);
  observe(d, 6, 3, 0.69);
  CHECK(d.phase == run_phase::refinement);
  CHECK(d.entered_refinement == 6);
  observe(d, 7, 3, 0.1);
  observe(d, 8, 3, 0.14);
  CHECK(d.phase == run_phase::refinement);
  observe(d, 9, 3, 0.16);
  CHECK(d.phase == run_phase::saddle_avoidance);
  CHECK(d.entered_refinement == not_yet);
  observe(d, 10, 3, 0.1);
  CHECK(d.entered_refinement == 10);
  CHECK(d.left_spectral == 3);

  phase_detector t;
  subspace_observation seen;
  seen.truth_sigma = 1;
  observe_with_truth(t, 0, seen);
  CHECK(t.phase == run_phase::spectral);
  seen.angle_sine = 0.49;
  observe_with_truth(t, 4, seen);
  CHECK(t.left_spectral == 4);
  seen.angle_sine = 0.6;
  observe_with_truth(t, 5, seen);
  CHECK(t.phase == run_phase::saddle_avoidance);
  seen.signal_sigma = 0.708;
  observe_with_truth(t, 9, seen);
  CHECK(t.entered_refinement == 9);
  observe_with_truth(t, 10, seen);
  CHECK(t.entered_refinement == 9);
  CHECK(std::string(to_string(run_phase::refinement)) == "refinement");
  CHECK(std::string(to_string(run_phase::spectral)) == "spectral");
  CHECK(std::string(to_string(run_phase::saddle_avoidance)) == "saddle avoidance");
}

TEST_CASE("a factor of zeros grows at no rate, and what is no phase has no name") {
  phase_detector d;
  observe(d, 0, 0, 0);
  CHECK(d.phase == run_phase::spectral);
  CHECK(d.rate == 0);
  observe(d, 1, 1, 0.5);
  CHECK(d.rate == 0.5);
  CHECK(d.phase == run_phase::spectral);
  CHECK(to_string(static_cast<run_phase>(9)) == std::string("unknown phase"));
}

TEST_SUITE_END();
