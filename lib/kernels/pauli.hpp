// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include "lib/kernels/tables.hpp"
#include "tinyrank/detail/pauli_string.hpp"

namespace tinyrank {

/// Kernels over Pauli strings P_i of side d, which couple the rows l and l xor x of W alone. u, v and sum are
/// stored by rows, row_stride<T>(r) apart: d of the real part, then d of the imaginary part.
template <class T>
struct pauli_kernels {
  /// out_i = <P_i, W W^H>: over the pairs (l, k = l xor x) with l < k, in the order of l,
  ///
  ///   even number of Y   +-2 sum +-(<p_l, p_k> + <q_l, q_k>)
  ///   odd                +-2 sum +-(<p_l, q_k> - <p_k, q_l>)
  ///
  /// each <,> one product of rows, as entry_values has it; x = 0: sum +-(<p_l, p_l> + <q_l, q_l>).
  void (*pauli_values)(const T* u, std::size_t stride, std::size_t d, const pauli_string* strings,
                       std::size_t count, T* out);

  /// sum += sum_i w_i P_i V, string after string, pair after pair.
  void (*accumulate_pauli)(const T* w, const T* v, std::size_t stride, std::size_t d,
                           const pauli_string* strings, std::size_t count, T* sum);
};
TINYRANK_DECLARE_TABLES(pauli_kernels)

}  // namespace tinyrank
