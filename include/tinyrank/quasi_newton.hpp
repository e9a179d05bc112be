// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstddef>

#include "tinyrank/descent.hpp"

namespace tinyrank {

/// In pairs of a quasi-Newton run.
inline constexpr std::size_t longest_history = 64;

/// L-BFGS on the factor (Nocedal 1980), with or without the preconditioner of scaled_gradient_descent.hpp:
/// one gradient for a trial, and nearly every trial is taken; report.step_reductions counts the others. With
/// P = U^T U + lambda Id, lambda = c sqrt(4 f / gamma), pairs s = U^+ - U and y = G^+ - G, rho = 1 / <s, y>:
///
///     q = G;  newest pair first:  a_i = rho_i <s_i, q>,  q := q - a_i y_i
///     c > 0:  q := q P^-1,  h = min(<s, y> / <y, y P^-1>, 8 mu) of the newest pair, mu if there is none
///     c = 0:  h = <s, y> / <y, y> of the newest pair, mu if there is none
///     q := h q;  oldest first:  q := q + s_i (a_i - rho_i <y_i, q>)
///     U^+ = U - t q,  t = 1, then shorter until  f(U^+) <= f(U) - 1e-4 t <q, G>   (Armijo 1966)
///
/// Where <s, y> <= 0 all pairs are forgotten: while it grows from a small start, the run makes the plain
/// steps of gradient descent, and keeps what is proved of them. Automatic step size mu: 1/(4 lambda_1) for
/// c = 0, 1/(2 gamma) for c > 0. Cost beside one gradient: 4 p n r multiply-adds, and for c > 0 those of two
/// solutions. Memory beside gradient descent's: 2 p factors and r^2 numbers.
template <class T>
struct quasi_newton_options : descent_options<T> {
  /// Twenty iterations that lower the loss by less than a hundredth are a plateau to this method.
  constexpr quasi_newton_options() noexcept {
    this->plateau_window = 20;
    this->plateau_tolerance = T(1e-2);
  }

  /// Of these shared options, as they are.
  constexpr quasi_newton_options(const descent_options<T>& shared, std::uint32_t p, T c) noexcept
      : descent_options<T>(shared), history(p), damping_ratio(c) {}

  std::uint32_t history = 5;  ///< p, 1 to longest_history

  /// c. 0: no preconditioner, for a rank that is an upper bound. A quarter is right for a rank that is known.
  T damping_ratio = 0;

  /// gamma as in descent<T>, used for c > 0. With it, step_size and the start given, nothing is asked of the
  /// measurements but losses and gradients.
  T gamma = automatic;
};

/// A line of memory. `pairs` holds the steps s_i, in a ring, and behind them the changes y_i.
template <class T>
struct quasi_newton_state {
  std::uint16_t history = 0;
  std::uint16_t newest = 0;  ///< place of the newest pair
  std::uint16_t known = 0;   ///< pairs
  T damping_ratio = 0;
  T gamma = 0;
  T length = 1;          ///< t; below 1 after a trial was taken back
  T slope = 0;           ///< <q, G>
  T* numbers = nullptr;  ///< p times rho_i, p times a_i
  T* gram = nullptr;     ///< r x r
  T* pairs = nullptr;    ///< 2 p factors
};

template <class T>
TINYRANK_LOCAL constexpr void* place_quasi_newton(arena& memory, std::size_t n, std::size_t,
                                                  const descent_options<T>& options) noexcept {
  const auto& own = static_cast<const quasi_newton_options<T>&>(options);
  // check refuses more.
  const std::size_t p = own.history < longest_history ? own.history : longest_history, r = options.rank;
  auto* state = memory.take<quasi_newton_state<T>>(1);
  T* numbers = memory.take<T>(2, p);
  T* gram = memory.take<T>(own.damping_ratio > 0 ? r : 0, r);
  T* pairs = memory.take<T>(padded<T>(n), r > SIZE_MAX / (2 * longest_history) ? SIZE_MAX : 2 * p * r);
  if (state != nullptr) {
    *state = {
        static_cast<std::uint16_t>(p), 0, 0, own.damping_ratio, own.gamma, T(1), T(0), numbers, gram, pairs};
  }
  return state;
}

template <class T>
TINYRANK_LOCAL constexpr bool quasi_newton_needs_gamma(const descent_options<T>& options) noexcept {
  const auto& own = static_cast<const quasi_newton_options<T>&>(options);
  return own.damping_ratio > 0 && own.gamma == automatic;
}

template <class T>
TINYRANK_API void propose_quasi_newton(descent<T>& run, factor_view<T> next) noexcept;
template <class T>
TINYRANK_API outcome judge_quasi_newton(descent<T>& run, factor_view<T> next, T loss) noexcept;
template <class T>
TINYRANK_API bool restart_quasi_newton(descent<T>& run) noexcept;
template <class T>
TINYRANK_API T quasi_newton_step(const descent_options<T>& options, T leading, T gamma) noexcept;
template <class T>
TINYRANK_API status check_quasi_newton(const descent_options<T>& options) noexcept;

template <class T>
TINYRANK_LOCAL inline constexpr descent_method<T> quasi_newton_method{
    .name = "quasi-Newton",
    .propose = propose_quasi_newton<T>,
    .automatic_step = quasi_newton_step<T>,
    .needs_gamma = quasi_newton_needs_gamma<T>,
    .check = check_quasi_newton<T>,
    .place = place_quasi_newton<T>,
    .restart = restart_quasi_newton<T>,
    .judge = judge_quasi_newton<T>,
    .keeps_factor = true,
    .state_values = offsetof(quasi_newton_state<T>, numbers),
    .state_lines = 1};

template <class T>
constexpr const descent_method<T>& method_of(const quasi_newton_options<T>&) noexcept {
  return quasi_newton_method<T>;
}

}  // namespace tinyrank
