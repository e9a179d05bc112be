// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "arguments.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <vector>

#include "catalogue/operators.hpp"
#include "error.hpp"
#include "tinyrank/random.hpp"
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

/// Before a key is missed: it may be there with a letter less.
void require_known(const std::map<std::string, std::string>& pairs, const std::string& name,
                   const std::vector<std::string>& known) {
  for (const auto& [key, value] : pairs) {
    if (std::find(known.begin(), known.end(), key) != known.end()) continue;
    std::string all;
    for (const std::string& each : known)
      all += (all.empty() ? "" : &each == &known.back() ? " and " : ", ") + each;
    throw input_error(name + ": unknown key " + in_quotes(key) + "; there are " + all);
  }
}

using catalogue::sensing_kind;

/// Of every operator, in the order of the catalogue.
const std::vector<sensing_kind>& sensing_kinds() {
  static const std::vector<sensing_kind> all = [] {
    std::vector<sensing_kind> kinds;
    catalogue::for_every_operator([&](auto row) {
      for (const sensing_kind& kind : row.kinds) kinds.push_back(kind);
    });
    return kinds;
  }();
  return all;
}

/// "rows,columns,m" in its parts.
std::vector<std::string> keys_of(const sensing_kind& each) {
  std::vector<std::string> keys(1);
  for (const char letter : std::string_view(each.keys)) {
    letter == ',' ? static_cast<void>(keys.emplace_back()) : keys.back().push_back(letter);
  }
  return keys;
}

std::size_t& size_named(sensing_argument& a, std::string_view key) {
  if (key == "rows") return a.rows;
  if (key == "columns") return a.columns;
  if (key == "masks") return a.masks;
  return key == "n" ? a.n : a.measurement_count;
}

/// "n=..,m=..,seed=.."
std::string spelled_keys(const sensing_kind& each, std::string_view seed) {
  std::string text;
  for (const std::string& key : keys_of(each)) text += key + "=..,";
  return text + std::string(seed);
}

bool has_file(const sensing_kind& each) {
  return *each.file != '\0';
}

/// "rank-one:FILE.npy or rank-one:KEYS"; `keys`: in place of those that are n and m.
std::string spelling(const sensing_kind& each, std::string_view keys) {
  const std::string start = std::string(each.name) + ":";
  std::string text = has_file(each) ? start + each.file : "";
  const bool is_usual = std::string_view(each.keys) == "n,m";
  const std::string spelled = is_usual ? std::string(keys) : spelled_keys(each, "seed=..");
  if (each.drawn) text += (text.empty() ? "" : " or ") + start + spelled;
  return text;
}

const sensing_kind& find_sensing_kind(const std::string& argument, const std::string& text) {
  const std::size_t colon = text.find(':');
  const std::string_view name = std::string_view(text).substr(0, colon);
  std::string known;
  for (const sensing_kind& candidate : sensing_kinds()) {
    known += (known.empty() ? "" : ", ") + std::string(candidate.name);
    if (name != candidate.name) continue;
    if (colon != std::string::npos && colon + 1 != text.size()) return candidate;
    refuse(argument, text, spelling(candidate, "n=..,m=..,seed=.."));
  }
  throw input_error(argument + ": " + in_quotes(text) + " does not start with a known kind and a colon; " +
                    "there are " + known);
}

}  // namespace

double parse_number(std::string_view name, std::string_view text) {
  double value = 0;
  if (!parse_whole(text, value) || !std::isfinite(value)) refuse(name, text, "a finite number");
  return value;
}

double parse_positive(std::string_view name, std::string_view text) {
  const double value = parse_number(name, text);
  if (!(value > 0)) refuse(name, text, "positive");
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

std::uint64_t parse_size(std::string_view name, std::string_view text) {
  constexpr std::string_view units = "KMGT";
  const std::string_view wanted = "a positive size, such as 512M or 1.5G";
  std::string_view digits = text;
  double factor = 1;
  if (const std::size_t unit = text.empty() ? std::string_view::npos : units.find(text.back());
      unit != std::string_view::npos) {
    factor = std::ldexp(1.0, 10 * static_cast<int>(unit + 1));
    digits.remove_suffix(1);
  }
  constexpr double largest = 0x1p62;
  double value = 0;
  if (!parse_whole(digits, value) || !(value * factor >= 1) || !(value * factor <= largest))
    refuse(name, text, std::string(wanted));
  return static_cast<std::uint64_t>(value * factor);
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

std::string input_path(const std::string& given) {
  const bool is_standard_input = given == "-" || given.starts_with("-:");
  return is_standard_input ? "/dev/stdin" + given.substr(1) : given;
}

sensing_argument parse_sensing(const std::string& text) {
  const std::string name = "--sensing";
  const sensing_kind& found = find_sensing_kind(name, text);
  const std::string rest = text.substr(text.find(':') + 1);
  sensing_argument result;
  result.what = found.name;
  result.text = text;
  const bool looks_like_keys = rest.find('=') != std::string::npos && rest.find('/') == std::string::npos &&
                               !std::string_view(rest).ends_with(".npy");
  if (!found.drawn || (has_file(found) && !looks_like_keys)) {
    result.path = input_path(rest);
    return result;
  }
  auto pairs = parse_pairs(name, rest);
  constexpr std::uint64_t most = sizeof(std::size_t) == 4 ? std::uint64_t{SIZE_MAX} : most_measurements;
  const bool is_gaussian = found.name == std::string_view("gaussian");
  const bool is_phase = found.name == std::string_view("phase");
  const std::vector<std::string> keys = keys_of(found);
  std::vector<std::string> known = keys;
  known.emplace_back("seed");
  if (is_gaussian) known.insert(known.end(), {"law", "stored"});
  if (is_phase) known.emplace_back("transform");
  require_known(pairs, name, known);
  for (const std::string& key : keys) {
    const bool counts = key == "m" || key == "masks";
    const std::uint64_t value = parse_integer(name + " " + key, take_required(pairs, name, key), 1,
                                              counts ? most : largest_dimension);
    size_named(result, key) = static_cast<std::size_t>(value);
  }
  result.seed = parse_integer(name + " seed", take(pairs, "seed", "1"), 0, UINT64_MAX);
  if (is_gaussian) {
    const std::string law = take(pairs, "law", "isotropic"), stored = take(pairs, "stored", "yes");
    if (law != "isotropic" && law != "as-printed") refuse(name + " law", law, "isotropic or as-printed");
    if (stored != "yes" && stored != "no") refuse(name + " stored", stored, "yes or no");
    result.ensemble = law == "isotropic" ? gaussian_ensemble::isotropic : gaussian_ensemble::as_printed;
    result.stored = stored == "yes";
  }
  if (is_phase) {
    const std::string transform = take(pairs, "transform", "fourier");
    if (transform != "fourier" && transform != "hadamard")
      refuse(name + " transform", transform, "fourier or hadamard");
    result.is_hadamard = transform == "hadamard";
  }
  if (result.what == "hadamard" && result.measurement_count > hadamard_slot_count(result.n)) {
    throw input_error(name + " m: a transform for n = " + std::to_string(result.n) + " has " +
                      std::to_string(hadamard_slot_count(result.n)) + " rows, fewer than " +
                      std::to_string(result.measurement_count));
  }
  return result;
}

std::string sensing_help() {
  std::string text = "Sensing operators; KEYS are n=..,m=..[,seed=1]; indices count from 0 or 1\n";
  for (const sensing_kind& each : sensing_kinds()) {
    text += "  " + spelling(each, "KEYS") + "\n";
    for (std::string_view rest = each.help; !rest.empty();) {
      const std::size_t length = rest.find('\n') + 1;
      text.append("      ").append(rest.substr(0, length));
      rest.remove_prefix(length);
    }
  }
  return text;
}

std::vector<std::string> sensing_names() {
  std::vector<std::string> names;
  for (const sensing_kind& each : sensing_kinds()) names.emplace_back(each.name);
  return names;
}

planted_argument parse_planted(const std::string& text) {
  const std::string name = "--planted";
  auto pairs = parse_pairs(name, text);
  require_known(pairs, name, {"rank", "kappa", "seed"});
  planted_argument result;
  result.rank = static_cast<std::size_t>(
      parse_integer(name + " rank", take_required(pairs, name, "rank"), 1, largest_dimension));
  result.condition_number = parse_number(name + " kappa", take(pairs, "kappa", "1"));
  if (result.condition_number < 1) throw input_error(name + " kappa: a condition number is at least 1");
  result.seed = parse_integer(name + " seed", take(pairs, "seed", "1"), 0, UINT64_MAX);
  return result;
}

}  // namespace tinyrank::app
