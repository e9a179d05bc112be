// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstddef>
#include <cstdint>

#include "tinyrank/detail/index_pair.hpp"
#include "tinyrank/detail/pair_scratch.hpp"
#include "tinyrank/detail/rectangular_sizes.hpp"
#include "tinyrank/export.hpp"
#include "tinyrank/sensing.hpp"

namespace tinyrank {

/// Sampled entries of a matrix of any shape (ratings, survey answers, tables with holes): y_i = M(j, k) for
/// (j, k) = pairs[i], M = L R^T, rows x columns, U = [L; R]; so B_i = e_j e_k^T (factor_shape.hpp). Rows and
/// columns are counted from 0 each: j < rows, k < columns. Repetitions allowed (each counts). pairs: aligned
/// to their type, not owned, read only. Cost of a gradient: O(m r), no rows x columns matrix; m pairs of
/// memory.
///
/// What entries_sensing says of coherence and of the number of entries holds for M's rows and columns alike:
/// a row or a column without any keeps its small random start.
template <class T>
struct rectangular_entries_sensing {
  static constexpr bool concurrent = true;  ///< see batch_operator

  std::size_t rows = 0;
  std::size_t columns = 0;
  std::size_t measurement_count = 0;
  const index_pair* pairs = nullptr;
  std::size_t n = rows + columns;  ///< not to be set otherwise

  [[nodiscard]] constexpr factor_shape shape() const noexcept { return {factor_kind::rectangular, rows}; }
};

/// Exact scratch bytes; see sensing.hpp.
template <class T>
[[nodiscard]] constexpr std::size_t scratch_bytes(const rectangular_entries_sensing<T>& a, std::size_t rank,
                                                  execution_plan plan) noexcept {
  return pair_scratch_bytes<T>(a.n, rank, plan);
}

/// See sensing.hpp. Errors: dimension (no rows, no columns, more than largest_dimension together, or another
/// n than theirs), measurement_count, operator_data (null), entry_index. Cost: O(m).
template <class T>
[[nodiscard]] TINYRANK_API status make_operator(const rectangular_entries_sensing<T>& a,
                                                sensing_operator<T>& out) noexcept;

}  // namespace tinyrank
