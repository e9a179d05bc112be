// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include "lib/kernels/tables.hpp"

namespace tinyrank {

/// Kernels over packed rows, and between the factor and packed or full matrices.
template <class T>
struct packed_kernels {
  /// e_i = sum_k a[i * stride + k] z[k] for i < rows. |error| <= (count / lanes + 5) eps sum_k |a_ik z_k|.
  void (*dot_rows)(const T* a, std::size_t stride, std::size_t rows, const T* z, std::size_t count, T* e);

  /// g[k] += sum_i w[i] a[i * stride + k], row after row.
  void (*accumulate_rows)(const T* a, std::size_t stride, std::size_t rows, const T* w, T* g,
                          std::size_t count);

  /// Both in one pass: e_i = dot - y[i]; g[k] += sum_i e_i a_ik; returns loss + sum_i e_i^2, row after row.
  /// Cost: 4 rows count flops; rows count sizeof(T) bytes streamed, as a block of rows stays in L2 between
  /// its two uses.
  T(*residual_accumulate_rows)
  (const T* a, std::size_t stride, std::size_t rows, const T* z, const T* y, T* g, std::size_t count, T loss);

  /// Rows first..last-1 of the packed Gram matrix U U^T, off-diagonals doubled. u: r columns, `stride` apart.
  void (*form_gram_rows)(const T* u, std::size_t stride, std::size_t r, std::size_t first, std::size_t last,
                         T* z);

  /// full[j * stride + k] = full[k * stride + j] = scale * packed entry (j, k), or diagonal_scale * it when j
  /// = k, for first <= j < last; stride = padded<T>(n), first a multiple of virtual_lanes<T>. Padding is
  /// written when last = n.
  void (*unpack_symmetric)(T scale, T diagonal_scale, const T* packed, std::size_t n, std::size_t first,
                           std::size_t last, T* full);

  /// out_c[j] = sum_k s[k * stride + j] v_c[k] for j < stride and columns c < columns: S V for a full
  /// symmetric S (n x stride).
  void (*symmetric_times)(const T* s, std::size_t n, std::size_t stride, const T* v, std::size_t columns,
                          T* out);
};
TINYRANK_DECLARE_TABLES(packed_kernels)

}  // namespace tinyrank
