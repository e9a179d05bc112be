// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstddef>
#include <cstdint>

#include "tinyrank/detail/packed_scratch.hpp"
#include "tinyrank/detail/quantized_rows.hpp"
#include "tinyrank/export.hpp"
#include "tinyrank/sensing.hpp"

namespace tinyrank {

// The operator IS the rounded matrices; dense_bf16.hpp says what rounding does to a recovery.

/// m matrices of bytes with one scale each, R_i = scales[i] Q_i, Q_i in -128..127. Row i at rows + i *
/// quantized_stride<std::int8_t>(n), as pack_row_int8 writes it. rows: 64-byte aligned; scales: m finite
/// floats; nothing is owned; read only. Cost of a gradient: one pass over 1 byte for each packed entry.
template <class T>
struct dense_int8_sensing {
  static constexpr bool forms_matrix = true;  ///< see staircase_options::probes

  std::size_t n = 0;
  std::size_t measurement_count = 0;
  const std::int8_t* rows = nullptr;
  const float* scales = nullptr;
};

/// Exact scratch bytes; see sensing.hpp.
template <class T>
[[nodiscard]] constexpr std::size_t scratch_bytes(const dense_int8_sensing<T>& a, std::size_t,
                                                  execution_plan plan) noexcept {
  return packed_scratch_bytes<T>(a.n, quantized_stride<std::int8_t>(a.n), plan, 0);
}
template <class T>
[[nodiscard]] constexpr std::size_t batch_scratch_bytes(const dense_int8_sensing<T>& a, std::size_t problems,
                                                        execution_plan plan) noexcept {
  return packed_batch_bytes<T>(quantized_stride<std::int8_t>(a.n), true, problems, plan);
}

/// See sensing.hpp. Errors: dimension, measurement_count, size_overflow, operator_data (null, misaligned, or
/// a scale that is not finite). Cost: O(m).
template <class T>
[[nodiscard]] TINYRANK_API status make_operator(const dense_int8_sensing<T>& a,
                                                sensing_operator<T>& out) noexcept;
template <class T>
TINYRANK_API void make_batch_operator(const dense_int8_sensing<T>& a, batch_operator<T>& out) noexcept;

/// Rounds a packed matrix to scale times bytes -127..127, scale = max |A| / 127 as a float (at least 2^-126),
/// and returns the scale; NaN, with a row of zeros, when an entry is not finite or the scale is beyond the
/// floats. row: quantized_stride<std::int8_t>(n) elements; no aliasing.
template <class T>
[[nodiscard]] TINYRANK_API float pack_row_int8(std::size_t n, const T* packed, std::int8_t* row) noexcept;

/// The rounded matrix R_i that a stored row stands for, as n(n+1)/2 packed entries; scale times byte is
/// rounded to T.
template <class T>
TINYRANK_API void unpack_row_int8(std::size_t n, const std::int8_t* row, float scale, T* packed) noexcept;

}  // namespace tinyrank
