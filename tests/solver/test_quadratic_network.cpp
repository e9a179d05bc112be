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
  std::vector<T> y;
  aligned_vector<T> work;

  network() : work(quadratic_network_work<T>(n, m, 4)) {
    REQUIRE(make_operator(sensing, table) == status::ok);
    truth.draw(1, 0.5);
    u.draw(2, 0.3);
    y = caller<T>(table, 2).measure(truth.view);
  }
  network(const network&) = delete;
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
      quadratic_network_report<T> report;
      const quadratic_network_options<T> options{T(eta), truncate ? T(radius) : T(0), rescale,
                                                 rescale ? T(tau) : T(0)};
      REQUIRE(quadratic_network_step(report, net.table, call.how, net.y.data(), options, net.u.view,
                                     net.work.data()) == status::ok);
      CHECK(distance<T>(net.u.view, expected.view) <
            20 * static_cast<double>(std::numeric_limits<T>::epsilon()));
      CHECK(static_cast<double>(report.loss) == doctest::Approx(loss).epsilon(1e-5));
      CHECK(report.truncated == left_out);
      CHECK((left_out > 5) == truncate);
      CHECK(static_cast<double>(report.divisor) == doctest::Approx(divisor).epsilon(1e-5));
      CHECK((divisor != 1) == rescale);
    }
  }
}

TEST_CASE("bad options and a divisor that is not positive are refused, and the factor stays") {
  network<double> net;
  const caller<double> call(net.table, 4);
  const auto before = net.u.cells;
  quadratic_network_report<double> report;
  const auto refused = [&](quadratic_network_options<double> options) {
    const status made = quadratic_network_step(report, net.table, call.how, net.y.data(), options, net.u.view,
                                               net.work.data());
    CHECK(net.u.cells == before);
    return made;
  };
  CHECK(refused({0, 0, true}) == status::step_size);
  CHECK(refused({-1, 0, true}) == status::step_size);
  CHECK(refused({0.1, -1, true}) == status::tolerance);
  CHECK(refused({0.1, 0, true, -1}) == status::tolerance);
  CHECK(refused({0.1, 0, true, std::numeric_limits<double>::infinity()}) == status::tolerance);
  // ||U||_F^2 is far above 1/1000.
  for (double& value : net.y) value = 0;
  CHECK(refused({1000, 0, true}) == status::initial_scale);
  CHECK(refused({1000, 0, true, 1e-3}) == status::initial_scale);
}

TEST_CASE("rescaling helps a small start, with tau or without, and the mean of y is no tau") {
  constexpr std::size_t many = 800;
  const generated_rank_one_sensing<double> sensing{n, many, 3, rank_one_form::plain};
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
    const caller<double> call(table, n);
    aligned_vector<double> work(quadratic_network_work<double>(n, many, n));
    quadratic_network_report<double> report;
    const quadratic_network_options<double> options{0.02, truncate ? 5 * tau : 0, rescale, energy};
    for (int t = 0; t < 600; ++t) {
      REQUIRE(quadratic_network_step(report, table, call.how, y.data(), options, u.view, work.data()) ==
              status::ok);
    }
    return relative_test_error<double>(u.view, truth.view);
  };
  const double plain = learn(false, false, 0);
  CHECK(plain < 0.05);
  for (const bool truncate : {false, true}) {
    CHECK(learn(truncate, true, tau) < 0.5 * plain);
    CHECK(learn(truncate, true, 0) < 0.5 * plain);
    CHECK(learn(truncate, true, mean) > 2 * plain);
  }
}

TEST_SUITE_END();
