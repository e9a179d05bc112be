// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstddef>

#include "tinyrank/arena.hpp"
#include "tinyrank/views.hpp"

namespace tinyrank {

/// Everything that a check keeps in the arena. One function measures and places it.
template <class T>
struct check_memory {
  static constexpr std::size_t guard = virtual_lanes<T>;    ///< one line behind every output
  T *u = nullptr, *v = nullptr;                             ///< factors that are passed in
  T *image = nullptr, *first = nullptr, *second = nullptr;  ///< factors that are passed out, and kept
  T *w = nullptr, *y = nullptr;                             ///< weights and measurements that are passed in
  T *measured = nullptr, *kept = nullptr;                   ///< measurements that are passed out, and kept
  std::byte* scratch = nullptr;
};

template <class T>
constexpr check_memory<T> layout_check(arena& memory, std::size_t n, std::size_t measurement_count,
                                       std::size_t rank, std::size_t operator_scratch_bytes) noexcept {
  constexpr std::size_t guard = check_memory<T>::guard;
  check_memory<T> placed;
  const std::size_t stride = padded<T>(n);
  const std::size_t factor = rank > (SIZE_MAX - guard) / stride ? SIZE_MAX : rank * stride + guard;
  const std::size_t vector = measurement_count > SIZE_MAX - guard ? SIZE_MAX : measurement_count + guard;
  placed.u = memory.take<T>(factor);
  placed.v = memory.take<T>(factor);
  placed.image = memory.take<T>(factor);
  placed.first = memory.take<T>(factor);
  placed.second = memory.take<T>(factor);
  placed.w = memory.take<T>(vector);
  placed.y = memory.take<T>(vector);
  placed.measured = memory.take<T>(vector);
  placed.kept = memory.take<T>(vector);
  const bool huge = operator_scratch_bytes > SIZE_MAX - arena_alignment;
  placed.scratch = memory.take<std::byte>(huge ? SIZE_MAX : operator_scratch_bytes + arena_alignment);
  return placed;
}

}  // namespace tinyrank
