// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstddef>

#include "tinyrank/arena.hpp"

namespace tinyrank {

/// Arrays of a block's Rayleigh-Ritz step, b columns. The staircase has them in its own precision, because a
/// processor that emulates double would bring that in for them alone; who finds norms has double.
template <class T>
struct small_matrices {
  T* projected = nullptr;  ///< b x b
  T* vectors = nullptr;    ///< b x b
  T* values = nullptr;     ///< b
  T* row = nullptr;        ///< b
};

template <class T>
constexpr small_matrices<T> layout_small_matrices(arena& memory, std::size_t b) noexcept {
  small_matrices<T> placed;
  placed.projected = memory.take<T>(b, b);
  placed.vectors = memory.take<T>(b, b);
  placed.values = memory.take<T>(b);
  placed.row = memory.take<T>(b);
  return placed;
}

}  // namespace tinyrank
