// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include "lib/kernels/tables.hpp"

namespace tinyrank {

/// Kernels over packed rows of T.
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
};
TINYRANK_DECLARE_TABLES(packed_kernels)

}  // namespace tinyrank
