// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include "lib/kernels/tables.hpp"
#include "tinyrank/detail/index_pair.hpp"

namespace tinyrank {

/// Kernels of matrices of a few entries each; u, v and sum are stored by rows, row_stride<T>(rank) apart. One
/// element of u behind the last row may be read. What accumulates returns squares + w_0^2 + .., one after the
/// other.
template <class T>
struct sparse_kernels {
  /// out_i = <A_i, U U^T>, A_i the entries offsets[i] .. offsets[i + 1] - 1, entry after entry.
  void (*sparse_values)(const T* u, std::size_t rank, const std::size_t* offsets,
                        const sparse_entry<T>* entries, std::size_t count, T* out);

  /// sum += sum_i w_i A_i V, entry after entry.
  T(*accumulate_sparse)
  (const T* w, const T* v, std::size_t rank, const std::size_t* offsets, const sparse_entry<T>* entries,
   std::size_t count, T* sum, T squares);
};
TINYRANK_DECLARE_TABLES(sparse_kernels)

}  // namespace tinyrank
