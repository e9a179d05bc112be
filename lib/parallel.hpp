// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

// parallel.cpp is the only place with OpenMP and with threads. They pick up numbered pieces of work;
// what a piece computes never depends on who picks it.
//
// A caller does pieces itself, and waits at its end for those alone that others have begun: on a machine that
// is busy, a thread without a processor then costs nothing. No parallel region of OpenMP can do that. Each
// ends with a barrier for all of its threads, where the runtime's own setting says who spins and for how
// long; in a busy machine that took ten times the time of one thread. And a thread that cannot be had ends
// the process there. So the threads are the system's, made once and asleep when there is nothing to do, and
// OpenMP says what they may: its limits, levels and places. bench/NOTES.md has the figures.

#include <cstddef>
#include <cstdint>

// What they are made of is POSIX, which Windows is not, and macOS not in all: it has neither unnamed
// semaphores nor a clock for each thread. There the library has one thread.
#if defined(_OPENMP) && !defined(_WIN32) && !defined(__APPLE__)
#define TINYRANK_HAS_THREADS 1
#else
#define TINYRANK_HAS_THREADS 0
#endif

#include "tinyrank/detail/shards.hpp"
#include "tinyrank/sensing.hpp"

namespace tinyrank {

inline constexpr bool has_threads = TINYRANK_HAS_THREADS;

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

#if TINYRANK_HAS_THREADS
using piece_function = void(void* call, std::size_t index, std::uint32_t worker) noexcept;

/// parallel_for with threads, in parallel.cpp: compiled once, not with each of the calls.
void share_pieces(std::uint32_t workers, std::size_t count, void* call, piece_function* piece) noexcept;
#endif

/// Calls piece(index, worker) once for every index < count, with worker < workers, from at most `workers`
/// threads. A thread begins with the same range of the pieces in every call, so that what they write stays in
/// its core's caches (bench/NOTES.md), and goes on with what is left of the others'.
template <class Piece>
void parallel_for([[maybe_unused]] std::uint32_t workers, std::size_t count, Piece piece) noexcept {
#if TINYRANK_HAS_THREADS
  if (workers > 1 && count > 1) {
    share_pieces(workers, count, &piece, [](void* call, std::size_t index, std::uint32_t worker) noexcept {
      (*static_cast<Piece*>(call))(index, worker);
    });
    return;
  }
#endif
  for (std::size_t i = 0; i < count; ++i) piece(i, std::uint32_t{0});
}

/// Processors on which the system lets this process run: its affinity mask, as it was before OpenMP's places.
#if TINYRANK_HAS_THREADS
std::size_t allowed_processors() noexcept;
#else
inline std::size_t allowed_processors() noexcept {
  return 1;
}
#endif

/// Threads for a call of so many fused multiply-adds: below some ten microseconds of work, waking a thread
/// costs more than it gives. Never changes the bits. A product that wrapped only costs time.
inline std::uint32_t workers_for(execution_plan plan, std::size_t operations) noexcept {
  constexpr std::size_t worth_a_thread = 50000;
  return operations < worth_a_thread ? 1 : worker_count(plan);
}

}  // namespace tinyrank
