// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT
#include "temporaries.hpp"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <cstring>

#include "output.hpp"

namespace tinyrank::app {
namespace {

struct temporary_slot {
  std::atomic<int> used{0};  // a word: gcc 12 calls no byte free of locks on RISC-V
  std::array<char, 4096> path{};
};

// A handler can only reach static storage, and may not allocate or lock.
std::array<temporary_slot, 16> slots;
static_assert(std::atomic<int>::is_always_lock_free);

void unlink_all() {
  for (const temporary_slot& slot : slots) {
    if (slot.used.load(std::memory_order_acquire) != 0) ::unlink(slot.path.data());
  }
}

extern "C" void unlink_and_raise(int signal_number) {
  unlink_all();
  // SA_RESETHAND restored the default action; the signal takes effect when this handler returns.
  ::raise(signal_number);
}

}  // namespace

int register_temporary(const std::string& path) noexcept {
  for (std::size_t k = 0; k < slots.size() && path.size() < slots[k].path.size(); ++k) {
    if (slots[k].used.load(std::memory_order_relaxed) != 0) continue;
    std::memcpy(slots[k].path.data(), path.c_str(), path.size() + 1);
    slots[k].used.store(1, std::memory_order_release);
    return static_cast<int>(k);
  }
  return -1;
}

void unregister_temporary(int handle) noexcept {
  if (handle >= 0) slots[static_cast<std::size_t>(handle)].used.store(0, std::memory_order_release);
}

signal_pause::signal_pause() noexcept {
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &saved_);
}

signal_pause::~signal_pause() {
  pthread_sigmask(SIG_SETMASK, &saved_, nullptr);
}

void remove_temporaries_on_signal() {
  // A library may end the process, too.
  static_cast<void>(std::atexit(unlink_all));
  for (const int signal_number :
       {SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGQUIT, SIGALRM, SIGVTALRM, SIGPROF, SIGXCPU, SIGUSR1, SIGUSR2}) {
    struct sigaction previous {};
    if (sigaction(signal_number, nullptr, &previous) != 0 || previous.sa_handler == SIG_IGN) continue;
    struct sigaction action {};
    action.sa_handler = unlink_and_raise;
    action.sa_flags = static_cast<int>(SA_RESETHAND);
    sigfillset(&action.sa_mask);
    sigaction(signal_number, &action, nullptr);
  }
  struct sigaction ignore {};
  ignore.sa_handler = SIG_IGN;
  sigaction(SIGXFSZ, &ignore, nullptr);
}

}  // namespace tinyrank::app
