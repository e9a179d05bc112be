// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include <concepts>

#include "tinyrank/descent.hpp"

namespace tinyrank {

/// Gradient descent U := U - mu grad f(U) (arXiv 2106.15013, eq. (3)). Automatic step size: 1/(4 lambda_1),
/// lambda_1 the largest eigenvalue of A^*(y) = (1/m) sum_i y_i A_i by power iteration (1/4 in the setting of
/// section 4 there, where ||X|| = 1). It has no options but those of every method.
template <class T>
using gradient_descent_options = descent_options<T>;

template <class T>
TINYRANK_API void propose_gradient_descent(descent<T>& run, factor_view<T> next) noexcept;

template <class T>
TINYRANK_LOCAL inline constexpr descent_method<T> gradient_descent_method{"gradient descent",
                                                                          propose_gradient_descent<T>};

/// For this very type: options of another method are derived from it.
template <class Options>
requires std::same_as<Options, gradient_descent_options<typename Options::scalar>>
constexpr const descent_method<typename Options::scalar>& method_of(const Options&) noexcept {
  return gradient_descent_method<typename Options::scalar>;
}

}  // namespace tinyrank
