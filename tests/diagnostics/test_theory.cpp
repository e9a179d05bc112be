// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include <doctest/doctest.h>

#include <cmath>
#include <initializer_list>

#include "tinyrank/theory.hpp"

using namespace tinyrank;

TEST_SUITE_BEGIN("theory");

TEST_CASE("logarithm and exponential agree with the C library's") {
  for (double x = 1e-300; x < 1e300; x *= 1.37) {
    REQUIRE(std::abs(natural_logarithm(x) - std::log(x)) <= 1e-14 * std::abs(std::log(x)) + 2e-16);
  }
  for (double x = -700; x < 700; x += 0.373) {
    REQUIRE(std::abs(exponential(x) / std::exp(x) - 1) < 1e-14);
  }
  CHECK(natural_logarithm(1) == 0);
  CHECK(exponential(0) == 1);
  CHECK(natural_logarithm(5e-324) == doctest::Approx(std::log(5e-324)));
  CHECK(exponential(-740) == doctest::Approx(std::exp(-740)));
  CHECK(exponential(-800) == 0);
  CHECK(std::isinf(exponential(800)));
  CHECK(std::isnan(natural_logarithm(0)));
  CHECK(std::isnan(natural_logarithm(-1)));
  CHECK(std::isnan(natural_logarithm(INFINITY)));
  CHECK(std::isnan(exponential(NAN)));
}

TEST_CASE("eq. (4), (5) and (6) for a setting worked by hand") {
  // n = 16, r = 4, so sqrt(n/k) = 2 and k^{1/4} = sqrt(2); kappa = 1: (2 * 2)^-6 sqrt(2) / 8.
  const theorem_setting s{16, 4, 1, 1.0, 3.0};
  CHECK(largest_initial_scale(s) == doctest::Approx(3 * std::sqrt(2.0) / 8 / 4096).epsilon(1e-12));
  // 16^{21/16} = 2^{21/4}, 4^{-15/16} = 2^{-15/8}; (alpha / ||X||)^{21/16} with 2^-16: 2^-21.
  CHECK(error_bound(s, 3 * 0x1p-16) == doctest::Approx(std::exp2(21.0 / 4 - 15.0 / 8 - 21)).epsilon(1e-12));
  const theorem_iterations t = iteration_bound(s, 3 * 0x1p-16, 0.125);
  const double unit = 8.0 / 9;
  CHECK(t.spectral == doctest::Approx(unit * std::log(4.0)).epsilon(1e-12));
  CHECK(t.saddle_avoidance == doctest::Approx(unit * std::log(65536.0)).epsilon(1e-12));
  CHECK(t.refinement == doctest::Approx(unit * std::log(65536.0)).epsilon(1e-12));
  CHECK(t.total() == t.spectral + t.saddle_avoidance + t.refinement);
}

TEST_CASE("kappa enters as printed") {
  const theorem_setting s{16, 4, 2, 2.0, 1.0};
  // (2 * 4 * 2)^{-24} = 2^-96; sqrt(2) / (sqrt(2) * 8).
  CHECK(largest_initial_scale(s) == doctest::Approx(std::exp2(-3 - 96)).epsilon(1e-10));
  const theorem_iterations t = iteration_bound(s, 0x1p-20, 0.25);
  CHECK(t.spectral == doctest::Approx(16 * std::log(16.0)).epsilon(1e-12));
  CHECK(t.saddle_avoidance == doctest::Approx(16 * 19 * std::log(2.0)).epsilon(1e-12));
  // kappa r* / (k - r*) = 2.
  CHECK(t.refinement == doctest::Approx(16 * 21 * std::log(2.0)).epsilon(1e-12));
  const theorem_setting flat{16, 4, 2, 1.0, 1.0};
  CHECK(error_bound(s, 0.01) / error_bound(flat, 0.01) ==
        doctest::Approx(std::exp2(81.0 / 16)).epsilon(1e-12));
  CHECK(largest_isometry_constant(s) == doctest::Approx(1 / (16 * std::sqrt(2.0))).epsilon(1e-14));
  CHECK(largest_step_size(s) == doctest::Approx(1.0 / 16).epsilon(1e-14));
  CHECK(sufficient_measurements(s) == doctest::Approx(16 * 2 * 512).epsilon(1e-12));
  // The other branch: large n, kappa = 1 and r = n, where (2)^-6 / sqrt(n) is above 1/n.
  const theorem_setting square{10000, 10000, 1, 1.0, 1.0};
  CHECK(largest_initial_scale(square) == doctest::Approx(1e-4).epsilon(1e-12));
}

TEST_CASE("constants scale the bounds, r above n counts as n, and nothing is said outside the theorem") {
  const theorem_setting s{50, 10, 5, 1.5, 1.0};
  theorem_constants twice;
  twice.scale = twice.error = twice.iterations = twice.isometry = twice.step = twice.measurements = 2;
  CHECK(largest_initial_scale(s, twice) == doctest::Approx(2 * largest_initial_scale(s)));
  CHECK(error_bound(s, 0.1, twice) == doctest::Approx(2 * error_bound(s, 0.1)));
  CHECK(iteration_bound(s, 0.1, 0.1, twice).total() ==
        doctest::Approx(2 * iteration_bound(s, 0.1, 0.1).total()));
  CHECK(sufficient_measurements(s, twice) == doctest::Approx(2 * sufficient_measurements(s)));
  const theorem_setting wide{50, 90, 5, 1.5, 1.0}, square{50, 50, 5, 1.5, 1.0};
  CHECK(error_bound(wide, 0.1) == error_bound(square, 0.1));
  // So small that only its logarithm can be had.
  const theorem_setting ill{200, 20, 5, 10.0, 1.0};
  CHECK(largest_initial_scale(ill) == 0);
  CHECK(log_largest_initial_scale(ill) < -3000);
  for (const theorem_setting& outside :
       {theorem_setting{50, 9, 5, 1, 1}, theorem_setting{50, 10, 0, 1, 1}, theorem_setting{5, 10, 5, 1, 1},
        theorem_setting{50, 10, 5, 0.5, 1}, theorem_setting{50, 10, 5, 1, 0},
        theorem_setting{50, 10, 5, INFINITY, 1}, theorem_setting{50, 10, 5, 1, INFINITY}}) {
    CHECK_FALSE(covered_by_theorem(outside));
    CHECK(std::isnan(largest_initial_scale(outside)));
    CHECK(std::isnan(error_bound(outside, 0.1)));
    CHECK(std::isnan(iteration_bound(outside, 0.1, 0.1).total()));
    CHECK(std::isnan(largest_step_size(outside)));
    CHECK(std::isnan(largest_isometry_constant(outside)));
  }
  CHECK(std::isnan(error_bound(s, 0)));
  CHECK(std::isnan(error_bound(s, INFINITY)));
  const double sigma[3] = {4, 2, 0.5}, singular[2] = {1, 0};
  CHECK(condition_number(sigma, 3) == 8);
  CHECK(condition_number(sigma, 2) == 2);
  CHECK(std::isnan(condition_number(sigma, 0)));
  CHECK(std::isnan(condition_number(singular, 2)));
}

TEST_SUITE_END();
