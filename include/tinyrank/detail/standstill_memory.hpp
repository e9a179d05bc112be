// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstddef>

#include "tinyrank/arena.hpp"
#include "tinyrank/detail/small_matrices.hpp"
#include "tinyrank/views.hpp"

namespace tinyrank {

/// Columns of the Krylov space that is asked for an extreme eigenvalue.
[[nodiscard]] constexpr std::size_t standstill_columns(std::size_t n) noexcept {
  constexpr std::size_t most = 16;
  return n < most ? n : most;
}

/// Columns of U of which the least combination is looked for.
[[nodiscard]] constexpr std::size_t standstill_combined(std::size_t rank) noexcept {
  constexpr std::size_t most = 64;
  return rank < most ? rank : most;
}

/// Arrays of examine_standstill. One function measures and places them.
template <class T>
struct standstill_memory {
  T* residual = nullptr;       ///< m
  T* other = nullptr;          ///< m: with random signs, then the images of directions
  T* basis = nullptr;          ///< n x b
  T* image = nullptr;          ///< n x b
  T* direction = nullptr;      ///< n: v
  T* moved = nullptr;          ///< n: U w
  double* gram = nullptr;      ///< c x c, c columns that are combined
  double* combined = nullptr;  ///< c x c: w is a column
  small_matrices<T> small;
};

template <class T>
constexpr standstill_memory<T> layout_standstill(arena& memory, std::size_t n, std::size_t measurement_count,
                                                 std::size_t rank) noexcept {
  const std::size_t b = standstill_columns(n), c = standstill_combined(rank);
  standstill_memory<T> placed;
  placed.residual = memory.take<T>(measurement_count);
  placed.other = memory.take<T>(measurement_count);
  placed.basis = memory.take<T>(padded<T>(n), b);
  placed.image = memory.take<T>(padded<T>(n), b);
  placed.direction = memory.take<T>(padded<T>(n));
  placed.moved = memory.take<T>(padded<T>(n));
  placed.gram = memory.take<double>(c, c);
  placed.combined = memory.take<double>(c, c);
  placed.small = layout_small_matrices<T>(memory, b);
  return placed;
}

}  // namespace tinyrank
