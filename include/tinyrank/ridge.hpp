// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstddef>
#include <cstdint>

#include "tinyrank/export.hpp"
#include "tinyrank/sensing.hpp"

namespace tinyrank {

/// An operator whose loss has a penalty, for measurements so noisy that no rank is clearly the right one:
///
///     f(U) = 1/(4m) sum_i e_i^2 + lambda tr(U U^T)                     gradient: that of A + 2 lambda U
///     f(U) = 1/(4m) sum_i e_i^2 + lambda (||L||_F^2 + ||R||_F^2)/2     U = [L; R]: that of A + lambda U
///
/// tr(U U^T) = ||U||_F^2 is the nuclear norm of Z, of a complex Z = W W^H tr Z too; the second penalty is at
/// least lambda ||L R^T||_*, and equal to it where L and R share the singular values (Srebro, Rennie &
/// Jaakkola, NeurIPS 2004). So with enough columns a minimum is that of the convex problem: singular values
/// are lowered and small ones vanish. Where all entries of M are measured once, the minimum is Y with its
/// singular values lowered by 2 m lambda.
///
/// For the methods of descent: the loss that a run reports, compares with its tolerance and lowers is the
/// penalised one. It does not end near 0, so that a run ends on a plateau, or by its owner. A step that the
/// measurements choose (quasi-Newton's automatic one) suits every lambda up to largest_ridge. measure and
/// adjoint_times are those of A, and say nothing of the penalty: the staircase, which appends columns by
/// adjoint_times alone, is not for this operator.
template <class T>
struct ridge_sensing {
  sensing_operator<T> penalised;  ///< A: its table, whose descriptor must outlive the run
  T lambda = 0;
  std::size_t n = penalised.n;  ///< not to be set otherwise
  std::size_t measurement_count = penalised.measurement_count;
};

/// Exact scratch bytes; see sensing.hpp.
template <class T>
[[nodiscard]] constexpr std::size_t scratch_bytes(const ridge_sensing<T>& a, std::size_t rank,
                                                  execution_plan plan) noexcept {
  return scratch_bytes(a.penalised, rank, plan);
}

/// See sensing.hpp. Errors: damping (lambda is negative or not finite), operator_data (a verb of A is
/// missing: its table is none of make_operator), dimension and measurement_count (other ones than A's).
/// Cost: O(1).
template <class T>
[[nodiscard]] TINYRANK_API status make_operator(const ridge_sensing<T>& a, sensing_operator<T>& out) noexcept;

/// The lambda from which on U = 0 is the minimum: -lambda_min(G) of the residual matrix G = -1/m sum_i y_i
/// A_i at U = 0, of M = L R^T (||sum_i y_i B_i||/(2m)), and half of that otherwise. 0 where that eigenvalue
/// is not negative. By power iteration of G less its norm, from below, to a thousandth where eigenvalues are
/// apart: at most 300 calls of adjoint_times. v and image: of n x 1, overwritten. how: see make_workspace.
template <class T>
[[nodiscard]] TINYRANK_API T largest_ridge(const sensing_operator<T>& a, const workspace<T>& how, const T* y,
                                           std::uint64_t seed, factor_view<T> v,
                                           factor_view<T> image) noexcept;

}  // namespace tinyrank
