// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cmath>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "error.hpp"
#include "tinyrank/random.hpp"

namespace tinyrank::app {

/// Whole text as a number, whatever the locale. `name` is the argument, for the message.
/// Errors: input_error "NAME: 'text' is not ..." when it is not a number, not finite, or outside the range.
double parse_number(std::string_view name, std::string_view text);
std::uint64_t parse_integer(std::string_view name, std::string_view text, std::uint64_t lowest,
                            std::uint64_t highest);
double parse_positive(std::string_view name, std::string_view text);

/// `given`, which `text` says, in the precision of the run. Errors: input_error for one that vanishes there,
/// and would be taken for automatic, or is not finite.
template <class T>
T in_range_of(std::string_view name, std::string_view text, double given) {
  const auto value = static_cast<T>(given);
  if ((value == 0 && given != 0) || !std::isfinite(value)) {
    throw input_error(std::string(name) + ": " + in_quotes(text) + " is outside the range of this precision");
  }
  return value;
}

/// Bytes, such as "512M" or "1.5G": K, M, G and T are powers of 1024. Errors: input_error.
std::uint64_t parse_size(std::string_view name, std::string_view text);

/// "key=value,key=value". Errors: input_error for a missing '=', an empty or repeated key.
std::map<std::string, std::string> parse_pairs(std::string_view name, std::string_view text);

/// What values may be.
struct value_range {
  double low = 0, high = 0;
};

/// --sensing KIND:FILE or KIND:n=..,m=..[,seed=..]; sensing_help lists the kinds and their keys.
struct sensing_argument {
  std::string_view what;  ///< the name of a kind of the catalogue
  std::string text;       ///< as given, for messages and the report
  std::string path;       ///< of the file; empty for an operator that is drawn, which has all of the rest
  std::size_t n = 0;      ///< the side of the matrix
  std::size_t rows = 0, columns = 0;  ///< instead of n, of a rectangular matrix
  std::size_t masks = 0;              ///< instead of measurement_count
  bool is_hadamard = false;           ///< phase only: the transform
  std::optional<value_range> range;   ///< what the values of a file may be
  std::uint64_t memory = 0;           ///< what stored rows may take; 0: what is there
  std::size_t measurement_count = 0;
  std::uint64_t seed = 1;
  gaussian_ensemble ensemble = gaussian_ensemble::isotropic;  ///< gaussian only
  bool stored = true;                                         ///< gaussian only: drawn once, before the run
  bool squared = false;                                       ///< distances only: the file has their squares
};

/// A file that is read, where "-" is standard input, and "-:y" a member of an archive that comes from there.
std::string input_path(const std::string& given);

/// What may be a file or keys, as in rank-one:, is keys when it holds a '=', no '/', and does not end in
/// .npy.
sensing_argument parse_sensing(const std::string& text);

/// The kinds, each with what follows the colon and what it means, in lines that fit a terminal.
std::string sensing_help();

/// The names of the kinds, "dense" and so on.
std::vector<std::string> sensing_names();

/// --planted rank=R[,kappa=K][,seed=S]
struct planted_argument {
  std::size_t rank = 0;
  double condition_number = 1;
  std::uint64_t seed = 1;
};
planted_argument parse_planted(const std::string& text);

}  // namespace tinyrank::app
