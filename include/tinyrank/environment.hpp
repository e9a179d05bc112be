// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include "tinyrank/export.hpp"
#include "tinyrank/status.hpp"

namespace tinyrank {

/// Whether this thread rounds as the same bits everywhere ask: to nearest, subnormal numbers kept, each
/// operation by itself. `arithmetic` where the program around has set another rounding mode or flush-to-zero
/// (fesetround, MXCSR, FPSCR; gcc's -ffast-math in a program's link line sets it, too), or where this library
/// was compiled by flags that no compiler tells of. For debugging: a run does not ask. Cost: O(1).
[[nodiscard]] TINYRANK_API status check_environment() noexcept;

}  // namespace tinyrank
