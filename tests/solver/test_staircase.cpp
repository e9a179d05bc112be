// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include <algorithm>
#include <cmath>
#include <cstring>

#include "operator_testing.hpp"
#include "staircase_testing.hpp"
#include "tinyrank/operators/dense.hpp"
#include "tinyrank/operators/distances.hpp"
#include "tinyrank/operators/entries.hpp"
#include "tinyrank/operators/gaussian.hpp"
#include "tinyrank/operators/generated_rank_one.hpp"
#include "tinyrank/operators/hadamard.hpp"
#include "tinyrank/operators/rademacher.hpp"
#include "tinyrank/operators/rank_one.hpp"
#include "tinyrank/quasi_newton.hpp"
#include "tinyrank/staircase.hpp"

using namespace tinyrank;
using namespace tinyrank::operator_testing;

namespace {

constexpr std::uint64_t seeds = test::light ? 1 : 3;

/// Passes until the test error is 1e-6, and what was found.
struct recovery {
  std::uint32_t passes = UINT32_MAX;
  staircase_report<double> report;
};

template <class Sensing>
recovery recover(const Sensing& sensing, std::size_t rank, double condition, std::uint64_t seed) {
  const geometric_problem<double> problem(sensing, rank, condition, seed);
  staircase_options<double> options;
  options.relative_tolerance = 1e-15;
  options.seed = seed;
  owned_staircase<double> owned(sensing, problem.y, options);
  recovery found;
  const factor_view<const double> truth = problem.truth.view;
  for (std::uint32_t lines = 0; step(owned.run) == outcome::running; lines = owned.run.report.entries) {
    const bool is_new = owned.run.report.entries != lines;
    if (found.passes == UINT32_MAX && is_new && relative_test_error(owned.run.factor, truth) <= 1e-6) {
      found.passes = owned.run.report.passes;
    }
  }
  found.report = owned.run.report;
  return found;
}

/// Passes of each seed, smallest first.
template <class Make>
std::vector<std::uint32_t> passes_of(const char* name, std::size_t rank, double condition, Make make) {
  std::vector<std::uint32_t> passes;
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    const recovery found =
        make(seed, [&](const auto& sensing) { return recover(sensing, rank, condition, seed); });
    INFO(std::string(name), ", condition ", condition, ", seed ", seed, ": rank ", found.report.rank_found,
         ", ", found.passes, " passes of ", found.report.passes);
    CHECK(found.report.verdict == verdict::recovered);
    CHECK(found.report.rank_found == rank);
    passes.push_back(found.passes);
  }
  std::sort(passes.begin(), passes.end());
  return passes;
}

}  // namespace

TEST_SUITE_BEGIN("staircase");

TEST_CASE("nothing told, the truth to 1e-6 and its rank in a few dozen passes at any condition number") {
  // 30 passes, 40 for what is harder and 90 for distances are aimed at; a test holds 1.3 times each.
  for (const double condition : {1.0, 10.0, 100.0}) {
    if (test::light && condition > 1) break;
    CAPTURE(condition);
    CHECK(passes_of("Gaussian", 3, condition, [](std::uint64_t seed, auto solve) {
            return solve(gaussian_sensing<double>{60, 1300, seed});
          }).back() <= 39);
    CHECK(passes_of("Hadamard", 3, condition, [](std::uint64_t seed, auto solve) {
            return solve(hadamard_sensing<double>{60, 1300, seed});
          }).back() <= 39);
    CHECK(passes_of("Rademacher", 3, condition, [](std::uint64_t seed, auto solve) {
            return solve(rademacher_sensing<double>{60, 1300, seed});
          }).back() <= 39);
    CHECK(passes_of("rank-one", 3, condition, [](std::uint64_t seed, auto solve) {
            return solve(generated_rank_one_sensing<double>{50, 1500, seed});
          }).back() <= 52);
    CHECK(passes_of("entries", 3, condition, [](std::uint64_t seed, auto solve) {
            const std::vector<index_pair> pairs = drawn_pairs(60, 900, true, seed);
            return solve(entries_sensing<double>{60, 900, pairs.data()});
          }).back() <= 52);
    // A few in a hundred leave a local minimum by way of a higher rank, which takes its time.
    const auto apart = passes_of("distances", 2, condition, [](std::uint64_t seed, auto solve) {
      const std::vector<index_pair> pairs = drawn_pairs(40, 400, false, seed);
      return solve(distances_sensing<double>{40, 400, pairs.data()});
    });
    CHECK(apart[apart.size() / 2] <= 117);
    if (test::light) continue;
    CHECK(passes_of("Gaussian of rank 10", 10, condition, [](std::uint64_t seed, auto solve) {
            aligned_vector<double> rows(dense_row_elements<double>(80, 4000));
            REQUIRE(fill_gaussian_rows(80, 0, 4000, seed, gaussian_ensemble::isotropic, rows.data()) ==
                    status::ok);
            return solve(dense_sensing<double>{80, 4000, rows.data()});
          }).back() <= 52);
  }
}

namespace {

/// Test errors of the staircase over those of the least squares fit from the truth, which is told the rank.
template <class Make>
std::vector<double> regrets(const char* name, std::size_t rank, Make make) {
  std::vector<double> found;
  for (const double decibels : {40.0, 20.0, 10.0}) {
    // A statistic of runs, which have the same bits where tests are light, as golden hashes prove.
    if (test::light && decibels != 20) continue;
    for (const double condition : {1.0, 10.0}) {
      for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
        make(seed, [&](const auto& sensing) {
          const geometric_problem<double> problem(sensing, rank, condition, seed, decibels);
          staircase_options<double> options;
          options.seed = seed;
          owned_staircase<double> owned(sensing, problem.y, options);
          run_to_end(owned.run);
          INFO(std::string(name), ", ", decibels, " dB, condition ", condition, ", seed ", seed);
          const staircase_report<double>& report = owned.run.report;
          CHECK(report.verdict == verdict::best_fit);
          if (std::string(name) == "Gaussian" && decibels == 20)
            CHECK(report.noise_estimate == doctest::Approx(problem.noise).epsilon(0.1));
          quasi_newton_options<double> told;
          told.rank = rank;
          told.damping_ratio = 0.25;
          told.initial_factor = problem.row_major.data();
          told.relative_tolerance = 0;
          test::owned_run<double> fit;
          REQUIRE(fit.start(sensing, problem.y, told) == status::ok);
          run_to_end(fit.run);
          const factor_view<const double> truth = problem.truth.view;
          found.push_back(relative_test_error(owned.run.factor, truth) /
                          relative_test_error(fit.run.factor, truth));
        });
      }
    }
  }
  std::sort(found.begin(), found.end());
  return found;
}

}  // namespace

TEST_CASE("with noise the error is that of the fit that is told the rank") {
  const auto check = [](const std::vector<double>& ratios, double worst) {
    CHECK(ratios[ratios.size() / 2] <= 1.02);
    CHECK(ratios.back() <= worst);
  };
  // Stored: the bits of the generated ones, which would be drawn again in every pass.
  check(regrets("Gaussian", 3,
                [](std::uint64_t seed, auto solve) {
                  const stored_gaussian<double> gaussian(60, 1300, seed);
                  solve(gaussian.sensing);
                }),
        1.25);
  check(regrets("rank-one", 3,
                [](std::uint64_t seed, auto solve) {
                  constexpr std::size_t n = 50, m = 1500;
                  constexpr rank_one_form form = generated_rank_one_sensing<double>{}.form;
                  aligned_vector<double> vectors(rank_one_vector_elements<double>(n, m, form));
                  REQUIRE(fill_rank_one_vectors(n, 0, m, seed, vectors.data()) == status::ok);
                  solve(rank_one_sensing<double>{n, m, vectors.data(), form});
                }),
        1.25);
  check(regrets("entries", 3,
                [](std::uint64_t seed, auto solve) {
                  const std::vector<index_pair> pairs = drawn_pairs(60, 1200, true, seed);
                  solve(entries_sensing<double>{60, 1200, pairs.data()});
                }),
        1.25);
  check(regrets("distances", 2,
                [](std::uint64_t seed, auto solve) {
                  const std::vector<index_pair> pairs = drawn_pairs(40, 500, false, seed);
                  solve(distances_sensing<double>{40, 500, pairs.data()});
                }),
        1.6);
}

TEST_CASE("in float the loss that float can hold is reached") {
  for (const float condition : {1.0F, 100.0F}) {
    const gaussian_sensing<float> sensing{40, 900, 7};
    const geometric_problem<float> problem(sensing, 3, condition, 1);
    owned_staircase<float> owned(sensing, problem.y, {});
    CHECK(run_to_end(owned.run) == outcome::recovered);
    CHECK(owned.run.report.verdict == verdict::recovered);
    CHECK(owned.run.report.rank_found == 3);
    CHECK(owned.run.report.passes <= 60);
    CHECK(relative_test_error<float>(owned.run.factor, problem.truth.view) <= 3e-5);
  }
}

TEST_CASE("the size of the paper in float: an error of 1e-5 in a few dozen passes, at any condition number") {
  // 26 passes, and 36 where the spectrum is not flat, are aimed at; a test holds 1.3 times each. The
  // benchmark has the Gaussian ensemble.
  constexpr std::size_t n = 200, m = 10000, rank = 5;
  if (test::light) return;
  for (const float condition : {1.0F, 10.0F, 100.0F, 1000.0F}) {
    for (std::uint64_t seed = 1; seed <= 3; ++seed) {
      const hadamard_sensing<float> sensing{n, m, seed};
      sensing_operator<float> table;
      REQUIRE(make_operator(sensing, table) == status::ok);
      factor<float> truth(n, rank);
      draw_planted_truth(truth.view, 1.0F, seed);
      for (std::size_t c = 1; c < rank; ++c) {
        const float eigenvalue =
            1 - (1 - 1 / condition) * static_cast<float>(c) / static_cast<float>(rank - 1);
        for (std::size_t j = 0; j < n; ++j) truth.view(j, c) *= std::sqrt(eigenvalue);
      }
      const std::vector<float> y = caller<float>(table, rank).measure(truth.view);
      staircase_options<float> options;
      // The default ends a little above 1e-5 where the condition number is 1000.
      options.relative_tolerance = 1e-13F;
      options.seed = seed;
      owned_staircase<float> owned(sensing, y, options);
      std::uint32_t passes = 0;
      while (passes == 0 && step(owned.run) == outcome::running) {
        if (owned.run.report.loss > 1e-9F * owned.run.report.zero_loss) continue;
        if (relative_test_error<float>(owned.run.factor, truth.view) <= 1e-5F)
          passes = owned.run.report.passes;
      }
      INFO("condition ", condition, ", seed ", seed);
      CHECK(passes > 0);
      CHECK(passes <= (condition > 1 ? 47U : 34U));
      CHECK(owned.run.report.rank_found == rank);
    }
  }
}

TEST_CASE("of what a look found the next one begins with what was not appended") {
  const std::vector<index_pair> pairs = drawn_pairs(30, 300, true, 1);
  const entries_sensing<double> sensing{30, pairs.size(), pairs.data()};
  const geometric_problem<double> problem(sensing, 3, 10, 1);
  owned_staircase<double> owned(sensing, problem.y, {});
  staircase<double>& run = owned.run;
  int appended = 0;
  while (run.report.result == outcome::running) {
    const bool appends = run.phase == staircase_phase::append;
    const std::size_t left = run.known > run.wanted ? run.known - run.wanted : 0, stride = padded<double>(30);
    const double* const basis = run.memory.basis;
    const std::vector<double> before(basis, basis + run.columns.krylov * stride);
    const double* const first = before.data() + run.wanted * stride;
    step(run);
    if (!appends || run.phase != staircase_phase::descend) continue;
    REQUIRE(run.known == left);
    CHECK(left > 0);
    CHECK(test::same_bits(first, basis, left * stride));
    ++appended;
  }
  CHECK(appended > 1);
}
