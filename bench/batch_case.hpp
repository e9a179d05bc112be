// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include "bench/operators.hpp"

namespace tinyrank::bench {

/// One gradient of each of so many problems on the dense operator in f32, together. Named batch16_f32 for 16.
bench_case batch_case(const shape& of, std::size_t problems);

}  // namespace tinyrank::bench
