// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "bench/growth.hpp"

#include <cmath>
#include <regex>
#include <stdexcept>

#include "bench/operators.hpp"

namespace tinyrank::bench {
namespace {

// The largest takes 0.53 GB in f32. The Hadamard operator has at most 1024 measurements at n = 32.
constexpr std::size_t fixed_m = 1000, fixed_n = 128, rank = 8;
constexpr std::size_t growing_n[] = {32, 64, 128, 256, 512};
constexpr std::size_t growing_m[] = {500, 1000, 2000, 4000, 8000};

constexpr effort spent{
    .shortest_repetition = 0.004, .repetitions_per_round = 5, .enough_undisturbed = 3, .longest_group = 1};

std::string prefix_of(const operator_kind& kind, const char* grows) {
  return "cost." + kind.name + "." + grows + "_";
}

case_group growth_group(const operator_kind& kind, const settings& chosen) {
  case_group all;
  const auto add = [&](const char* grows, std::size_t size, std::size_t n, std::size_t m) {
    all.push_back(operator_case(kind.name, {n, m, rank, 1, chosen.isa}));
    all.back().name = prefix_of(kind, grows) + std::to_string(size);
  };
  for (const std::size_t n : growing_n) add("n", n, n, fixed_m);
  for (const std::size_t m : growing_m) add("m", m, fixed_n, m);
  return all;
}

/// Slope of log(seconds) over log(size).
template <std::size_t Count>
double exponent(const measurements& results, const std::string& prefix, const std::size_t (&sizes)[Count]) {
  double xs = 0, ys = 0, xx = 0, xy = 0;
  for (const std::size_t size : sizes) {
    const double x = std::log(static_cast<double>(size));
    const double y = std::log(find(results, prefix + std::to_string(size), 0)->seconds);
    xs += x;
    ys += y;
    xx += x * x;
    xy += x * y;
  }
  const auto count = static_cast<double>(Count);
  return (count * xy - xs * ys) / (count * xx - xs * xs);
}

}  // namespace

key_values measure_growth(const settings& chosen, const std::string& filter) {
  const std::regex pattern(filter);
  std::vector<const operator_kind*> kinds;
  std::vector<case_group> groups;
  for (const operator_kind& kind : operator_kinds()) {
    if (!std::regex_search("cost." + kind.name, pattern)) continue;
    kinds.push_back(&kind);
    groups.push_back(growth_group(kind, chosen));
  }
  if (kinds.empty()) throw std::runtime_error("no cost of an operator matches '" + filter + "'");
  const measurements results = measure(groups, "^cost", spent);
  key_values keys;
  for (const measurement& one : results) keys[one.what.name + ".seconds"] = one.seconds;
  for (const operator_kind* kind : kinds) {
    const std::string name = "cost." + kind->name;
    keys[name + ".exponent_n"] = exponent(results, prefix_of(*kind, "n"), growing_n);
    keys[name + ".exponent_m"] = exponent(results, prefix_of(*kind, "m"), growing_m);
  }
  return keys;
}

}  // namespace tinyrank::bench
