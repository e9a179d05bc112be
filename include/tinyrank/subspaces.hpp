// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstddef>

#include "tinyrank/arena.hpp"
#include "tinyrank/detail/subspace_memory.hpp"
#include "tinyrank/export.hpp"
#include "tinyrank/spectral.hpp"
#include "tinyrank/status.hpp"
#include "tinyrank/views.hpp"

namespace tinyrank {

/// What arXiv 2106.15013, section 4, plots against the iteration, for a factor U and a truth X of rank r*.
struct subspace_observation {
  double largest_sigma = 0;  ///< ||U||
  double signal_sigma = 0;   ///< sigma_{r*}(U)
  double next_sigma = 0;     ///< sigma_{r*+1}(U); 0 when min(n, r) = r*
  double truth_sigma = 0;    ///< sigma_{r*}(X)

  /// ||V_perp^T V_L||, V_L the r* leading left singular vectors of U and V_perp orthogonal to the span of X:
  /// the sine of the largest principal angle between the two. 1 when U has a rank below r*. Figures 2 and 3
  /// plot it with the leading eigenvectors of A^*(y) (spectral.hpp) in the place of X.
  double angle_sine = 1;
};

/// The exact bytes of observe_subspaces; SIZE_MAX when they overflow size_t, or for a size of zero.
[[nodiscard]] constexpr std::size_t subspace_bytes(std::size_t n, std::size_t rank,
                                                   std::size_t truth_rank) noexcept {
  if (n == 0 || n > largest_dimension || rank == 0 || truth_rank == 0) return SIZE_MAX;
  return measured_bytes([&](arena& memory) { layout_subspaces(memory, n, rank, truth_rank); });
}

/// Singular values of U and the angle of its leading subspace to the truth's, in double. Any rank >= r*, also
/// above n. factor: n x r, finite; truth: n x r*, of full rank. buffer: 64-byte aligned, subspace_bytes(n, r,
/// r*) bytes or more. Errors: rank (r or n below r*, r* = 0), dimension (the two n differ), size_overflow,
/// and the arena's. Cost: that of singular_values, O(n r min(n, r)) a sweep. Bits: the same everywhere.
template <class T>
[[nodiscard]] TINYRANK_API status observe_subspaces(subspace_observation& out, factor_view<const T> factor,
                                                    factor_view<const T> truth, std::byte* buffer,
                                                    std::size_t bytes) noexcept;

/// The signal and the noise of a factor (arXiv 2106.15013, section 5): with V_X an orthonormal basis of X's
/// columns and W (r x r*) one of the row space of V_X^T U,
///     U = U W W^T (signal, rank r*) + U W_perp W_perp^T (noise),     V_X^T U W_perp = 0.
struct signal_and_noise {
  double signal_norm = 0;        ///< ||U W||
  double signal_sigma = 0;       ///< sigma_{r*}(U W): what grows in the saddle phase
  double noise_norm = 0;         ///< ||U W_perp||, relative error 1e-3: what stays small; 0 when r = r*
  double signal_angle_sine = 1;  ///< ||V_{X,perp}^T V_{UW}||: the angle between the signal's columns and X's
};

/// The exact bytes of split_signal_and_noise; SIZE_MAX as above.
[[nodiscard]] constexpr std::size_t signal_bytes(std::size_t n, std::size_t rank,
                                                 std::size_t truth_rank) noexcept {
  if (n == 0 || n > largest_dimension || rank == 0 || rank > largest_dimension || truth_rank == 0) {
    return SIZE_MAX;
  }
  return measured_bytes([&](arena& memory) { layout_signal(memory, n, rank, truth_rank); });
}

/// Splits U as above. Arguments and errors as of observe_subspaces, with signal_bytes. Cost: O(n r r*), and
/// up to 300 block steps of O(n r).
template <class T>
[[nodiscard]] TINYRANK_API status split_signal_and_noise(signal_and_noise& out, factor_view<const T> factor,
                                                         factor_view<const T> truth, std::byte* buffer,
                                                         std::size_t bytes) noexcept;

/// U W_perp W_perp^T of the last split_signal_and_noise call, in its buffer: n x r, until that is reused.
[[nodiscard]] TINYRANK_API factor_view<const double> noise_of(std::size_t n, std::size_t rank,
                                                              std::size_t truth_rank,
                                                              std::byte* buffer) noexcept;

}  // namespace tinyrank
