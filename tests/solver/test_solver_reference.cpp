// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include <doctest/doctest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

#include "reference_data.hpp"
#include "support.hpp"
#include "tinyrank/operators/dense.hpp"

using namespace tinyrank;
using namespace tinyrank::test;

namespace {

constexpr std::size_t n = 32, m = 640, rank = 8;

template <class T>
struct reference_problem {
  aligned_vector<T> rows;
  std::vector<T> y, initial;
  std::vector<double> truth;
  nlohmann::json expected;

  reference_problem() : rows(m * packed_stride<T>(n)) {
    const std::vector<float> a = read_npy<float>("gaussian_A.npy", "<f4", m * n * n);
    bool symmetric = true;
    std::vector<T> full(n * n);
    for (std::size_t i = 0; i < m; ++i) {
      for (std::size_t k = 0; k < n * n; ++k) full[k] = static_cast<T>(a[i * n * n + k]);
      symmetric = pack_row_from_full(n, full.data(), rows.data() + i * packed_stride<T>(n)) && symmetric;
    }
    CHECK(symmetric);
    for (const double value : read_npy<double>("gaussian_y.npy", "<f8", m))
      y.push_back(static_cast<T>(value));
    for (const double value : read_npy<double>("gaussian_U0.npy", "<f8", n * rank)) {
      initial.push_back(static_cast<T>(value));
    }
    truth = read_npy<double>("gaussian_truth.npy", "<f8", n * n);
    std::ifstream file(std::string(TINYRANK_TEST_DATA) + "/gaussian_reference.json");
    expected = nlohmann::json::parse(file).at("after_iterations");
  }

  gradient_descent_options<T> options() const {
    gradient_descent_options<T> options;
    options.rank = rank;
    options.step_size = T(0.25);
    options.initial_factor = initial.data();
    options.relative_tolerance = 0;
    options.plateau_window = 0;
    return options;
  }
};

double relative(double value, double exact) {
  return std::abs(value - exact) / std::abs(exact);
}

/// Calls test(expected values, run) after each number of iterations that the reference lists.
template <class T, class Test>
std::size_t follow(const reference_problem<T>& problem, std::uint32_t last, Test test) {
  const dense_sensing<T> sensing{n, m, problem.rows.data()};
  owned_run<T> owned;
  REQUIRE(owned.start(sensing, problem.y, problem.options()) == status::ok);
  std::size_t compared = 0;
  for (std::uint32_t t = 0; t <= last; ++t) {
    REQUIRE(owned.run.report.iterations == t);
    const auto found = problem.expected.find(std::to_string(t));
    if (found != problem.expected.end()) {
      CAPTURE(t);
      test(*found, owned.run);
      ++compared;
    }
    CHECK(step(owned.run) == outcome::running);
  }
  return compared;
}

}  // namespace

TEST_SUITE_BEGIN("numpy_reference");

TEST_CASE("double precision follows the independent numpy run to 1e-9") {
  const reference_problem<double> problem;
  const auto compare = [&](const nlohmann::json& expected, const descent<double>& run) {
    CHECK(relative(run.report.loss, expected.at("loss")) < 1e-9);
    CHECK(relative(relative_test_error_full(run.factor, problem.truth.data()),
                   expected.at("relative_test_error")) < 1e-9);
    double work[n * rank], sigma[rank];
    singular_values(run.factor, work, sigma);
    for (std::size_t k = 0; k < 4; ++k) CHECK(relative(sigma[k], expected.at("sigma").at(k)) < 1e-9);
  };
  CHECK(follow(problem, 200, compare) == 6);
}

TEST_CASE("single precision follows the loss of the numpy run to 1e-3 for 40 iterations") {
  const reference_problem<float> problem;
  const auto compare = [&](const nlohmann::json& expected, const descent<float>& run) {
    CHECK(relative(static_cast<double>(run.report.loss), expected.at("loss")) < 1e-3);
  };
  CHECK(follow(problem, 40, compare) == 4);
}

TEST_SUITE_END();
