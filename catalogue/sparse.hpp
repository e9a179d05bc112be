// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include "catalogue/row.hpp"
#include "tinyrank/operators/sparse.hpp"

namespace tinyrank::catalogue {

struct sparse_row : operator_row {
  static constexpr const char* name = "sparse";
  static constexpr const char* kernels = "sparse";
  static constexpr golden_bits golden{0xaf3d9e14be387645u, 0xcbf256568cbe002bu};
  static constexpr golden_bits staircase_golden{0x0d25fdb132f289a6u, 0x4ac40805a3c1f634u};
  static constexpr std::array<sensing_kind, 1> kinds = {{
      {"sparse", "sparse matrices", "FILE", false,
       "rows measurement,row,column,value: the entries of symmetric A_i; of two\n"
       "mirror images one may be left out; or MatrixMarket, m x n^2, A_i a row\n"},
  }};
  template <class T>
  using sensing = sparse_sensing<T>;

  static constexpr std::size_t entries_per_matrix = 8;

  template <class T>
  static constexpr sensing<T> place(std::size_t n, std::size_t m, std::uint64_t, arena& memory) noexcept {
    const std::size_t* const offsets = memory.take<std::size_t>(m + 1);
    return {n, m, offsets, memory.take<sparse_entry<T>>(entries_per_matrix, m)};
  }
  template <class T>
  static void fill(const sensing<T>& a, std::uint64_t seed, std::size_t first, std::size_t count,
                   T*) noexcept {
    if (first == 0) writable(a.offsets)[0] = 0;
    for (std::size_t i = first; i < first + count; ++i) {
      writable(a.offsets)[i + 1] = entries_per_matrix * (i + 1);
      for (std::size_t e = entries_per_matrix * i; e < entries_per_matrix * (i + 1); ++e) {
        const index_pair at = drawn_pair(a.n, seed, e);
        writable(a.entries)[e] = {at.first, at.second, e % 3 == 0 ? T(1) : T(-0.5)};
      }
    }
  }
  template <class T>
  static double entry(const sensing<T>& a, std::size_t i, std::size_t j, std::size_t k) noexcept {
    double sum = 0;
    for (std::size_t e = a.offsets[i]; e < a.offsets[i + 1]; ++e) {
      const auto [row, column, value] = a.entries[e];
      if ((row == j && column == k) || (row == k && column == j)) sum += static_cast<double>(value);
    }
    return sum;
  }
  static constexpr std::size_t flops(std::size_t, std::size_t m, std::size_t rank) noexcept {
    return entries_per_matrix * 6 * m * rank;
  }
};

}  // namespace tinyrank::catalogue
