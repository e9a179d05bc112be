// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "lib/helpers.hpp"

#if TINYRANK_HAS_THREADS
#include <omp.h>
#include <sched.h>
#include <signal.h>

#include "lib/simd/pause.hpp"

namespace tinyrank {

constinit helper_pool helpers{{}, 0, PTHREAD_ONCE_INIT, false};

namespace {

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

// Seconds. Waking a thread takes its caller 5 to 15 us and comes 20 to 50 us later, so helpers stay awake
// from one call of a run to the next; who waits longer gives the processor to others whenever they want it.
constexpr double helper_waits = 200e-6, helper_spins = 10e-6, caller_spins = 100e-6;

void wait_for(sem_t& posted) noexcept {
  while (sem_wait(&posted) != 0) {
    // a signal came
  }
}

/// Returns when the helper has begun what it was asked.
void begin(helper& own) noexcept {
  for (;;) {
    const double start = omp_get_wtime();
    for (double waited = 0; waited < helper_waits; waited = omp_get_wtime() - start) {
      std::uint32_t found = own.state.load(std::memory_order_relaxed);
      if (found == helper::asked &&
          own.state.compare_exchange_strong(found, helper::busy, std::memory_order_acquire)) {
        return;
      }
      if (waited < helper_spins) {
        pause_processor();
      } else {
        sched_yield();
      }
    }
    std::uint32_t found = helper::idle;
    if (own.state.compare_exchange_strong(found, helper::asleep)) wait_for(own.wake);
  }
}

/// OMP_PROC_BIND and OMP_PLACES, which have put the program's first thread into the first place. Asked by who
/// starts the thread: libomp of LLVM takes the question of a thread that begins while the program ends for a
/// start of its own, and aborts.
void put_in_place([[maybe_unused]] pthread_t thread, [[maybe_unused]] std::ptrdiff_t number) noexcept {
#ifdef __linux__
  constexpr int most = 1024;
  const int places = omp_get_num_places();
  const omp_proc_bind_t binding = omp_get_proc_bind();
  if (places < 1 || binding == omp_proc_bind_false || binding == omp_proc_bind_master) return;
  const int place = static_cast<int>(number % places), count = omp_get_place_num_procs(place);
  if (count < 1 || count > most) return;
  int processors[most];
  omp_get_place_proc_ids(place, processors);
  cpu_set_t set;
  CPU_ZERO(&set);
  for (int i = 0; i < count; ++i) CPU_SET(static_cast<std::size_t>(processors[i]), &set);
  pthread_setaffinity_np(thread, sizeof set, &set);
#endif
}

void* help(void* argument) noexcept {
  helper& own = *static_cast<helper*>(argument);
  if (pthread_getcpuclockid(pthread_self(), &own.clock) != 0) own.clock = CLOCK_MONOTONIC;
  for (;;) {
    begin(own);
    own.work->run(*own.work, own.worker);
    if (own.state.exchange(helper::idle) == helper::awaited) sem_post(&own.done);
  }
}

/// In the child of a fork, which has none of the threads.
void forget_helpers() noexcept {
  for (helper& one : helpers.all) {
    if (!one.exists && !one.taken) break;
    one.taken = false;
    one.exists = false;
    one.rest = one.rests_until = 0;
    one.state = helper::idle;
  }
  helpers.refused_until = 0;
}

/// Starts the thread of a helper that was asked; false when there is none to be had.
bool start(helper& one) noexcept {
  pthread_once(&helpers.before_first,
               [] { helpers.is_told_of_forks = pthread_atfork(nullptr, nullptr, forget_helpers) == 0; });
  if (!helpers.is_told_of_forks || sem_init(&one.wake, 0, 0) != 0 || sem_init(&one.done, 0, 0) != 0)
    return false;
  // The program's signals are for its own threads; faults are for who makes them.
  sigset_t not_ours, before;
  sigfillset(&not_ours);
  for (const int fault : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP}) sigdelset(&not_ours, fault);
  pthread_sigmask(SIG_SETMASK, &not_ours, &before);
  pthread_t thread;
  const bool started = pthread_create(&thread, nullptr, help, &one) == 0;
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  if (started) {
    put_in_place(thread, &one - helpers.all + 1);
    pthread_detach(thread);
  }
  return started;
}

}  // namespace

std::size_t allowed_processors() noexcept {
  const int allowed = omp_get_num_procs();
  return allowed > 1 ? static_cast<std::size_t>(allowed) : 1;
}

std::size_t allowed_helpers(std::size_t wanted) noexcept {
  if (omp_get_active_level() >= omp_get_max_active_levels()) return 0;
  const auto others = static_cast<std::size_t>(omp_get_thread_limit() - 1);
  return wanted < others ? wanted : others;
}

namespace {

/// Asks up to `wanted` helpers, as workers 1, 2, ...; returns those that it has taken, linked by `next`.
helper* ask_helpers(std::size_t wanted, shared_work& work) noexcept {
  const double now = omp_get_wtime();
  helper* first = nullptr;
  std::uint32_t worker = 0;
  const auto release = [](helper& one) { one.taken.store(false, std::memory_order_release); };
  for (helper& one : helpers.all) {
    if (wanted == 0) break;
    if (one.taken.load(std::memory_order_relaxed) || one.taken.exchange(true, std::memory_order_acquire))
      continue;
    if (!one.exists && helpers.refused_until > now) {
      release(one);
      break;
    }
    --wanted;
    if (one.rests_until > now) {
      release(one);
      continue;
    }
    one.worker = ++worker;
    one.work = &work;
    const std::uint32_t before = one.state.exchange(helper::asked);
    if (!one.exists) {
      one.exists = start(one);
    } else if (before == helper::asleep) {
      sem_post(&one.wake);
    }
    if (!one.exists) {
      constexpr double before_the_next_try = 1;
      helpers.refused_until = now + before_the_next_try;
      one.state = helper::idle;
      release(one);
      break;
    }
    one.next = first;
    first = &one;
  }
  return first;
}

double seconds_of(clockid_t clock) noexcept {
  timespec now{};
  clock_gettime(clock, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

}  // namespace

void wait_for_end(helper& one) noexcept {
  for (const double end = omp_get_wtime() + caller_spins; omp_get_wtime() < end; pause_processor()) {
    if (one.state.load(std::memory_order_acquire) < helper::busy) return;
  }
  const double start = omp_get_wtime(), had = seconds_of(one.clock);
  std::uint32_t found = helper::busy;
  if (!one.state.compare_exchange_strong(found, helper::awaited)) return;
  wait_for(one.done);
  const double end = omp_get_wtime(), lost = end - start - (seconds_of(one.clock) - had);
  constexpr double noticeable = 200e-6, longest = 0.25;
  if (lost < noticeable) return;
  const double twice = 2 * one.rest < longest ? 2 * one.rest : longest;
  const bool soon = end - one.rests_until < 4 * one.rest;
  one.rest = soon && twice > lost ? twice : lost;
  one.rests_until = end + one.rest;
}

namespace {

/// The end of a call: takes back what was not begun, and waits for what was.
void dismiss_helpers(helper* first) noexcept {
  for (helper* one = first; one != nullptr; one = one->next) {
    std::uint32_t found = helper::asked;
    one->state.compare_exchange_strong(found, helper::idle, std::memory_order_acquire);
  }
  while (first != nullptr) {
    helper& one = *first;
    first = one.next;
    wait_for_end(one);
    one.taken.store(false, std::memory_order_release);
  }
}

/// The pieces of one call, in ranges.
struct shared_pieces : shared_work {
  static constexpr std::size_t most = 16;
  void* call;
  piece_function* piece;
  std::size_t ranges;
  piece_range parts[most];

  shared_pieces(std::uint32_t workers, std::size_t count, void* own, piece_function* each) noexcept
      : shared_work{[](shared_work& work, std::uint32_t worker) noexcept {
          static_cast<shared_pieces&>(work).work_as(worker);
        }},
        call(own),
        piece(each),
        ranges(workers < most ? workers : most) {
    for (std::size_t r = 0; r < ranges; ++r) {
      parts[r].pieces = shard_of(r, ranges, count);
      parts[r].taken = 0;
    }
  }

  void work_as(std::uint32_t worker) noexcept {
    for (std::size_t r = 0; r < ranges; ++r) {
      piece_range& part = parts[(worker + r) % ranges];
      for (std::size_t i = 0; part.take(i);) piece(call, i, worker);
    }
  }
};

}  // namespace

void share_pieces(std::uint32_t workers, std::size_t count, void* call, piece_function* piece) noexcept {
  shared_pieces shared(workers, count, call, piece);
  helper* const asked = ask_helpers(allowed_helpers((workers < count ? workers : count) - 1), shared);
  shared.work_as(0);
  dismiss_helpers(asked);
}

}  // namespace tinyrank
#endif
