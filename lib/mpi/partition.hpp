// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

// Which shards each process has.

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "tinyrank/detail/shards.hpp"

namespace tinyrank::mpi {

/// What sum_sets_over_shards asks of a run: one that is a power of two long is a subtree, and the pieces of
/// its threads are.
constexpr bool is_tree_run(std::uint32_t first, std::uint32_t shards) noexcept {
  const bool power_of_two = (shards & (shards - 1)) == 0;
  return first % shards_in_piece(shards) == 0 && (!power_of_two || first % shards == 0);
}

/// use(process, first shard, end) for every process, in order; not once when there are more of them than
/// shards that have anything of `units`.
template <class Use>
constexpr void for_runs(std::uint32_t processes, std::uint32_t shards, std::size_t units, Use use) noexcept {
  const auto used = static_cast<std::uint32_t>(std::min<std::size_t>(shards, units));
  if (processes == 0 || processes > used) return;
  // Runs of many shards begin at multiples of a power of two, so that few nodes are left to be exchanged.
  std::uint32_t together = 1;
  while (used == shards && shards / (2 * together) >= 16 * std::uint64_t{processes}) together *= 2;
  const std::uint32_t blocks = used / together, whole = blocks / processes, rest = blocks % processes;
  std::uint32_t first = 0;
  for (std::uint32_t p = 0; p < processes; ++p) {
    const std::uint32_t next = p + 1;
    std::uint32_t end = next == processes ? shards : together * (next * whole + std::min(next, rest));
    // Where there are fewer measurements than shards.
    end = std::max(end, first + 1);
    while (next != processes && !is_tree_run(first, end - first)) --end;
    use(p, first, end);
    first = end;
  }
}

}  // namespace tinyrank::mpi
