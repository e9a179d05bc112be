// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include "lib/kernels/tables.hpp"
#include "tinyrank/detail/packed_scratch.hpp"
#include "tinyrank/random.hpp"

namespace tinyrank {

/// Kernels that draw packed matrices of normal numbers, in float, then widened.
template <class T>
struct gaussian_kernels {
  /// `rows` packed n x n matrices, one from each stream: entry k of a packed matrix is gaussian(stream, k)
  /// times its scale. Written with their padding; `stride` apart.
  void (*gaussian_rows)(const random_stream* streams, std::size_t rows, std::size_t n, float diagonal_scale,
                        float off_diagonal_scale, T* out, std::size_t stride);

  /// Of `drawn_block` rows, `stride` apart: sum += sum_i e_i row_i; then row_i becomes what gaussian_rows
  /// would write, and e_i = <row_i, z> - y_i; returns loss + sum_i e_i^2. Null where drawing takes so long
  /// that nothing can be gained by doing the rest meanwhile.
  T(*replace_rows)
  (const random_stream* streams, std::size_t n, float diagonal_scale, float off_diagonal_scale, const T* z,
   const T* y, T* e, T* sum, T* rows, std::size_t stride, T loss);
};
TINYRANK_DECLARE_TABLES(gaussian_kernels)

}  // namespace tinyrank
