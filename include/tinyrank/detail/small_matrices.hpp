// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstddef>

#include "tinyrank/arena.hpp"

namespace tinyrank {

/// Arrays of a block's Rayleigh-Ritz step, b columns. A staircase's are of its own precision, for a processor
/// without double would carry the emulation for them alone; norms and spectra are found in double.
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
