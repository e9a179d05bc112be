// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

// The threads behind parallel_for.

#include "lib/parallel.hpp"

#if TINYRANK_HAS_THREADS
#include <pthread.h>
#include <semaphore.h>
#include <time.h>

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace tinyrank {

/// What helpers do for a caller, on whose stack it lies.
struct shared_work {
  void (*run)(shared_work& own, std::uint32_t worker) noexcept;
};

/// A thread that does pieces for whoever asks. It is `idle` or `asleep` when it has nothing to do; a caller
/// makes that `asked`, and the helper makes it `busy` when it begins. What it has not begun, the caller takes
/// back.
struct helper {
  enum states : std::uint32_t { idle, asleep, asked, busy, awaited };

  // Of the caller that has taken it.
  alignas(64) std::atomic<bool> taken;
  bool exists;
  double rest, rests_until;
  helper* next;
  sem_t wake;
  // Of both.
  alignas(64) std::atomic<std::uint32_t> state;
  std::uint32_t worker;
  shared_work* work;
  clockid_t clock;
  sem_t done;
};

/// The threads of a process, for every caller: two that call at once share them, and never wait for each
/// other.
struct helper_pool {
  static constexpr std::size_t most = 1023;
  helper all[most];
  std::atomic<double> refused_until;
  pthread_once_t before_first;
  bool is_told_of_forks;
};

extern constinit helper_pool helpers;

/// As many of `wanted` helpers as OpenMP's settings allow: OMP_THREAD_LIMIT, and within parallel regions of
/// the program's own OMP_MAX_ACTIVE_LEVELS.
std::size_t allowed_helpers(std::size_t wanted) noexcept;

/// Waits for what the helper has begun. If it had no processor meanwhile, it rests for as long; and for twice
/// as long as before, up to a quarter of a second, when it loses one again soon after. So on a busy machine a
/// caller loses a few hundredths of its time, and one disturbance costs little.
void wait_for_end(helper& one) noexcept;

}  // namespace tinyrank
#endif
