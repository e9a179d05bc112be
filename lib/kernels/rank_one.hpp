// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include "lib/kernels/tables.hpp"
#include "tinyrank/detail/rank_one_scratch.hpp"

namespace tinyrank {

/// Kernels over a block of at most rank_one_block vectors a_i (rows of A, `stride` apart) and a factor of r
/// columns, `stride` apart too. The products B = A U are kept by groups of four columns, so that a register
/// tile stores and loads whole runs: B(i, c) = products[(c / 4 * rank_one_block + i) * 4 + c % 4].
template <class T>
struct rank_one_kernels {
  /// B = A U: every entry is one dot product over the virtual lanes of the row, summed by the lane tree.
  /// Columns up to the next multiple of 4, and rows likewise, are set to zero. `next`, next_rows: the vectors
  /// that the next call takes, or none: they are prefetched, not read. Cost: 2 rows n r flops.
  void (*products)(const T* a, std::size_t stride, std::size_t rows, const T* u, std::size_t r, T* products,
                   const T* next, std::size_t next_rows);

  /// norms[i] = sum_c B(i, c)^2: four partial sums, of the columns c = 0, 1, 2, 3 modulo 4, then
  /// (s_0 + s_2) + (s_1 + s_3).
  void (*square_norms)(const T* products, std::size_t rows, std::size_t r, T* norms);

  /// B(i, c) := w_i B(i, c), then sum += A^T B, row after row; sum: r columns, `stride` apart.
  /// Cost: 2 rows n r flops.
  void (*accumulate)(const T* a, std::size_t stride, std::size_t rows, const T* w, T* products, std::size_t r,
                     T* sum);
};
TINYRANK_DECLARE_TABLES(rank_one_kernels)

}  // namespace tinyrank
