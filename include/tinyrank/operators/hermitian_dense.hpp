// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstddef>
#include <cstdint>

#include "tinyrank/detail/packed_scratch.hpp"
#include "tinyrank/export.hpp"
#include "tinyrank/factor_shape.hpp"
#include "tinyrank/sensing.hpp"

namespace tinyrank {

/// Place of Re H_jk, k <= j, and of Im H_jk, k < j, in the d^2 real numbers that a Hermitian d x d matrix is
/// packed as: the lower triangle of the real part row by row, as numpy's H.real[np.tril_indices(d)], then
/// that of the imaginary part below the diagonal, as H.imag[np.tril_indices(d, -1)].
[[nodiscard]] constexpr std::size_t hermitian_real_index(std::size_t j, std::size_t k) noexcept {
  return packed_index(j, k);
}
[[nodiscard]] constexpr std::size_t hermitian_imaginary_index(std::size_t d, std::size_t j,
                                                              std::size_t k) noexcept {
  return packed_count(d) + packed_index(j - 1, k);
}

/// Distance in elements between two packed Hermitian matrices; what lies past d^2 is zero.
template <class T>
[[nodiscard]] constexpr std::size_t hermitian_stride(std::size_t d) noexcept {
  return padded<T>(d * d);
}

/// Dense operator on complex matrices: m stored Hermitian matrices, y_i = tr(H_i Z), Z = W W^H of side d =
/// `dimension`, W = P + iQ. With U = [P; Q] (factor_shape.hpp) the operator is real, n = 2 d. Row i is H_i,
/// packed, at rows + i * hermitian_stride<T>(d), zero-padded. rows: 64-byte aligned, not owned, read only.
/// Cost of a gradient: one pass over the rows, 4 m d^2 flops, half of those of the real matrices of side 2 d,
/// of which only a half differs.
template <class T>
struct hermitian_dense_sensing {
  static constexpr bool forms_matrix = true;  ///< see staircase_options::probes

  std::size_t dimension = 0;
  std::size_t measurement_count = 0;
  const T* rows = nullptr;
  std::size_t n = 2 * dimension;

  [[nodiscard]] static constexpr factor_shape shape() noexcept { return {factor_kind::complex, 0}; }
};

/// Exact scratch bytes; see sensing.hpp.
template <class T>
[[nodiscard]] constexpr std::size_t scratch_bytes(const hermitian_dense_sensing<T>& a, std::size_t,
                                                  execution_plan plan) noexcept {
  return packed_scratch_bytes<T>(a.n, hermitian_stride<T>(a.n / 2), plan, 0);
}
template <class T>
[[nodiscard]] constexpr std::size_t batch_scratch_bytes(const hermitian_dense_sensing<T>& a,
                                                        std::size_t problems, execution_plan plan) noexcept {
  return packed_batch_bytes<T>(hermitian_stride<T>(a.n / 2), false, problems, plan);
}

/// See sensing.hpp. Errors: dimension (0, too large, or an n that is not twice it), measurement_count,
/// size_overflow, operator_data (null, misaligned). Cost: O(1).
template <class T>
[[nodiscard]] TINYRANK_API status make_operator(const hermitian_dense_sensing<T>& a,
                                                sensing_operator<T>& out) noexcept;
template <class T>
TINYRANK_API void make_batch_operator(const hermitian_dense_sensing<T>& a, batch_operator<T>& out) noexcept;

/// Elements of the storage of such an operator, or SIZE_MAX when their bytes overflow size_t.
template <class T>
[[nodiscard]] constexpr std::size_t hermitian_row_elements(std::size_t d,
                                                           std::size_t measurement_count) noexcept {
  if (d == 0 || d > largest_dimension / 2) return SIZE_MAX;
  const std::size_t stride = hermitian_stride<T>(d);
  return measurement_count > SIZE_MAX / sizeof(T) / stride ? SIZE_MAX : measurement_count * stride;
}

/// Stores one matrix as a row. full: d x d, row-major, each entry its real part, then its imaginary part, as
/// std::complex and numpy lay them out; row: hermitian_stride<T>(d) elements; no aliasing. Returns whether
/// full was Hermitian to the bit; when it was not, the stored matrix is its Hermitian part (H + H^H)/2, which
/// gives the real parts of tr(H Z).
template <class T>
TINYRANK_API bool pack_row_from_hermitian(std::size_t d, const T* full, T* row) noexcept;

}  // namespace tinyrank
