// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

#include "tinyrank/sensing.hpp"

namespace tinyrank {

/// P: the smallest power of two with room for n(n+1)/2 entries; SIZE_MAX when size_t has no such.
[[nodiscard]] constexpr std::size_t hadamard_slot_count(std::size_t n) noexcept {
  const std::size_t count = packed_count(n);
  constexpr std::size_t largest = SIZE_MAX / 2 + 1;
  return count > largest ? SIZE_MAX : std::bit_ceil(count);
}

/// Scratch of the Hadamard operator.
template <class T>
struct hadamard_scratch {
  T* packed = nullptr;  ///< packed U U^T with doubled off-diagonals; later the entries of A^*(w)
  T* slots = nullptr;   ///< P, transformed in place
  T* square = nullptr;  ///< m residuals; later A^*(w), full, n x padded<T>(n)
  T* losses = nullptr;  ///< one per shard
};

template <class T>
constexpr hadamard_scratch<T> layout_hadamard_scratch(arena& memory, std::size_t n,
                                                      std::size_t measurement_count,
                                                      execution_plan plan) noexcept {
  hadamard_scratch<T> scratch;
  const std::size_t stride = padded<T>(n);
  const std::size_t residual_rows = measurement_count / stride + (measurement_count % stride != 0 ? 1 : 0);
  scratch.packed = memory.take<T>(packed_stride<T>(n));
  scratch.slots = memory.take<T>(hadamard_slot_count(n));
  scratch.square = memory.take<T>(stride, residual_rows > n ? residual_rows : n);
  scratch.losses = memory.take<T>(plan.shards);
  return scratch;
}

}  // namespace tinyrank
