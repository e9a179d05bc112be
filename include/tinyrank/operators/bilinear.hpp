// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstddef>
#include <cstdint>

#include "tinyrank/detail/bilinear_scratch.hpp"
#include "tinyrank/detail/rectangular_sizes.hpp"
#include "tinyrank/export.hpp"
#include "tinyrank/sensing.hpp"

namespace tinyrank {

/// Bilinear measurements (blind deconvolution, bilinear regression): y_i = b_i^T M c_i, M = L R^T, rows x
/// columns, U = [L; R]; so B_i = b_i c_i^T (factor_shape.hpp). The b_i are stored at left + i *
/// padded<T>(rows), the c_i at right + i * padded<T>(columns), each zero-padded. Both: 64-byte aligned, not
/// owned, read only, not checked for NaN. Cost of a gradient: 4 m (rows + columns) r flops; every vector is
/// read once from memory; no rows x columns matrix.
///
/// With independent standard normal b and c it is isotropic, E <B, M> B = M, as rank_one_sensing is not.
template <class T>
struct bilinear_sensing {
  std::size_t rows = 0;
  std::size_t columns = 0;
  std::size_t measurement_count = 0;
  const T* left = nullptr;
  const T* right = nullptr;
  std::size_t n = rows + columns;  ///< not to be set otherwise

  [[nodiscard]] constexpr factor_shape shape() const noexcept { return {factor_kind::rectangular, rows}; }
};

/// Exact scratch bytes; see sensing.hpp.
template <class T>
[[nodiscard]] constexpr std::size_t scratch_bytes(const bilinear_sensing<T>& a, std::size_t rank,
                                                  execution_plan plan) noexcept {
  if (!is_rectangular(a.rows, a.columns, a.n)) return SIZE_MAX;
  return bilinear_scratch_bytes<T>(a.rows, a.columns, rank, plan, false);
}
template <class T>
[[nodiscard]] constexpr std::size_t batch_scratch_bytes(const bilinear_sensing<T>&, std::size_t problems,
                                                        execution_plan) noexcept {
  return bilinear_batch_bytes<T>(problems);
}

/// See sensing.hpp. Errors: dimension (no rows, no columns, more than largest_dimension together, or another
/// n than theirs), measurement_count, size_overflow, operator_data (null,
/// misaligned). Cost: O(1).
template <class T>
[[nodiscard]] TINYRANK_API status make_operator(const bilinear_sensing<T>& a,
                                                sensing_operator<T>& out) noexcept;
template <class T>
TINYRANK_API void make_batch_operator(const bilinear_sensing<T>& a, batch_operator<T>& out) noexcept;

/// Elements of the storage of the b_i (of `rows` entries) or c_i (of `columns`), or SIZE_MAX when their bytes
/// overflow size_t.
template <class T>
[[nodiscard]] constexpr std::size_t bilinear_vector_elements(std::size_t entries,
                                                             std::size_t measurement_count) noexcept {
  if (entries == 0 || entries > largest_dimension) return SIZE_MAX;
  return measurement_count > SIZE_MAX / sizeof(T) / padded<T>(entries)
             ? SIZE_MAX
             : measurement_count * padded<T>(entries);
}

}  // namespace tinyrank
