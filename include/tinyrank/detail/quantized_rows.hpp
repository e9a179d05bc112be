// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

// How rows of a narrow type are stored.

#include <cstddef>
#include <cstdint>

#include "tinyrank/views.hpp"

namespace tinyrank {

/// Elements between two packed rows of a narrow type: whole lines of 64 bytes, zero-padded.
template <class Element>
[[nodiscard]] constexpr std::size_t quantized_stride(std::size_t n) noexcept {
  constexpr std::size_t line = 64 / sizeof(Element);
  return (packed_count(n) + line - 1) / line * line;
}

/// Where entry k of a packed matrix is stored in its row: a line holds entries l, 16 + l, .. side by side, so
/// that kernels turn a line into floats by shifts alone.
template <class Element>
[[nodiscard]] constexpr std::size_t quantized_place(std::size_t k) noexcept {
  constexpr std::size_t line = 64 / sizeof(Element), interleaved = line / 16;
  return k / line * line + k % 16 * interleaved + k % line / 16;
}

/// Elements of the storage, or SIZE_MAX when their bytes overflow size_t.
template <class Element>
[[nodiscard]] constexpr std::size_t quantized_row_elements(std::size_t n,
                                                           std::size_t measurement_count) noexcept {
  if (n == 0 || n > largest_dimension) return SIZE_MAX;
  const std::size_t stride = quantized_stride<Element>(n);
  return measurement_count > SIZE_MAX / sizeof(Element) / stride ? SIZE_MAX : measurement_count * stride;
}

}  // namespace tinyrank
