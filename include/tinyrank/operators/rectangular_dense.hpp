// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstddef>
#include <cstdint>

#include "tinyrank/detail/packed_scratch.hpp"
#include "tinyrank/detail/rectangular_sizes.hpp"
#include "tinyrank/export.hpp"
#include "tinyrank/sensing.hpp"

namespace tinyrank {

/// Elements from one stored matrix of rows x columns entries to the next.
template <class T>
[[nodiscard]] constexpr std::size_t rectangular_stride(std::size_t rows, std::size_t columns) noexcept {
  return padded<T>(rows * columns);
}

/// Stored matrices of any shape: y_i = <B_i, M> = sum_jk B_i(j, k) M(j, k), M = L R^T, rows x columns, U =
/// [L; R] (factor_shape.hpp). B_i row by row, without padding between its rows, entry (j, k) at matrices[i *
/// rectangular_stride<T>(rows, columns) + j * columns + k]; what lies past its rows * columns entries is
/// zero. matrices: 64-byte aligned, not owned, read only. Cost of a gradient: one pass over the matrices,
/// 4 m rows columns flops: half of what dense_sensing takes for the A_i of such B_i where rows = columns, and
/// less elsewhere.
template <class T>
struct rectangular_dense_sensing {
  static constexpr bool forms_matrix = true;  ///< see staircase_options::probes

  std::size_t rows = 0;
  std::size_t columns = 0;
  std::size_t measurement_count = 0;
  const T* matrices = nullptr;
  std::size_t n = rows + columns;  ///< not to be set otherwise

  [[nodiscard]] constexpr factor_shape shape() const noexcept { return {factor_kind::rectangular, rows}; }
};

/// Exact scratch bytes; see sensing.hpp.
template <class T>
[[nodiscard]] constexpr std::size_t scratch_bytes(const rectangular_dense_sensing<T>& a, std::size_t,
                                                  execution_plan plan) noexcept {
  if (!is_rectangular(a.rows, a.columns, a.n)) return SIZE_MAX;
  return rectangular_scratch_bytes<T>(a.rows, a.columns, plan);
}
template <class T>
[[nodiscard]] constexpr std::size_t batch_scratch_bytes(const rectangular_dense_sensing<T>& a,
                                                        std::size_t problems, execution_plan plan) noexcept {
  if (!is_rectangular(a.rows, a.columns, a.n)) return SIZE_MAX;
  return packed_batch_bytes<T>(rectangular_stride<T>(a.rows, a.columns), false, problems, plan);
}

/// See sensing.hpp. Errors: dimension (no rows, no columns, more than largest_dimension together, or another
/// n than theirs), measurement_count, size_overflow, operator_data (null, misaligned). Cost: O(1).
template <class T>
[[nodiscard]] TINYRANK_API status make_operator(const rectangular_dense_sensing<T>& a,
                                                sensing_operator<T>& out) noexcept;
template <class T>
TINYRANK_API void make_batch_operator(const rectangular_dense_sensing<T>& a, batch_operator<T>& out) noexcept;

/// Elements of the storage of the matrices, or SIZE_MAX when their bytes overflow size_t.
template <class T>
[[nodiscard]] constexpr std::size_t rectangular_dense_elements(std::size_t rows, std::size_t columns,
                                                               std::size_t measurement_count) noexcept {
  if (!is_rectangular(rows, columns, rows + columns)) return SIZE_MAX;
  const std::size_t stride = rectangular_stride<T>(rows, columns);
  return measurement_count > SIZE_MAX / sizeof(T) / stride ? SIZE_MAX : measurement_count * stride;
}

/// Stores one matrix, rows x columns, row-major, as a row of the operator: a copy plus padding. row:
/// rectangular_stride<T>(rows, columns) elements; no aliasing. Errors: dimension, operator_data (null).
template <class T>
[[nodiscard]] TINYRANK_API status pack_rectangular_row(std::size_t rows, std::size_t columns, const T* matrix,
                                                       T* row) noexcept;

}  // namespace tinyrank
