// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include "tinyrank/gradient_descent.hpp"

namespace tinyrank {

/// The two halves of a step, between which the loss and the gradient are evaluated at `next`, into
/// run.memory.gradient.

/// U - mu grad f(U), in the memory that the run has for it.
template <class T>
factor_view<T> propose(gradient_descent<T>& run) noexcept;

/// Takes `next` with its loss, or goes back to the current factor with half the step.
template <class T>
outcome decide(gradient_descent<T>& run, factor_view<T> next, T loss) noexcept;

}  // namespace tinyrank
