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

/// Sparse symmetric matrices: A_i has the entries offsets[i] .. offsets[i + 1] - 1. An entry off the diagonal
/// is listed once, from either triangle, and stands for (row, column) and (column, row) alike; entries of one
/// place add up; an A_i may be empty. offsets: measurement_count + 1, from 0, never descending. Both: aligned
/// to their types. Nothing is owned; read only. Cost of a gradient: O(nnz r).
template <class T>
struct sparse_sensing {
  static constexpr bool concurrent = true;  ///< see batch_operator

  std::size_t n = 0;
  std::size_t measurement_count = 0;
  const std::size_t* offsets = nullptr;
  const sparse_entry<T>* entries = nullptr;
};

/// Exact scratch bytes; see sensing.hpp.
template <class T>
[[nodiscard]] constexpr std::size_t scratch_bytes(const sparse_sensing<T>& a, std::size_t rank,
                                                  execution_plan plan) noexcept {
  return pair_scratch_bytes<T>(a.n, rank, plan);
}

/// See sensing.hpp. Errors: dimension, measurement_count, operator_data (null, or a value that is not
/// finite), entry_index, entry_offsets. Cost: O(m + nnz).
template <class T>
[[nodiscard]] TINYRANK_API status make_operator(const sparse_sensing<T>& a,
                                                sensing_operator<T>& out) noexcept;

}  // namespace tinyrank
