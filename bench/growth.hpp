// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include "bench/report.hpp"

namespace tinyrank::bench {

/// Times the gradient of every operator on one thread for growing n at fixed m, and for growing m at fixed n.
/// Keys: cost.<operator>.n_<n>.seconds, cost.<operator>.m_<m>.seconds, and the slopes of the logarithms by
/// least squares, cost.<operator>.exponent_n and .exponent_m. Only the operators whose "cost.<operator>"
/// matches `filter`; throws std::runtime_error when none does.
key_values measure_growth(const settings& chosen, const std::string& filter);

}  // namespace tinyrank::bench
