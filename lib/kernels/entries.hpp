// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include "lib/kernels/tables.hpp"
#include "tinyrank/detail/index_pair.hpp"

namespace tinyrank {

/// Kernels over single entries of U U^T; u, v and sum are stored by rows, row_stride<T>(rank)
/// apart. Of u, one element behind the last row may be read. What accumulates returns squares + w_0^2 + ..,
/// one after the other.
template <class T>
struct entries_kernels {
  /// out_i = <u_first, u_second> for each pair.
  void (*entry_values)(const T* u, std::size_t rank, const index_pair* pairs, std::size_t count, T* out);

  /// sum += sum_i w_i (e_first e_second^T + e_second e_first^T)/2 V, pair after pair.
  T(*accumulate_entries)
  (const T* w, const T* v, std::size_t rank, const index_pair* pairs, std::size_t count, T* sum, T squares);
};
TINYRANK_DECLARE_TABLES(entries_kernels)

}  // namespace tinyrank
