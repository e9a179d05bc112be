// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

// Scratch of the coded diffraction operator. One function measures and places it.

#include <bit>
#include <cstddef>

#include "tinyrank/detail/shards.hpp"

namespace tinyrank {

template <class T>
struct diffraction_scratch {
  T* sums = nullptr;     ///< shard_buffer_count gradients
  T* losses = nullptr;   ///< one per shard
  T* columns = nullptr;  ///< for each worker, real and imaginary part of every transformed column
  T* values = nullptr;   ///< for each worker, the measurements of one mask, then their residuals
  T* cosines = nullptr;  ///< of the Fourier transform
  T* sines = nullptr;
};

/// length: of the transform.
template <class T>
constexpr diffraction_scratch<T> layout_diffraction_scratch(arena& memory, std::size_t n, std::size_t length,
                                                            std::size_t rank, execution_plan plan,
                                                            bool has_roots) noexcept {
  diffraction_scratch<T> scratch;
  const std::size_t buffers = shard_buffer_count(plan), workers = worker_count(plan);
  const std::size_t padded_length = padded<T>(length);
  scratch.sums = memory.take<T>(padded<T>(n), rank > SIZE_MAX / buffers ? SIZE_MAX : rank * buffers);
  scratch.losses = memory.take<T>(plan.shards);
  scratch.columns = memory.take<T>(2 * padded_length, rank > SIZE_MAX / workers ? SIZE_MAX : rank * workers);
  scratch.values = memory.take<T>(padded_length, workers);
  if (has_roots) {
    scratch.cosines = memory.take<T>(padded_length);
    scratch.sines = memory.take<T>(padded_length);
  }
  return scratch;
}

}  // namespace tinyrank
