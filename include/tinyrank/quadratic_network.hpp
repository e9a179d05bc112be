// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstddef>

#include "tinyrank/sensing.hpp"

namespace tinyrank {

/// A one-hidden-layer network with quadratic activations, y = ||U*^T x||^2, learnt from standard normal x_i:
/// rank-one measurements A_i = x_i x_i^T (rank_one.hpp, plain). They have heavy tails and see the trace,
///     E (1/m) sum_i (||U^T x_i||^2 - y_i) x_i x_i^T = 2 (U U^T - U* U*^T) + (||U||_F^2 - ||U*||_F^2) Id,
/// and so Li, Ma & Zhang (arXiv 1712.09203, section 4, algorithm 2) change gradient descent in two places:
///     G = (1/m) sum_i (||U^T x_i||^2 - y_i) 1{||U^T x_i||^2 <= R} x_i x_i^T U       truncation
///     U := (U - eta G) / (1 - eta (||U||_F^2 - tau)),   tau = mean(y)              rescaling
/// Dividing takes the multiple of the identity out again, to first order in eta.
template <class T>
struct quadratic_network_options {
  T step_size = 0;          ///< eta > 0
  T truncation_radius = 0;  ///< R, in proportion to tau log n; 0: no truncation
  bool rescale = true;
};

template <class T>
struct quadratic_network_report {
  T loss = 0;                 ///< f(U) = 1/(4m) sum_i e_i^2 at the factor before the step, truncated or not
  std::size_t truncated = 0;  ///< measurements left out
  T divisor = 1;              ///< 1 - eta (||U||_F^2 - tau), 1 without rescaling
};

/// Elements of work that quadratic_network_step needs: the residuals and the gradient.
template <class T>
[[nodiscard]] constexpr std::size_t quadratic_network_work(std::size_t n, std::size_t measurement_count,
                                                           std::size_t rank) noexcept {
  return padded<T>(measurement_count) + factor_count<T>(n, rank);
}

/// One such step. a: any operator, of plain rank-one measurements as above. how: see make_execution. work:
/// quadratic_network_work(...) elements, 64-byte aligned. Errors: step_size (not positive and finite),
/// tolerance (radius negative or not finite), operator_data (a verb is missing), initial_scale (the divisor
/// is not positive: ||U||_F^2 is above tau + 1/eta, so the step is too long or U too large); then the factor
/// is as it was. Cost: one measure and one adjoint. Bits: the same everywhere.
template <class T>
[[nodiscard]] status quadratic_network_step(quadratic_network_report<T>& report, const sensing_operator<T>& a,
                                            const execution<T>& how, const T* y,
                                            const quadratic_network_options<T>& options,
                                            factor_view<T> factor, T* work) noexcept;

}  // namespace tinyrank
