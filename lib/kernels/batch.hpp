// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include "lib/kernels/tables.hpp"

namespace tinyrank {

/// Kernels over a block of packed rows and several problems. Every sum is taken in the order of the kernels
/// for one problem (packed.hpp), whatever the number of problems and wherever a row is cut into pieces.
template <class T>
struct batch_kernels {
  /// For rows i and problems p, the partial sums of <row i, z_p>, virtual_lanes<T> of them at partial[(i
  /// problems + p) virtual_lanes<T>], go on over the entries first .. first + count - 1 (multiples of
  /// virtual_lanes<T>).
  void (*dot_tile)(const T* a, std::size_t stride, std::size_t rows, const T* const* z, std::size_t problems,
                   std::size_t first, std::size_t count, T* partial);

  /// The residuals e_ip = <row i, z_p> - y_p[first + i] from those sums, as weights[i problems + p];
  /// losses[p] += e_ip^2, row after row. scales (or null): row i stands for scales[i] times what is stored;
  /// then e_ip takes one rounding after the dot, and its weight is scales[i] e_ip, as in quantized.hpp.
  void (*residuals)(const T* partial, std::size_t rows, std::size_t problems, const float* scales,
                    const T* const* y, std::size_t first, T* weights, T* losses);

  /// g_p[k] += sum_i weights[i problems + p] row_i[k], row after row, for first <= k < first + count.
  void (*accumulate_tile)(const T* a, std::size_t stride, std::size_t rows, const T* weights,
                          std::size_t problems, T* const* g, std::size_t first, std::size_t count);
};
TINYRANK_DECLARE_TABLES(batch_kernels)

}  // namespace tinyrank
