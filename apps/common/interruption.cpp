// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "interruption.hpp"

#include <array>
#include <atomic>
#include <cstddef>

#include "posix.hpp"
#include "processes.hpp"

namespace tinyrank::app {
namespace {

constexpr std::array signals = {SIGINT, SIGTERM, SIGHUP, SIGXCPU, SIGUSR1};

/// timeout(1) sends to the program and to its group: what comes so soon after the first is no second thought.
constexpr long same_milliseconds = 100;

// A handler can only reach static storage.
std::atomic<int> noted{0};  // a word, as in temporaries.cpp
std::atomic<int> noted_at{0};
std::array<struct sigaction, signals.size()> before;
static_assert(std::atomic<int>::is_always_lock_free);

/// Of a day, so that a word holds them.
int milliseconds() noexcept {
  constexpr long day = 86400;
  struct timespec now {};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<int>(static_cast<long>(now.tv_sec % day) * 1000 + now.tv_nsec / 1000000);
}

bool is_same_moment() noexcept {
  const long since = milliseconds() - noted_at.load(std::memory_order_relaxed);
  return since >= 0 && since < same_milliseconds;
}

extern "C" void note_interruption(int signal_number) {
  if (noted.load(std::memory_order_relaxed) == 0) {
    noted_at.store(milliseconds(), std::memory_order_relaxed);
    noted.store(1, std::memory_order_relaxed);
  } else if (signal_number == SIGINT && !is_same_moment()) {
    sigaction(SIGINT, before.data(), nullptr);
    // It waits until this handler has returned.
    ::raise(SIGINT);
  }
}

}  // namespace

interruption::interruption() noexcept {
  noted.store(0, std::memory_order_relaxed);
  for (std::size_t k = 0; k < signals.size(); ++k) {
    if (sigaction(signals[k], nullptr, &before[k]) != 0 || before[k].sa_handler == SIG_IGN) continue;
    struct sigaction action {};
    action.sa_handler = note_interruption;
    action.sa_flags = SA_RESTART;
    sigfillset(&action.sa_mask);
    sigaction(signals[k], &action, nullptr);
  }
}

interruption::~interruption() {
  // The second of two signals that were sent as one may still come, when all is written and only the exit
  // code is not yet told.
  if (noted.load(std::memory_order_relaxed) != 0) return;
  for (std::size_t k = 0; k < signals.size(); ++k) sigaction(signals[k], &before[k], nullptr);
}

bool interruption::requested() noexcept {
  return processes::any_asks(noted.load(std::memory_order_relaxed) != 0);
}

}  // namespace tinyrank::app
