// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

// What is done with values before a run, and said of it after: --center and --range.

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "commands.hpp"
#include "problem.hpp"

namespace tinyrank::app {

/// Reads --range to where the reader of values looks. Errors: input_error for --range or --center that cannot
/// be read, or of another kind of --sensing than a table with holes.
void read_value_options(const recover_arguments& given, sensing_argument& sensing);

/// Refuses --measurements outside --range, and takes off y what --center says. weights: of the residuals, or
/// none. heading: gets a line on what was taken off. Errors: input_error, also where nothing is left.
template <class T>
void prepare_values(const recover_arguments& given, problem<T>& a, std::vector<std::string>& heading,
                    const std::vector<T>& weights = {});

/// center, spent, mean and range: null where they were not asked for.
template <class T>
void add_values(nlohmann::ordered_json& report, const recover_arguments& given, const problem<T>& a);

}  // namespace tinyrank::app
