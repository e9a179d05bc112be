// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

// The only place with OpenMP. Threads pick up numbered pieces of work; what a piece computes never depends on
// who picks it.

#include <cstddef>
#include <cstdint>
#ifdef _OPENMP
#include <omp.h>
#endif

#include "tinyrank/detail/shards.hpp"
#include "tinyrank/sensing.hpp"

namespace tinyrank {

#ifdef _OPENMP
inline constexpr bool has_threads = true;
#else
inline constexpr bool has_threads = false;
#endif

struct shard_range {
  std::size_t first;
  std::size_t count;
};

/// The measurements, or whatever there are m of, of one shard; without the product m * shards, which could
/// wrap.
inline shard_range shard_of(std::size_t shard, std::size_t shards, std::size_t m) noexcept {
  const std::size_t whole = m / shards, rest = m % shards;
  const std::size_t extra = shard < rest ? shard : rest;
  return {shard * whole + extra, whole + (shard < rest ? 1u : 0u)};
}

#ifdef _OPENMP
/// Pieces of which `taken` have been taken; on a line of its own, for one core.
struct alignas(64) piece_range {
  shard_range pieces;
  std::size_t taken;

  bool take(std::size_t& piece) noexcept {
    std::size_t before;
#pragma omp atomic capture
    {
      before = taken;
      taken += 1;
    }
    piece = pieces.first + before;
    return before < pieces.count;
  }
};
#endif

/// Calls piece(index, worker) once for every index < count, with worker < workers, from at most `workers`
/// threads. A thread begins with the same range of the pieces in every call, so that what they write stays in
/// its core's caches (bench/NOTES.md), and goes on with what is left of the others'.
template <class Piece>
void parallel_for([[maybe_unused]] std::uint32_t workers, std::size_t count, Piece piece) noexcept {
#ifdef _OPENMP
  if (workers > 1 && count > 1) {
    constexpr std::size_t most = 16;
    const std::size_t ranges = workers < most ? workers : most;
    piece_range parts[most];
    for (std::size_t r = 0; r < ranges; ++r) {
      parts[r].pieces = shard_of(r, ranges, count);
      parts[r].taken = 0;
    }
#pragma omp parallel num_threads(static_cast <int>(workers))
    {
      const auto worker = static_cast<std::uint32_t>(omp_get_thread_num());
      for (std::size_t r = 0; r < ranges; ++r) {
        piece_range& part = parts[(worker + r) % ranges];
        for (std::size_t i = 0; part.take(i);) piece(i, worker);
      }
    }
    return;
  }
#endif
  for (std::size_t i = 0; i < count; ++i) piece(i, std::uint32_t{0});
}

/// Threads for a call of so many fused multiply-adds: below some ten microseconds of work, waking a thread
/// costs more than it gives. Never changes the bits. A product that wrapped only costs time.
inline std::uint32_t workers_for(execution_plan plan, std::size_t operations) noexcept {
  constexpr std::size_t worth_a_thread = 50000;
  return operations < worth_a_thread ? 1 : worker_count(plan);
}

}  // namespace tinyrank
