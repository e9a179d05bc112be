// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstddef>
#include <cstdint>

#include "tinyrank/detail/complex_rank_one_scratch.hpp"
#include "tinyrank/export.hpp"
#include "tinyrank/factor_shape.hpp"
#include "tinyrank/operators/rank_one.hpp"
#include "tinyrank/sensing.hpp"

namespace tinyrank {

/// Rank-one operator on complex matrices over stored vectors: y_i = ||a_i^H W||^2, or the difference of two
/// (rank_one_form), Z = W W^H of side d = `dimension`, W = P + iQ: phase retrieval (r = 1), energies that a
/// receiver detects. H_i = a_i a_i^H; with a = b + ic and U = [P; Q] (factor_shape.hpp)
///
///   a^H w = (<b, p> + <c, q>) + i (<b, q> - <c, p>)
///
/// so that the real operator, n = 2 d, is u u^T + v v^T with u = (b; c) and v = (-c; b). u_i at vectors +
/// i * padded<T>(2 d): the d real parts, then the d imaginary ones, zero-padded; vector_count(form,
/// measurement_count) of them. v is not stored: <v, (p; q)> = <u, (q; -p)>. vectors: 64-byte aligned, not
/// owned, read only, not checked for NaN. Cost of a gradient: 16 d r flops for each vector, which is read
/// once from memory; no d x d matrix.
///
/// With a of complex standard normal entries (generated_complex_rank_one.hpp), and Hermitian Z,
///
///   plain     E tr(H Z) H = Z + tr(Z) I
///   debiased  E tr(H Z) H = 2 Z
///
/// What rank_one_form says of the trace holds here, too. A phase, W e^(i phi), is not seen by any operator.
template <class T>
struct complex_rank_one_sensing {
  std::size_t dimension = 0;
  std::size_t measurement_count = 0;
  const T* vectors = nullptr;
  rank_one_form form = rank_one_form::plain;
  std::size_t n = 2 * dimension;

  [[nodiscard]] static constexpr factor_shape shape() noexcept { return {factor_kind::complex, 0}; }
};

/// Exact scratch bytes; see sensing.hpp.
template <class T>
[[nodiscard]] constexpr std::size_t scratch_bytes(const complex_rank_one_sensing<T>& a, std::size_t rank,
                                                  execution_plan plan) noexcept {
  return complex_rank_one_scratch_bytes<T>(a.n, rank, plan, false);
}
template <class T>
[[nodiscard]] constexpr std::size_t batch_scratch_bytes(const complex_rank_one_sensing<T>&,
                                                        std::size_t problems, execution_plan) noexcept {
  return complex_rank_one_batch_bytes<T>(problems);
}

/// See sensing.hpp. Errors: dimension (0, too large, or an n that is not twice it), measurement_count,
/// size_overflow, operator_data (null, misaligned, or a form that is none). Cost: O(1). The storage has
/// rank_one_vector_elements<T>(2 d, measurement_count, form) elements.
template <class T>
[[nodiscard]] TINYRANK_API status make_operator(const complex_rank_one_sensing<T>& a,
                                                sensing_operator<T>& out) noexcept;
template <class T>
TINYRANK_API void make_batch_operator(const complex_rank_one_sensing<T>& a, batch_operator<T>& out) noexcept;

}  // namespace tinyrank
