// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include <doctest/doctest.h>

#include <memory>

#include "catalogue/operators.hpp"
#include "sensing_cases.hpp"
#include "tinyrank/operators/dense.hpp"
#include "tinyrank/operators/gaussian.hpp"
#include "tinyrank/random.hpp"

using namespace tinyrank;
using namespace tinyrank::test;

namespace {

struct shape {
  std::size_t n, m, r;
};
constexpr shape shapes[] = {{1, 1, 1},  {1, 16, 2},   {2, 5, 1},   {2, 1, 5},   {3, 37, 2},
                            {5, 16, 7}, {5, 40, 1},   {17, 37, 3}, {17, 7, 20}, {33, 65, 5},
                            {33, 3, 4}, {33, 17, 36}, {19, 210, 3}};

/// A row of the catalogue, as a sensing_case is.
template <class T>
struct catalogue_case {
  std::string name;
  aligned_vector<std::byte> memory;
  std::vector<std::vector<double>> matrices;
  std::shared_ptr<const void> descriptor;
  sensing_operator<T> table;

  template <class Row>
  catalogue_case(Row, std::size_t n, std::size_t m)
      : name(Row::name),
        memory(catalogue::storage_bytes<Row, T>(n, m)),
        matrices(m, std::vector<double>(n * n)) {
    arena placing(memory.data(), memory.size());
    const auto a =
        std::make_shared<const typename Row::template sensing<T>>(catalogue::make<Row, T>(n, m, 77, placing));
    descriptor = a;
    if (make_operator(*a, table) != status::ok) std::abort();
    for (std::size_t i = 0; i < m; ++i) {
      for (std::size_t j = 0; j < n; ++j) {
        for (std::size_t k = 0; k <= j; ++k) {
          matrices[i][j * n + k] = matrices[i][k * n + j] = Row::entry(*a, i, j, k);
        }
      }
    }
  }
  catalogue_case(const catalogue_case&) = delete;
};

/// A case of the row of n or less, if it has one of m measurements.
template <class T>
using make_case = std::unique_ptr<const catalogue_case<T>> (*)(std::size_t n, std::size_t m);

template <class T>
std::vector<make_case<T>> every_row() {
  std::vector<make_case<T>> all;
  catalogue::for_every_operator([&](auto row) {
    all.push_back([](std::size_t most_n, std::size_t m) -> std::unique_ptr<const catalogue_case<T>> {
      using row_type = decltype(row);
      const std::size_t n = row_type::nearest_n(most_n);
      if (n == 0 || m > row_type::most_measurements(n)) return nullptr;
      return std::make_unique<const catalogue_case<T>>(row_type{}, n, m);
    });
  });
  return all;
}

/// Runs test(case, shape, plan) for every operator, shape and division of work.
template <class T, class Test>
void for_every_case(Test test) {
  // Compiled for each test, not for each row as well.
  const auto for_every_plan = [&](const catalogue_case<T>& sensing, const shape& s) {
    for (const execution_plan plan : {execution_plan{1, 16}, execution_plan{1, 1}, execution_plan{3, 64}}) {
      if (check_plan(plan) != status::ok || (light && plan.shards != 16)) continue;
      CAPTURE(sensing.name);
      CAPTURE(s.n);
      CAPTURE(s.m);
      CAPTURE(s.r);
      CAPTURE(plan.shards);
      test(sensing, s, plan);
    }
  };
  for (const shape given : shapes) {
    for (const make_case<T> make : every_row<T>()) {
      const std::unique_ptr<const catalogue_case<T>> sensing = make(given.n, given.m);
      if (sensing != nullptr) for_every_plan(*sensing, {sensing->table.n, given.m, given.r});
    }
    const shape s = given;
    for (int kind = 0; kind < sensing_kinds; ++kind) {
      if (kind == 2 && s.n < 2) continue;
      const sensing_case<T> sensing(kind, s.n, s.m);
      for (const std::uint32_t shards : {1u, 2u, 16u, 64u}) {
        for (const std::uint32_t threads : {1u, 3u}) {
          if (threads > 1 && !has_threads) continue;
          if (light && (shards == 1 || shards == 64) == (threads == 1)) continue;
          CAPTURE(sensing.name);
          CAPTURE(s.n);
          CAPTURE(s.m);
          CAPTURE(s.r);
          CAPTURE(shards);
          CAPTURE(threads);
          test(sensing, s, execution_plan{threads, shards});
        }
      }
    }
  }
}

/// <A_i, U V^T>, and the sum of the magnitudes of its terms.
template <class T>
double inner(const std::vector<double>& a, factor_view<const T> u, factor_view<const T> v,
             double& magnitude) {
  double sum = 0;
  magnitude = 0;
  for (std::size_t j = 0; j < u.n; ++j) {
    for (std::size_t k = 0; k < u.n; ++k) {
      for (std::size_t c = 0; c < u.rank; ++c) {
        const double term = a[j * u.n + k] * static_cast<double>(u(j, c)) * static_cast<double>(v(k, c));
        sum += term;
        magnitude += std::abs(term);
      }
    }
  }
  return sum;
}

/// Every term of a sum meets at most `depth` roundings on its way.
template <class T>
double rounding(std::size_t depth) {
  return static_cast<double>(depth) * static_cast<double>(std::numeric_limits<T>::epsilon());
}

}  // namespace

TEST_SUITE_BEGIN("operators");

TEST_CASE_TEMPLATE("measure is <A_i, U U^T>", T, float, double) {
  for_every_case<T>([](const auto& sensing, shape s, execution_plan plan) {
    std::mt19937_64 generator(41);
    owned_factor<T> u = draw_factor<T>(generator, s.n, s.r);
    const std::vector<T> y = caller<T>(sensing.table, s.r, plan).measure(u.read());
    std::size_t wrong = 0;
    for (std::size_t i = 0; i < s.m; ++i) {
      double magnitude = 0;
      const double exact = inner<T>(sensing.matrices[i], u.read(), u.read(), magnitude);
      const double bound = rounding<T>(s.r + packed_stride<T>(s.n) / virtual_lanes<T> + 6) * magnitude;
      if (!(std::abs(static_cast<double>(y[i]) - exact) <= bound)) ++wrong;
    }
    CHECK(wrong == 0);
  });
}

TEST_CASE_TEMPLATE("adjoint_times is sum_i w_i A_i V, and keeps the padding zero", T, float, double) {
  for_every_case<T>([](const auto& sensing, shape s, execution_plan plan) {
    std::mt19937_64 generator(42);
    owned_factor<T> v = draw_factor<T>(generator, s.n, s.r);
    std::vector<T> w(s.m);
    fill(generator, w.data(), s.m);
    owned_factor<T> out = caller<T>(sensing.table, s.r, plan).adjoint_times(w, v.read());
    std::size_t wrong = 0;
    for (std::size_t c = 0; c < s.r; ++c) {
      for (std::size_t j = 0; j < s.n; ++j) {
        double exact = 0, magnitude = 0;
        for (std::size_t i = 0; i < s.m; ++i) {
          for (std::size_t k = 0; k < s.n; ++k) {
            const double term =
                static_cast<double>(w[i]) * sensing.matrices[i][j * s.n + k] * static_cast<double>(v(k, c));
            exact += term;
            magnitude += std::abs(term);
          }
        }
        const double bound = rounding<T>(s.m + s.n + 8) * magnitude;
        if (!(std::abs(static_cast<double>(out(j, c)) - exact) <= bound)) ++wrong;
      }
      for (std::size_t j = s.n; j < padded<T>(s.n); ++j) wrong += out(j, c) == 0 ? 0u : 1u;
    }
    CHECK(wrong == 0);
  });
}

TEST_CASE_TEMPLATE("<w, measure(U)> = <adjoint_times(w, U), U>", T, float, double) {
  for_every_case<T>([](const auto& sensing, shape s, execution_plan plan) {
    std::mt19937_64 generator(43);
    owned_factor<T> u = draw_factor<T>(generator, s.n, s.r);
    std::vector<T> w(s.m);
    fill(generator, w.data(), s.m);
    caller<T> call(sensing.table, s.r, plan);
    const std::vector<T> y = call.measure(u.read());
    owned_factor<T> image = call.adjoint_times(w, u.read());
    double left = 0, right = 0, magnitude = 0;
    for (std::size_t i = 0; i < s.m; ++i) {
      double terms = 0;
      inner<T>(sensing.matrices[i], u.read(), u.read(), terms);
      left += static_cast<double>(w[i]) * static_cast<double>(y[i]);
      magnitude += std::abs(static_cast<double>(w[i])) * terms;
    }
    for (std::size_t c = 0; c < s.r; ++c) {
      for (std::size_t j = 0; j < s.n; ++j) {
        right += static_cast<double>(image(j, c)) * static_cast<double>(u(j, c));
      }
    }
    CHECK(std::abs(left - right) <= rounding<T>(s.m + s.n + s.r + 20) * magnitude);
  });
}

TEST_CASE_TEMPLATE("loss_and_gradient is made of the two simple verbs", T, float, double) {
  for_every_case<T>([](const auto& sensing, shape s, execution_plan plan) {
    std::mt19937_64 generator(44);
    owned_factor<T> u = draw_factor<T>(generator, s.n, s.r), gradient(s.n, s.r);
    std::vector<T> y(s.m), residual(s.m), magnitudes(s.m);
    fill(generator, y.data(), s.m);
    caller<T> call(sensing.table, s.r, plan);
    const std::vector<T> measured = call.measure(u.read());
    const T loss = call.loss_and_gradient(u.read(), y, gradient.view());
    const auto m = static_cast<double>(s.m);
    double squares = 0;
    for (std::size_t i = 0; i < s.m; ++i) {
      residual[i] = measured[i] - y[i];
      squares += static_cast<double>(residual[i]) * static_cast<double>(residual[i]);
    }
    CHECK(std::abs(static_cast<double>(loss) - squares / (4 * m)) <=
          rounding<T>(s.m + 8) * squares / (4 * m));
    owned_factor<T> image = call.adjoint_times(residual, u.read());
    double worst = 0, norm = 0;
    for (std::size_t c = 0; c < s.r; ++c) {
      for (std::size_t j = 0; j < s.n; ++j) {
        const double expected = static_cast<double>(image(j, c)) / m;
        worst = std::max(worst, std::abs(static_cast<double>(gradient(j, c)) - expected));
        double terms = 0;
        for (std::size_t i = 0; i < s.m; ++i) {
          for (std::size_t k = 0; k < s.n; ++k) {
            terms += std::abs(static_cast<double>(residual[i]) * sensing.matrices[i][j * s.n + k] *
                              static_cast<double>(u(k, c)));
          }
        }
        norm = std::max(norm, terms / m);
      }
      for (std::size_t j = s.n; j < padded<T>(s.n); ++j) CHECK(gradient(j, c) == 0);
    }
    CHECK(worst <= rounding<T>(8) * norm);
  });
}

TEST_CASE("the gradient is the derivative of the loss") {
  for (const shape s : {shape{3, 37, 2}, shape{5, 16, 7}, shape{17, 37, 3}}) {
    for (int kind = 0; kind < sensing_kinds; ++kind) {
      const sensing_case<double> sensing(kind, s.n, s.m);
      std::mt19937_64 generator(45);
      owned_factor<double> u = draw_factor<double>(generator, s.n, s.r), gradient(s.n, s.r), unused(s.n, s.r);
      std::vector<double> y(s.m);
      fill(generator, y.data(), s.m);
      caller<double> call(sensing.table, s.r);
      const double loss = call.loss_and_gradient(u.read(), y, gradient.view());
      double norm = 0;
      for (std::size_t c = 0; c < s.r; ++c) {
        for (std::size_t j = 0; j < s.n; ++j) norm = std::max(norm, std::abs(gradient(j, c)));
      }
      // The loss is a polynomial of degree 4 along an axis: the difference is off by h^2 f''' / 6 and eps f /
      // h.
      constexpr double h = 1e-5;
      double worst = 0;
      for (std::size_t c = 0; c < s.r; ++c) {
        for (std::size_t j = 0; j < s.n; ++j) {
          const double at = u(j, c);
          u(j, c) = at + h;
          const double above = call.loss_and_gradient(u.read(), y, unused.view());
          u(j, c) = at - h;
          const double below = call.loss_and_gradient(u.read(), y, unused.view());
          u(j, c) = at;
          worst = std::max(worst, std::abs((above - below) / (2 * h) - gradient(j, c)));
        }
      }
      CAPTURE(sensing.name);
      CHECK(worst <= 1e-8 * (norm + loss));
    }
  }
}

TEST_CASE_TEMPLATE("generated and stored Gaussian matrices give the same bits", T, float, double) {
  for (const shape s : shapes) {
    for (const auto ensemble : {gaussian_ensemble::isotropic, gaussian_ensemble::as_printed}) {
      const gaussian_sensing<T> generated{s.n, s.m, 1234, ensemble};
      const std::size_t stride = packed_stride<T>(s.n);
      guarded<T> rows(s.m * stride);
      // In two parts: a row depends on its number alone.
      const std::size_t half = s.m / 2;
      REQUIRE(fill_gaussian_rows(s.n, 0, half, 1234, ensemble, rows.data()) == status::ok);
      REQUIRE(fill_gaussian_rows(s.n, half, s.m - half, 1234, ensemble, rows.data() + half * stride) ==
              status::ok);
      CHECK(rows.intact());
      std::size_t wrong = 0;
      for (std::size_t i = 0; i < s.m; ++i) {
        for (std::size_t j = 0; j < s.n; ++j) {
          for (std::size_t k = 0; k <= j; ++k) {
            const T entry = static_cast<T>(gaussian_entry(1234, ensemble, i, j, k));
            wrong += same_bits(&rows[i * stride + packed_index(j, k)], &entry, 1) ? 0u : 1u;
          }
        }
        for (std::size_t k = packed_count(s.n); k < stride; ++k) wrong += rows[i * stride + k] == 0 ? 0u : 1u;
      }
      CHECK(wrong == 0);

      const dense_sensing<T> stored{s.n, s.m, rows.data()};
      sensing_operator<T> of_generated, of_stored;
      REQUIRE(make_operator(generated, of_generated) == status::ok);
      REQUIRE(make_operator(stored, of_stored) == status::ok);
      std::mt19937_64 generator(46);
      owned_factor<T> u = draw_factor<T>(generator, s.n, s.r), g1(s.n, s.r), g2(s.n, s.r);
      caller<T> first(of_generated, s.r), second(of_stored, s.r);
      const std::vector<T> y = first.measure(u.read());
      CHECK(same_bits(y.data(), second.measure(u.read()).data(), s.m));
      u(0, 0) += T(1);
      const T loss1 = first.loss_and_gradient(u.read(), y, g1.view());
      const T loss2 = second.loss_and_gradient(u.read(), y, g2.view());
      CHECK(same_bits(&loss1, &loss2, 1));
      CHECK(same_bits(g1.view().data, g2.view().data, g1.size()));
    }
  }
}

TEST_SUITE_END();
