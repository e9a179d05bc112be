// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include <cstring>

#include "operator_testing.hpp"
#include "tinyrank/operators/dense_bf16.hpp"
#include "tinyrank/operators/dense_int8.hpp"

using namespace tinyrank;
using namespace tinyrank::operator_testing;

namespace {

/// The 1 x 1 matrix x, rounded to bf16 and back.
template <class T>
T through_bf16(T x, bool* finite = nullptr) {
  std::uint16_t row[quantized_stride<std::uint16_t>(1)];
  const bool all = pack_row_bf16(1, &x, row);
  if (finite != nullptr) *finite = all;
  T back = 0;
  unpack_row_bf16(1, row, &back);
  return back;
}

}  // namespace

TEST_SUITE_BEGIN("rounding");

TEST_CASE_TEMPLATE("bf16 is the nearest of eight significant bits, ties to even", T, float, double) {
  CHECK(through_bf16(T(1)) == T(1));
  CHECK(through_bf16(T(-0x1.82p5)) == T(-0x1.82p5));
  CHECK(through_bf16(T(0x1.01p0)) == T(0x1.00p0));
  CHECK(through_bf16(T(0x1.03p0)) == T(0x1.04p0));
  CHECK(through_bf16(T(0x1.010002p0)) == T(0x1.02p0));
  CHECK(through_bf16(T(0x1.00fffep0)) == T(0x1.00p0));
  CHECK(through_bf16(T(0x1.ffp0)) == T(2));
  CHECK(std::signbit(through_bf16(T(-0.0))));
  for (std::size_t i = 0; i < 2000; ++i) {
    const T x = static_cast<T>(normal(1, i) * std::ldexp(1.0, static_cast<int>(i % 61) - 30));
    const double error = std::abs(static_cast<double>(through_bf16(x)) - static_cast<double>(x));
    int exponent = 0;
    std::frexp(static_cast<double>(x), &exponent);
    CHECK(error <= std::ldexp(1.0, exponent - 9));
  }
}

TEST_CASE("a double is rounded once") {
  // Rounding to float first would land on the tie between 1 and 1 + 2^-7, and then go to even.
  CHECK(through_bf16(1.0 + 0x1p-8 + 0x1p-40) == 1.0 + 0x1p-7);
  CHECK(through_bf16(1.0 + 0x1p-8 - 0x1p-40) == 1.0);
  CHECK(through_bf16(-1.0 - 0x1p-8 - 0x1p-40) == -1.0 - 0x1p-7);
  CHECK(through_bf16(1.0 + 3 * 0x1p-8 - 0x1p-40) == 1.0 + 0x1p-7);
}

TEST_CASE_TEMPLATE("values that are not finite, or become so, are told", T, float, double) {
  bool finite = true;
  CHECK(std::isinf(through_bf16(std::numeric_limits<T>::infinity(), &finite)));
  CHECK_FALSE(finite);
  CHECK(std::isnan(through_bf16(std::numeric_limits<T>::quiet_NaN(), &finite)));
  CHECK_FALSE(finite);
  CHECK(std::isinf(through_bf16(static_cast<T>(std::numeric_limits<float>::max()), &finite)));
  CHECK_FALSE(finite);
  CHECK(through_bf16(T(0x1.fep127), &finite) == T(0x1.fep127));
  CHECK(finite);

  T packed[3] = {1, std::numeric_limits<T>::quiet_NaN(), 2};
  std::int8_t row[quantized_stride<std::int8_t>(2)];
  std::memset(row, 1, sizeof row);
  CHECK(std::isnan(pack_row_int8(2, packed, row)));
  for (const std::int8_t q : row) CHECK(q == 0);
  packed[1] = -std::numeric_limits<T>::infinity();
  CHECK(std::isnan(pack_row_int8(2, packed, row)));
}

TEST_CASE("a double beyond the floats is told") {
  bool finite = true;
  CHECK(std::isinf(through_bf16(1e300, &finite)));
  CHECK_FALSE(finite);
  const double packed[1] = {1e300};
  std::int8_t row[quantized_stride<std::int8_t>(1)];
  CHECK(std::isnan(pack_row_int8(1, packed, row)));
}

TEST_CASE_TEMPLATE("int8 steps are a 127th of the largest entry, and errors half a step", T, float, double) {
  for (const std::size_t n : {1u, 2u, 5u, 11u, 12u, 40u}) {
    const std::size_t count = packed_count(n);
    const std::vector<T> packed = normal_vector<T>(n, count);
    std::vector<std::int8_t> row(quantized_stride<std::int8_t>(n), 77);
    const float scale = pack_row_int8(n, packed.data(), row.data());
    double largest = 0;
    for (const T x : packed) largest = std::max(largest, std::abs(static_cast<double>(x)));
    CHECK(static_cast<double>(scale) == doctest::Approx(largest / 127).epsilon(1e-6));
    std::vector<T> back(count);
    unpack_row_int8(n, row.data(), scale, back.data());
    for (std::size_t k = 0; k < count; ++k) {
      const double error = std::abs(static_cast<double>(back[k]) - static_cast<double>(packed[k]));
      CHECK(error <= static_cast<double>(scale) * (0.5 + 1e-5));
      CHECK(std::abs(int{row[quantized_place<std::int8_t>(k)]}) <= 127);
    }
    for (std::size_t k = count; k < row.size(); ++k) CHECK(row[quantized_place<std::int8_t>(k)] == 0);
  }
  const T zeros[3] = {};
  std::int8_t row[quantized_stride<std::int8_t>(2)];
  CHECK(pack_row_int8(2, zeros, row) == 0x1p-126f);
  for (const std::int8_t q : row) CHECK(q == 0);
}

TEST_CASE("every entry of a row has a place of its own") {
  for (const std::size_t n : {1u, 7u, 8u, 11u, 12u, 33u}) {
    std::vector<int> taken16(quantized_stride<std::uint16_t>(n)), taken8(quantized_stride<std::int8_t>(n));
    for (std::size_t k = 0; k < taken16.size(); ++k) ++taken16[quantized_place<std::uint16_t>(k)];
    for (std::size_t k = 0; k < taken8.size(); ++k) ++taken8[quantized_place<std::int8_t>(k)];
    for (const int times : taken16) CHECK(times == 1);
    for (const int times : taken8) CHECK(times == 1);
  }
}

TEST_SUITE_END();
