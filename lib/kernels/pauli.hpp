// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include "lib/kernels/tables.hpp"
#include "tinyrank/detail/pauli_string.hpp"

namespace tinyrank {

/// Kernels over Pauli strings P_i of side d, which couple the rows l and k = l xor x of W alone. u, v and sum
/// are stored by rows, row_stride<T>(rank) apart: d of the real part, then d of the imaginary part. A run of
/// strings with the same x goes through the pairs l < k, in the order of l, 32 at a time:
///
///   even_l = <p_l, p_k> + <q_l, q_k>,  odd_l = <p_l, q_k> - <p_k, q_l>
///
/// each <,> one product of rows, as entry_values has it; where x = 0, l = k and there is no odd_l. Costs, for
/// a run: 2 d r multiply-adds and for each string d / 2 additions; to accumulate, twice as many and the same.
template <class T>
struct pauli_kernels {
  /// out_i = <P_i, W W^H>: the sum of +-even_l, or of +-odd_l where the number of Ys is odd, 32 by the tree
  /// of halves, one 32 after the other; times +-2, or 1 where x = 0.
  void (*pauli_values)(const T* u, std::size_t rank, std::size_t d, const pauli_string* strings,
                       std::size_t count, T* out);

  /// sum += sum_i w_i P_i V, run after run: first the weights of a pair, string after string, then the pair;
  /// returns squares + w_0^2 + w_1^2 + ..
  T(*accumulate_pauli)
  (const T* w, const T* v, std::size_t rank, std::size_t d, const pauli_string* strings, std::size_t count,
   T* sum, T squares);
};
TINYRANK_DECLARE_TABLES(pauli_kernels)

}  // namespace tinyrank
