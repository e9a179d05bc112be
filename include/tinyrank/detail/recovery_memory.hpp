// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstddef>
#include <cstdint>

#include "tinyrank/staircase.hpp"

namespace tinyrank {

/// Whether columns beyond the rank are explored.
enum class exploration : std::int32_t {
  when_needed = 0,  ///< where the staircase leaves a doubt
  never = 1,
  at_once = 2,  ///< instead of the staircase
};

/// What a residual adds to the loss.
enum class robust_loss : std::int32_t {
  squared = 0,
  huber = 1,  ///< as much of it as lies beyond a threshold linearly (Huber 1964)
};

/// diag(s) A: the operator whose i-th matrix is s_i A_i, for measurements s_i y_i; s null is A itself. A loss
/// with weights w_i = s_i^2 is that of this operator.
template <class T>
struct row_scaling {
  std::size_t n = 0;
  std::size_t measurement_count = 0;
  sensing_operator<T> inner;
  const T* scale = nullptr;
  std::uint32_t* passes = nullptr;  ///< counts the verbs of `inner`
};

/// Scratch for m numbers lies behind what A itself asks for.
template <class T>
[[nodiscard]] constexpr std::size_t row_scaling_bytes(std::size_t inner,
                                                      std::size_t measurement_count) noexcept {
  if (measurement_count > SIZE_MAX / sizeof(T)) return SIZE_MAX;
  const std::size_t own = measurement_count * sizeof(T);
  if (inner > SIZE_MAX - (arena_alignment - 1) - own) return SIZE_MAX;
  return (inner + arena_alignment - 1) / arena_alignment * arena_alignment + own;
}

/// The sizes of diag(s) A.
template <class Sensing, class T>
struct scaled_shape {
  const Sensing& inner;
  std::size_t n = inner.n;
  std::size_t measurement_count = inner.measurement_count;
  bool forms_matrix = tinyrank::forms_matrix(inner);
  [[nodiscard]] constexpr factor_shape shape() const noexcept { return shape_of(inner); }
};
template <class Sensing, class T>
[[nodiscard]] constexpr std::size_t scratch_bytes(const scaled_shape<Sensing, T>& a, std::size_t rank,
                                                  execution_plan plan) noexcept {
  return row_scaling_bytes<T>(scratch_bytes(a.inner, rank, plan), a.measurement_count);
}

/// How a recovery explores: quasi-Newton steps without preconditioner, which keep the bias of a small start.
/// Step size and scale are set when it begins.
template <class T, class Sensing, class Options>
constexpr quasi_newton_options<T> wide_options(const Sensing& a, const Options& options) noexcept {
  constexpr std::size_t most = 64;
  const std::size_t top = largest_rank(shape_of(a), a.n);
  quasi_newton_options<T> wide;
  wide.rank = options.explore_rank != 0 ? options.explore_rank : top < most ? top : most;
  wide.history = options.history;
  wide.step_size = 1;
  wide.initial_scale = 1;
  wide.iteration_limit = 200;
  wide.plan = options.plan;
  wide.isa = options.isa;
  return wide;
}

/// Everything that a recovery keeps in the arena. One function measures and places it.
template <class T>
struct recovery_memory {
  row_scaling<T>* scaling = nullptr;
  std::uint32_t* passes = nullptr;
  T* scale = nullptr;          ///< m: square roots of the weights
  T* scaled_y = nullptr;       ///< m
  T* residual = nullptr;       ///< with a robust loss m, of the factor
  T* kept_residual = nullptr;  ///< m, of the best factor so far
  T* base = nullptr;           ///< m: square roots of the caller's weights
  T* used = nullptr;           ///< m: the same, 0 for outliers
  T* answer = nullptr;         ///< three factors: an answer's, its directions and its freedom
  small_matrices<T> small;     ///< of the columns that explore
  std::byte* stairs = nullptr;
  std::byte* wide = nullptr;
};

/// How much that is.
struct recovery_sizes {
  std::size_t n = 0;
  std::size_t measurement_count = 0;
  std::size_t columns = 0;   ///< of an answer, at most
  std::size_t explored = 0;  ///< columns that explore
  std::size_t small = 0;     ///< side of their eigenproblem
  std::size_t stairs = 0;    ///< bytes of the staircase
  std::size_t wide = 0;      ///< bytes of the descent that explores
  bool is_robust = false;
};

template <class T, class Shape, class Options>
constexpr recovery_sizes sizes_of(const Shape& a, const Options& options) noexcept {
  const staircase_options<T>& stairs = options;
  const bool explores = options.explore != exploration::never;
  const quasi_newton_options<T> wide = wide_options<T>(a, options);
  recovery_sizes found{a.n, a.measurement_count, columns_of(a, stairs).factor};
  found.stairs = staircase_bytes(a, stairs);
  if (explores) {
    found.explored = found.small = wide.rank;
    if (shape_of(a).kind == factor_kind::complex)
      found.small = wide.rank > SIZE_MAX / 2 ? SIZE_MAX : 2 * wide.rank;
    found.wide = descent_bytes(a, wide);
  }
  found.is_robust = options.loss != robust_loss::squared;
  return found;
}

template <class T>
constexpr recovery_memory<T> layout_recovery(arena& memory, const recovery_sizes& sizes) noexcept {
  recovery_memory<T> placed;
  placed.scaling = memory.take<row_scaling<T>>(1);
  placed.passes = memory.take<std::uint32_t>(1);
  placed.scale = memory.take<T>(sizes.measurement_count);
  placed.scaled_y = memory.take<T>(sizes.measurement_count);
  placed.base = placed.used = memory.take<T>(sizes.measurement_count);
  if (sizes.is_robust) {
    placed.used = memory.take<T>(sizes.measurement_count);
    placed.residual = memory.take<T>(sizes.measurement_count);
    placed.kept_residual = memory.take<T>(sizes.measurement_count);
  }
  placed.answer =
      memory.take<T>(padded<T>(sizes.n), sizes.columns > SIZE_MAX / 3 ? SIZE_MAX : 3 * sizes.columns);
  placed.small = layout_small_matrices<T>(memory, sizes.small);
  placed.stairs = memory.take<std::byte>(sizes.stairs);
  placed.wide = memory.take<std::byte>(sizes.wide);
  return placed;
}

}  // namespace tinyrank
