// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include "bench/harness.hpp"

namespace tinyrank::bench {

/// Everything that the table of `make bench` has.
std::vector<case_group> every_group(const settings& chosen);

/// Single kernels on one thread, with all their data in the second-level cache.
case_group kernel_cases(const settings& chosen);

case_group small_rank_cases(const settings& chosen);
case_group localisation_cases(const settings& chosen);

}  // namespace tinyrank::bench
