// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include "catalogue/rectangular_row.hpp"
#include "tinyrank/operators/rectangular_dense.hpp"

namespace tinyrank::catalogue {

struct rectangular_dense_row : rectangular_row {
  static constexpr const char* name = "rectangular_dense";
  static constexpr const char* kernels = "factor packed";
  static constexpr golden_bits golden{0x05466886ceea9134u, 0xd8bddc43984e0023u};
  static constexpr golden_bits staircase_golden{0x5bebc9a7f61a30f1u, 0x8249d75f02fd862fu};
  static constexpr std::array<sensing_kind, 1> kinds = {{
      {"rectangular-dense", "rectangular matrices", "FILE.npy", false,
       "any B_i, array (m,rows,columns): y_i = <B_i, M>, M = L R^T\n"},
  }};
  template <class T>
  using sensing = rectangular_dense_sensing<T>;

  template <class T>
  static constexpr sensing<T> place(std::size_t n, std::size_t m, std::uint64_t, arena& memory) noexcept {
    const std::size_t stride = rectangular_stride<T>(rows_of(n), columns_of(n));
    return {rows_of(n), columns_of(n), m, memory.take<T>(stride, m)};
  }
  /// Standard normal entries.
  template <class T>
  static void fill(const sensing<T>& a, std::uint64_t seed, std::size_t first, std::size_t count,
                   T*) noexcept {
    const std::size_t stride = rectangular_stride<T>(a.rows, a.columns), entries = a.rows * a.columns;
    for (std::size_t i = first; i < first + count; ++i) {
      const random_stream stream = make_stream(seed, random_purpose::sensing, i);
      T* const row = writable(a.matrices) + i * stride;
      for (std::size_t k = 0; k < stride; ++k) {
        row[k] =
            k < entries ? static_cast<T>(tinyrank::gaussian(stream, static_cast<std::uint32_t>(k))) : T(0);
      }
    }
  }
  template <class T>
  static double entry(const sensing<T>& a, std::size_t i, std::size_t j, std::size_t k) noexcept {
    const T* const matrix = a.matrices + i * rectangular_stride<T>(a.rows, a.columns);
    return embedded_entry(a, j, k, [&](std::size_t row, std::size_t column) {
      return static_cast<double>(matrix[row * a.columns + column]);
    });
  }
  static constexpr std::size_t flops(std::size_t n, std::size_t m, std::size_t) noexcept {
    return 4 * m * rows_of(n) * columns_of(n);
  }
};

}  // namespace tinyrank::catalogue
