// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include <doctest/doctest.h>

#include <bit>
#include <cinttypes>
#include <cstdint>
#include <cstdio>
#include <limits>
#include <random>
#include <string>

#include "format.hpp"

namespace {

std::string ours(double value) {
  char text[tinyrank::format::scientific_capacity];
  tinyrank::format::write_scientific(value, text);
  return text;
}

std::string of_the_c_library(double value) {
  char text[64];
  std::snprintf(text, sizeof text, "%e", value);
  return text;
}

}  // namespace

TEST_CASE("the firmware prints a double as printf does") {
  std::mt19937_64 generator(1);
  for (int i = 0; i < 20'000; ++i) {
    const std::uint64_t bits = generator();
    const auto any = std::bit_cast<double>(bits);
    if (any == any) CHECK(ours(any) == of_the_c_library(any));
    // Halves of integers meet the exact ties of rounding to seven digits.
    const double tie = static_cast<double>(bits % 200'000'000) * 0.5;
    CHECK(ours(tie) == of_the_c_library(tie));
  }
  using limits = std::numeric_limits<double>;
  for (const double value : {0.0, -0.0, 9.9999995, 9.9999997, 99999997.0, limits::denorm_min(), limits::min(),
                             limits::max(), limits::infinity(), -limits::infinity()}) {
    CHECK(ours(value) == of_the_c_library(value));
  }
  CHECK(ours(limits::quiet_NaN()) == "nan");
}

TEST_CASE("the firmware prints whole numbers as printf does") {
  std::mt19937_64 generator(2);
  for (int i = 0; i < 2'000; ++i) {
    // Of every length.
    const std::uint64_t value = i < 2 ? (i == 0 ? 0 : UINT64_MAX) : generator() >> i % 64;
    char decimal[tinyrank::format::unsigned_capacity], hexadecimal[tinyrank::format::hex64_capacity];
    tinyrank::format::write_unsigned(value, decimal);
    tinyrank::format::write_hex64(value, hexadecimal);
    CHECK(std::string(decimal) == std::to_string(value));
    char expected[17];
    std::snprintf(expected, sizeof expected, "%016" PRIx64, value);
    CHECK(std::string(hexadecimal) == expected);
  }
}
