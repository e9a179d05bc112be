// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include <doctest/doctest.h>

#include <set>

#include "support.hpp"
#include "tinyrank/operators/hadamard.hpp"

using namespace tinyrank;
using namespace tinyrank::test;

namespace {

template <class T>
struct hadamard_case {
  hadamard_sensing<T> sensing;
  sensing_operator<T> table;

  hadamard_case(std::size_t n, std::size_t m, std::uint64_t seed = 1, const std::uint32_t* rows = nullptr)
      : sensing{n, m, seed, rows} {
    REQUIRE(make_operator(sensing, table) == status::ok);
  }
  hadamard_case(const hadamard_case&) = delete;
};

struct size {
  std::size_t n, m;
};

/// m = 1 and m = P among them; m in no relation to shards or blocks.
constexpr size sizes[] = {{1, 1},  {2, 1},   {2, 4},    {3, 5},    {3, 8},    {5, 1},
                          {5, 16}, {17, 77}, {17, 256}, {33, 300}, {33, 1024}};

template <class T>
constexpr double epsilon = std::numeric_limits<T>::epsilon();

/// <w, measure(U)> and the like: sums in double, and the sum of the magnitudes.
struct sum {
  double value = 0, size = 0;
  void add(double term) {
    value += term;
    size += std::abs(term);
  }
};

}  // namespace

TEST_SUITE_BEGIN("hadamard.verbs");

TEST_CASE_TEMPLATE("the verbs are those of the explicit matrices A_i", T, float, double) {
  for (const size s : sizes) {
    CAPTURE(s.n);
    CAPTURE(s.m);
    const hadamard_case<T> problem(s.n, s.m, 11 + s.n);
    std::mt19937_64 generator(12);
    const std::size_t rank = 3;
    auto u = draw_factor<T>(generator, s.n, rank);
    std::vector<T> w(s.m);
    fill(generator, w.data(), s.m);
    caller<T> call(problem.table, rank);
    const auto y = call.measure(u.read());
    auto image = call.adjoint_times(w, u.read());

    std::vector<double> sums(s.n * s.n, 0), sizes_of(s.n * s.n, 0);
    for (std::size_t i = 0; i < s.m; ++i) {
      sum expected;
      for (std::size_t j = 0; j < s.n; ++j) {
        for (std::size_t k = 0; k < s.n; ++k) {
          const double entry =
              hadamard_entry(hadamard_sensing<double>{s.n, s.m, 11 + s.n}, i, std::max(j, k), std::min(j, k));
          for (std::size_t c = 0; c < rank; ++c) {
            expected.add(entry * static_cast<double>(u(j, c)) * static_cast<double>(u(k, c)));
          }
          sums[j * s.n + k] += static_cast<double>(w[i]) * entry;
          sizes_of[j * s.n + k] += std::abs(static_cast<double>(w[i]) * entry);
        }
      }
      REQUIRE(std::abs(static_cast<double>(y[i]) - expected.value) <= 30 * epsilon<T> * expected.size);
    }
    for (std::size_t j = 0; j < s.n; ++j) {
      for (std::size_t c = 0; c < rank; ++c) {
        sum expected;
        double size = 0;
        for (std::size_t k = 0; k < s.n; ++k) {
          expected.add(sums[j * s.n + k] * static_cast<double>(u(k, c)));
          size += sizes_of[j * s.n + k] * std::abs(static_cast<double>(u(k, c)));
        }
        REQUIRE(std::abs(static_cast<double>(image(j, c)) - expected.value) <= 40 * epsilon<T> * size);
      }
    }
  }
}

TEST_CASE_TEMPLATE("<w, measure(U)> = <adjoint_times(w, U), U>", T, float, double) {
  for (const size s : sizes) {
    CAPTURE(s.n);
    CAPTURE(s.m);
    const hadamard_case<T> problem(s.n, s.m);
    std::mt19937_64 generator(13);
    for (const std::size_t rank : {std::size_t{1}, std::size_t{4}, s.n + 2}) {
      auto u = draw_factor<T>(generator, s.n, rank);
      std::vector<T> w(s.m);
      fill(generator, w.data(), s.m);
      caller<T> call(problem.table, rank);
      const auto y = call.measure(u.read());
      auto image = call.adjoint_times(w, u.read());
      sum left, right;
      for (std::size_t i = 0; i < s.m; ++i) left.add(static_cast<double>(w[i]) * static_cast<double>(y[i]));
      for (std::size_t c = 0; c < rank; ++c) {
        for (std::size_t j = 0; j < s.n; ++j) {
          right.add(static_cast<double>(image(j, c)) * static_cast<double>(u(j, c)));
        }
      }
      CHECK(std::abs(left.value - right.value) <= 100 * epsilon<T> * (left.size + right.size));
    }
  }
}

TEST_CASE_TEMPLATE("loss and gradient are the two simple verbs, to the bit but for the scale", T, float,
                   double) {
  for (const size s : sizes) {
    CAPTURE(s.n);
    CAPTURE(s.m);
    const hadamard_case<T> problem(s.n, s.m);
    std::mt19937_64 generator(14);
    auto u = draw_factor<T>(generator, s.n, 3);
    caller<T> call(problem.table, 3);
    auto residual = call.measure(u.read());
    std::vector<T> y(s.m);
    fill(generator, y.data(), s.m);
    double squares = 0;
    for (std::size_t i = 0; i < s.m; ++i) {
      residual[i] -= y[i];
      squares += static_cast<double>(residual[i]) * static_cast<double>(residual[i]);
    }
    auto image = call.adjoint_times(residual, u.read());
    owned_factor<T> gradient(s.n, 3);
    const T loss = call.loss_and_gradient(u.read(), y, gradient.view());
    const auto m = static_cast<double>(s.m);
    CHECK(static_cast<double>(loss) == doctest::Approx(squares / (4 * m)).epsilon(100 * epsilon<T>));
    double largest = 0;
    for (std::size_t k = 0; k < 3 * s.n; ++k)
      largest = std::max(largest, std::abs(double(image(k % s.n, k / s.n))));
    for (std::size_t k = 0; k < 3 * s.n; ++k) {
      const std::size_t j = k % s.n, c = k / s.n;
      CHECK(std::abs(double(gradient(j, c)) - double(image(j, c)) / m) <= 200 * epsilon<T> * largest / m);
    }
    // What was measured leaves no residual at all.
    CHECK(call.loss_and_gradient(u.read(), call.measure(u.read()), gradient.view()) == T(0));
  }
}

TEST_CASE("the gradient is the loss's, by finite differences") {
  for (const size s : {size{3, 5}, size{17, 77}, size{33, 1024}}) {
    const hadamard_case<double> problem(s.n, s.m);
    std::mt19937_64 generator(15);
    auto u = draw_factor<double>(generator, s.n, 2), direction = draw_factor<double>(generator, s.n, 2);
    caller<double> call(problem.table, 2);
    std::vector<double> y(s.m);
    fill(generator, y.data(), s.m);
    owned_factor<double> gradient(s.n, 2), unused(s.n, 2);
    call.loss_and_gradient(u.read(), y, gradient.view());
    double slope = 0;
    for (std::size_t c = 0; c < 2; ++c) {
      for (std::size_t j = 0; j < s.n; ++j) slope += gradient(j, c) * direction(j, c);
    }
    const double step = 1e-5;
    double values[2];
    for (const int side : {0, 1}) {
      owned_factor<double> moved(s.n, 2);
      for (std::size_t c = 0; c < 2; ++c) {
        for (std::size_t j = 0; j < s.n; ++j)
          moved(j, c) = u(j, c) + (side == 0 ? -step : step) * direction(j, c);
      }
      values[side] = call.loss_and_gradient(moved.read(), y, unused.view());
    }
    CHECK((values[1] - values[0]) / (2 * step) == doctest::Approx(slope).epsilon(1e-7));
  }
}

TEST_CASE("given rows are used, in their order and as often as they come") {
  const std::uint32_t rows[] = {7, 0, 31, 7};
  const hadamard_case<double> problem(6, 4, 3, rows);
  const hadamard_case<double> all(6, 32, 3);
  std::mt19937_64 generator(16);
  auto u = draw_factor<double>(generator, 6, 2);
  const auto y = caller<double>(problem.table, 2).measure(u.read());
  const auto y_all = caller<double>(all.table, 2).measure(u.read());
  const hadamard_draw draw = draw_hadamard(6, 3);
  for (std::size_t i = 0; i < 32; ++i) {
    for (std::size_t k = 0; k < 4; ++k) {
      if (hadamard_row(all.sensing, draw, i) == rows[k]) CHECK(y[k] == y_all[i]);
    }
  }
  CHECK(y[0] == y[3]);
  std::vector<double> w = {1, 2, 3, 4}, merged = {5, 2, 3, 0};
  auto image = caller<double>(problem.table, 2).adjoint_times(w, u.read());
  auto same = caller<double>(problem.table, 2).adjoint_times(merged, u.read());
  for (std::size_t j = 0; j < 6; ++j) CHECK(image(j, 1) == same(j, 1));
}

TEST_CASE("rows and slots are distinct") {
  for (const std::size_t n : {1u, 2u, 3u, 5u, 17u, 33u, 64u}) {
    const std::size_t slots = hadamard_slot_count(n);
    const hadamard_draw draw = draw_hadamard(n, 9);
    std::set<std::uint32_t> rows, places;
    for (std::uint32_t i = 0; i < slots; ++i) rows.insert(draw.rows(i));
    for (std::uint32_t k = 0; k < packed_count(n); ++k) places.insert(draw.slots(k));
    CHECK(rows.size() == slots);
    CHECK(*rows.rbegin() == slots - 1);
    CHECK(places.size() == packed_count(n));
    CHECK(*places.rbegin() < slots);
  }
}

TEST_CASE_TEMPLATE("wrong sizes and rows are refused", T, float, double) {
  sensing_operator<T> table;
  const auto make = [&](hadamard_sensing<T> a) { return make_operator(a, table); };
  CHECK(make({0, 1}) == status::dimension);
  CHECK(make({largest_dimension + 1, 1}) == status::dimension);
  CHECK(make({5, 0}) == status::measurement_count);
  CHECK(make({5, 17}) == status::measurement_count);
  CHECK(make({5, SIZE_MAX}) == status::measurement_count);
  CHECK(make({5, 16}) == status::ok);
  const std::uint32_t rows[] = {3, 16};
  CHECK(make({5, 2, 1, rows}) == status::operator_data);
  CHECK(make({5, 1, 1, rows}) == status::ok);
  static_assert(hadamard_slot_count(1) == 1 && hadamard_slot_count(5) == 16 &&
                hadamard_slot_count(200) == 32768);
  static_assert(scratch_bytes(hadamard_sensing<T>{1, 1}, 1, {1, 1}) == 4 * 64);
  CHECK(scratch_bytes(hadamard_sensing<T>{5, SIZE_MAX}, 1, {}) == SIZE_MAX);
}

TEST_CASE_TEMPLATE("the arena is exact: one byte less is refused and nothing is written", T, float, double) {
  for (const size s : sizes) {
    const hadamard_sensing<T> a{s.n, s.m};
    gradient_descent_options<T> options;
    options.rank = 2;
    const std::size_t needed = descent_bytes(a, options);
    aligned_vector<std::byte> memory(needed + 64, pattern);
    std::vector<T> y(s.m, T(1));
    CHECK(refuses(status::arena_too_small, a, y.data(), options, memory, memory.data(), needed - 1));
    options.step_size = T(0.01);
    options.initial_scale = T(0.1);
    const std::size_t exact = descent_bytes(a, options);
    descent<T> run;
    REQUIRE(init(run, a, y.data(), options, memory.data(), exact) == status::ok);
    for (int t = 0; t < 3; ++t) step(run);
    for (std::size_t i = exact; i < memory.size(); ++i) REQUIRE(memory[i] == pattern);
    CHECK(run.report.arena_bytes == exact);
  }
}

TEST_SUITE_END();
