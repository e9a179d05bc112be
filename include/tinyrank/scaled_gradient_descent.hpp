// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstddef>

#include "tinyrank/descent.hpp"

namespace tinyrank {

/// ScaledGD(lambda), for overparameterized factors of any condition number (Xu, Shen, Chi & Ma, arXiv
/// 2302.01186, eq. (5); lambda = 0 is Tong, Ma & Chi's ScaledGD, arXiv 2005.08898):
///     U := U - mu grad f(U) (U^T U + lambda Id)^-1
/// A lambda that is not given falls with the loss, as in PrecGD (Zhang, Fattahi & Zhang, NeurIPS 2021, arXiv
/// 2504.09708):
///     lambda = c sqrt(4 f(U) / gamma) ~ c ||U U^T - X X^T||_F,   gamma as in descent<T>
/// Automatic step size: 1/(2 gamma), the 1/2 of an isotropic operator. Cost beside one gradient:
/// multiply-adds, n r^2 / 2 for U^T U, r^3 / 6 for its Cholesky factor and n r^2 for the solution. Memory
/// beside gradient descent's: r^2 numbers; and m where the start is given and damping or step size is not.
///
/// Iterations for the draws of momentum.hpp, at condition numbers 1, 10 and 100 of X: lambda = 1e-3 takes 73
/// to 79, 84 to 89 and 99 to 101, lambda by the loss 42 or 43, 34 to 38 and 32 to 37; plain descent 91 to
/// 9,799, 3,181 to 10,922, and 14,241 to more than 20,000.
template <class T>
struct scaled_gradient_descent_options : descent_options<T> {
  /// lambda, in the unit of U U^T. It is raised to 4 eps tr(U^T U), four roundings, and from there eightfold
  /// for as long as rounding leaves U^T U + lambda Id without a Cholesky factor.
  T damping = automatic;

  /// c, used when damping is automatic: positive.
  T damping_ratio = T(0.5);
};

template <class T>
struct scaled_gradient_descent_state {
  T damping = 0;
  T damping_ratio = 0;
  T* gram = nullptr;  ///< r x r: U^T U + lambda Id, then its Cholesky factor
};

template <class T>
TINYRANK_LOCAL constexpr void* place_scaled_gradient_descent(arena& memory, std::size_t, std::size_t,
                                                             const descent_options<T>& options) noexcept {
  const auto& own = static_cast<const scaled_gradient_descent_options<T>&>(options);
  auto* state = memory.take<scaled_gradient_descent_state<T>>(1);
  T* gram = memory.take<T>(options.rank, options.rank);
  if (state != nullptr) *state = {own.damping, own.damping_ratio, gram};
  return state;
}

template <class T>
TINYRANK_LOCAL constexpr bool scaled_gradient_descent_needs_gamma(
    const descent_options<T>& options) noexcept {
  return options.step_size == automatic ||
         static_cast<const scaled_gradient_descent_options<T>&>(options).damping == automatic;
}

template <class T>
TINYRANK_LOCAL constexpr T scaled_gradient_descent_step(const descent_options<T>&, T, T gamma) noexcept {
  return T(0.5) / gamma;
}

template <class T>
TINYRANK_API void propose_scaled_gradient_descent(descent<T>& run, factor_view<T> next) noexcept;
template <class T>
TINYRANK_API status check_scaled_gradient_descent(const descent_options<T>& options) noexcept;

template <class T>
TINYRANK_LOCAL inline constexpr descent_method<T> scaled_gradient_descent_method{
    .name = "scaled gradient descent",
    .propose = propose_scaled_gradient_descent<T>,
    .automatic_step = scaled_gradient_descent_step<T>,
    .needs_gamma = scaled_gradient_descent_needs_gamma<T>,
    .check = check_scaled_gradient_descent<T>,
    .place = place_scaled_gradient_descent<T>,
    .state_values = offsetof(scaled_gradient_descent_state<T>, gram),
    .state_lines = 1};

template <class T>
constexpr const descent_method<T>& method_of(const scaled_gradient_descent_options<T>&) noexcept {
  return scaled_gradient_descent_method<T>;
}

}  // namespace tinyrank
