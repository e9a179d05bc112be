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

/// Buffers for per-shard sums: one thread folds finished shards like a binary counter, so it needs
/// log2(shards) + 1.
[[nodiscard]] constexpr std::size_t shard_buffer_count(execution_plan plan) noexcept {
  if (worker_count(plan) > 1) return plan.shards;
  std::size_t count = 1;
  for (std::uint32_t s = plan.shards; s > 1; s /= 2) ++count;
  return count;
}

}  // namespace tinyrank
