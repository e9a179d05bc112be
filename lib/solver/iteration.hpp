// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include "tinyrank/descent.hpp"

namespace tinyrank {

/// The parts of a step, for a batch, which evaluates several factors at once.

/// The method's next factor, in the memory that the run has for it.
template <class T>
factor_view<T> propose(descent<T>& run) noexcept;

/// The loss at `at`, and the gradient there to the run's memory.
template <class T>
T evaluate(descent<T>& run, const factor_view<const T>& at) noexcept;

/// Takes `next` with its loss, or goes back to the current factor with half the step.
template <class T>
outcome decide(descent<T>& run, const factor_view<T>& next, T loss) noexcept;

}  // namespace tinyrank
