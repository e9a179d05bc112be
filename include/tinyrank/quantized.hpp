// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstddef>
#include <cstdint>

#include "tinyrank/export.hpp"
#include "tinyrank/sensing.hpp"

namespace tinyrank {

// Dense operators in 16 and 8 bits. The operator IS the rounded matrices R_i: measure, adjoint and gradient
// are those of R_i, to the accuracy of T. For measurements y_i = <A_i, X X^T> taken with the unrounded A_i,
// rounding acts as noise: at the truth the residual is not 0 but
//
//   e_i = <R_i - A_i, X X^T>,   |e_i| <= sum_jk |R_i - A_i|_jk |X X^T|_jk
//
//   bf16   |R - A|_jk <= 2^-8 |A|_jk     hence |e_i| <= 2^-8 <|A_i|, |X X^T|>
//   int8   |R - A|_jk <= s_i / 2, s_i = max_jk |A_i|_jk / 127     hence |e_i| <= s_i / 2 sum_jk |X X^T|_jk
//
// (bf16 of magnitudes below 2^-126 excepted, which lose more of their bits). These are the worst case. Errors
// of random sign, each of which counts at (j, k) and at (k, j), add up to an |e_i| of some
// sqrt(2 sum_jk (R - A)^2_jk (X X^T)^2_jk): for the isotropic Gaussian ensemble 0.0016 ||X X^T||_F in bf16
// and, at n = 200, where s_i is near 0.024, 0.010 ||X X^T||_F in int8. So a run ends on a plateau at a loss
// near 3e-6 (bf16) or 1e-4 (int8) of f(0), unless the measurements were taken with R_i, as by hardware that
// was calibrated to R_i. What unpack_row_... gives is R_i.

/// Elements between two packed rows of a narrow type: whole lines of 64 bytes, zero-padded.
template <class Element>
[[nodiscard]] constexpr std::size_t quantized_stride(std::size_t n) noexcept {
  constexpr std::size_t line = 64 / sizeof(Element);
  return (packed_count(n) + line - 1) / line * line;
}

/// Where entry k of a packed matrix is stored in its row: a line holds entries l, 16 + l, .. side by side, so
/// that kernels turn a line into floats by shifts alone.
template <class Element>
[[nodiscard]] constexpr std::size_t quantized_place(std::size_t k) noexcept {
  constexpr std::size_t line = 64 / sizeof(Element), interleaved = line / 16;
  return k / line * line + k % 16 * interleaved + k % line / 16;
}

/// m matrices of bf16, the upper halves of floats. Row i at rows + i * quantized_stride<std::uint16_t>(n), as
/// pack_row_bf16 writes it. rows: 64-byte aligned, not owned, read only. Cost of a gradient: one pass over 2
/// bytes for each packed entry.
template <class T>
struct dense_bf16_sensing {
  using element = std::uint16_t;
  std::size_t n = 0;
  std::size_t measurement_count = 0;
  const std::uint16_t* rows = nullptr;
};

/// m matrices of bytes with one scale each, R_i = scales[i] Q_i, Q_i in -128..127. Row i at rows + i *
/// quantized_stride<std::int8_t>(n), as pack_row_int8 writes it. rows: 64-byte aligned; scales: m finite
/// floats; nothing is owned; read only. Cost of a gradient: one pass over 1 byte for each packed entry.
template <class T>
struct dense_int8_sensing {
  using element = std::int8_t;
  std::size_t n = 0;
  std::size_t measurement_count = 0;
  const std::int8_t* rows = nullptr;
  const float* scales = nullptr;
};

/// Exact scratch bytes; see scratch_bytes in sensing.hpp.
template <class T>
[[nodiscard]] constexpr std::size_t scratch_bytes(const dense_bf16_sensing<T>& a, std::size_t,
                                                  execution_plan plan) noexcept {
  arena measuring;
  layout_packed_scratch<T>(measuring, a.n, quantized_stride<std::uint16_t>(a.n), plan, 0);
  return measuring.overflowed() ? SIZE_MAX : measuring.used();
}
template <class T>
[[nodiscard]] constexpr std::size_t scratch_bytes(const dense_int8_sensing<T>& a, std::size_t,
                                                  execution_plan plan) noexcept {
  arena measuring;
  layout_packed_scratch<T>(measuring, a.n, quantized_stride<std::int8_t>(a.n), plan, 0);
  return measuring.overflowed() ? SIZE_MAX : measuring.used();
}

/// See make_operator in sensing.hpp. Errors: dimension, measurement_count, size_overflow, operator_data
/// (null, misaligned, or a scale that is not finite). Cost: O(1), O(m) for int8.
template <class T>
[[nodiscard]] TINYRANK_API status make_operator(const dense_bf16_sensing<T>& a,
                                                sensing_operator<T>& out) noexcept;
template <class T>
[[nodiscard]] TINYRANK_API status make_operator(const dense_int8_sensing<T>& a,
                                                sensing_operator<T>& out) noexcept;

/// Elements of the storage, or SIZE_MAX when their bytes overflow size_t.
template <class Element>
[[nodiscard]] constexpr std::size_t quantized_row_elements(std::size_t n,
                                                           std::size_t measurement_count) noexcept {
  if (n == 0 || n > largest_dimension) return SIZE_MAX;
  const std::size_t stride = quantized_stride<Element>(n);
  return measurement_count > SIZE_MAX / sizeof(Element) / stride ? SIZE_MAX : measurement_count * stride;
}

/// Rounds a packed matrix (n(n+1)/2 entries, as in a row of dense_sensing) to the nearest bf16, ties to even.
/// row: quantized_stride<std::uint16_t>(n) elements; no aliasing. Returns whether every stored value is
/// finite: an entry that is not, or that rounds beyond the largest bf16 (3.39e38), is stored as infinity or
/// NaN.
template <class T>
TINYRANK_API bool pack_row_bf16(std::size_t n, const T* packed, std::uint16_t* row) noexcept;

/// Rounds a packed matrix to scale times bytes -127..127, scale = max |A| / 127 as a float (at least 2^-126),
/// and returns the scale; NaN, with a row of zeros, when an entry is not finite or the scale is beyond the
/// floats. row: quantized_stride<std::int8_t>(n) elements; no aliasing.
template <class T>
[[nodiscard]] TINYRANK_API float pack_row_int8(std::size_t n, const T* packed, std::int8_t* row) noexcept;

/// The rounded matrix R_i that a stored row stands for, as n(n+1)/2 packed entries; scale times byte is
/// rounded to T.
template <class T>
TINYRANK_API void unpack_row_bf16(std::size_t n, const std::uint16_t* row, T* packed) noexcept;
template <class T>
TINYRANK_API void unpack_row_int8(std::size_t n, const std::int8_t* row, float scale, T* packed) noexcept;

}  // namespace tinyrank
