// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "interruption.hpp"

#include <signal.h>

#include <atomic>

namespace tinyrank::app {
namespace {

// A handler can only reach static storage.
std::atomic<bool> noted{false};
struct sigaction before {};
static_assert(std::atomic<bool>::is_always_lock_free);

extern "C" void note_interruption(int signal_number) {
  noted.store(true, std::memory_order_relaxed);
  sigaction(signal_number, &before, nullptr);
}

}  // namespace

interruption::interruption() noexcept {
  noted.store(false, std::memory_order_relaxed);
  if (sigaction(SIGINT, nullptr, &before) != 0 || before.sa_handler == SIG_IGN) return;
  struct sigaction action {};
  action.sa_handler = note_interruption;
  action.sa_flags = SA_RESTART;
  sigfillset(&action.sa_mask);
  sigaction(SIGINT, &action, nullptr);
}

interruption::~interruption() {
  sigaction(SIGINT, &before, nullptr);
}

bool interruption::requested() noexcept {
  return noted.load(std::memory_order_relaxed);
}

void interruption::pass_on() noexcept {
  if (requested()) ::raise(SIGINT);
}

}  // namespace tinyrank::app
