// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstddef>
#include <cstdint>

#include "tinyrank/detail/spectral_memory.hpp"
#include "tinyrank/export.hpp"
#include "tinyrank/sensing.hpp"

namespace tinyrank {

template <class T>
struct spectral_options {
  std::size_t count = 1;         ///< eigenpairs wanted, at most n
  std::size_t oversampling = 4;  ///< further columns of the block; they make the last wanted pair converge
  std::uint64_t seed = 1;        ///< of the random start
  std::uint32_t step_limit = 200;

  /// Stop when ||A^*(y)/m v_c - lambda_c v_c|| <= tolerance |lambda_1| for every wanted pair.
  T tolerance = T(1e-3);

  execution_plan plan = {};
  instruction_set isa = instruction_set::automatic;
};

/// Columns of the block: count + oversampling, at most n.
template <class T>
[[nodiscard]] constexpr std::size_t block_columns(std::size_t n,
                                                  const spectral_options<T>& options) noexcept {
  if (options.count >= n) return n;
  return options.oversampling >= n - options.count ? n : options.count + options.oversampling;
}

/// The exact bytes that leading_eigenvectors needs; SIZE_MAX when they overflow size_t. Usable in a constant
/// expression.
template <class Sensing, class T>
[[nodiscard]] constexpr std::size_t spectral_bytes(const Sensing& a,
                                                   const spectral_options<T>& options) noexcept {
  if (a.n == 0 || a.n > largest_dimension || options.plan.shards == 0 || options.plan.threads == 0) {
    return SIZE_MAX;
  }
  return measured_bytes([&](arena& memory) {
    layout_spectral<T>(memory, a.n, scratch_bytes(a, block_columns(a.n, options), options.plan), options);
  });
}

template <class T>
struct spectral_result {
  factor_view<const T> vectors;  ///< n x count, orthonormal columns v_c, in the arena
  const double* values =
      nullptr;              ///< count eigenvalues lambda_c with their signs, by magnitude, largest first
  std::uint32_t steps = 0;  ///< applications of A^*(y) to the block
  double residual = 0;      ///< max_c ||A^*(y)/m v_c - lambda_c v_c|| / |lambda_1|
  bool converged = false;   ///< residual <= tolerance
};

/// The leading eigenpairs of A^*(y) = (1/m) sum_i y_i A_i, which is near X X^T when the A_i are isotropic
/// (arXiv 2106.15013, section 2.2: the matrix that spectral methods, and the first phase of gradient descent,
/// work with), by block power iteration with Rayleigh-Ritz. count = 1 and oversampling = 0 is the power
/// method. Vectors beyond the rank of A^*(y) may be zero.
///
/// y: m raw measurements, aligned as T is. buffer: 64-byte aligned, spectral_bytes(...) bytes or more.
/// Errors: dimension, measurement_count, operator_data, rank (count 0 or above n), tolerance, measurements
/// (null, not finite), threads, shards, size_overflow, instruction_set, and the arena's; then nothing was
/// written. Cost: steps adjoints on a block, O(n b^2) each besides. Bits: the same everywhere.
template <class T>
[[nodiscard]] TINYRANK_API status leading_eigenvectors_operator(spectral_result<T>& result,
                                                                const sensing_operator<T>& a, const T* y,
                                                                const spectral_options<T>& options,
                                                                std::byte* buffer,
                                                                std::size_t bytes) noexcept;

/// The same from an operator's descriptor.
template <class Sensing, class T>
[[nodiscard]] status leading_eigenvectors(spectral_result<T>& result, const Sensing& a, const T* y,
                                          const spectral_options<T>& options, std::byte* buffer,
                                          std::size_t bytes) noexcept {
  sensing_operator<T> table;
  if (const status made = make_operator(a, table); made != status::ok) return made;
  return leading_eigenvectors_operator(result, table, y, options, buffer, bytes);
}

/// The spectral initialisation, as initial_factor of gradient_descent_options wants it:
///     U_0 = scale [v_1 sqrt(lambda_1+), .., v_k sqrt(lambda_k+), 0, ..],  lambda+ = max(lambda, 0)
/// With scale 1, U_0 U_0^T is the nearest positive semidefinite matrix of rank k to A^*(y) among those that
/// the found pairs span. Columns beyond k = min(count, rank) are zero, and gradient descent leaves them so.
/// initial_factor: n x rank row-major. Cost: O(n rank).
template <class T>
TINYRANK_API void spectral_initialization(const spectral_result<T>& spectral, std::size_t rank, T scale,
                                          T* initial_factor) noexcept;

/// One step of the power method on Id + mu A^*(y)/m: U := U + mu (1/m) (sum_i y_i A_i) U. It is gradient
/// descent linearised at U = 0, the power iterates U~_t of arXiv 2106.15013, section 4 (figure 2b). how: see
/// make_workspace. image: n x rank, overwritten. Cost: one adjoint.
template <class T>
TINYRANK_API void power_step(const sensing_operator<T>& a, const workspace<T>& how, const T* y, T step_size,
                             factor_view<T> factor, factor_view<T> image) noexcept;

}  // namespace tinyrank
