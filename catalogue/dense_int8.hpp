// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include "catalogue/row.hpp"
#include "tinyrank/operators/dense_int8.hpp"
#include "tinyrank/operators/gaussian.hpp"

namespace tinyrank::catalogue {

struct dense_int8_row : operator_row {
  static constexpr const char* name = "dense_int8";
  static constexpr const char* kernels = "factor int8";
  static constexpr golden_bits golden{0x8230f7e4646d39a6u, 0xe97072a482a5c1a1u};
  static constexpr golden_bits staircase_golden{0x9407cb19683fcdecu, 0x19297b39e41e5810u};
  static constexpr std::array<const char*, 2> timed_as = {"dense_i8", "dense_i8_f64"};
  static constexpr std::array<sensing_kind, 1> kinds = {{
      {"int8", "int8 matrices", "FILE.npy", false,
       "the same, rounded to 8 bits with one scale for each matrix\n"},
  }};
  template <class T>
  using sensing = dense_int8_sensing<T>;

  template <class T>
  static constexpr sensing<T> place(std::size_t n, std::size_t m, std::uint64_t, arena& memory) noexcept {
    const std::int8_t* const rows = memory.take<std::int8_t>(quantized_stride<std::int8_t>(n), m);
    return {n, m, rows, memory.take<float>(m)};
  }
  template <class T>
  static void fill(const sensing<T>& a, std::uint64_t seed, std::size_t first, std::size_t count,
                   T* scratch) noexcept {
    for (std::size_t i = first; i < first + count; ++i) {
      (void)fill_gaussian_rows(a.n, i, 1, seed, gaussian_ensemble::isotropic, scratch);
      writable(a.scales)[i] =
          pack_row_int8(a.n, scratch, writable(a.rows) + i * quantized_stride<std::int8_t>(a.n));
    }
  }
  template <class T>
  static double entry(const sensing<T>& a, std::size_t i, std::size_t j, std::size_t k) noexcept {
    const std::size_t place = quantized_place<std::int8_t>(packed_index(j, k));
    return static_cast<double>(a.scales[i]) * a.rows[i * quantized_stride<std::int8_t>(a.n) + place];
  }
  static constexpr std::size_t flops(std::size_t n, std::size_t m, std::size_t) noexcept {
    return 4 * m * packed_count(n);
  }
};

}  // namespace tinyrank::catalogue
