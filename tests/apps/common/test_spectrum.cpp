// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "apps/common/spectrum.hpp"
#include "tinyrank/diagnostics.hpp"
#include "tinyrank/random.hpp"

using namespace tinyrank;
using namespace tinyrank::app;

TEST_SUITE("spectra") {
  TEST_CASE("of a tall factor by way of its triangle, the values that rotations of its columns find") {
    constexpr std::size_t n = 20000, r = 80;
    static_assert(n * r * r > 100000000);
    std::vector<double> rows(n * r);
    const random_stream stream = make_stream(3, random_purpose::test, 1);
    for (std::size_t k = 0; k < rows.size(); ++k) {
      // Columns from 1 down to 1e-6, and two that are zero.
      const std::size_t c = k % r;
      const double size = c >= r - 2 ? 0 : std::pow(10.0, -6.0 * static_cast<double>(c) / r);
      rows[k] = size * static_cast<double>(gaussian(stream, static_cast<std::uint32_t>(k)));
    }
    const std::vector<double> found = spectrum_of(rows, n, r);
    std::vector<double> columns(padded<double>(n) * r), work(n * r), expected(r);
    const factor_view<double> u{columns.data(), n, r, padded<double>(n)};
    for (std::size_t j = 0; j < n; ++j) {
      for (std::size_t c = 0; c < r; ++c) u(j, c) = rows[j * r + c];
    }
    singular_values(factor_view<const double>(u), work.data(), expected.data());
    REQUIRE(found.size() == r);
    bool is_other = false;
    for (std::size_t c = 0; c < r; ++c) {
      CHECK(std::abs(found[c] - expected[c]) <= 1e-14 * expected[0]);
      is_other = is_other || found[c] != expected[c];
    }
    CHECK(is_other);
    CHECK(found[r - 1] == 0);
  }

  TEST_CASE("of a small one they are the library's, to the bit") {
    const std::vector<float> rows = {1, 2, 3, 4, 5, 6};
    std::vector<float> columns(padded<float>(3) * 2);
    const factor_view<float> u{columns.data(), 3, 2, padded<float>(3)};
    for (std::size_t j = 0; j < 3; ++j) {
      for (std::size_t c = 0; c < 2; ++c) u(j, c) = rows[j * 2 + c];
    }
    std::vector<double> work(6), expected(2);
    singular_values(factor_view<const float>(u), work.data(), expected.data());
    CHECK(spectrum_of(rows, 3, 2) == expected);
    CHECK(spectrum_of(std::vector<float>{}, 3, 0).empty());
  }
}
