// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

namespace tinyrank::app {

/// While one lives, SIGINT, SIGTERM, SIGHUP, SIGXCPU and SIGUSR1 (as batch systems send it before the end of
/// a job's time) are only noted, so that a run can end with what it has. A SIGINT after one that was noted
/// does what it would have done before; of the others programs send several for one. It stays so after its
/// end once one was noted. An ignored one stays ignored. One at a time.
class interruption {
 public:
  interruption() noexcept;
  ~interruption();
  interruption(const interruption&) = delete;
  interruption& operator=(const interruption&) = delete;

  /// Of several processes all get the same answer, and have to ask as often (processes::any_asks); there
  /// SIGTERM is noted too, which is what mpirun makes of its own SIGINT.
  [[nodiscard]] static bool requested() noexcept;
};

}  // namespace tinyrank::app
