// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstddef>
#include <cstdint>

#include "tinyrank/detail/index_pair.hpp"
#include "tinyrank/detail/pair_scratch.hpp"
#include "tinyrank/export.hpp"
#include "tinyrank/sensing.hpp"

namespace tinyrank {

/// Sampled entries (matrix completion): y_i = Z_jk for the pair (j, k) = pairs[i], A_i = (e_j e_k^T +
/// e_k e_j^T)/2. Either triangle, j = k allowed, repetitions allowed (each counts). pairs: aligned to their
/// type, not owned, read only. Cost of a gradient: O(m r), no n x n matrix; m pairs of memory.
///
/// Entries are not isotropic and have no restricted isometry: A^*A is about Z/n^2 over a uniform sample, but
/// a matrix with one large entry may go unseen. So X must be incoherent, every row of its orthonormal basis
/// about as long as any other, ||V_j||^2 <= mu r*/n (Candes & Recht, Found. Comput. Math. 9, 2009, arXiv
/// 0805.4471), and the sample must have some mu n r* log n entries, several in each row: a row without any
/// keeps its small random start. The theorems of arXiv 2106.15013 rest on restricted isometry and do not
/// cover this; its section 6 has matrix completion among what is open. In practice the same small start works
/// when X is incoherent. The automatic step size takes up the factor n^2; a step size meant for the isotropic
/// ensemble would be about n^2 times too small.
template <class T>
struct entries_sensing {
  static constexpr bool concurrent = true;  ///< see batch_operator

  std::size_t n = 0;
  std::size_t measurement_count = 0;
  const index_pair* pairs = nullptr;
};

/// Exact scratch bytes; see sensing.hpp.
template <class T>
[[nodiscard]] constexpr std::size_t scratch_bytes(const entries_sensing<T>& a, std::size_t rank,
                                                  execution_plan plan) noexcept {
  return pair_scratch_bytes<T>(a.n, rank, plan);
}

/// See sensing.hpp. Errors: dimension, measurement_count, operator_data (null), entry_index. Cost: O(m).
template <class T>
[[nodiscard]] TINYRANK_API status make_operator(const entries_sensing<T>& a,
                                                sensing_operator<T>& out) noexcept;

}  // namespace tinyrank
