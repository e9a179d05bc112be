// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include "tinyrank/descent.hpp"

namespace tinyrank {

/// What check_run finds out.
template <class T>
struct checked_run {
  std::size_t arena_bytes = 0;
  T squares = 0;     ///< sum_i y_i^2
  workspace<T> how;  ///< its scratch is not placed yet
};

/// Every refusal of init_operator but those of the power iteration; of the buffer nothing is read or written.
template <class T>
status check_run(const sensing_operator<T>& a, const T* y, const descent_options<T>& options,
                 const descent_method<T>& method, std::byte* buffer, std::size_t bytes,
                 checked_run<T>& found) noexcept;

/// The parts of a step, for a batch, which evaluates several factors at once.

/// The method's next factor, in the memory that the run has for it.
template <class T>
factor_view<T> propose(descent<T>& run) noexcept;

/// The loss at `at`, and the gradient there to the run's memory.
template <class T>
T evaluate(descent<T>& run, const factor_view<const T>& at) noexcept;

/// Takes `next` with its loss, or goes back to the current factor with half the step.
template <class T>
outcome decide(descent<T>& run, factor_view<T> next, T loss) noexcept;

}  // namespace tinyrank
