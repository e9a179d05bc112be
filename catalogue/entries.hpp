// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include "catalogue/row.hpp"
#include "tinyrank/operators/entries.hpp"

namespace tinyrank::catalogue {

struct entries_row : operator_row {
  static constexpr const char* name = "entries";
  static constexpr const char* kernels = "entries";
  static constexpr golden_bits golden{0x98306f63f87658b5u, 0x3c2547beb40b21f8u};
  static constexpr golden_bits staircase_golden{0xac656e72fc0f3498u, 0x20fc22402d7ef4cdu};
  static constexpr std::array<sensing_kind, 1> kinds = {{
      {"entries", "sampled entries", "FILE", false,
       "a square table, a triangle or rows row,column,value: known entries of\n"
       "X X^T, which are the measurements, as csv, npy or MatrixMarket; or rows\n"
       "row,column, the values in --measurements\n"},
  }};
  template <class T>
  using sensing = entries_sensing<T>;

  template <class T>
  static constexpr sensing<T> place(std::size_t n, std::size_t m, std::uint64_t, arena& memory) noexcept {
    return {n, m, memory.take<index_pair>(m)};
  }
  template <class T>
  static void fill(const sensing<T>& a, std::uint64_t seed, std::size_t first, std::size_t count,
                   T*) noexcept {
    for (std::size_t i = first; i < first + count; ++i) writable(a.pairs)[i] = drawn_pair(a.n, seed, i);
  }
  template <class T>
  static double entry(const sensing<T>& a, std::size_t i, std::size_t j, std::size_t k) noexcept {
    const index_pair at = a.pairs[i];
    const bool here = (at.first == j && at.second == k) || (at.first == k && at.second == j);
    return here ? (j == k ? 1 : 0.5) : 0;
  }
  /// Per column and entry a product of two rows, then each added to the other.
  static constexpr std::size_t flops(std::size_t, std::size_t m, std::size_t rank) noexcept {
    return 6 * m * rank;
  }
};

}  // namespace tinyrank::catalogue
