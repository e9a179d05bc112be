// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include "bench/report.hpp"

namespace tinyrank::bench {

/// Recovery with nothing told, on planted problems: passes and seconds until the relative test error is
/// reached, the most of three seeds; NaN, null in bench.json, where a seed ends before. And the seconds of
/// the experiment of arXiv 2106.15013 over those of its gradient descent. Only what matches `filter`; prints
/// a table. Throws std::runtime_error when nothing does.
///
///     staircase.<operator>_<n>.condition_<c>.passes, .seconds
///     staircase_paper.seconds, staircase_paper.gradient_descent.seconds,
///     staircase_paper.fraction_of_gradient_descent
key_values measure_staircase(const settings& chosen, const std::string& filter);

}  // namespace tinyrank::bench
