// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include <stdexcept>
#include <string>

#include "tinyrank/status.hpp"

namespace tinyrank::python {

/// What becomes a ValueError.
class refusal : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The status' text behind the name that the argument has in Python, where the text does not begin with it.
inline std::string explain(status value, const std::string& argument = "") {
  const std::string text = to_string(value);
  const auto named = [&](const std::string& name) {
    return text.starts_with(name + ":") ? text : name + ": " + text;
  };
  if (!argument.empty()) return named(argument);
  switch (value) {
    case status::dimension:
      return named("n");
    case status::measurement_count:
      return named("m");
    case status::measurements:
      return named("y");
    case status::pair_index:
      return named("pairs");
    case status::exploration:
      return named("explore");
    case status::robust_loss:
      return named("loss");
    case status::held_out:
      return named("held_out_share");
    case status::operator_data:
      return named("operator");
    default:
      return text;
  }
}

inline void require(status value, const std::string& argument = "") {
  if (value != status::ok) throw refusal(explain(value, argument));
}

}  // namespace tinyrank::python
