// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstddef>

#include "tinyrank/arena.hpp"

namespace tinyrank {

/// Arrays of a block's Rayleigh-Ritz step, b columns.
struct small_matrices {
  double* projected = nullptr;  ///< b x b
  double* vectors = nullptr;    ///< b x b
  double* values = nullptr;     ///< b
  double* row = nullptr;        ///< b
};

constexpr small_matrices layout_small_matrices(arena& memory, std::size_t b) noexcept {
  small_matrices placed;
  placed.projected = memory.take<double>(b, b);
  placed.vectors = memory.take<double>(b, b);
  placed.values = memory.take<double>(b);
  placed.row = memory.take<double>(b);
  return placed;
}

}  // namespace tinyrank
