// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "operator_testing.hpp"
#include "tinyrank/operators/generated_rank_one.hpp"
#include "tinyrank/operators/rank_one.hpp"
#include "tinyrank/quadratic_network.hpp"
#include "tinyrank/random.hpp"

using namespace tinyrank;
using namespace tinyrank::operator_testing;

TEST_SUITE_BEGIN("quadratic_network");

namespace {

constexpr std::size_t n = 10, m = 300;

template <class T>
struct network {
  generated_rank_one_sensing<T> sensing{n, m, 3, rank_one_form::plain};
  sensing_operator<T> table;
  factor<T> truth{n, 2}, u{n, 4};
  std::vector<T> y, start;

  network() {
    REQUIRE(make_operator(sensing, table) == status::ok);
    truth.draw(1, 0.5);
    u.draw(2, 0.3);
    for (std::size_t j = 0; j < n; ++j) {
      for (std::size_t c = 0; c < 4; ++c) start.push_back(u.view(j, c));
    }
    y = caller<T>(table, 2).measure(truth.view);
  }
  network(const network&) = delete;

  /// From u, with a given step.
  quadratic_network_options<T> options(double eta, double radius, bool rescale, double tau) const {
    quadratic_network_options<T> given;
    given.rank = 4;
    given.step_size = static_cast<T>(eta);
    given.initial_factor = start.data();
    given.truncation_radius = static_cast<T>(radius);
    given.rescale = rescale;
    given.truth_energy = static_cast<T>(tau);
    return given;
  }
};

}  // namespace

TEST_CASE_TEMPLATE("one step is the printed one", T, float, double) {
  constexpr double known = 2.5;
  for (const bool truncate : {false, true}) {
    for (const double tau : {-1.0, 0.0, known}) {
      const bool rescale = tau >= 0;
      network<T> net;
      const caller<T> call(net.table, 4);
      const std::vector<T> values = call.measure(net.u.view);
      constexpr double eta = 0.05, radius = 3;
      // By definition, in double, vector by vector.
      factor<double> expected(n, 4);
      double mean = 0, norm = 0, loss = 0;
      std::size_t left_out = 0;
      for (std::size_t k = 0; k < net.u.cells.size(); ++k) {
        norm += static_cast<double>(net.u.cells[k]) * static_cast<double>(net.u.cells[k]);
      }
      for (std::size_t i = 0; i < m; ++i) {
        double x[n];
        for (std::size_t j = 0; j < n; ++j) {
          x[j] = static_cast<double>(
              gaussian(make_stream(3, random_purpose::sensing, i), static_cast<std::uint32_t>(j)));
        }
        double inner[4] = {}, value = 0;
        for (std::size_t c = 0; c < 4; ++c) {
          for (std::size_t j = 0; j < n; ++j) inner[c] += x[j] * static_cast<double>(net.u.view(j, c));
          value += inner[c] * inner[c];
        }
        const double error = value - static_cast<double>(net.y[i]);
        loss += error * error / (4 * m);
        if (truncate && value > radius) {
          ++left_out;
          continue;
        }
        mean += error / m;
        for (std::size_t c = 0; c < 4; ++c) {
          for (std::size_t j = 0; j < n; ++j) expected.view(j, c) -= eta / m * error * x[j] * inner[c];
        }
      }
      const double divisor = tau > 0 ? 1 - eta * (norm - tau) : rescale ? 1 - eta * mean : 1;
      for (std::size_t c = 0; c < 4; ++c) {
        for (std::size_t j = 0; j < n; ++j) {
          expected.view(j, c) = (expected.view(j, c) + static_cast<double>(net.u.view(j, c))) / divisor;
        }
      }
      test::owned_run<T> owned;
      const descent<T>& run = owned.run;
      REQUIRE(owned.start(net.sensing, net.y,
                          net.options(eta, truncate ? radius : 0, rescale, rescale ? tau : 0)) == status::ok);
      CHECK(static_cast<double>(run.report.loss) == doctest::Approx(loss).epsilon(1e-5));
      CHECK(network_state(run).truncated == left_out);
      CHECK((left_out > 5) == truncate);
      CHECK(static_cast<double>(network_state(run).divisor) == doctest::Approx(divisor).epsilon(1e-5));
      CHECK((divisor != 1) == rescale);
      step(owned.run);
      CHECK(distance<T>(run.factor, expected.view) <
            20 * static_cast<double>(std::numeric_limits<T>::epsilon()));
    }
  }
}

TEST_CASE("bad options are refused, and nothing is written") {
  const network<double> net;
  const auto refused = [&](status expected, const quadratic_network_options<double>& options) {
    aligned_vector<std::byte> memory(descent_bytes(net.sensing, options), test::pattern);
    CHECK(test::refuses(expected, net.sensing, net.y.data(), options, memory, memory.data(), memory.size()));
  };
  constexpr double infinity = std::numeric_limits<double>::infinity();
  refused(status::step_size, net.options(-1, 0, true, 0));
  refused(status::tolerance, net.options(0.1, -1, true, 0));
  refused(status::tolerance, net.options(0.1, infinity, true, 0));
  refused(status::tolerance, net.options(0.1, 0, true, -1));
  refused(status::tolerance, net.options(0.1, 0, true, infinity));
}

TEST_CASE("a divisor that is not positive is a diverged run, or half the step") {
  network<double> net;
  // ||U||_F^2 is far above 1/1000.
  for (double& value : net.y) value *= 1e-3;
  for (const double tau : {0.0, 1e-3}) {
    CAPTURE(tau);
    test::owned_run<double> owned;
    REQUIRE(owned.start(net.sensing, net.y, net.options(1000, 0, true, tau)) == status::ok);
    CHECK(network_state(owned.run).divisor < 0);
    CHECK(owned.run.report.result == outcome::diverged);
    for (std::size_t j = 0; j < n; ++j) CHECK(owned.run.factor(j, 3) == net.u.view(j, 3));
  }
  test::owned_run<double> owned;
  quadratic_network_options<double> automatic_step = net.options(0, 0, true, 0);
  automatic_step.initial_factor = nullptr;
  automatic_step.iteration_limit = 50;
  REQUIRE(owned.start(net.sensing, net.y, automatic_step) == status::ok);
  owned.run.report.step_size *= 1e6;
  run_to_end(owned.run);
  CHECK(owned.run.report.step_reductions > 5);
  CHECK(owned.run.report.loss < 0.5 * owned.run.report.zero_loss);
}

TEST_CASE("rescaling helps a small start, with tau or without, and the mean of y is no tau") {
  constexpr std::size_t many = 800;
  // The bits of the generated ones.
  aligned_vector<double> vectors(rank_one_vector_elements<double>(n, many, rank_one_form::plain));
  REQUIRE(fill_rank_one_vectors(n, 0, many, 3, vectors.data()) == status::ok);
  const rank_one_sensing<double> sensing{n, many, vectors.data(), rank_one_form::plain};
  sensing_operator<double> table;
  REQUIRE(make_operator(sensing, table) == status::ok);
  factor<double> truth(n, 2);
  truth.draw(1, 0.5);
  const std::vector<double> y = caller<double>(table, 2).measure(truth.view);
  double mean = 0, tau = 0;
  for (const double value : y) mean += value / many;
  for (const double value : truth.cells) tau += value * value;
  const auto learn = [&](bool truncate, bool rescale, double energy) {
    factor<double> u(n, n);
    u.draw(2, 1e-3);
    std::vector<double> start;
    for (std::size_t j = 0; j < n; ++j) {
      for (std::size_t c = 0; c < n; ++c) start.push_back(u.view(j, c));
    }
    quadratic_network_options<double> options;
    options.rank = n;
    options.step_size = 0.02;
    options.initial_factor = start.data();
    options.relative_tolerance = 0;
    options.plateau_window = 0;
    options.iteration_limit = 600;
    options.truncation_radius = truncate ? 5 * tau : 0;
    options.rescale = rescale;
    options.truth_energy = energy;
    test::owned_run<double> owned;
    REQUIRE(owned.start(sensing, y, options) == status::ok);
    CHECK(run_to_end(owned.run) == outcome::iteration_limit);
    return relative_test_error<double>(owned.run.factor, truth.view);
  };
  const double plain = learn(false, false, 0);
  CHECK(plain < 0.05);
  for (const bool truncate : {false, true}) {
    if (test::light && !truncate) continue;
    CHECK(learn(truncate, true, tau) < 0.5 * plain);
    CHECK(learn(truncate, true, 0) < 0.5 * plain);
    CHECK(learn(truncate, true, mean) > 2 * plain);
  }
}

TEST_SUITE_END();
