// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include "lib/kernels/tables.hpp"

namespace tinyrank {

/// Kernels between the factor, packed and full symmetric matrices.
template <class T>
struct factor_kernels {
  /// Rows first..last-1 of the packed Gram matrix U U^T, off-diagonals doubled. u: r columns, `stride` apart.
  void (*form_gram_rows)(const T* u, std::size_t stride, std::size_t r, std::size_t first, std::size_t last,
                         T* z);

  /// full[j * stride + k] = full[k * stride + j] = scale * packed entry (j, k), or diagonal_scale * it where
  /// j = k, for first <= j < last; stride = padded<T>(n), first a multiple of virtual_lanes<T>. Padding is
  /// written when last = n.
  void (*unpack_symmetric)(T scale, T diagonal_scale, const T* packed, std::size_t n, std::size_t first,
                           std::size_t last, T* full);

  /// out_c[j] = sum_k s[k * stride + j] v_c[k] for j < stride and columns c < columns: S V for a full
  /// symmetric S (n x stride).
  void (*symmetric_times)(const T* s, std::size_t n, std::size_t stride, const T* v, std::size_t columns,
                          T* out);
};
TINYRANK_DECLARE_TABLES(factor_kernels)

}  // namespace tinyrank
