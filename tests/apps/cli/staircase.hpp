// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "samples.hpp"

namespace tinyrank::test {

inline const std::string outputs = " --factor-out U.npy --trace trace.csv --report report.json";
inline const std::string measured = "--sensing dense:A.npy --measurements y.npy ";

/// A file of tests/data, under its name in the directory.
void copy_data(const scratch_directory& directory, const std::string& name);

struct told {
  nlohmann::json report;
  std::string out;
};

/// What a run with three outputs says; checks how it ends.
told tell(const std::string& arguments, const scratch_directory& directory, int exit_code,
          const std::string& verdict);

}  // namespace tinyrank::test
