// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include <doctest/doctest.h>

#include <fstream>
#include <string>

#include "support.hpp"
#include "tinyrank/version.hpp"

using namespace tinyrank;
using namespace tinyrank::test;

TEST_SUITE_BEGIN("diagnostics");

TEST_CASE("factor_bits is the FNV-1a hash of the elements, row by row") {
  owned_factor<float> none(1, 0);
  CHECK(factor_bits(none.read()) == 0xcbf29ce484222325u);
  owned_factor<float> u(1, 1);
  u(0, 0) = 1.0f;  // bytes 00 00 80 3f
  std::uint64_t hash = 0xcbf29ce484222325u;
  for (const unsigned byte : {0x00u, 0x00u, 0x80u, 0x3fu}) hash = (hash ^ byte) * 0x100000001b3u;
  CHECK(factor_bits(u.read()) == hash);
  owned_factor<double> v(2, 2);
  v(0, 0) = 1, v(0, 1) = 2, v(1, 0) = 3, v(1, 1) = 4;
  const double row_major[4] = {1, 2, 3, 4};
  unsigned char bytes[sizeof row_major];
  std::memcpy(bytes, row_major, sizeof bytes);
  hash = 0xcbf29ce484222325u;
  for (const unsigned char byte : bytes) hash = (hash ^ byte) * 0x100000001b3u;
  CHECK(factor_bits(v.read()) == hash);
  v.view().data[5] = 7;  // padding
  CHECK(factor_bits(v.read()) == hash);
}

TEST_CASE_TEMPLATE("singular values are those of the construction", T, float, double) {
  std::mt19937_64 generator(101);
  // U = Q diag(s) P^T, tall and wide: orthonormal columns from the planted truth, plane rotations on the
  // right.
  for (const std::size_t n : {4u, 9u, 20u}) {
    owned_factor<T> u(n, 4);
    draw_planted_truth(u.view(), T(1), 3);
    const double s[4] = {10, 1, 0.25, 1e-3};
    for (std::size_t c = 0; c < 4; ++c) {
      for (std::size_t j = 0; j < n; ++j) u(j, c) *= static_cast<T>(s[c]);
    }
    for (std::size_t p = 0; p < 4; ++p) {
      for (std::size_t q = p + 1; q < 4; ++q) {
        for (std::size_t j = 0; j < n; ++j) {
          const T x = u(j, p), y = u(j, q);
          u(j, p) = T(0.8) * x - T(0.6) * y;
          u(j, q) = T(0.6) * x + T(0.8) * y;
        }
      }
    }
    owned_factor<T> transposed(4, n);
    for (std::size_t c = 0; c < 4; ++c) {
      for (std::size_t j = 0; j < n; ++j) transposed(c, j) = u(j, c);
    }
    std::vector<double> work(n * 4), sigma(4), of_transposed(4);
    singular_values(u.read(), work.data(), sigma.data());
    singular_values(transposed.read(), work.data(), of_transposed.data());
    const double accuracy = 100 * static_cast<double>(std::numeric_limits<T>::epsilon());
    for (std::size_t c = 0; c < 4; ++c) {
      CHECK(std::abs(sigma[c] - s[c]) < accuracy * s[0]);
      CHECK(std::abs(of_transposed[c] - sigma[c]) < 1e-13 * s[0]);
    }
  }
}

TEST_CASE_TEMPLATE("a planted truth has orthogonal columns and the asked spectrum", T, float, double) {
  constexpr std::size_t n = 23, r = 5;
  owned_factor<T> x(n, r), again(n, r), other(n, r);
  draw_planted_truth(x.view(), T(4), 11);
  draw_planted_truth(again.view(), T(4), 11);
  draw_planted_truth(other.view(), T(4), 12);
  CHECK(factor_bits(x.read()) == factor_bits(again.read()));
  CHECK(factor_bits(x.read()) != factor_bits(other.read()));
  const double accuracy = 20 * static_cast<double>(std::numeric_limits<T>::epsilon());
  for (std::size_t c = 0; c < r; ++c) {
    for (std::size_t d = 0; d <= c; ++d) {
      double inner = 0;
      for (std::size_t j = 0; j < n; ++j)
        inner += static_cast<double>(x(j, c)) * static_cast<double>(x(j, d));
      const double sigma = 1 - 0.75 * static_cast<double>(c) / 4;
      CHECK(std::abs(inner - (c == d ? sigma * sigma : 0)) < accuracy);
    }
  }
}

TEST_CASE_TEMPLATE("relative test errors agree with their definition", T, float, double) {
  std::mt19937_64 generator(102);
  owned_factor<T> u = draw_factor<T>(generator, 9, 4), x = draw_factor<T>(generator, 9, 2);
  std::vector<double> full(81);
  double error = 0, norm = 0;
  for (std::size_t j = 0; j < 9; ++j) {
    for (std::size_t k = 0; k < 9; ++k) {
      double z = 0;
      for (std::size_t c = 0; c < 4; ++c) z += static_cast<double>(u(j, c)) * static_cast<double>(u(k, c));
      for (std::size_t c = 0; c < 2; ++c) {
        full[j * 9 + k] += static_cast<double>(x(j, c)) * static_cast<double>(x(k, c));
      }
      error += (z - full[j * 9 + k]) * (z - full[j * 9 + k]);
      norm += full[j * 9 + k] * full[j * 9 + k];
    }
  }
  const double expected = std::sqrt(error / norm);
  CHECK(relative_test_error(u.read(), x.read()) == doctest::Approx(expected).epsilon(1e-12));
  CHECK(relative_test_error_full(u.read(), full.data()) == doctest::Approx(expected).epsilon(1e-12));
  CHECK(relative_test_error(x.read(), x.read()) == 0);
}

TEST_CASE("the version is that of the file VERSION") {
  std::ifstream file(TINYRANK_VERSION_FILE);
  std::string line, more;
  REQUIRE(std::getline(file, line));
  CHECK(line == TINYRANK_VERSION_STRING);
  CHECK_FALSE(std::getline(file, more));
}

TEST_SUITE_END();
