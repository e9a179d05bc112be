// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

// What the program says of itself: help that fits a terminal, a manual page and completion for bash, all made
// of what CLI11 was told of the options.

#include <CLI/CLI.hpp>
#include <map>
#include <string>
#include <vector>

namespace tinyrank::app {

/// Columns that help takes at most.
inline constexpr std::size_t help_columns = 100;

/// Lines of the shell that show a subcommand, by its name.
using help_examples = std::map<std::string, std::vector<std::string>>;

/// Gives the program and its subcommands help in at most help_columns columns, with the examples before the
/// options.
void format_help(CLI::App& app, const help_examples& examples);

/// The whole text, of each subcommand too, as a page for man(1), in roff.
std::string manual_page(const CLI::App& app, const help_examples& examples);

/// A script for bash that completes subcommands, options, the choices of those in `choices` (by their name,
/// "--method"), and the names of files where others want a value.
std::string bash_completion(const CLI::App& app,
                            const std::map<std::string, std::vector<std::string>>& choices);

}  // namespace tinyrank::app
