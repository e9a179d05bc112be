// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include "catalogue/hermitian_entry.hpp"
#include "catalogue/row.hpp"
#include "tinyrank/operators/hermitian_dense.hpp"

namespace tinyrank::catalogue {

struct hermitian_dense_row : operator_row {
  static constexpr const char* name = "hermitian_dense";
  static constexpr const char* kernels = "factor packed";
  static constexpr golden_bits golden{0x1ecca49ba56d2896u, 0x2bac2d810ce8cf8bu};
  static constexpr golden_bits staircase_golden{0xf948534beb64fbd3u, 0x0999583e53b9a7c9u};
  static constexpr std::array<sensing_kind, 1> kinds = {{
      {"hermitian", "Hermitian matrices", "FILE.npy", false,
       "any Hermitian H_i, complex array (m,n,n): y_i = tr(H_i Z), Z = W W^H\n"},
  }};
  template <class T>
  using sensing = hermitian_dense_sensing<T>;

  static constexpr std::size_t nearest_n(std::size_t n) noexcept { return n / 2 * 2; }

  template <class T>
  static constexpr sensing<T> place(std::size_t n, std::size_t m, std::uint64_t, arena& memory) noexcept {
    return {n / 2, m, memory.take<T>(hermitian_stride<T>(n / 2), m)};
  }
  /// The Gaussian unitary ensemble: real on the diagonal, of variance 1; elsewhere both parts of 1/2.
  template <class T>
  static void fill(const sensing<T>& a, std::uint64_t seed, std::size_t first, std::size_t count,
                   T*) noexcept {
    const std::size_t d = a.dimension, stride = hermitian_stride<T>(d);
    for (std::size_t i = first; i < first + count; ++i) {
      const random_stream stream = make_stream(seed, random_purpose::sensing, i);
      T* const row = writable(a.rows) + i * stride;
      for (std::size_t k = 0; k < stride; ++k) {
        const float z = k < d * d ? tinyrank::gaussian(stream, static_cast<std::uint32_t>(k)) : 0;
        row[k] = static_cast<T>(square_root_of_half * z);
      }
      for (std::size_t j = 0; j < d; ++j) {
        const std::size_t k = hermitian_real_index(j, j);
        row[k] = static_cast<T>(tinyrank::gaussian(stream, static_cast<std::uint32_t>(k)));
      }
    }
  }
  template <class T>
  static double entry(const sensing<T>& a, std::size_t i, std::size_t j, std::size_t k) noexcept {
    const std::size_t d = a.dimension;
    const T* const row = a.rows + i * hermitian_stride<T>(d);
    return hermitian_entry(d, j, k, [=](std::size_t p, std::size_t q) -> complex_number {
      const std::size_t lower = p > q ? p : q, left = p > q ? q : p;
      const auto real = static_cast<double>(row[hermitian_real_index(lower, left)]);
      if (p == q) return {real, 0};
      const auto imaginary = static_cast<double>(row[hermitian_imaginary_index(d, lower, left)]);
      return {real, p > q ? imaginary : -imaginary};
    });
  }
  static constexpr std::size_t flops(std::size_t n, std::size_t m, std::size_t) noexcept { return m * n * n; }
};

}  // namespace tinyrank::catalogue
