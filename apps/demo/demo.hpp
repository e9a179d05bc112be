// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include <string>

namespace tinyrank::app {

/// Section 4 of arXiv 2106.15013 at its printed size, or a quick one: gradient descent, with the three phases
/// as they happen (every iteration to phases.csv), and the staircase, which is told nothing (every factor to
/// staircase.csv). Errors: input_error, also when a final relative test error is not below 1e-4.
void run_paper_experiment(const std::string& directory, bool quick);

/// A map of cities from a random 70% of a distance table, by gradient descent for r = 2 and r = n and by the
/// staircase, beside classical multidimensional scaling of the whole table; positions to `csv`. Errors:
/// input_error.
void run_map(const std::string& table, const std::string& csv);

}  // namespace tinyrank::app
