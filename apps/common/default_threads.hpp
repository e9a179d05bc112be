// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstdint>
#include <string>

namespace tinyrank::app {

/// Processors that this process may keep busy, at least 1: of those that there are those in its affinity
/// mask, and no more than its control groups give it time on.
std::uint32_t usable_processors();

/// Threads for who does not say: OMP_NUM_THREADS where that is a number, else usable_processors(). At most
/// 1024; 1 in a build without OpenMP.
std::uint32_t default_threads();

/// Processors' worth of time that the control groups of this process get, theirs and all above them; infinite
/// without a limit. Reads proc/self/ and what that names, under `root`.
double processor_quota(const std::string& root);

}  // namespace tinyrank::app
