// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

// How many buffers the division of work of an execution_plan takes.

#include <cstddef>
#include <cstdint>

#include "tinyrank/sensing.hpp"

namespace tinyrank {

/// Threads that can have work: never more than shards.
[[nodiscard]] constexpr std::uint32_t worker_count(execution_plan plan) noexcept {
  return plan.threads < plan.shards ? plan.threads : plan.shards;
}

/// Whether there can be other processes: not on a microcontroller, which is spared the code.
inline constexpr bool has_processes = SIZE_MAX > 0xffffffffu;

/// Neighbouring shards that one of several threads folds: one, but for so many that a buffer for each would
/// be too much memory. A power of two that divides their number.
[[nodiscard]] constexpr std::uint32_t shards_in_piece(std::uint32_t shards) noexcept {
  constexpr std::uint32_t most_pieces = 64;
  std::uint32_t size = 1;
  if constexpr (has_processes) {
    while (shards / size > most_pieces && shards % (2 * size) == 0) size *= 2;
  }
  return size;
}

/// log2(shards), rounded down.
[[nodiscard]] constexpr std::size_t shard_levels(std::uint32_t shards) noexcept {
  std::size_t levels = 0;
  for (; shards > 1; shards /= 2) ++levels;
  return levels;
}

/// Buffers for per-shard sums: one thread folds finished shards like a binary counter, so it needs
/// log2(shards) + 1. A process's run of shards that is no power of two, and so no subtree, can leave as many
/// nodes on either side.
[[nodiscard]] constexpr std::size_t shard_buffer_count(execution_plan plan) noexcept {
  if (const std::uint32_t workers = worker_count(plan); workers > 1) {
    const std::uint32_t each = shards_in_piece(plan.shards);
    return plan.shards / each + (each == 1 ? 0 : workers * shard_levels(each));
  }
  const std::size_t count = shard_levels(plan.shards) + 1;
  if constexpr (has_processes) {
    if ((plan.shards & (plan.shards - 1)) != 0) return 2 * count;
  }
  return count;
}

}  // namespace tinyrank
