// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstddef>

#include "tinyrank/arena.hpp"
#include "tinyrank/detail/small_matrices.hpp"
#include "tinyrank/views.hpp"

namespace tinyrank {

template <class T>
struct spectral_memory {
  T* basis = nullptr;
  T* image = nullptr;
  small_matrices<double> small;
  std::byte* operator_scratch = nullptr;
};

template <class T, class Options>
constexpr spectral_memory<T> layout_spectral(arena& memory, std::size_t n, std::size_t operator_scratch_bytes,
                                             const Options& options) noexcept {
  spectral_memory<T> placed;
  const std::size_t b = block_columns(n, options);
  placed.basis = memory.take<T>(padded<T>(n), b);
  placed.image = memory.take<T>(padded<T>(n), b);
  placed.small = layout_small_matrices<double>(memory, b);
  placed.operator_scratch = memory.take<std::byte>(operator_scratch_bytes);
  return placed;
}

}  // namespace tinyrank
