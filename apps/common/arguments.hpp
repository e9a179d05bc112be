// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "tinyrank/random.hpp"

namespace tinyrank::app {

/// Whole text as a number, whatever the locale. `name` is the argument, for the message.
/// Errors: input_error "NAME: 'text' is not ..." when it is not a number, not finite, or outside the range.
double parse_number(std::string_view name, std::string_view text);
std::uint64_t parse_integer(std::string_view name, std::string_view text, std::uint64_t lowest,
                            std::uint64_t highest);

/// "key=value,key=value". Errors: input_error for a missing '=', an empty or repeated key.
std::map<std::string, std::string> parse_pairs(std::string_view name, std::string_view text);

/// --sensing dense:A.npy | gaussian:n=..,m=..[,seed=..][,law=isotropic|as-printed] |
/// hadamard:n=..,m=..[,seed=..] | distances:FILE.csv
struct sensing_argument {
  enum class kind : std::uint8_t { dense, gaussian, distances, hadamard };
  kind what = kind::dense;
  std::string text;   ///< as given, for messages and the report
  std::string path;   ///< dense, distances
  std::size_t n = 0;  ///< gaussian and hadamard, as are the rest
  std::size_t measurement_count = 0;
  std::uint64_t seed = 1;
  gaussian_ensemble ensemble = gaussian_ensemble::isotropic;
};
sensing_argument parse_sensing(const std::string& text);

/// --planted rank=R[,kappa=K][,seed=S]
struct planted_argument {
  std::size_t rank = 0;
  double condition_number = 1;
  std::uint64_t seed = 1;
};
planted_argument parse_planted(const std::string& text);

}  // namespace tinyrank::app
