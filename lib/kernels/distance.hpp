// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include "lib/kernels/tables.hpp"
#include "tinyrank/detail/index_pair.hpp"

namespace tinyrank {

/// Kernels over pairs of rows of the factor; u, v and sum are stored by rows, row_stride<T>(rank)
/// apart. Of u, one element behind the last row may be read. What accumulates returns squares + w_0^2 + ..,
/// one after the other.
template <class T>
struct distance_kernels {
  /// out_i = ||u_first - u_second||^2 for each pair: squared distances between rows of U.
  void (*squared_distances)(const T* u, std::size_t rank, const index_pair* pairs, std::size_t count, T* out);

  /// sum += sum_i w_i (e_first - e_second)(e_first - e_second)^T V, pair after pair.
  T(*accumulate_pairs)
  (const T* w, const T* v, std::size_t rank, const index_pair* pairs, std::size_t count, T* sum, T squares);
};
TINYRANK_DECLARE_TABLES(distance_kernels)

}  // namespace tinyrank
