// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "operator_testing.hpp"
#include "tinyrank/operators/dense.hpp"
#include "tinyrank/operators/dense_bf16.hpp"
#include "tinyrank/operators/dense_int8.hpp"
#include "tinyrank/operators/gaussian.hpp"

using namespace tinyrank;
using namespace tinyrank::operator_testing;

namespace {

constexpr std::uint64_t seed = 31;

/// The unrounded matrices of the isotropic Gaussian ensemble, rounded in both ways.
template <class T>
struct quantized_case {
  std::size_t n, m;
  aligned_vector<T> exact;
  aligned_vector<std::uint16_t> halves;
  aligned_vector<std::int8_t> bytes;
  std::vector<float> scales;
  dense_sensing<T> unrounded;
  dense_bf16_sensing<T> bf16;
  dense_int8_sensing<T> int8;
  sensing_operator<T> of_unrounded, of_bf16, of_int8;

  quantized_case(std::size_t size, std::size_t count)
      : n(size),
        m(count),
        exact(dense_row_elements<T>(n, m)),
        halves(quantized_row_elements<std::uint16_t>(n, m)),
        bytes(quantized_row_elements<std::int8_t>(n, m)),
        scales(m) {
    REQUIRE(fill_gaussian_rows(n, 0, m, seed, gaussian_ensemble::isotropic, exact.data()) == status::ok);
    for (std::size_t i = 0; i < m; ++i) {
      const T* row = exact.data() + i * packed_stride<T>(n);
      REQUIRE(pack_row_bf16(n, row, halves.data() + i * quantized_stride<std::uint16_t>(n)));
      scales[i] = pack_row_int8(n, row, bytes.data() + i * quantized_stride<std::int8_t>(n));
    }
    unrounded = {n, m, exact.data()};
    bf16 = {n, m, halves.data()};
    int8 = {n, m, bytes.data(), scales.data()};
    REQUIRE(make_operator(unrounded, of_unrounded) == status::ok);
    REQUIRE(make_operator(bf16, of_bf16) == status::ok);
    REQUIRE(make_operator(int8, of_int8) == status::ok);
  }
  quantized_case(const quantized_case&) = delete;

  double bf16_entry(std::size_t i, std::size_t j, std::size_t k) const {
    const std::size_t place = quantized_place<std::uint16_t>(packed_index(j, k));
    const std::uint32_t bits = std::uint32_t{halves[i * quantized_stride<std::uint16_t>(n) + place]} << 16;
    float value;
    std::memcpy(&value, &bits, sizeof value);
    return static_cast<double>(value);
  }
  double int8_entry(std::size_t i, std::size_t j, std::size_t k) const {
    const std::size_t place = quantized_place<std::int8_t>(packed_index(j, k));
    return static_cast<double>(scales[i]) * bytes[i * quantized_stride<std::int8_t>(n) + place];
  }
};

struct shape {
  std::size_t n, m, r;
};
constexpr shape shapes[] = {{1, 1, 1}, {1, 37, 3},  {2, 5, 1},   {3, 37, 2},  {5, 16, 7},   {7, 11, 2},
                            {8, 4, 1}, {11, 23, 2}, {17, 9, 20}, {33, 65, 5}, {200, 18, 4}, {257, 19, 6}};

}  // namespace

TEST_SUITE_BEGIN("quantized");

TEST_CASE_TEMPLATE("the verbs are those of the dense operator over the rounded matrices", T, float, double) {
  for (const shape s : shapes) {
    const quantized_case<T> given(s.n, s.m);
    CAPTURE(s.n);
    CAPTURE(s.m);
    CAPTURE(s.r);
    const dense_oracle halves(
        s.n, s.m, [&](std::size_t i, std::size_t j, std::size_t k) { return given.bf16_entry(i, j, k); });
    const dense_oracle bytes(
        s.n, s.m, [&](std::size_t i, std::size_t j, std::size_t k) { return given.int8_entry(i, j, k); });
    for (const execution_plan plan : {execution_plan{1, 16}, execution_plan{1, 1}, execution_plan{3, 64}}) {
      if (check_plan(plan) != status::ok) continue;
      check_against_dense(given.of_bf16, halves, s.r, plan);
      check_against_dense(given.of_int8, bytes, s.r, plan);
    }
  }
}

TEST_CASE_TEMPLATE("rows that bf16 holds exactly give the dense operator's bits", T, float, double) {
  for (const shape s : shapes) {
    quantized_case<T> given(s.n, s.m);
    for (std::size_t i = 0; i < s.m; ++i) {
      unpack_row_bf16(s.n, given.halves.data() + i * quantized_stride<std::uint16_t>(s.n),
                      given.exact.data() + i * packed_stride<T>(s.n));
    }
    factor<T> u(s.n, s.r), one(s.n, s.r), two(s.n, s.r);
    u.draw(1);
    const std::vector<T> y = normal_vector<T>(2, s.m);
    const caller<T> dense(given.of_unrounded, s.r), narrow(given.of_bf16, s.r);
    CHECK(dense.measure(u.view) == narrow.measure(u.view));
    CHECK(dense.loss_and_gradient(u.view, y, one.view) == narrow.loss_and_gradient(u.view, y, two.view));
    CHECK(one.cells == two.cells);
  }
}

TEST_CASE_TEMPLATE("measurements taken unrounded differ within the stated bounds", T, float, double) {
  constexpr std::size_t n = 40, m = 200;
  const quantized_case<T> given(n, m);
  factor<T> u(n, 3);
  u.draw(1);
  std::vector<double> z(n * n);
  double frobenius = 0;
  for (std::size_t j = 0; j < n; ++j) {
    for (std::size_t k = 0; k < n; ++k) {
      for (std::size_t c = 0; c < 3; ++c)
        z[j * n + k] += static_cast<double>(u.view(j, c)) * static_cast<double>(u.view(k, c));
      frobenius += z[j * n + k] * z[j * n + k];
    }
  }
  frobenius = std::sqrt(frobenius);
  const std::vector<T> exact = caller<T>(given.of_unrounded, 3).measure(u.view);
  const std::vector<T> halves = caller<T>(given.of_bf16, 3).measure(u.view);
  const std::vector<T> bytes = caller<T>(given.of_int8, 3).measure(u.view);
  double rms_halves = 0, rms_bytes = 0;
  for (std::size_t i = 0; i < m; ++i) {
    double weighted = 0, sum = 0;
    for (std::size_t j = 0; j < n; ++j) {
      for (std::size_t k = 0; k < n; ++k) {
        const std::size_t place = j >= k ? packed_index(j, k) : packed_index(k, j);
        const auto a = static_cast<double>(given.exact[i * packed_stride<T>(n) + place]);
        weighted += std::abs(a * z[j * n + k]);
        sum += std::abs(z[j * n + k]);
      }
    }
    const double rounding = 1e-4 * weighted;  // of the float arithmetic, far below both bounds
    const double off_halves = static_cast<double>(halves[i]) - static_cast<double>(exact[i]);
    const double off_bytes = static_cast<double>(bytes[i]) - static_cast<double>(exact[i]);
    CHECK(std::abs(off_halves) <= 0x1p-8 * weighted + rounding);
    CHECK(std::abs(off_bytes) <= static_cast<double>(given.scales[i]) / 2 * sum + rounding);
    rms_halves += off_halves * off_halves;
    rms_bytes += off_bytes * off_bytes;
  }
  // What quantized.hpp says of errors of random sign; 200 measurements leave 10%, and n = 40 a smaller scale.
  CHECK(std::sqrt(rms_halves / m) / frobenius == doctest::Approx(0.0016).epsilon(0.2));
  CHECK(std::sqrt(rms_bytes / m) / frobenius == doctest::Approx(0.0085).epsilon(0.2));
}

TEST_CASE_TEMPLATE("a matrix is recovered to the rounding of its measurements", T, float, double) {
  constexpr std::size_t n = 24;
  const quantized_case<T> given(n, 600);
  const planted<T> unrounded(given.of_unrounded, 2), rounded(given.of_int8, 2);
  gradient_descent_options<T> options;
  options.rank = n;
  options.initial_scale = T(1e-4);

  // Measured with the rounded matrices, nothing is lost.
  owned_run<T> own(given.of_int8, rounded.y, options);
  CHECK(own.run.report.result == outcome::recovered);
  CHECK(own.test_error(rounded.truth) <= 1e-2);

  // Where it ends is a statistic of the rounding, and where tests are light the bits are the same, see below.
  if (test::light) return;
  options.relative_tolerance = 0;
  options.iteration_limit = 600;
  owned_run<T> halves(given.of_bf16, unrounded.y, options), bytes(given.of_int8, unrounded.y, options);
  const double after_bf16 = static_cast<double>(halves.run.report.loss / halves.run.report.zero_loss);
  const double after_int8 = static_cast<double>(bytes.run.report.loss / bytes.run.report.zero_loss);
  CHECK(after_bf16 < 1e-5);
  CHECK(after_bf16 > 1e-7);
  CHECK(after_int8 < 3e-4);
  CHECK(after_int8 > 1e-5);
}

TEST_CASE("the gradient is the derivative of the loss") {
  const quantized_case<double> given(17, 40);
  check_finite_differences(given.of_bf16, 3);
  check_finite_differences(given.of_int8, 20);
}

TEST_CASE_TEMPLATE("check_operator passes", T, float, double) {
  for (const shape s : shapes) {
    const quantized_case<T> given(s.n, s.m);
    check_properties(given.of_bf16, s.r);
    check_properties(given.of_int8, s.r, {1, 64});
  }
}

TEST_CASE_TEMPLATE("the bits are the same everywhere", T, float, double) {
  constexpr bool single = sizeof(T) == sizeof(float);
  const quantized_case<T> given(37, 403);
  check_golden_bits(given.of_bf16, single ? 0xa81e161000908d31u : 0x9b05cec102a7d5cdu);
  check_golden_bits(given.of_int8, single ? 0xdfbb8e422912c8ebu : 0xccda3618d803f0d4u);
}

TEST_CASE_TEMPLATE("the arena is exact", T, float, double) {
  const quantized_case<T> given(17, 70);
  check_exact_arena<T>(given.bf16);
  check_exact_arena<T>(given.int8);
}

TEST_CASE_TEMPLATE("bad arguments are refused", T, float, double) {
  alignas(64) static std::uint16_t halves[64] = {};
  alignas(64) static std::int8_t bytes[128] = {};
  float scales[2] = {1, 1};
  sensing_operator<T> table;
  const auto bf16 = [&](dense_bf16_sensing<T> a) { return make_operator(a, table); };
  CHECK(bf16({4, 2, halves}) == status::ok);
  CHECK(bf16({0, 2, halves}) == status::dimension);
  CHECK(bf16({largest_dimension + 1, 2, halves}) == status::dimension);
  CHECK(bf16({4, 0, halves}) == status::measurement_count);
  CHECK(bf16({4, 2, nullptr}) == status::operator_data);
  CHECK(bf16({4, 2, halves + 1}) == status::operator_data);
  CHECK(bf16({4, SIZE_MAX / 64 + 1, halves}) == status::size_overflow);
  const auto int8 = [&](dense_int8_sensing<T> a) { return make_operator(a, table); };
  CHECK(int8({4, 2, bytes, scales}) == status::ok);
  CHECK(int8({0, 2, bytes, scales}) == status::dimension);
  CHECK(int8({4, 0, bytes, scales}) == status::measurement_count);
  CHECK(int8({4, 2, nullptr, scales}) == status::operator_data);
  CHECK(int8({4, 2, bytes + 1, scales}) == status::operator_data);
  CHECK(int8({4, 2, bytes, nullptr}) == status::operator_data);
  CHECK(int8({4, SIZE_MAX / 64 + 1, bytes, scales}) == status::size_overflow);
  scales[1] = std::numeric_limits<float>::quiet_NaN();
  CHECK(int8({4, 2, bytes, scales}) == status::operator_data);
}

TEST_SUITE_END();
