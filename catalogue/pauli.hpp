// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include <bit>

#include "catalogue/hermitian_entry.hpp"
#include "catalogue/row.hpp"
#include "tinyrank/operators/pauli.hpp"

namespace tinyrank::catalogue {

struct pauli_row : operator_row {
  static constexpr const char* name = "pauli";
  static constexpr const char* kernels = "pauli";
  static constexpr golden_bits golden{0xd95e9e1d2c8073f7u, 0xe8daae853d1e01afu};
  static constexpr golden_bits staircase_golden{0x8f4f760b01bdec87u, 0x8a7a65b065310739u};
  static constexpr std::array<sensing_kind, 1> kinds = {{
      {"pauli", "Pauli strings", "FILE.csv", false,
       "rows label,value, such as XIZ,0.25: tr(P Z) of the complex Z = W W^H; or\n"
       "rows label, the values in --measurements\n"},
  }};
  template <class T>
  using sensing = pauli_sensing<T>;

  static constexpr std::size_t nearest_n(std::size_t n) noexcept {
    if (n < 4) return 0;
    return n > pauli_rows(largest_qubits) ? pauli_rows(largest_qubits) : std::bit_floor(n);
  }

  template <class T>
  static constexpr sensing<T> place(std::size_t n, std::size_t m, std::uint64_t, arena& memory) noexcept {
    const auto qubits = static_cast<std::size_t>(std::bit_width(n)) - 2;
    return {qubits, m, memory.take<pauli_string>(m)};
  }
  template <class T>
  static void fill(const sensing<T>& a, std::uint64_t seed, std::size_t first, std::size_t count,
                   T*) noexcept {
    for (std::size_t i = first; i < first + count; ++i) {
      const index_pair drawn = drawn_pair(a.n / 2, seed, i);
      writable(a.strings)[i] = {drawn.first, drawn.second};
    }
  }
  /// As the Kronecker product of the matrices of the letters.
  template <class T>
  static double entry(const sensing<T>& a, std::size_t i, std::size_t j, std::size_t k) noexcept {
    return hermitian_entry(a.n / 2, j, k, [&](std::size_t row, std::size_t column) {
      complex_number product{1, 0};
      for (std::size_t q = 0; q < a.qubits; ++q) {
        const complex_number factor =
            letter_entry(pauli_letter(a.strings[i], q), row >> q & 1, column >> q & 1);
        product = {product.re * factor.re - product.im * factor.im,
                   product.re * factor.im + product.im * factor.re};
      }
      return product;
    });
  }
  /// Of strings in any order: for each pair of complex rows and column two products of two real numbers each,
  /// then four additions of a multiple.
  static constexpr std::size_t flops(std::size_t n, std::size_t m, std::size_t rank) noexcept {
    return 3 * m * n * rank;
  }

 private:
  static complex_number letter_entry(char letter, std::size_t j, std::size_t k) noexcept {
    const double diagonal = j == k ? 1 : 0, other = j == k ? 0 : 1, sign = j == 0 ? 1 : -1;
    if (letter == 'X') return {other, 0};
    if (letter == 'Z') return {sign * diagonal, 0};
    return letter == 'Y' ? complex_number{0, -sign * other} : complex_number{diagonal, 0};
  }
};

}  // namespace tinyrank::catalogue
