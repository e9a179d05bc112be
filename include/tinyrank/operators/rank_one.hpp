// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstddef>
#include <cstdint>

#include "tinyrank/detail/rank_one_scratch.hpp"
#include "tinyrank/export.hpp"
#include "tinyrank/sensing.hpp"

namespace tinyrank {

/// What is measured with vectors a_i: covariance sketches and quadratic networks (y_i = ||U^T a_i||^2), phase
/// retrieval (r = 1).
///
/// Rank-one measurements are not isotropic. With standard normal a, b and symmetric Z,
///
///   plain     A = a a^T          E <A, Z> A = 2 Z + tr(Z) I
///   debiased  A = a a^T - b b^T  E <A, Z> A = 4 Z          exactly: the traces cancel
///
/// so for plain A^*A is not near a multiple of the identity. lambda_1(A^*(y)) is about 2 ||Z|| + tr(Z), which
/// the automatic step size 1/(4 lambda_1) measures; that is also half the curvature of f along X, so the step
/// is as far from instability as in the isotropic case. But the trace makes every direction of a small start
/// grow, those of X only faster, by the ratio of 2 lambda_k + tr(Z) to tr(Z): with r > r* the surplus columns
/// arrive larger and fade slowly (n = 24, r* = 2, m = 600: 79 iterations debiased, 3361 plain, both with r =
/// n; 176 plain with r = r* and m = 400).
///
/// Debiased pairs (Chen, Chi & Goldsmith, IEEE Trans. Inf. Theory 61, 2015, arXiv 1310.0807) cost two vectors
/// for each measurement and are isotropic up to the factor 4, which the automatic step size divides out; a
/// step size meant for the isotropic ensemble is 4 times too large here.
enum class rank_one_form : std::int32_t {
  plain = 0,     ///< A_i = a_i a_i^T
  debiased = 1,  ///< A_i = a_{2i} a_{2i}^T - a_{2i+1} a_{2i+1}^T, i from 0: two vectors per measurement
};

/// Vectors behind so many measurements; SIZE_MAX when that overflows.
[[nodiscard]] constexpr std::size_t vector_count(rank_one_form form, std::size_t measurement_count) noexcept {
  if (form == rank_one_form::plain) return measurement_count;
  return measurement_count > SIZE_MAX / 2 ? SIZE_MAX : 2 * measurement_count;
}

/// Rank-one operator over stored vectors: a_i at vectors + i * padded<T>(n), zero-padded; vector_count(form,
/// measurement_count) of them. vectors: 64-byte aligned, not owned, read only, not checked for NaN.
/// Measurements y_i = ||U^T a_i||^2, or the difference of two. Cost of a gradient: 4 n r flops for each
/// vector, which is read once from memory; no n x n matrix.
template <class T>
struct rank_one_sensing {
  std::size_t n = 0;
  std::size_t measurement_count = 0;
  const T* vectors = nullptr;
  rank_one_form form = rank_one_form::plain;
};

/// Exact scratch bytes; see sensing.hpp.
template <class T>
[[nodiscard]] constexpr std::size_t scratch_bytes(const rank_one_sensing<T>& a, std::size_t rank,
                                                  execution_plan plan) noexcept {
  return rank_one_scratch_bytes<T>(a.n, rank, plan, false);
}
template <class T>
[[nodiscard]] constexpr std::size_t batch_scratch_bytes(const rank_one_sensing<T>&, std::size_t problems,
                                                        execution_plan) noexcept {
  return rank_one_batch_bytes<T>(problems);
}

/// See sensing.hpp. Errors: dimension, measurement_count, size_overflow, operator_data (null, misaligned, or
/// a form that is none). Cost: O(1).
template <class T>
[[nodiscard]] TINYRANK_API status make_operator(const rank_one_sensing<T>& a,
                                                sensing_operator<T>& out) noexcept;
template <class T>
TINYRANK_API void make_batch_operator(const rank_one_sensing<T>& a, batch_operator<T>& out) noexcept;

/// Elements of the storage of the vectors, or SIZE_MAX when their bytes overflow size_t.
template <class T>
[[nodiscard]] constexpr std::size_t rank_one_vector_elements(std::size_t n, std::size_t measurement_count,
                                                             rank_one_form form) noexcept {
  if (n == 0 || n > largest_dimension) return SIZE_MAX;
  const std::size_t count = vector_count(form, measurement_count);
  return count > SIZE_MAX / sizeof(T) / padded<T>(n) ? SIZE_MAX : count * padded<T>(n);
}

}  // namespace tinyrank
