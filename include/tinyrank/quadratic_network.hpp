// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstddef>

#include "tinyrank/descent.hpp"

namespace tinyrank {

/// A one-hidden-layer network with quadratic activations, y = ||U*^T x||^2, learnt from standard normal x_i:
/// rank-one measurements A_i = x_i x_i^T (rank_one.hpp, plain). They have heavy tails and see the trace,
///     E (1/m) sum_i (||U^T x_i||^2 - y_i) x_i x_i^T = 2 (U U^T - U* U*^T) + (||U||_F^2 - ||U*||_F^2) Id,
/// and so Li, Ma & Zhang (COLT 2018, PMLR 75, appendix A, algorithm 1) change gradient descent in two places:
///     G = (1/m) sum_i (||U^T x_i||^2 - y_i) 1{||U^T x_i||^2 <= R} x_i x_i^T U       truncation
///     U := (U - eta G) / (1 - eta (||U||_F^2 - tau)),   tau = ||U*||_F^2           rescaling
/// Dividing takes the multiple of the identity out and leaves a step of eta / (1 - eta (...)). It needs G
/// without the factor 4 of the gradient of their mean squared loss; the proof of their theorem 1.2 has it so.
/// R is "logarithmic in dimension" (lemma A.1: log(1/delta), for ||U*|| = 1).
///
/// They take tau as known, and expect the algorithm to be robust to mean(y) in its place. It is not: with tau
/// + e, U* is no longer a fixed point, for in expectation 2 (U U^T - U* U*^T) U = -e U there. U U^T is then
/// |e| / 2 off in every direction of U* and, for e < 0, ends up |e| / 2 too large in all n; mean(y) has an e
/// of standard deviation sqrt(2 / m) ||U* U*^T||_F. Where tau is not known, the mean of the residuals of G
/// therefore stands for ||U||_F^2 - tau: the same expectation, and zero at U*. Relative test errors of five
/// draws, n = 20, r = 1, m = 40 n, 600 steps from 1e-3 Id: 1e-3 to 2e-3 without rescaling, 8e-3 to 4e-2 with
/// mean(y), 4e-5 to 9e-5 with tau, 4e-5 to 6e-5 with the mean of the residuals.
///
/// What is left after the division is no gradient, and stable only near low rank and with enough
/// measurements. The start must be small: their theorem asks for alpha <= c / n, and n = 20 diverges from 0.1
/// Id. From m = 6 n r* on rescaling lowers the error, 1.8 to 24 times in the runs of `make paper` (n = 50 and
/// 100, r* = 1, 3, 5); with fewer it raises it, up to 12 times with tau and without bound with the residuals,
/// where plain descent is stable.
///
/// A run of this method has eta for its step size; automatic, it is 1/(4 lambda_1) of A^*(y), which is lower
/// than elsewhere by the trace: lambda_1 = 2 ||X||^2 + ||X||_F^2. Its loss is f(U), of all measurements; its
/// gradient is m G. A divisor that is not positive, for ||U||_F^2 above tau + 1/eta, makes the loss infinite:
/// an automatic step is then halved; with a given one, and at the start, the run has diverged.
template <class T>
struct quadratic_network_options : descent_options<T> {
  T truncation_radius = 0;  ///< R, in proportion to tau log n; 0: no truncation
  bool rescale = true;
  T truth_energy = 0;  ///< tau = ||U*||_F^2; 0: not known, the mean of the residuals is used
};

/// What the method keeps, and what it says of the current factor: see network_state.
template <class T>
struct quadratic_network_state {
  T truncation_radius = 0;
  bool rescale = true;
  T truth_energy = 0;
  std::size_t truncated = 0;  ///< measurements left out
  T divisor = 1;              ///< 1 - eta (||U||_F^2 - tau) or what stands for it, 1 without rescaling
  T* residual = nullptr;      ///< m values
};

/// Of a run by this method.
template <class T>
const quadratic_network_state<T>& network_state(const descent<T>& run) noexcept {
  return *static_cast<const quadratic_network_state<T>*>(run.state);
}

template <class T>
TINYRANK_LOCAL constexpr void* place_quadratic_network(arena& memory, std::size_t,
                                                       std::size_t measurement_count,
                                                       const descent_options<T>& options) noexcept {
  const auto& own = static_cast<const quadratic_network_options<T>&>(options);
  auto* state = memory.take<quadratic_network_state<T>>(1);
  T* residual = memory.take<T>(measurement_count);
  if (state != nullptr) *state = {own.truncation_radius, own.rescale, own.truth_energy, 0, T(1), residual};
  return state;
}

template <class T>
TINYRANK_API T evaluate_quadratic_network(descent<T>& run, factor_view<const T> at) noexcept;
template <class T>
TINYRANK_API void propose_quadratic_network(descent<T>& run, factor_view<T> next) noexcept;
template <class T>
TINYRANK_API status check_quadratic_network(const descent_options<T>& options) noexcept;

/// Errors of its own options: tolerance (R or tau negative or not finite). Cost of a step: one measure and
/// one adjoint. Bits: the same everywhere.
template <class T>
TINYRANK_LOCAL inline constexpr descent_method<T> quadratic_network_method{
    .name = "quadratic network",
    .propose = propose_quadratic_network<T>,
    .check = check_quadratic_network<T>,
    .place = place_quadratic_network<T>,
    .evaluate = evaluate_quadratic_network<T>,
    .state_values = offsetof(quadratic_network_state<T>, residual),
    .state_lines = 1};

template <class T>
constexpr const descent_method<T>& method_of(const quadratic_network_options<T>&) noexcept {
  return quadratic_network_method<T>;
}

}  // namespace tinyrank
