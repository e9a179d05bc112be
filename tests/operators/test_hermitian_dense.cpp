// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include <array>
#include <bit>

#include "operator_testing.hpp"
#include "tinyrank/operators/hermitian_dense.hpp"
#include "tinyrank/operators/pauli.hpp"

using namespace tinyrank;
using namespace tinyrank::operator_testing;

TEST_SUITE_BEGIN("hermitian_dense");

TEST_CASE_TEMPLATE("a matrix is packed as its real triangle and its imaginary one", T, float, double) {
  constexpr std::size_t d = 3;
  // clang-format off
  std::array<T, 2 * d * d> full = {1, 0,   2, -5,  3, -6,
                                   2, 5,   4,  0,  7, 8,
                                   3, 6,   7, -8,  9, 0};
  // clang-format on
  aligned_vector<T> row(hermitian_stride<T>(d), T(77));
  CHECK(pack_row_from_hermitian(d, full.data(), row.data()));
  const std::array<T, d* d> expected = {1, 2, 4, 3, 7, 9, 5, 6, -8};
  for (std::size_t k = 0; k < row.size(); ++k) CHECK(row[k] == (k < d * d ? expected[k] : T(0)));

  full[1] = 4;   // the imaginary part of a diagonal entry
  full[2] = 3;   // the real one of (0, 1), whose mirror image is 2
  full[17] = 0;  // nothing changes
  full[15] = -4;
  CHECK_FALSE(pack_row_from_hermitian(d, full.data(), row.data()));
  const std::array<T, d* d> part = {1, T(2.5), 4, 3, 7, 9, 5, 6, -6};
  for (std::size_t k = 0; k < row.size(); ++k) CHECK(row[k] == (k < d * d ? part[k] : T(0)));
}

TEST_CASE_TEMPLATE("Pauli strings, stored as matrices, measure and descend as themselves", T, float, double) {
  constexpr std::size_t qubits = 2, d = 4, m = d * d, rank = 3;
  std::vector<pauli_string> strings;
  aligned_vector<T> rows(hermitian_row_elements<T>(d, m));
  for (std::uint32_t x = 0; x < d; ++x) {
    for (std::uint32_t z = 0; z < d; ++z) {
      std::vector<T> full(2 * d * d);
      const std::uint32_t phase = static_cast<std::uint32_t>(std::popcount(x & z));
      for (std::uint32_t l = 0; l < d; ++l) {
        const T sign = std::popcount(z & l) % 2 == 0 ? T(1) : T(-1);
        full[2 * ((l ^ x) * d + l) + phase % 2] = phase / 2 % 2 == 0 ? sign : -sign;
      }
      CHECK(pack_row_from_hermitian(d, full.data(), rows.data() + strings.size() * hermitian_stride<T>(d)));
      strings.push_back({x, z});
    }
  }
  const pauli_sensing<T> by_strings{qubits, m, strings.data()};
  const hermitian_dense_sensing<T> by_rows{d, m, rows.data()};
  sensing_operator<T> one, two;
  REQUIRE(make_operator(by_strings, one) == status::ok);
  REQUIRE(make_operator(by_rows, two) == status::ok);
  const caller<T> call_one(one, rank), call_two(two, rank);
  factor<T> u(2 * d, rank), first(2 * d, rank), second(2 * d, rank);
  u.draw(1);
  const std::vector<T> y = normal_vector<T>(2, m), measured = call_one.measure(u.view),
                       also = call_two.measure(u.view);
  for (std::size_t i = 0; i < m; ++i)
    CHECK(static_cast<double>(measured[i]) == doctest::Approx(static_cast<double>(also[i])).epsilon(1e-5));
  const T loss = call_one.loss_and_gradient(u.view, y, first.view);
  CHECK(static_cast<double>(call_two.loss_and_gradient(u.view, y, second.view)) ==
        doctest::Approx(static_cast<double>(loss)).epsilon(1e-5));
  for (std::size_t k = 0; k < first.cells.size(); ++k) {
    CHECK(static_cast<double>(first.cells[k]) ==
          doctest::Approx(static_cast<double>(second.cells[k])).epsilon(1e-4));
  }
}

TEST_CASE("sizes and data that no operator has are refused") {
  aligned_vector<float> rows(hermitian_row_elements<float>(3, 2) + 1);
  sensing_operator<float> a;
  REQUIRE(make_operator(hermitian_dense_sensing<float>{3, 2, rows.data()}, a) == status::ok);
  CHECK(a.n == 6);
  CHECK(a.shape.kind == factor_kind::complex);
  CHECK(make_operator(hermitian_dense_sensing<float>{3, 2, rows.data(), 3}, a) == status::dimension);
  CHECK(make_operator(hermitian_dense_sensing<float>{0, 2, rows.data()}, a) == status::dimension);
  CHECK(make_operator(hermitian_dense_sensing<float>{46341, 2, rows.data()}, a) == status::dimension);
  CHECK(make_operator(hermitian_dense_sensing<float>{SIZE_MAX / 2 + 4, 2, rows.data()}, a) ==
        status::dimension);
  CHECK(make_operator(hermitian_dense_sensing<float>{3, SIZE_MAX / 2, rows.data()}, a) ==
        status::size_overflow);
  CHECK(make_operator(hermitian_dense_sensing<float>{3, 2, nullptr}, a) == status::operator_data);
  CHECK(make_operator(hermitian_dense_sensing<float>{3, 2, rows.data() + 1}, a) == status::operator_data);
  CHECK(hermitian_row_elements<float>(0, 1) == SIZE_MAX);
  CHECK(hermitian_row_elements<float>(4, 3) == 3 * 16);
}

TEST_SUITE_END();
