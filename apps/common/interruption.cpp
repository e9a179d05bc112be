// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "interruption.hpp"

#include <signal.h>

#include <atomic>

#include "processes.hpp"

namespace tinyrank::app {
namespace {

// A handler can only reach static storage.
std::atomic<int> noted{0};  // a word, as in temporaries.cpp
struct sigaction before {};
struct sigaction before_end {};
static_assert(std::atomic<int>::is_always_lock_free);

extern "C" void note_interruption(int signal_number) {
  noted.store(1, std::memory_order_relaxed);
  sigaction(signal_number, signal_number == SIGINT ? &before : &before_end, nullptr);
}

}  // namespace

interruption::interruption() noexcept {
  noted.store(0, std::memory_order_relaxed);
  if (sigaction(SIGINT, nullptr, &before) != 0 || before.sa_handler == SIG_IGN) return;
  struct sigaction action {};
  action.sa_handler = note_interruption;
  action.sa_flags = SA_RESTART;
  sigfillset(&action.sa_mask);
  sigaction(SIGINT, &action, nullptr);
  if (processes::count() == 1) return;
  sigaction(SIGTERM, nullptr, &before_end);
  sigaction(SIGTERM, &action, nullptr);
}

interruption::~interruption() {
  sigaction(SIGINT, &before, nullptr);
  if (processes::count() > 1) sigaction(SIGTERM, &before_end, nullptr);
}

bool interruption::requested() noexcept {
  return processes::any_asks(noted.load(std::memory_order_relaxed) != 0);
}

void interruption::pass_on() noexcept {
  if (requested()) ::raise(SIGINT);
}

}  // namespace tinyrank::app
