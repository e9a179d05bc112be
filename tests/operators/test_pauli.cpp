// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include <array>
#include <cstring>

#include "operator_testing.hpp"
#include "tinyrank/operators/pauli.hpp"

using namespace tinyrank;
using namespace tinyrank::operator_testing;

namespace {

pauli_string parsed(const char* label) {
  pauli_string string;
  REQUIRE(parse_pauli_string(label, std::strlen(label), string) == status::ok);
  return string;
}

/// tr(P Z) of a pure state; parts: the real parts of its entries, then the imaginary ones.
template <class T>
double expectation(const char* label, const std::vector<T>& parts) {
  const std::array<pauli_string, 1> strings = {parsed(label)};
  const pauli_sensing<T> sensing{std::strlen(label), 1, strings.data()};
  sensing_operator<T> a;
  REQUIRE(make_operator(sensing, a) == status::ok);
  REQUIRE(a.n == parts.size());
  factor<T> w(a.n, 1);
  for (std::size_t j = 0; j < a.n; ++j) w.view(j, 0) = parts[j];
  return static_cast<double>(caller<T>(a, 1).measure(w.view)[0]);
}

}  // namespace

TEST_SUITE_BEGIN("pauli");

TEST_CASE_TEMPLATE("a label is the Kronecker product of its letters from left to right", T, float, double) {
  CHECK(parsed("XZ").x == 2);
  CHECK(parsed("XZ").z == 1);
  CHECK(parsed("IY").x == 1);
  CHECK(parsed("IY").z == 1);
  for (const char* label : {"I", "XYZI", "ZZYXIIYXZIXYZXY"}) {
    for (std::size_t i = 0, size = std::strlen(label); i < size; ++i) {
      CHECK(pauli_letter(parsed(label), size - 1 - i) == label[i]);
    }
  }
  // |0> and |+>, not normalised, in that order; then |+i> of one qubit.
  const std::vector<T> product = {1, 1, 0, 0, 0, 0, 0, 0};
  CHECK(expectation<T>("ZX", product) == 2);
  CHECK(expectation<T>("II", product) == 2);
  CHECK(expectation<T>("XZ", product) == 0);
  CHECK(expectation<T>("ZI", product) == 2);
  CHECK(expectation<T>("IZ", product) == 0);
  const std::vector<T> circular = {1, 0, 0, 1};
  CHECK(expectation<T>("Y", circular) == 2);
  CHECK(expectation<T>("X", circular) == 0);
  CHECK(expectation<T>("Z", circular) == 0);
}

TEST_CASE_TEMPLATE("the stabilisers of four entangled qubits measure as they should", T, float, double) {
  std::vector<T> ghz(32);  // |0000> + |1111>
  ghz[0] = ghz[15] = 1;
  for (const char* label : {"IIII", "XXXX", "YYYY", "ZZII", "IZIZ", "ZZZZ"})
    CHECK(expectation<T>(label, ghz) == 2);
  for (const char* label : {"XXYY", "YXYX", "YYXX"}) CHECK(expectation<T>(label, ghz) == -2);
  for (const char* label : {"XXXY", "XIXX", "ZIII", "YZXX"}) CHECK(expectation<T>(label, ghz) == 0);
  // A phase of i on |1111> turns X into Y.
  ghz[15] = 0;
  ghz[31] = 1;
  CHECK(expectation<T>("XXXX", ghz) == 0);
  CHECK(expectation<T>("XXXY", ghz) == 2);
  CHECK(expectation<T>("YYXY", ghz) == -2);
}

TEST_CASE_TEMPLATE("all strings together are d times the identity", T, float, double) {
  constexpr std::size_t qubits = 3, d = 8, m = d * d, rank = 2;
  std::vector<pauli_string> strings;
  for (std::uint32_t x = 0; x < d; ++x) {
    for (std::uint32_t z = 0; z < d; ++z) strings.push_back({x, z});
  }
  const pauli_sensing<T> sensing{qubits, m, strings.data()};
  sensing_operator<T> a;
  REQUIRE(make_operator(sensing, a) == status::ok);
  const caller<T> call(a, rank);
  factor<T> w(2 * d, rank), v(2 * d, rank), out(2 * d, rank);
  w.draw(1);
  v.draw(2);
  call.adjoint_times(call.measure(w.view), v.view, out.view);
  // d W (W^H V)
  for (std::size_t c = 0; c < rank; ++c) {
    std::vector<double> expected(2 * d);
    for (std::size_t k = 0; k < rank; ++k) {
      double re = 0, im = 0;
      for (std::size_t j = 0; j < d; ++j) {
        const double p = w.view(j, k), q = w.view(d + j, k), x = v.view(j, c), y = v.view(d + j, c);
        re += p * x + q * y;
        im += p * y - q * x;
      }
      for (std::size_t j = 0; j < d; ++j) {
        const double p = w.view(j, k), q = w.view(d + j, k);
        expected[j] += d * (p * re - q * im);
        expected[d + j] += d * (p * im + q * re);
      }
    }
    CHECK(distance(std::vector<T>(out.view.column(c), out.view.column(c) + 2 * d), expected) <
          tolerance_of<T>);
  }
}

TEST_CASE_TEMPLATE("a string measures the same whichever are its neighbours", T, float, double) {
  constexpr std::size_t qubits = 6, m = 150, rank = 3;
  std::vector<pauli_string> sorted, mixed(m);
  for (std::uint32_t i = 0; i < m; ++i) sorted.push_back({i / 30 * 9, i * 37 % 64});
  for (std::size_t i = 0; i < m; ++i) mixed[i * 7 % m] = sorted[i];
  factor<T> w(pauli_rows(qubits), rank);
  w.draw(1);
  const auto measured = [&](const std::vector<pauli_string>& strings) {
    const pauli_sensing<T> sensing{qubits, strings.size(), strings.data()};
    sensing_operator<T> a;
    REQUIRE(make_operator(sensing, a) == status::ok);
    return caller<T>(a, rank).measure(w.view);
  };
  const std::vector<T> of_sorted = measured(sorted), of_mixed = measured(mixed);
  for (std::size_t i = 0; i < m; ++i) {
    CHECK(of_sorted[i] == of_mixed[i * 7 % m]);
    CHECK(of_sorted[i] == measured({sorted[i]})[0]);
  }
}

TEST_CASE("what is no string or no operator is refused") {
  pauli_string string{7, 7};
  CHECK(parse_pauli_string("XXIXa", 5, string) == status::operator_data);
  CHECK(parse_pauli_string("x", 1, string) == status::operator_data);
  CHECK(parse_pauli_string(nullptr, 1, string) == status::operator_data);
  CHECK(parse_pauli_string("X", 0, string) == status::dimension);
  CHECK(parse_pauli_string("XXXXXXXXXXXXXXXX", 16, string) == status::dimension);
  CHECK(string.x == 7);
  CHECK(string.z == 7);

  const std::array<pauli_string, 2> strings = {{{3, 0}, {0, 4}}};
  sensing_operator<float> a;
  CHECK(make_operator(pauli_sensing<float>{3, 2, strings.data()}, a) == status::ok);
  CHECK(a.shape.kind == factor_kind::complex);
  CHECK(a.n == 16);
  CHECK(make_operator(pauli_sensing<float>{2, 2, strings.data()}, a) == status::entry_index);
  CHECK(make_operator(pauli_sensing<float>{1, 1, strings.data()}, a) == status::entry_index);
  CHECK(make_operator(pauli_sensing<float>{3, 2, nullptr}, a) == status::operator_data);
  CHECK(make_operator(pauli_sensing<float>{0, 2, strings.data()}, a) == status::dimension);
  CHECK(make_operator(pauli_sensing<float>{16, 2, strings.data()}, a) == status::dimension);
  CHECK(make_operator(pauli_sensing<float>{3, 2, strings.data(), 8}, a) == status::dimension);
  CHECK(make_operator(pauli_sensing<float>{15, 1, strings.data()}, a) == status::ok);
}

TEST_SUITE_END();
