// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstdint>

#include "tinyrank/export.hpp"
#include "tinyrank/staircase.hpp"

namespace tinyrank {

/// Asks the measurements of an answer that another solver has found what a staircase asks them of its own:
/// whether they determine it, and whether a direction is missing that they show.
///
///     staircase<float> run;
///     if (init(run, a, y, options, buffer, sizeof buffer) != status::ok) ...  // rank_limit: columns of U
///     if (begin_examination(run, u, loss, share) != status::ok) ...
///     run_to_end(run);                      // verdict, unknowns, condition
///     const missing_directions<float> missing = find_missing(run, u);
///
/// In place of a staircase's first pass; what follows are its last phases: the spectrum of the residual
/// matrix (one pass of an operator that forms it, else two), A(Q Q^T), and conjugate gradients on the
/// linearised map, a pass each, until a random direction is seen to its last part. They take about the root
/// of the iterations that a gradient descent took to get there, and pass_limit bounds them: then the outcome
/// is iteration_limit, and there is no verdict.
///
/// u: n x r, r at most rank_limit. loss: f(u). share: columns of the smallest eigenvalues of U^T U are left
/// out while the squares of these come to at most this share of all, as what a loss of so much of f(0) may
/// hide. Errors: dimension, rank. Cost: O(n r^2), no pass.
template <class T>
[[nodiscard]] TINYRANK_API status begin_examination(staircase<T>& run, factor_view<const T> u, T loss,
                                                    T share) noexcept;

template <class T>
struct missing_directions {
  std::uint32_t count = 0;  ///< 0: none
  T smallest_eigenvalue = 0;
  /// Of the weakest: what U U^T has along it, as a share of what the measurements ask for.
  T share = 0;
  T explained = 0;           ///< by them, of the loss
  std::uint32_t passes = 0;  ///< that it took to find them, or none
};

/// ||d||^2 of what the conjugate gradients have left of a random direction of unit length, times the
/// unknowns: about how many directions the measurements may not see, as far as the run has come. For an owner
/// who steps and has no passes for the last certainty.
template <class T>
[[nodiscard]] TINYRANK_API T unseen_directions(const staircase<T>& run) noexcept;

/// Directions of the residual matrix that U has less than half of, and that take off at least half of the
/// loss, and more than as many directions of noise would. run: examined to the end, or to its pass limit
/// behind the spectrum; it overwrites what a further step would need. One pass, and another where such a
/// direction is in question.
template <class T>
[[nodiscard]] TINYRANK_API missing_directions<T> find_missing(staircase<T>& run,
                                                              factor_view<const T> u) noexcept;

}  // namespace tinyrank
