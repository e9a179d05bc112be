// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "posix.hpp"

namespace tinyrank::app {

/// Remembers a file that a signal handler must remove. For one thread at a time.
/// Returns a handle, or -1 when the path is longer than 4095 bytes or 16 files are registered already.
int register_temporary(const std::string& path) noexcept;

/// Forgets the file with this handle; -1 is ignored.
void unregister_temporary(int handle) noexcept;

/// While it lives, signals to this thread wait, so that a file is created and registered as one step.
class signal_pause {
 public:
  signal_pause() noexcept;
  ~signal_pause();
  signal_pause(const signal_pause&) = delete;
  signal_pause& operator=(const signal_pause&) = delete;

 private:
  sigset_t saved_{};
};

}  // namespace tinyrank::app
