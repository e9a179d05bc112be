// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include <map>
#include <string>

#include "bench/harness.hpp"

namespace tinyrank::bench {

using key_values = std::map<std::string, double>;

/// Every figure that was asked for, under the name it has in bench.json; `is_whole`: also those that speak
/// about the run.
key_values to_keys(const measurements& results, bool is_whole);

/// The machine and the libraries, then one row per case, then the figures that have a target. At most 100
/// columns.
void print_table(const settings& chosen, const measurements& results, const key_values& keys);

/// A flat JSON object of numbers; appears whole or not at all. Throws std::runtime_error.
void write_json(const std::string& path, const key_values& keys);

}  // namespace tinyrank::bench
