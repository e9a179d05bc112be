// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

// Scratch of the bilinear operators, alone and in a batch. One function each measures and places it.

#include <cstddef>

#include "tinyrank/detail/rank_one_scratch.hpp"
#include "tinyrank/detail/shards.hpp"

namespace tinyrank {

/// Two of each kind: for L and the b_i, then for R and the c_i.
template <class T>
struct bilinear_scratch {
  T* factor = nullptr;    ///< L, its columns padded<T>(rows) apart, and R, padded<T>(columns)
  T* sums = nullptr;      ///< shard_buffer_count gradients, each as the factor is
  T* losses = nullptr;    ///< one per shard
  T* products = nullptr;  ///< for each worker, L^T b_i of a block, and R^T c_i
  T* drawn = nullptr;     ///< for each worker, a block of b_i, and of c_i (generated only)
};

template <class T>
constexpr bilinear_scratch<T> layout_bilinear_scratch(arena& memory, std::size_t rows, std::size_t columns,
                                                      std::size_t rank, execution_plan plan,
                                                      bool draws) noexcept {
  bilinear_scratch<T> scratch;
  const std::size_t both = padded<T>(rows) + padded<T>(columns), buffers = shard_buffer_count(plan);
  const bool huge = rank > SIZE_MAX / (2 * rank_one_block + 64);
  scratch.factor = memory.take<T>(both, rank);
  scratch.sums = memory.take<T>(both, huge ? SIZE_MAX : rank * buffers);
  scratch.losses = memory.take<T>(plan.shards);
  scratch.products =
      memory.take<T>(huge ? SIZE_MAX : (rank + 3) / 4 * 4 * 2 * rank_one_block, worker_count(plan));
  if (draws) scratch.drawn = memory.take<T>(both * rank_one_block, worker_count(plan));
  return scratch;
}

template <class T>
[[nodiscard]] constexpr std::size_t bilinear_scratch_bytes(std::size_t rows, std::size_t columns,
                                                           std::size_t rank, execution_plan plan,
                                                           bool draws) noexcept {
  return measured_bytes(
      [=](arena& memory) { layout_bilinear_scratch<T>(memory, rows, columns, rank, plan, draws); });
}

template <class T>
[[nodiscard]] constexpr std::size_t bilinear_batch_bytes(std::size_t problems) noexcept {
  return measured_bytes(
      [=](arena& memory) { layout_set_batch_scratch<T, bilinear_scratch<T>>(memory, problems); });
}

}  // namespace tinyrank
