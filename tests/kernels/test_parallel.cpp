// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include <doctest/doctest.h>
#ifdef _OPENMP
#include <omp.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#endif

#include <atomic>
#include <chrono>
#include <cstdint>
#include <thread>
#include <vector>

#include "lib/helpers.hpp"
#include "lib/parallel.hpp"
#include "tests/common/emulated.hpp"

using namespace tinyrank;

TEST_SUITE_BEGIN("parallel");

TEST_CASE("every piece is done once, by a worker there is") {
  for (const std::uint32_t workers : {1u, 2u, 3u, 16u, 17u, 40u}) {
    for (const std::size_t count : {0u, 1u, 2u, 5u, 16u, 17u, 100u}) {
      std::vector<std::atomic<int>> done(count);
      std::atomic<int> strangers = 0;
      parallel_for(workers, count, [&](std::size_t piece, std::uint32_t worker) {
        ++done[piece];
        if (worker >= workers) ++strangers;
      });
      CAPTURE(workers);
      CAPTURE(count);
      for (const std::atomic<int>& times : done) CHECK(times == 1);
      CHECK(strangers == 0);
    }
  }
}

#ifdef _OPENMP

namespace {

using std::chrono::steady_clock;

/// Until it is so, or a minute has passed.
template <class Condition>
bool comes_true(Condition is_so) {
  const auto limit = steady_clock::now() + std::chrono::minutes(1);
  while (!is_so()) {
    if (steady_clock::now() > limit) return false;
    std::this_thread::yield();
  }
  return true;
}

/// What no thread can do alone: whoever has the first piece of a range waits until all others are done.
bool two_threads_work() {
  constexpr std::size_t count = 8;
  bool together = true;
  for (const std::size_t held : {std::size_t{0}, count / 2}) {
    // On a busy machine it may have lost the processor for long, and rest.
    helpers.all[0].rests_until = 0;
    std::atomic<std::size_t> others = 0;
    parallel_for(2, count, [&](std::size_t piece, std::uint32_t) {
      if (piece != held) {
        ++others;
      } else if (!comes_true([&] { return others == count - 1; })) {
        together = false;
      }
    });
  }
  return together;
}

/// What a helper rests that sleeps for `seconds` while its caller waits, and that rested so before.
double rest_after_sleep(double seconds, double rest, double rests_until) {
  helper one{};
  one.rest = rest;
  one.rests_until = rests_until;
  one.state = helper::busy;
  REQUIRE(sem_init(&one.done, 0, 0) == 0);
  std::atomic<bool> over = false;
  std::thread thread([&] {
    constexpr std::chrono::milliseconds moment(1);
    while (one.state != helper::awaited) std::this_thread::sleep_for(moment);
    std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
    one.state = helper::idle;
    sem_post(&one.done);
    // The clock of its processor time ends with it.
    while (!over) std::this_thread::sleep_for(moment);
  });
  REQUIRE(pthread_getcpuclockid(thread.native_handle(), &one.clock) == 0);
  wait_for_end(one);
  over = true;
  thread.join();
  CHECK(one.rests_until - one.rest <= omp_get_wtime());
  CHECK(one.rests_until > one.rest);
  return one.rest;
}

/// Runs `body` in a child, which ends by itself after two minutes; its exit code.
template <class Body>
int in_child(Body body) {
  const pid_t child = fork();
  if (child == 0) {
    alarm(120);
    _exit(body());
  }
  int how = -1;
  REQUIRE(waitpid(child, &how, 0) == child);
  return WIFEXITED(how) ? WEXITSTATUS(how) : -1;
}

}  // namespace

TEST_CASE("a thread that is done takes what is left of another's pieces") {
  CHECK(two_threads_work());
}

TEST_CASE("a thread that sleeps is woken") {
  REQUIRE(two_threads_work());
  REQUIRE(comes_true([] { return helpers.all[0].state == helper::asleep; }));
  CHECK(two_threads_work());
}

TEST_CASE("nobody waits for a thread that has not begun") {
  if (test::emulated) return;
  // A helper without a thread is one that never gets a processor.
  CHECK(in_child([] {
          helpers.all[0].exists = true;
          std::size_t done = 0;
          parallel_for(2, 100, [&](std::size_t, std::uint32_t worker) { done += worker == 0 ? 1 : 0; });
          return done == 100 && helpers.all[0].state == helper::idle && !helpers.all[0].taken ? 0 : 1;
        }) == 0);
}

TEST_CASE(
    "a thread that held up its caller without a processor rests as long, and soon after twice as long") {
  if (test::emulated) return;
  // Of the time that it slept, some is its own: what it took to look at the clock.
  constexpr double slept = 0.05, without = 0.9 * slept, soon = 1e12, long_ago = 0;
  CHECK(rest_after_sleep(slept, 0, long_ago) >= without);
  CHECK(rest_after_sleep(slept, 0.1, soon) >= 0.2);
  CHECK(rest_after_sleep(slept, 1000, long_ago) < 500);
  CHECK(rest_after_sleep(slept, 1000, soon) < 500);
}

TEST_CASE("a thread that rests is not asked, nor another in its place; one that has rested is") {
  if (test::emulated) return;
  CHECK(in_child([] {
          helpers.all[0].rests_until = omp_get_wtime() + 3600;
          int others = 0;
          parallel_for(2, 100, [&](std::size_t, std::uint32_t worker) { others += worker == 0 ? 0 : 1; });
          if (others != 0 || helpers.all[0].exists || helpers.all[1].exists) return 1;
          helpers.all[0].rests_until = omp_get_wtime();
          std::atomic<bool> begun = false;
          parallel_for(2, 2, [&](std::size_t, std::uint32_t worker) {
            if (worker == 0) {
              comes_true([&] { return begun.load(); });
            } else {
              begun = true;
            }
          });
          return begun ? 0 : 2;
        }) == 0);
}

TEST_CASE("callers from several threads, and from within a piece") {
  constexpr int callers = 4, calls = 3000;
  std::atomic<int> wrong = 0;
  std::vector<std::thread> all;
  for (int caller = 0; caller < callers; ++caller) {
    all.emplace_back([&, caller] {
      for (int call = 0; call < calls; ++call) {
        const auto count = static_cast<std::size_t>(2 + (caller + call) % 40);
        std::atomic<std::size_t> sum = 0;
        std::vector<std::size_t> of_worker(3);
        parallel_for(3, count, [&](std::size_t piece, std::uint32_t worker) {
          of_worker[worker] += piece + 1;
          if (piece == 1 && call % 50 == 0) {
            parallel_for(2, 5, [&](std::size_t inner, std::uint32_t) { sum += inner; });
          }
        });
        const std::size_t wanted = call % 50 == 0 ? 10 : 0;
        if (sum != wanted || of_worker[0] + of_worker[1] + of_worker[2] != count * (count + 1) / 2) ++wrong;
      }
    });
  }
  for (std::thread& one : all) one.join();
  CHECK(wrong == 0);
  for (const helper& one : helpers.all) CHECK(!one.taken);
}

TEST_CASE("the child of a fork has threads of its own") {
  if (test::emulated) return;
  REQUIRE(two_threads_work());
  CHECK(in_child([] {
          if (!two_threads_work()) return 1;
          return in_child([] { return two_threads_work() ? 0 : 1; });
        }) == 0);
  CHECK(two_threads_work());
}

TEST_CASE("threads that cannot be had are done without") {
  if (test::emulated) return;
  // A child has the memory of its parent's threads to give, so that a few may begin.
  const auto is_done_by_fewer = [] {
    constexpr std::size_t all = 1000;
    std::atomic<std::size_t> done = 0;
    for (int times = 0; times < 2; ++times)
      parallel_for(all, all, [&](std::size_t, std::uint32_t) { ++done; });
    return done == 2 * all && helpers.refused_until > 0 && !helpers.all[all / 2].exists ? 0 : 1;
  };
#ifndef __SANITIZE_ADDRESS__  // whose own threads end the process then
  SUBCASE("for want of memory") {
    CHECK(in_child([&] {
            const rlimit none{1, 1};
            return setrlimit(RLIMIT_AS, &none) == 0 ? is_done_by_fewer() : 2;
          }) == 0);
  }
#endif
  SUBCASE("for so many processes") {
    CHECK(in_child([&] {
            // Root is not bound by it.
            if (getuid() == 0 && setuid(65534) != 0) return 0;
            const rlimit none{0, 0};
            return setrlimit(RLIMIT_NPROC, &none) == 0 ? is_done_by_fewer() : 2;
          }) == 0);
  }
}

TEST_CASE("OpenMP's settings hold: its levels within a parallel region, its limit of threads") {
  int others = 0;
#pragma omp parallel num_threads(2)
#pragma omp single
  parallel_for(2, 100, [&](std::size_t, std::uint32_t worker) { others += worker == 0 ? 0 : 1; });
  CHECK(others == 0);
  CHECK(allowed_helpers(3) == 3);
  const int before = omp_get_max_active_levels();
  omp_set_max_active_levels(0);
  CHECK(allowed_helpers(3) == 0);
  omp_set_max_active_levels(before);
}

#endif

TEST_SUITE_END();
