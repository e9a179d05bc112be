// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include <bit>

#include "catalogue/row.hpp"
#include "tinyrank/operators/dense_bf16.hpp"
#include "tinyrank/operators/gaussian.hpp"

namespace tinyrank::catalogue {

struct dense_bf16_row : operator_row {
  static constexpr const char* name = "dense_bf16";
  static constexpr const char* kernels = "factor bf16";
  static constexpr golden_bits golden{0xff01527f1f291279u, 0xc2fcff9de3425376u};
  static constexpr golden_bits staircase_golden{0x426d83fcb35bcc44u, 0xdba5e3d6b306a1abu};
  static constexpr std::array<const char*, 2> timed_as = {"dense_bf16", "dense_bf16_f64"};
  static constexpr std::array<sensing_kind, 1> kinds = {{
      {"bf16", "bf16 matrices", "FILE.npy", false,
       "the same arrays, rounded to 16 bits as they are read; the run says by how\n"
       "much, which is noise in measurements taken with the unrounded matrices\n"},
  }};
  template <class T>
  using sensing = dense_bf16_sensing<T>;

  template <class T>
  static constexpr sensing<T> place(std::size_t n, std::size_t m, std::uint64_t, arena& memory) noexcept {
    return {n, m, memory.take<std::uint16_t>(quantized_stride<std::uint16_t>(n), m)};
  }
  template <class T>
  static void fill(const sensing<T>& a, std::uint64_t seed, std::size_t first, std::size_t count,
                   T* scratch) noexcept {
    for (std::size_t i = first; i < first + count; ++i) {
      (void)fill_gaussian_rows(a.n, i, 1, seed, gaussian_ensemble::isotropic, scratch);
      pack_row_bf16(a.n, scratch, writable(a.rows) + i * quantized_stride<std::uint16_t>(a.n));
    }
  }
  template <class T>
  static double entry(const sensing<T>& a, std::size_t i, std::size_t j, std::size_t k) noexcept {
    const std::size_t place = quantized_place<std::uint16_t>(packed_index(j, k));
    const std::uint32_t upper = a.rows[i * quantized_stride<std::uint16_t>(a.n) + place];
    return static_cast<double>(std::bit_cast<float>(upper << 16));
  }
  static constexpr std::size_t flops(std::size_t n, std::size_t m, std::size_t) noexcept {
    return 4 * m * packed_count(n);
  }
};

}  // namespace tinyrank::catalogue
