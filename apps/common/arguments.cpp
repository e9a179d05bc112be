// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "arguments.hpp"

#include <charconv>
#include <cmath>

#include "error.hpp"
#include "tinyrank/hadamard.hpp"
#include "tinyrank/views.hpp"

namespace tinyrank::app {
namespace {

constexpr std::uint64_t most_measurements = std::uint64_t{1} << 40;

template <class Value>
bool parse_whole(std::string_view text, Value& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && end == text.data() + text.size();
}

[[noreturn]] void refuse(std::string_view name, std::string_view text, std::string_view expected) {
  throw input_error(std::string(name) + ": " + in_quotes(text) + " is not " + std::string(expected));
}

/// Takes a key out of the map.
std::string take(std::map<std::string, std::string>& pairs, const std::string& key,
                 const std::string& otherwise) {
  const auto found = pairs.find(key);
  if (found == pairs.end()) return otherwise;
  std::string value = found->second;
  pairs.erase(found);
  return value;
}

std::string take_required(std::map<std::string, std::string>& pairs, const std::string& name,
                          const std::string& key) {
  if (pairs.count(key) == 0) throw input_error(name + ": " + key + "=... is missing");
  return take(pairs, key, "");
}

void require_empty(const std::map<std::string, std::string>& pairs, const std::string& name,
                   std::string_view known) {
  if (pairs.empty()) return;
  throw input_error(name + ": unknown key " + in_quotes(pairs.begin()->first) + "; there are " +
                    std::string(known));
}

}  // namespace

double parse_number(std::string_view name, std::string_view text) {
  double value = 0;
  if (!parse_whole(text, value) || !std::isfinite(value)) refuse(name, text, "a finite number");
  return value;
}

std::uint64_t parse_integer(std::string_view name, std::string_view text, std::uint64_t lowest,
                            std::uint64_t highest) {
  std::uint64_t value = 0;
  if (!parse_whole(text, value) || value < lowest || value > highest) {
    refuse(name, text, "a whole number from " + std::to_string(lowest) + " to " + std::to_string(highest));
  }
  return value;
}

std::map<std::string, std::string> parse_pairs(std::string_view name, std::string_view text) {
  std::map<std::string, std::string> pairs;
  while (!text.empty()) {
    const std::size_t comma = text.find(',');
    const std::string_view pair = text.substr(0, comma);
    text = comma == std::string_view::npos ? std::string_view() : text.substr(comma + 1);
    const std::size_t equals = pair.find('=');
    if (equals == std::string_view::npos || equals == 0) refuse(name, pair, "of the form key=value");
    if (!pairs.emplace(pair.substr(0, equals), pair.substr(equals + 1)).second) {
      throw input_error(std::string(name) + ": key " + in_quotes(pair.substr(0, equals)) + " is given twice");
    }
  }
  return pairs;
}

sensing_argument parse_sensing(const std::string& text) {
  const std::string name = "--sensing";
  sensing_argument result;
  result.text = text;
  const std::size_t colon = text.find(':');
  const std::string kind = text.substr(0, colon);
  const std::string rest = colon == std::string::npos ? "" : text.substr(colon + 1);
  if (colon == std::string::npos || rest.empty() ||
      (kind != "dense" && kind != "gaussian" && kind != "hadamard" && kind != "distances")) {
    refuse(name, text,
           "dense:FILE.npy, gaussian:n=..,m=..,seed=.., hadamard:n=..,m=..,seed=.. or distances:FILE.csv");
  }
  if (kind == "dense" || kind == "distances") {
    result.what = kind == "dense" ? sensing_argument::kind::dense : sensing_argument::kind::distances;
    result.path = rest;
    return result;
  }
  result.what = kind == "hadamard" ? sensing_argument::kind::hadamard : sensing_argument::kind::gaussian;
  auto pairs = parse_pairs(name, rest);
  result.n = static_cast<std::size_t>(
      parse_integer(name + " n", take_required(pairs, name, "n"), 1, largest_dimension));
  result.measurement_count = static_cast<std::size_t>(
      parse_integer(name + " m", take_required(pairs, name, "m"), 1,
                    sizeof(std::size_t) == 4 ? std::uint64_t{SIZE_MAX} : most_measurements));
  result.seed = parse_integer(name + " seed", take(pairs, "seed", "1"), 0, UINT64_MAX);
  if (result.what == sensing_argument::kind::hadamard) {
    const std::size_t most = hadamard_slot_count(result.n);
    if (result.measurement_count > most) {
      throw input_error(name + " m: a transform for n = " + std::to_string(result.n) + " has " +
                        std::to_string(most) + " rows, fewer than " +
                        std::to_string(result.measurement_count));
    }
    require_empty(pairs, name, "n, m and seed");
    return result;
  }
  const std::string law = take(pairs, "law", "isotropic");
  if (law != "isotropic" && law != "as-printed") refuse(name + " law", law, "isotropic or as-printed");
  result.ensemble = law == "isotropic" ? gaussian_ensemble::isotropic : gaussian_ensemble::as_printed;
  require_empty(pairs, name, "n, m, seed and law");
  return result;
}

planted_argument parse_planted(const std::string& text) {
  const std::string name = "--planted";
  auto pairs = parse_pairs(name, text);
  planted_argument result;
  result.rank = static_cast<std::size_t>(
      parse_integer(name + " rank", take_required(pairs, name, "rank"), 1, largest_dimension));
  result.condition_number = parse_number(name + " kappa", take(pairs, "kappa", "1"));
  if (result.condition_number < 1) throw input_error(name + " kappa: a condition number is at least 1");
  result.seed = parse_integer(name + " seed", take(pairs, "seed", "1"), 0, UINT64_MAX);
  require_empty(pairs, name, "rank, kappa and seed");
  return result;
}

}  // namespace tinyrank::app
