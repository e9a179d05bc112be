// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstddef>
#include <cstdint>

#include "tinyrank/export.hpp"
#include "tinyrank/gradient_descent.hpp"
#include "tinyrank/subspaces.hpp"

namespace tinyrank {

/// The three phases of a run from a small start (arXiv 2106.15013, section 2.2 and figure 2).
enum class run_phase : std::uint8_t {
  spectral,          ///< the columns of U turn towards those of X, as in the power method
  saddle_avoidance,  ///< U is aligned, and sigma_{r*}(U) grows away from the saddle at 0
  refinement,        ///< U U^T converges
};

/// Static, null-terminated English text; never null.
[[nodiscard]] TINYRANK_API const char* to_string(run_phase value) noexcept;

inline constexpr std::uint32_t not_yet = UINT32_MAX;

/// Says when a run leaves the spectral phase and when it enters refinement. A plain value; feed it every
/// iteration, or every few, in ascending order, always by the same one of its two functions. Scales of X and
/// U do not matter.
struct phase_detector {
  run_phase phase = run_phase::spectral;
  std::uint32_t left_spectral = not_yet;       ///< first iteration seen outside the spectral phase
  std::uint32_t entered_refinement = not_yet;  ///< first iteration of the refinement that lasts until now

  // What follows is observe()'s own.
  double largest_gradient = 0;
  double smallest_gradient = 0;
  double rate = 0;
  std::uint32_t last = not_yet;
};

/// With ground truth: the spectral phase ends when the largest principal angle falls below 30 degrees
/// (sampling noise keeps it above zero for good), refinement starts when sigma_{r*}(U)^2 > sigma_{r*}(X)^2
/// / 2.
TINYRANK_API void observe_with_truth(phase_detector& detector, std::uint32_t iteration,
                                     const subspace_observation& seen) noexcept;

/// From observables alone: ||U||_F and ||grad f(U)||_F of the same iterate.
///
/// While U is small, ||grad f|| / ||U|| is that of the power method, ||A^*(y) U|| / ||U||, and climbs towards
/// lambda_1 as the columns turn; it stops climbing when they have turned. Then U and its gradient grow
/// together, until the gradient, sigma (lambda - sigma^2) along each direction, passes its largest value at
/// sigma^2 = lambda/3 and falls. So
///     spectral phase ends   once the climb of ||grad f|| / ||U|| in one iteration is below 2% of its value
///     refinement starts     once ||grad f|| is below 0.7 of the largest seen: sigma^2 of 0.74 lambda
///     and is called off     when ||grad f|| then climbs to 1.5 times the smallest seen since: another,
///     weaker
///                           direction of X leaves the saddle
/// Rounding noise at the end of a run may look like the last; stop feeding it when the run has ended.
TINYRANK_API void observe(phase_detector& detector, std::uint32_t iteration, double factor_norm,
                          double gradient_norm) noexcept;

/// The same from a run. Cost: O(n r).
template <class T>
TINYRANK_API void observe(phase_detector& detector, const descent<T>& run) noexcept;

}  // namespace tinyrank
