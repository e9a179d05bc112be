// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstring>

#include "catalogue/dense.hpp"
#include "tinyrank/operators/streamed.hpp"

namespace tinyrank::catalogue {

/// Rows that are in memory all the same; what is read here are copies.
inline const void* copy_rows(void* from, std::size_t first, std::size_t count, std::size_t row_bytes,
                             void* rows) noexcept {
  std::memcpy(rows, static_cast<const std::byte*>(from) + first * row_bytes, count * row_bytes);
  return rows;
}

struct streamed_row : operator_row {
  static constexpr const char* name = "streamed";
  static constexpr const char* kernels = "factor packed";
  // The command line streams what does not fit into memory, under the names of the stored operators.
  static constexpr golden_bits golden = dense_row::golden;
  static constexpr golden_bits staircase_golden = dense_row::staircase_golden;
  template <class T>
  using sensing = streamed_sensing<dense_sensing<T>>;

  template <class T>
  static constexpr sensing<T> place(std::size_t n, std::size_t m, std::uint64_t, arena& memory) noexcept {
    T* const rows = memory.take<T>(packed_stride<T>(n), m);
    return {{n, m, rows}, {copy_rows, rows}};
  }
  template <class T>
  static void fill(const sensing<T>& a, std::uint64_t seed, std::size_t first, std::size_t count,
                   T* scratch) noexcept {
    dense_row::fill<T>(a, seed, first, count, scratch);
  }
  template <class T>
  static double entry(const sensing<T>& a, std::size_t i, std::size_t j, std::size_t k) noexcept {
    return dense_row::entry<T>(a, i, j, k);
  }
  static constexpr std::size_t flops(std::size_t n, std::size_t m, std::size_t rank) noexcept {
    return dense_row::flops(n, m, rank);
  }
};

}  // namespace tinyrank::catalogue
