// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include "catalogue/rectangular_row.hpp"
#include "tinyrank/operators/rectangular_entries.hpp"

namespace tinyrank::catalogue {

struct rectangular_entries_row : rectangular_row {
  static constexpr const char* name = "rectangular_entries";
  static constexpr const char* kernels = "entries";
  static constexpr golden_bits golden{0x2327bc2943718a89u, 0x0ba5bd68152d1c53u};
  static constexpr golden_bits staircase_golden{0x6a851b9f6b9a27a8u, 0xe3d8bb4f34ae44dfu};
  static constexpr std::array<sensing_kind, 1> kinds = {{
      {"rectangular", "entries of a matrix of any shape", "FILE", false,
       "known entries of M = L R^T, which are the measurements: rows\n"
       "row,column,value, with names or indices; a table with holes; or npy\n"},
  }};
  template <class T>
  using sensing = rectangular_entries_sensing<T>;

  template <class T>
  static constexpr sensing<T> place(std::size_t n, std::size_t m, std::uint64_t, arena& memory) noexcept {
    return {rows_of(n), columns_of(n), m, memory.take<index_pair>(m)};
  }
  template <class T>
  static void fill(const sensing<T>& a, std::uint64_t seed, std::size_t first, std::size_t count,
                   T*) noexcept {
    for (std::size_t i = first; i < first + count; ++i) {
      const index_pair row = drawn_pair(a.rows, seed, i), column = drawn_pair(a.columns, seed, i);
      writable(a.pairs)[i] = {row.first, column.second};
    }
  }
  template <class T>
  static double entry(const sensing<T>& a, std::size_t i, std::size_t j, std::size_t k) noexcept {
    return embedded_entry(a, j, k, [&](std::size_t row, std::size_t column) {
      return a.pairs[i].first == row && a.pairs[i].second == column ? 1.0 : 0.0;
    });
  }
  /// As for entries.
  static constexpr std::size_t flops(std::size_t, std::size_t m, std::size_t rank) noexcept {
    return 6 * m * rank;
  }
};

}  // namespace tinyrank::catalogue
