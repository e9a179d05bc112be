// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include "catalogue/row.hpp"
#include "tinyrank/operators/dense.hpp"
#include "tinyrank/operators/gaussian.hpp"

namespace tinyrank::catalogue {

struct dense_row : operator_row {
  static constexpr const char* name = "dense";
  static constexpr const char* kernels = "factor packed";
  static constexpr golden_bits golden{0x4ad2708eb824345fu, 0xa16b0832a431f18au};
  static constexpr golden_bits staircase_golden{0x5f8f8ac3f435c4bfu, 0xddeaa1a5a5e9bd08u};
  static constexpr std::array<sensing_kind, 1> kinds = {{
      {"dense", "dense matrices", "FILE.npy", false,
       "any symmetric matrices, (m,n,n), or packed (m,n(n+1)/2), the lower\n"
       "triangles row by row\n"},
  }};
  template <class T>
  using sensing = dense_sensing<T>;

  template <class T>
  static constexpr sensing<T> place(std::size_t n, std::size_t m, std::uint64_t, arena& memory) noexcept {
    return {n, m, memory.take<T>(packed_stride<T>(n), m)};
  }
  template <class T>
  static void fill(const sensing<T>& a, std::uint64_t seed, std::size_t first, std::size_t count,
                   T*) noexcept {
    // Sizes were accepted and the rows are there: nothing is left to refuse.
    (void)fill_gaussian_rows(a.n, first, count, seed, gaussian_ensemble::isotropic,
                             writable(a.rows) + first * packed_stride<T>(a.n));
  }
  template <class T>
  static double entry(const sensing<T>& a, std::size_t i, std::size_t j, std::size_t k) noexcept {
    return static_cast<double>(a.rows[i * packed_stride<T>(a.n) + packed_index(j, k)]);
  }
  static constexpr std::size_t flops(std::size_t n, std::size_t m, std::size_t) noexcept {
    return 4 * m * packed_count(n);
  }
};

}  // namespace tinyrank::catalogue
