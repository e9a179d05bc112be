// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include <string>

#include "bench/harness.hpp"
#include "bench/report.hpp"

namespace tinyrank::bench {

/// What threads cost where others want the processors: threads.busy_over_single, the time of 200 gradients by
/// the settings' threads over that by one, n = 64, m = 2000, while two other processes loop; the larger of a
/// stored and a generated operator. Prints a line for each. Nothing for a filter that does not match the key.
key_values measure_busy(const settings& chosen, const std::string& filter);

}  // namespace tinyrank::bench
