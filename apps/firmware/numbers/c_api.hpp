// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstddef>

namespace tinyrank::numbers {

inline constexpr std::size_t c_api_measurements = 512;

/// Prints "stack.c_api.<call> <bytes>" of a run on so many measurements. False when a call was refused.
bool report_c_api(const float* y);

}  // namespace tinyrank::numbers
