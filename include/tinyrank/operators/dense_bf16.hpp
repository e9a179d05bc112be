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

/// m matrices of bf16, the upper halves of floats. Row i at rows + i * quantized_stride<std::uint16_t>(n), as
/// pack_row_bf16 writes it. rows: 64-byte aligned, not owned, read only. Cost of a gradient: one pass over 2
/// bytes for each packed entry.
template <class T>
struct dense_bf16_sensing {
  static constexpr bool forms_matrix = true;  ///< see staircase_options::probes

  std::size_t n = 0;
  std::size_t measurement_count = 0;
  const std::uint16_t* rows = nullptr;
};

/// Exact scratch bytes; see sensing.hpp.
template <class T>
[[nodiscard]] constexpr std::size_t scratch_bytes(const dense_bf16_sensing<T>& a, std::size_t,
                                                  execution_plan plan) noexcept {
  return packed_scratch_bytes<T>(a.n, quantized_stride<std::uint16_t>(a.n), plan, 0);
}
template <class T>
[[nodiscard]] constexpr std::size_t batch_scratch_bytes(const dense_bf16_sensing<T>& a, std::size_t problems,
                                                        execution_plan plan) noexcept {
  return packed_batch_bytes<T>(quantized_stride<std::uint16_t>(a.n), true, problems, plan);
}

/// See sensing.hpp. Errors: dimension, measurement_count, size_overflow, operator_data (null, misaligned).
/// Cost: O(1).
template <class T>
[[nodiscard]] TINYRANK_API status make_operator(const dense_bf16_sensing<T>& a,
                                                sensing_operator<T>& out) noexcept;
template <class T>
TINYRANK_API void make_batch_operator(const dense_bf16_sensing<T>& a, batch_operator<T>& out) noexcept;

/// Rounds a packed matrix (n(n+1)/2 entries, as in a row of dense_sensing) to the nearest bf16, ties to even.
/// row: quantized_stride<std::uint16_t>(n) elements; no aliasing. Returns whether every stored value is
/// finite: an entry that is not, or that rounds beyond the largest bf16 (3.39e38), is stored as infinity or
/// NaN.
template <class T>
TINYRANK_API bool pack_row_bf16(std::size_t n, const T* packed, std::uint16_t* row) noexcept;

/// The rounded matrix R_i that a stored row stands for, as n(n+1)/2 packed entries.
template <class T>
TINYRANK_API void unpack_row_bf16(std::size_t n, const std::uint16_t* row, T* packed) noexcept;

}  // namespace tinyrank
