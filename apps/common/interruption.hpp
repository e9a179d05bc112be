// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

namespace tinyrank::app {

/// While one lives, the first SIGINT is only noted, so that a run can end with what it has; the second does
/// what the first would have done before. An ignored SIGINT stays ignored. One at a time.
class interruption {
 public:
  interruption() noexcept;
  ~interruption();
  interruption(const interruption&) = delete;
  interruption& operator=(const interruption&) = delete;

  /// Of several processes all get the same answer, and have to ask as often (processes::any_asks); there
  /// SIGTERM is noted too, which is what mpirun makes of its own SIGINT.
  [[nodiscard]] static bool requested() noexcept;

  /// Does now what a SIGINT that was noted would have done before: the caller's shell should see that the
  /// program was interrupted. Returns where none was.
  static void pass_on() noexcept;
};

}  // namespace tinyrank::app
