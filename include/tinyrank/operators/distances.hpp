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

/// Squared distances between points: y_ij = <(e_i - e_j)(e_i - e_j)^T, Z> = ||U_i - U_j||^2, U_i the i-th row
/// of U. pairs: two different indices each, aligned to their type, not owned, read only. Cost of a gradient:
/// O(m r); no n x n matrix.
///
/// Its null space is translation: adding one vector to every row of U changes no distance. The solver
/// therefore keeps the columns of U centred (zero mean), which changes nothing that was measured. It is not
/// isotropic.
template <class T>
struct distances_sensing {
  static constexpr bool concurrent = true;  ///< see batch_operator

  std::size_t n = 0;
  std::size_t measurement_count = 0;
  const index_pair* pairs = nullptr;
};

/// Exact scratch bytes; see sensing.hpp.
template <class T>
[[nodiscard]] constexpr std::size_t scratch_bytes(const distances_sensing<T>& a, std::size_t rank,
                                                  execution_plan plan) noexcept {
  return pair_scratch_bytes<T>(a.n, rank, plan);
}

/// See sensing.hpp. Errors: dimension, measurement_count, operator_data (null), pair_index. Cost: O(m), as
/// the indices are checked.
template <class T>
[[nodiscard]] TINYRANK_API status make_operator(const distances_sensing<T>& a,
                                                sensing_operator<T>& out) noexcept;

}  // namespace tinyrank
