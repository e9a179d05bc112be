// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

// Scratch of the operators whose matrices have a few entries (distances, entries, sparse), which read the
// factor by rows. One function measures and places it.

#include <cstddef>

#include "tinyrank/detail/shards.hpp"

namespace tinyrank {

/// Elements from one row to the next of a factor that is stored by rows: `rank`, or from virtual_lanes<T> on
/// `rank` filled up with zeros to whole lines of lanes. SIZE_MAX when that overflows.
template <class T>
constexpr std::size_t row_stride(std::size_t rank) noexcept {
  if (rank < virtual_lanes<T>) return rank;
  return rank > SIZE_MAX - virtual_lanes<T> ? SIZE_MAX : padded<T>(rank);
}

template <class T>
struct pair_scratch {
  T* rows = nullptr;    ///< the factor by rows: a pair reads two of them
  T* sums = nullptr;    ///< shard_buffer_count gradients by rows, each padded<T>(n) rows
  T* losses = nullptr;  ///< one per shard
};

template <class T>
constexpr pair_scratch<T> layout_pair_scratch(arena& memory, std::size_t n, std::size_t rank,
                                              execution_plan plan) noexcept {
  pair_scratch<T> scratch;
  // Two steps, because stride * buffers could wrap before take() sees it.
  const std::size_t buffers = shard_buffer_count(plan), stride = row_stride<T>(rank);
  scratch.rows = memory.take<T>(stride, n);
  scratch.sums = memory.take<T>(padded<T>(n), stride > SIZE_MAX / buffers ? SIZE_MAX : stride * buffers);
  scratch.losses = memory.take<T>(plan.shards);
  return scratch;
}

template <class T>
[[nodiscard]] constexpr std::size_t pair_scratch_bytes(std::size_t n, std::size_t rank,
                                                       execution_plan plan) noexcept {
  return measured_bytes([=](arena& memory) { layout_pair_scratch<T>(memory, n, rank, plan); });
}

}  // namespace tinyrank
