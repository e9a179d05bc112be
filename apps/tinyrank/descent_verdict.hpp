// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include <string>

#include "recovery.hpp"

namespace tinyrank::app {

/// What is said of a run of a method that was told the rank.
struct descent_verdict {
  std::string word;  ///< "recovered", "not determined", ...
  std::string text;  ///< lines that say why, each after a '\n'
  int exit_code;
};

/// rank: columns of U. Every sentence holds for all that reaches it.
descent_verdict judge_descent(const recovery_result& result, std::size_t rank,
                              std::uint64_t measurement_count);

}  // namespace tinyrank::app
