// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

// Scratch of the rank-one operators, alone and in a batch. One function each measures and places it.

#include <cstddef>

#include "tinyrank/detail/shards.hpp"

namespace tinyrank {

/// Vectors that are multiplied with the factor, weighted and summed while they are in the first-level cache.
/// Never changes the bits.
inline constexpr std::size_t rank_one_block = 16;

template <class T>
struct rank_one_scratch {
  T* sums = nullptr;      ///< shard_buffer_count gradients
  T* losses = nullptr;    ///< one per shard
  T* products = nullptr;  ///< for each worker, U^T a_i of a block
  T* drawn = nullptr;     ///< for each worker, a block of vectors (generated only)
};

template <class T>
constexpr rank_one_scratch<T> layout_rank_one_scratch(arena& memory, std::size_t n, std::size_t rank,
                                                      execution_plan plan, bool draws) noexcept {
  rank_one_scratch<T> scratch;
  const std::size_t buffers = shard_buffer_count(plan);
  const bool huge = rank > SIZE_MAX / (rank_one_block + 64);
  scratch.sums = memory.take<T>(padded<T>(n), huge ? SIZE_MAX : rank * buffers);
  scratch.losses = memory.take<T>(plan.shards);
  scratch.products =
      memory.take<T>(huge ? SIZE_MAX : (rank + 3) / 4 * 4 * rank_one_block, worker_count(plan));
  if (draws) scratch.drawn = memory.take<T>(padded<T>(n) * rank_one_block, worker_count(plan));
  return scratch;
}

template <class T>
[[nodiscard]] constexpr std::size_t rank_one_scratch_bytes(std::size_t n, std::size_t rank,
                                                           execution_plan plan, bool draws) noexcept {
  return measured_bytes([=](arena& memory) { layout_rank_one_scratch<T>(memory, n, rank, plan, draws); });
}

/// Scratch of a batch on an operator whose problems have a Set each: beside the runs' own scratch.
template <class T, class Set>
struct set_batch_scratch {
  Set* sets = nullptr;  ///< that of each problem
  T** sums = nullptr;
  T** losses = nullptr;
  std::size_t* counts = nullptr;
};

template <class T, class Set>
constexpr set_batch_scratch<T, Set> layout_set_batch_scratch(arena& memory, std::size_t problems) noexcept {
  set_batch_scratch<T, Set> scratch;
  scratch.sets = memory.take<Set>(problems);
  scratch.sums = memory.take<T*>(problems);
  scratch.losses = memory.take<T*>(problems);
  scratch.counts = memory.take<std::size_t>(problems);
  return scratch;
}

template <class T>
[[nodiscard]] constexpr std::size_t rank_one_batch_bytes(std::size_t problems) noexcept {
  return measured_bytes(
      [=](arena& memory) { layout_set_batch_scratch<T, rank_one_scratch<T>>(memory, problems); });
}

}  // namespace tinyrank
