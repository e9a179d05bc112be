// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include "catalogue/rectangular_row.hpp"
#include "tinyrank/operators/bilinear.hpp"
#include "tinyrank/operators/generated_bilinear.hpp"

namespace tinyrank::catalogue {

struct bilinear_row : rectangular_row {
  static constexpr const char* name = "bilinear";
  static constexpr const char* kernels = "rank_one";
  static constexpr golden_bits golden{0x3e4bc0f4af38a1bdu, 0xe309589592ab056du};
  static constexpr golden_bits staircase_golden{0xf6c0105de811d220u, 0x29a5a0a1a8f85facu};
  // Drawn from keys they are generated_bilinear.
  static constexpr std::array<sensing_kind, 1> kinds = {{
      {"bilinear", "bilinear measurements", "B.npy,C.npy", true,
       "y_i = b_i^T M c_i, M = L R^T; the vectors are the rows of arrays\n"
       "(m,rows) and (m,columns), or are drawn from N(0,1) at every use\n",
       "rows,columns,m"},
  }};
  template <class T>
  using sensing = bilinear_sensing<T>;

  template <class T>
  static constexpr sensing<T> place(std::size_t n, std::size_t m, std::uint64_t, arena& memory) noexcept {
    const T* const left = memory.take<T>(padded<T>(rows_of(n)), m);
    const T* const right = memory.take<T>(padded<T>(columns_of(n)), m);
    return {rows_of(n), columns_of(n), m, left, right};
  }
  template <class T>
  static void fill(const sensing<T>& a, std::uint64_t seed, std::size_t first, std::size_t count,
                   T*) noexcept {
    (void)fill_bilinear_vectors(a.rows, a.columns, first, count, seed,
                                writable(a.left) + first * padded<T>(a.rows),
                                writable(a.right) + first * padded<T>(a.columns));
  }
  template <class T>
  static double entry(const sensing<T>& a, std::size_t i, std::size_t j, std::size_t k) noexcept {
    return embedded_entry(a, j, k, [&](std::size_t row, std::size_t column) {
      return static_cast<double>(a.left[i * padded<T>(a.rows) + row]) *
             static_cast<double>(a.right[i * padded<T>(a.columns) + column]);
    });
  }
  static constexpr std::size_t flops(std::size_t n, std::size_t m, std::size_t rank) noexcept {
    return 4 * m * n * rank;
  }
};

}  // namespace tinyrank::catalogue
