// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

// What single measurements are worth to a recovery: weights, outliers, those that are held out; and what it
// is refused for.

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <vector>

#include "recovery_testing.hpp"
#include "tinyrank/operators/entries.hpp"
#include "tinyrank/operators/gaussian.hpp"

using namespace tinyrank;
using namespace tinyrank::operator_testing;

namespace {

template <class T>
double test_error(const recovery<T>& run, const geometric_problem<T>& problem) {
  const factor_view<const T> truth = problem.truth.view;
  return static_cast<double>(relative_test_error(run.factor, truth));
}

/// Eight anchors in a room of 6 x 8 x 3 m, near its corners, ranged with 3 cm of noise.
known_distances room(std::uint64_t seed) {
  const double corners[8][3] = {{0, 0, 0}, {6, 0, 3}, {0, 8, 3}, {6, 8, 0},
                                {0, 0, 3}, {6, 0, 0}, {0, 8, 0}, {6, 8, 3}};
  std::vector<std::vector<double>> anchors;
  for (std::size_t i = 0; i < 8; ++i) {
    anchors.emplace_back();
    for (std::size_t k = 0; k < 3; ++k)
      anchors[i].push_back(corners[i][k] + 0.2 * normal(seed + 77, 3 * i + k));
  }
  known_distances layout(anchors, [](double, std::uint32_t) { return true; });
  for (std::size_t k = 0; k < layout.y.size(); ++k) {
    const double range = std::sqrt(layout.y[k]) + 0.03 * normal(seed, k);
    layout.y[k] = range * range;
  }
  return layout;
}

}  // namespace

TEST_SUITE_BEGIN("recovery_rows");

TEST_CASE_TEMPLATE("a measurement of weight 0 says nothing, and equal weights change nothing but rounding", T,
                   float, double) {
  const gaussian_sensing<T> sensing{20, 300, 4};
  geometric_problem<T> problem(sensing, 2, 3, 1);
  std::vector<T> weights(300, T(1));
  for (std::size_t i = 0; i < 300; i += 5) {
    problem.y[i] = T(100) * static_cast<T>(normal(9, i));
    weights[i] = 0;
  }
  recovery_options<T> options;
  options.weights = weights.data();
  owned_recovery<T> owned(sensing, problem.y, options);
  // Two calls of a verb for a gradient.
  std::uint32_t before = 0;
  while (step(owned.run) == outcome::running) {
    CHECK(owned.run.report.passes - before <= 2);
    before = owned.run.report.passes;
  }
  CHECK(owned.run.report.verdict == verdict::recovered);
  CHECK(test_error(owned.run, problem) <= (sizeof(T) == sizeof(float) ? 1e-4 : 1e-5));

  geometric_problem<T> noisy(sensing, 2, 3, 1, 20);
  const std::vector<T> fours(300, T(4));
  recovery_options<T> equal;
  equal.weights = fours.data();
  owned_recovery<T> weighted(sensing, noisy.y, equal), plain(sensing, noisy.y, {});
  CHECK(run_to_end(weighted.run) == outcome::plateau);
  CHECK(run_to_end(plain.run) == outcome::plateau);
  CHECK(test_error(weighted.run, noisy) == doctest::Approx(test_error(plain.run, noisy)).epsilon(1e-3));
  // Of the residuals times the root of the weight.
  CHECK(weighted.run.report.noise_estimate ==
        doctest::Approx(2 * static_cast<double>(plain.run.report.noise_estimate)).epsilon(1e-3));
  CHECK(weighted.run.report.loss ==
        doctest::Approx(4 * static_cast<double>(plain.run.report.loss)).epsilon(1e-3));
  CHECK(weighted.run.report.held_out_error ==
        doctest::Approx(static_cast<double>(plain.run.report.held_out_error)).epsilon(1e-2));
}

TEST_CASE("what was spent counts where weights and outliers are counted again" *
          doctest::skip(test::emulated)) {
  const gaussian_sensing<double> sensing{20, 300, 4};
  geometric_problem<double> problem(sensing, 2, 3, 1, 20);
  std::vector<double> weights(300, 1.0);
  for (std::size_t i = 0; i < 300; i += 5) weights[i] = 0;
  const auto with = [&](std::size_t spent, bool weighs, robust_loss loss) {
    recovery_options<double> options;
    options.spent = spent;
    options.loss = loss;
    if (weighs) options.weights = weights.data();
    owned_recovery<double> owned(sensing, problem.y, options);
    run_to_end(owned.run);
    CHECK(owned.run.report.verdict == verdict::best_fit);
    CHECK(owned.run.report.unknowns == 39);
    return owned.run.report;
  };
  // 240 of weight 1; 39 unknowns.
  const auto none = with(0, true, robust_loss::squared), some = with(101, true, robust_loss::squared);
  CHECK(some.loss == none.loss);
  CHECK(some.noise_estimate == doctest::Approx(none.noise_estimate * std::sqrt(201.0 / 100.0)));

  const auto robust = with(100, false, robust_loss::huber);
  const double left = 300 - 100 - 39 - static_cast<double>(robust.outliers);
  CHECK(robust.noise_estimate == doctest::Approx(2 * std::sqrt(300 * robust.loss / left)));
}

TEST_CASE("weights that know the noise make the error smaller") {
  double with = 0, without = 0;
  for (std::uint64_t seed = 1; seed <= (test::light ? 1U : 5U); ++seed) {
    const gaussian_sensing<double> sensing{20, 300, seed};
    geometric_problem<double> problem(sensing, 2, 3, seed);
    std::vector<double> weights;
    for (std::size_t i = 0; i < 300; ++i) {
      const double noise = i % 2 == 0 ? 1 : 0.02;
      problem.y[i] += noise * normal(seed + 50, i);
      weights.push_back(1 / (noise * noise));
    }
    recovery_options<double> options;
    options.weights = weights.data();
    owned_recovery<double> weighted(sensing, problem.y, options), plain(sensing, problem.y, {});
    run_to_end(weighted.run);
    run_to_end(plain.run);
    CHECK(weighted.run.report.noise_estimate == doctest::Approx(1).epsilon(0.15));
    with += test_error(weighted.run, problem);
    without += test_error(plain.run, problem);
  }
  CHECK(with < 0.2 * without);
}

TEST_CASE("what is held out is foretold as well as the noise allows" * doctest::skip(test::emulated)) {
  double sum = 0;
  constexpr int runs = test::light ? 1 : 8;
  for (std::uint64_t seed = 1; seed <= runs; ++seed) {
    const gaussian_sensing<double> sensing{30, 900, seed};
    const geometric_problem<double> problem(sensing, 3, 3, seed, 20);
    recovery_options<double> options;
    options.seed = seed;
    owned_recovery<double> owned(sensing, problem.y, options);
    run_to_end(owned.run);
    const recovery_report<double>& report = owned.run.report;
    CHECK(report.verdict == verdict::best_fit);
    CHECK(report.held_out > 60);
    CHECK(report.held_out < 130);
    // The answer has seen all measurements: its own residuals are smaller than the noise.
    CHECK(std::sqrt(report.loss / report.zero_loss) < 0.1);
    sum += report.held_out_error;
    recovery_options<double> nothing = options;
    nothing.held_out_share = 0;
    owned_recovery<double> unjudged(sensing, problem.y, nothing);
    run_to_end(unjudged.run);
    CHECK(unjudged.run.report.held_out == 0);
    CHECK(unjudged.run.report.passes < report.passes);
    const factor_view<const double> u = owned.run.factor, v = unjudged.run.factor;
    REQUIRE(u.rank == v.rank);
    CHECK(std::memcmp(u.data, v.data, u.rank * u.stride * sizeof(double)) == 0);
  }
  // A statistic of runs, which have the same bits where tests are light.
  if (test::light) return;
  // Noise of a tenth of y, over y with noise, and the error of 90 unknowns from 810 measurements.
  CHECK(sum / runs == doctest::Approx(0.1 / std::sqrt(1.01) * std::sqrt(1 + 87.0 / 810)).epsilon(0.06));
}

TEST_CASE("one wild range among 28 costs nothing, and is named") {
  int right = 0, named = 0;
  constexpr int runs = test::light ? 3 : 20;
  double robust = 0, least_squares = 0;
  for (std::uint64_t seed = 1; seed <= runs; ++seed) {
    known_distances layout = room(seed);
    std::size_t wild = 0;
    for (std::size_t k = 0; k < layout.y.size(); ++k) {
      if (std::abs(std::sqrt(layout.y[k]) - 2.1) < std::abs(std::sqrt(layout.y[wild]) - 2.1)) wild = k;
    }
    layout.y[wild] = 33.7 * 33.7;
    recovery_options<double> options;
    options.loss = robust_loss::huber;
    const distances_sensing<double> sensing = layout.sensing();
    owned_recovery<double> owned(sensing, layout.y, options);
    run_to_end(owned.run);
    right += layout.error(owned.run.factor) < 0.05 ? 1 : 0;
    named += owned.run.report.outliers == 1 && owned.run.report.worst_outlier == wild ? 1 : 0;
    robust += layout.error(owned.run.factor);
    owned_recovery<double> plain(sensing, layout.y, {});
    run_to_end(plain.run);
    least_squares += layout.error(plain.run.factor);
  }
  // Of 60 rooms the fit that is told rank and outlier misses 5 cm in three.
  CHECK(right >= runs - 3);
  CHECK(named >= runs - 1);
  CHECK(least_squares > 20 * robust);
}

TEST_CASE("five in a hundred measurements may be wild" * doctest::skip(test::emulated)) {
  std::vector<double> ratios;
  for (std::uint64_t seed = 1; seed <= (test::light ? 1U : 6U); ++seed) {
    const gaussian_sensing<double> sensing{30, 450, seed};
    geometric_problem<double> problem(sensing, 3, 3, seed, 30);
    const std::vector<double> clean = problem.y;
    const random_stream stream = make_stream(seed, random_purpose::test, 9);
    std::size_t wild = 0;
    for (std::size_t i = 0; i < 450; ++i) {
      if (random_bits(stream, static_cast<std::uint32_t>(i)) % 20 != 0) continue;
      problem.y[i] += 300 * problem.noise * normal(seed + 60, i);
      ++wild;
    }
    for (const double delta : {0.0, 2 * problem.noise}) {
      recovery_options<double> options;
      options.loss = robust_loss::huber;
      options.huber_delta = delta;
      owned_recovery<double> owned(sensing, problem.y, options), told(sensing, clean, {});
      run_to_end(owned.run);
      run_to_end(told.run);
      CHECK(owned.run.report.verdict == verdict::best_fit);
      CHECK(owned.run.report.rank_found == 3);
      CHECK(owned.run.report.outliers <= wild + 3);
      CHECK(owned.run.report.outliers + 3 >= wild);
      CHECK(owned.run.report.noise_estimate == doctest::Approx(problem.noise).epsilon(0.12));
      ratios.push_back(test_error(owned.run, problem) / test_error(told.run, problem));
    }
  }
  std::sort(ratios.begin(), ratios.end());
  CHECK(ratios[ratios.size() / 2] <= 1.1);
  CHECK(ratios.back() <= 1.3);
}

TEST_CASE("weights that do not settle are made ten times at a rank, and three times where they forget") {
  const gaussian_sensing<double> sensing{20, 150, 2};
  geometric_problem<double> problem(sensing, 2, 3, 2, 20);
  for (std::size_t i = 0; i < 150; i += 7) problem.y[i] += 40 * problem.noise;
  recovery_options<double> options;
  options.loss = robust_loss::huber;
  owned_recovery<double> owned(sensing, problem.y, options);
  std::vector<int> rounds(21);
  int forgetting = 0;
  while (owned.run.phase != recovery_phase::ended) {
    if (owned.run.phase == recovery_phase::reweigh)
      ++(owned.run.redescends ? forgetting : rounds[owned.run.stairs.factor.rank]);
    step(owned.run);
  }
  CHECK(*std::max_element(rounds.begin(), rounds.end()) == 10);
  CHECK(forgetting == 3);
}

TEST_CASE("a climb with a robust loss ends where it fits exactly, or two columns in a row do not pay") {
  for (const double decibels : {1000.0, 20.0}) {
    const gaussian_sensing<double> sensing{20, 300, 3};
    geometric_problem<double> problem(sensing, 2, 3, 1, decibels);
    for (const std::size_t i : {7U, 100U, 255U}) problem.y[i] += 5;
    recovery_options<double> options;
    options.loss = robust_loss::huber;
    owned_recovery<double> owned(sensing, problem.y, options);
    std::vector<std::size_t> ranks;
    while (!owned.run.redescends) {
      REQUIRE(owned.run.phase != recovery_phase::ended);
      const std::size_t at = owned.run.stairs.factor.rank;
      if (owned.run.phase == recovery_phase::reweigh && (ranks.empty() || ranks.back() != at))
        ranks.push_back(at);
      step(owned.run);
    }
    CHECK(ranks == (decibels == 20 ? std::vector<std::size_t>{1, 2, 3, 4} : std::vector<std::size_t>{1, 2}));
    CHECK(owned.run.stairs.wanted == 2);
  }
}

TEST_CASE("with weights a robust loss first looks at the measurements, also where half of them are zero") {
  const std::vector<index_pair> pairs = drawn_pairs(12, 78, true, 3);
  const entries_sensing<double> sensing{12, pairs.size(), pairs.data()};
  std::vector<double> y, weights(pairs.size(), 1);
  for (const index_pair at : pairs) y.push_back(at.first < 5 && at.second < 5 ? 1 : 0);
  recovery_options<double> options;
  options.loss = robust_loss::huber;
  double leading[2];
  for (const bool weighs : {false, true}) {
    options.weights = weighs ? weights.data() : nullptr;
    owned_recovery<double> owned(sensing, y, options);
    while (owned.run.stairs.leading == 0) REQUIRE(step(owned.run) == outcome::running);
    leading[weighs ? 1 : 0] = owned.run.stairs.leading;
  }
  CHECK(leading[1] == doctest::Approx(leading[0]).epsilon(1e-12));
}

TEST_CASE("without noise the outliers are those that were put in, and the rest is recovered") {
  const gaussian_sensing<double> sensing{20, 300, 3};
  geometric_problem<double> problem(sensing, 2, 3, 2);
  for (const std::size_t i : {7U, 100U, 255U}) problem.y[i] += 5;
  recovery_options<double> options;
  options.loss = robust_loss::huber;
  owned_recovery<double> owned(sensing, problem.y, options);
  CHECK(run_to_end(owned.run) == outcome::recovered);
  CHECK(owned.run.report.verdict == verdict::recovered);
  CHECK(owned.run.report.outliers == 3);
  CHECK(test_error(owned.run, problem) <= 1e-5);
}

TEST_CASE_TEMPLATE("every argument that is wrong is a status", T, float, double) {
  const gaussian_sensing<T> sensing{8, 40, 1};
  std::vector<T> y(40, T(1)), weights(40, T(1));
  const auto refusal = [&](auto change) {
    recovery_options<T> options;
    options.weights = weights.data();
    change(options);
    aligned_vector<std::byte> memory(recovery_bytes(sensing, options), std::byte{0x5a});
    const aligned_vector<std::byte> before = memory;
    recovery<T> run;
    const status found = init(run, sensing, y.data(), options, memory.data(), memory.size());
    CHECK((found == status::ok || memory == before));
    return found;
  };
  CHECK(refusal([](auto&) {}) == status::ok);
  CHECK(refusal([](auto& o) { o.explore = static_cast<exploration>(3); }) == status::exploration);
  CHECK(refusal([](auto& o) { o.explore = static_cast<exploration>(-1); }) == status::exploration);
  CHECK(refusal([](auto& o) { o.explore_rank = 9; }) == status::exploration);
  CHECK(refusal([](auto& o) { o.explore_rank = 8; }) == status::ok);
  CHECK(refusal([](auto& o) { o.loss = static_cast<robust_loss>(2); }) == status::robust_loss);
  CHECK(refusal([](auto& o) { o.huber_delta = T(-1); }) == status::robust_loss);
  CHECK(refusal([](auto& o) { o.huber_delta = std::numeric_limits<T>::infinity(); }) == status::robust_loss);
  CHECK(refusal([](auto& o) { o.held_out_share = T(0.6); }) == status::held_out);
  CHECK(refusal([](auto& o) { o.held_out_share = T(-0.1); }) == status::held_out);
  CHECK(refusal([](auto& o) { o.held_out_share = std::numeric_limits<T>::quiet_NaN(); }) == status::held_out);
  CHECK(refusal([](auto& o) { o.rank_limit = 9; }) == status::rank);
  CHECK(refusal([](auto& o) { o.history = 0; }) == status::history);
  CHECK(refusal([](auto& o) { o.tolerance = T(-1); }) == status::tolerance);
  CHECK(refusal([](auto& o) { o.plan.shards = 3; }) == status::shards);
  for (const T wrong : {T(-1), std::numeric_limits<T>::quiet_NaN(), std::numeric_limits<T>::infinity()}) {
    weights[17] = wrong;
    CHECK(refusal([](auto&) {}) == status::weights);
  }
  std::fill(weights.begin(), weights.end(), T(0));
  CHECK(refusal([](auto&) {}) == status::weights);
  std::fill(weights.begin(), weights.end(), T(1));
  y[3] = std::numeric_limits<T>::quiet_NaN();
  CHECK(refusal([](auto& o) { o.weights = nullptr; }) == status::measurements);
  std::fill(y.begin(), y.end(), T(0));
  CHECK(refusal([](auto& o) { o.weights = nullptr; }) == status::measurements);
  std::fill(y.begin(), y.end(), T(1));

  recovery<T> run;
  const recovery_options<T> options;
  const std::size_t bytes = recovery_bytes(sensing, options);
  aligned_vector<std::byte> memory(bytes + 64);
  CHECK(init(run, sensing, y.data(), options, nullptr, bytes) == status::arena_null);
  CHECK(init(run, sensing, y.data(), options, memory.data() + 8, bytes) == status::arena_misaligned);
  CHECK(init(run, sensing, y.data(), options, memory.data(), bytes - 1) == status::arena_too_small);
  CHECK(recovery_bytes(gaussian_sensing<T>{0, 40, 1}, options) == SIZE_MAX);
  CHECK(init(run, sensing, static_cast<const T*>(nullptr), options, memory.data(), bytes) ==
        status::measurements);
}

TEST_CASE("a run can be ended by its owner, and by its limit") {
  const std::vector<index_pair> pairs = drawn_pairs(30, 130, false, 1002);
  const distances_sensing<double> sensing{30, 130, pairs.data()};
  const geometric_problem<double> problem(sensing, 3, 1, 1002);
  for (const std::uint32_t passes : {1U, 50U, 420U, 640U, 900U}) {
    CAPTURE(passes);
    recovery_options<double> options;
    owned_recovery<double> owned(sensing, problem.y, options);
    while (owned.run.report.passes < passes && step(owned.run) == outcome::running) {
    }
    if (owned.run.report.result != outcome::running) break;
    const double loss = owned.run.report.loss;
    CHECK(stop(owned.run) == outcome::stopped);
    CHECK(owned.run.report.verdict == verdict::none);
    CHECK(owned.run.report.loss == loss);
    CHECK(step(owned.run) == outcome::stopped);
    CHECK(owned.run.report.passes == passes);
    CHECK(owned.run.factor.rank == owned.run.report.rank_found);

    options.pass_limit = passes;
    owned_recovery<double> limited(sensing, problem.y, options);
    CHECK(run_to_end(limited.run) == outcome::iteration_limit);
    CHECK(limited.run.report.passes == passes);
    CHECK(limited.run.report.verdict == verdict::none);
  }
}

TEST_CASE("an owner's end while the fit to noise is judged leaves the answer as it is") {
  const gaussian_sensing<double> sensing{20, 400, 1};
  const geometric_problem<double> problem(sensing, 2, 3, 1, 20);
  owned_recovery<double> owned(sensing, problem.y, {});
  while (owned.run.report.verdict == verdict::none) REQUIRE(step(owned.run) == outcome::running);
  CHECK(owned.run.report.result == outcome::running);
  CHECK(stop(owned.run) == outcome::plateau);
  CHECK(owned.run.report.verdict == verdict::best_fit);
  CHECK(owned.run.report.held_out == 0);
  CHECK(test_error(owned.run, problem) < 0.1);
}

TEST_CASE("what is held out is missed as by the fit to all else alone") {
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    const std::vector<index_pair> pairs = drawn_pairs(24, 260, false, seed);
    const distances_sensing<double> sensing{24, pairs.size(), pairs.data()};
    const geometric_problem<double> problem(sensing, 2, 10, seed, 20);
    recovery_options<double> options;
    options.seed = seed;
    options.held_out_share = 0.3;
    owned_recovery<double> owned(sensing, problem.y, options);
    run_to_end(owned.run);
    const recovery_report<double>& report = owned.run.report;
    REQUIRE(report.rank_found == 2);
    REQUIRE(report.held_out > 20);
    const random_stream stream = make_stream(seed, random_purpose::held_out, 0);
    std::vector<double> weights(pairs.size(), 1);
    for (std::uint32_t i = 0; i < weights.size(); ++i)
      if ((random_bits(stream, i) >> 8) < 0.3 * 0x1p24) weights[i] = 0;
    recovery_options<double> others = options;
    others.weights = weights.data();
    others.held_out_share = 0;
    others.rank_limit = 2;
    owned_recovery<double> fit(sensing, problem.y, others);
    run_to_end(fit.run);
    double missed = 0, all = 0;
    for (std::size_t i = 0; i < weights.size(); ++i) {
      if (weights[i] != 0) continue;
      double found = 0;
      for (std::size_t c = 0; c < fit.run.factor.rank; ++c) {
        const double apart = fit.run.factor(pairs[i].first, c) - fit.run.factor(pairs[i].second, c);
        found += apart * apart;
      }
      missed += (found - problem.y[i]) * (found - problem.y[i]);
      all += problem.y[i] * problem.y[i];
    }
    CAPTURE(seed);
    CHECK(report.held_out_error == doctest::Approx(std::sqrt(missed / all)).epsilon(0.01));
  }
}

TEST_CASE("a triangle is determined by as many sides as it has unknowns") {
  const known_distances triangle({{0, 0}, {3, 0}, {0, 4}}, [](double, std::uint32_t) { return true; });
  const distances_sensing<double> sensing = triangle.sensing();
  owned_recovery<double> owned(sensing, triangle.y, {});
  CHECK(run_to_end(owned.run) == outcome::recovered);
  CHECK(owned.run.report.unknowns == 3);
  CHECK(owned.run.report.verdict == verdict::recovered);
}

TEST_CASE("the caller's threshold tells the outliers, where half of the residuals are within it" *
          doctest::skip(test::emulated)) {
  const gaussian_sensing<double> sensing{20, 400, 2};
  geometric_problem<double> problem(sensing, 2, 3, 4, 20);
  problem.y[9] += 40 * problem.noise;
  const auto outliers = [&](double delta) {
    recovery_options<double> options;
    options.loss = robust_loss::huber;
    options.huber_delta = delta;
    owned_recovery<double> owned(sensing, problem.y, options);
    run_to_end(owned.run);
    CHECK(owned.run.report.verdict == verdict::best_fit);
    return owned.run.report.outliers;
  };
  CHECK(outliers(0) == 1);
  CHECK(outliers(100 * problem.noise) == 0);
  // Beyond 2.6 standard deviations.
  CHECK(outliers(0.75 * problem.noise) >= 3);
  CHECK(outliers(0.01 * problem.noise) == 1);
}

TEST_CASE("a fit to noise is none where measurements are too few to judge one column more") {
  // Rank 1 has 20 unknowns, rank 2 has 39: rank 1 leaves half of y, and might be all that is not noise.
  for (std::uint64_t seed = 1; seed <= (test::light ? 1U : 6U); ++seed) {
    for (const std::size_t m : {30U, 35U, 39U}) {
      CAPTURE(m);
      const gaussian_sensing<double> sensing{20, m, seed};
      const geometric_problem<double> problem(sensing, 2, 2, seed);
      recovery_options<double> options;
      owned_recovery<double> owned(sensing, problem.y, options);
      run_to_end(owned.run);
      CHECK(owned.run.report.verdict == verdict::not_determined);
      options.rank_limit = 1;
      owned_recovery<double> told(sensing, problem.y, options);
      run_to_end(told.run);
      CHECK(told.run.report.verdict == verdict::best_fit);
    }
  }
}

TEST_CASE(
    "with a robust loss another start is made on the measurements, where the search for outliers sorts") {
  const gaussian_sensing<double> sensing{10, 400, 1};
  const geometric_problem<double> problem(sensing, 2, 2, 1);
  recovery_options<double> options;
  options.loss = robust_loss::huber;
  options.explore = exploration::at_once;
  owned_recovery<double> owned(sensing, problem.y, options);
  run_to_end(owned.run);
  CHECK(owned.run.report.explored);
  CHECK(owned.run.report.verdict == verdict::recovered);
  CHECK_FALSE(owned.run.report.ambiguous);
}
