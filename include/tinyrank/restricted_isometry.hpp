// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstddef>
#include <cstdint>

#include "tinyrank/detail/isometry_memory.hpp"
#include "tinyrank/export.hpp"
#include "tinyrank/spectral.hpp"

namespace tinyrank {

/// Restricted isometry (arXiv 2106.15013, definition 3.1): delta_r is the least delta with
///     (1 - delta) ||Z||_F^2 <= ||A(Z)||^2 <= (1 + delta) ||Z||_F^2,   A(Z)_i = <A_i, Z> / sqrt(m),
/// for all symmetric Z of rank at most r. It is NP-hard to compute; every Z gives a lower bound.
template <class T>
struct isometry_options {
  std::size_t rank = 1;       ///< r, at most n
  std::uint32_t samples = 8;  ///< random Z, the worst of which are improved
  std::uint32_t ascents = 6;  ///< steps of ascent from the worst, towards each side
  std::uint64_t seed = 1;
  execution_plan plan = {};
  instruction_set isa = instruction_set::automatic;
};

struct isometry_bound {
  double delta = 0;            ///< the lower bound: max(largest - 1, 1 - smallest)
  double largest = 0;          ///< the largest ||A(Z)||^2 / ||Z||_F^2 found
  double smallest = 0;         ///< the smallest
  double sampled_largest = 0;  ///< the same among the random Z alone
  double sampled_smallest = 0;
};

/// The exact bytes of restricted_isometry_bound; SIZE_MAX when they overflow size_t.
template <class Sensing, class T>
[[nodiscard]] constexpr std::size_t isometry_bytes(const Sensing& a,
                                                   const isometry_options<T>& options) noexcept {
  if (a.n == 0 || a.n > largest_dimension || options.plan.shards == 0 || options.plan.threads == 0) {
    return SIZE_MAX;
  }
  return measured_bytes([&](arena& memory) {
    layout_isometry<T>(memory, a.n, a.measurement_count,
                       scratch_bytes(a, isometry_block(a.n, options.rank), options.plan), options);
  });
}

/// A lower bound of delta_r: random symmetric Z of rank r and Frobenius norm 1, then, from the worst on
/// either side, Z := P_r(A^*A(Z)) (upwards) and Z := P_r(2 largest Z - A^*A(Z)) (downwards), P_r the best
/// approximation of rank r, scaled to norm 1; steps that do not help are dropped. As A is scaled: with c A,
/// c^2 times as large values; bring an operator that is isotropic up to a factor (debiased rank-one: 4) to 1
/// first.
///
/// buffer: 64-byte aligned, isometry_bytes(...) bytes or more. Errors: dimension, measurement_count,
/// operator_data, rank (0 or above n), threads, shards, size_overflow, instruction_set, and the arena's; then
/// nothing was written. Cost: 2 (samples + 2 ascents) measure and up to 30 adjoints a step of ascent. Bits:
/// the same everywhere.
template <class T>
[[nodiscard]] TINYRANK_API status restricted_isometry_bound(isometry_bound& out, const sensing_operator<T>& a,
                                                            const isometry_options<T>& options,
                                                            std::byte* buffer, std::size_t bytes) noexcept;

/// The exact bytes of isometry_deviation for a factor of this rank.
template <class Sensing, class T>
[[nodiscard]] constexpr std::size_t deviation_bytes(const Sensing& a, std::size_t rank,
                                                    const spectral_options<T>& options) noexcept {
  if (a.n == 0 || a.n > largest_dimension || options.plan.shards == 0 || options.plan.threads == 0) {
    return SIZE_MAX;
  }
  const std::size_t b = block_columns(a.n, options);
  return measured_bytes([&](arena& memory) {
    layout_deviation<T>(memory, a.n, a.measurement_count, scratch_bytes(a, b > rank ? b : rank, options.plan),
                        options);
  });
}

/// || (A^*A - Id)(U U^T) ||, the spectral norm, to about options.tolerance: what the proofs of arXiv
/// 2106.15013 need small, and bound by delta sqrt(r*) ||U U^T||. options.count is to be 1. buffer: 64-byte
/// aligned, deviation_bytes(a, U.rank, options) bytes or more. Errors: dimension (also when U has another n),
/// measurement_count, operator_data, rank (of U, or a count other than 1), tolerance, threads, shards,
/// size_overflow, instruction_set, and the arena's; then nothing was written. Cost: one measure, and an
/// adjoint a step.
template <class T>
[[nodiscard]] TINYRANK_API status isometry_deviation(double& out, const sensing_operator<T>& a,
                                                     factor_view<const T> factor,
                                                     const spectral_options<T>& options, std::byte* buffer,
                                                     std::size_t bytes) noexcept;

}  // namespace tinyrank
