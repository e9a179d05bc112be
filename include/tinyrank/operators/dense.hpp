// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstddef>
#include <cstdint>

#include "tinyrank/detail/packed_scratch.hpp"
#include "tinyrank/export.hpp"
#include "tinyrank/sensing.hpp"

namespace tinyrank {

/// Dense operator: m stored matrices. Row i is A_i, packed (views.hpp), at rows + i * packed_stride<T>(n),
/// zero-padded. rows: 64-byte aligned, not owned, read only. Cost of a gradient: one pass over the rows,
/// 4 m n(n+1)/2 flops.
template <class T>
struct dense_sensing {
  static constexpr bool forms_matrix = true;  ///< see staircase_options::probes

  std::size_t n = 0;
  std::size_t measurement_count = 0;
  const T* rows = nullptr;
};

/// Exact scratch bytes; see sensing.hpp.
template <class T>
[[nodiscard]] constexpr std::size_t scratch_bytes(const dense_sensing<T>& a, std::size_t,
                                                  execution_plan plan) noexcept {
  return packed_scratch_bytes<T>(a.n, packed_stride<T>(a.n), plan, 0);
}
template <class T>
[[nodiscard]] constexpr std::size_t batch_scratch_bytes(const dense_sensing<T>& a, std::size_t problems,
                                                        execution_plan plan) noexcept {
  return packed_batch_bytes<T>(packed_stride<T>(a.n), false, problems, plan);
}

/// See sensing.hpp. Errors: dimension, measurement_count, size_overflow, operator_data (null, misaligned).
/// Cost: O(1).
template <class T>
[[nodiscard]] TINYRANK_API status make_operator(const dense_sensing<T>& a, sensing_operator<T>& out) noexcept;
template <class T>
TINYRANK_API void make_batch_operator(const dense_sensing<T>& a, batch_operator<T>& out) noexcept;

/// Elements of the storage of a dense operator, or SIZE_MAX when their bytes overflow size_t.
template <class T>
[[nodiscard]] constexpr std::size_t dense_row_elements(std::size_t n,
                                                       std::size_t measurement_count) noexcept {
  if (n == 0 || n > largest_dimension) return SIZE_MAX;
  const std::size_t stride = packed_stride<T>(n);
  return measurement_count > SIZE_MAX / sizeof(T) / stride ? SIZE_MAX : measurement_count * stride;
}

/// Stores one matrix as a row of a dense operator: row[packed_index(j, k)] = (full[j n + k] + full[k n + j])
/// / 2, padding 0. full: n x n, row-major; row: packed_stride<T>(n) elements; no aliasing. Returns whether
/// full was symmetric to the bit; when it was not, the stored matrix is its symmetric part, which gives the
/// same measurements of U U^T.
template <class T>
TINYRANK_API bool pack_row_from_full(std::size_t n, const T* full, T* row) noexcept;

/// The same from n(n+1)/2 packed entries (lower triangle row by row): a copy plus padding.
template <class T>
TINYRANK_API void pack_row_from_packed(std::size_t n, const T* packed, T* row) noexcept;

}  // namespace tinyrank
