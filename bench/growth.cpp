// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "bench/growth.hpp"

#include <cmath>
#include <iterator>
#include <regex>
#include <stdexcept>

#include "bench/operators.hpp"

namespace tinyrank::bench {
namespace {

// The largest takes 0.53 GB in f32. The Hadamard operator has at most 1024 measurements at n = 32.
constexpr std::size_t fixed_m = 1000, fixed_n = 128, rank = 8;
constexpr std::size_t growing_n[] = {32, 64, 128, 256, 512};
constexpr std::size_t growing_m[] = {500, 1000, 2000, 4000, 8000};
static_assert(std::size(growing_n) == std::size(growing_m));

constexpr effort spent{
    .shortest_repetition = 0.004, .repetitions_per_round = 5, .enough_undisturbed = 3, .longest_group = 1};

/// n or m grows, of what the operator has.
std::vector<shape> growing(const operator_kind& kind, std::size_t shape::*size, const settings& chosen) {
  std::vector<shape> all;
  for (std::size_t i = 0; i < std::size(growing_n); ++i) {
    shape of{fixed_n, fixed_m, rank, 1, chosen.isa};
    of.*size = size == &shape::n ? growing_n[i] : growing_m[i];
    all.push_back(kind.nearest(of));
  }
  return all;
}

std::string prefix_of(const operator_kind& kind, const char* grows) {
  return "cost." + kind.name + "." + grows + "_";
}

case_group growth_group(const operator_kind& kind, const settings& chosen) {
  case_group all;
  const auto add = [&](const char* grows, std::size_t shape::*size) {
    for (const shape& of : growing(kind, size, chosen)) {
      all.push_back(operator_case(kind.name, of));
      all.back().name = prefix_of(kind, grows) + std::to_string(of.*size);
    }
  };
  add("n", &shape::n);
  add("m", &shape::m);
  return all;
}

/// Slope of log(seconds) over log(size).
double exponent(const measurements& results, const std::string& prefix, const std::vector<shape>& shapes,
                std::size_t shape::*size) {
  double xs = 0, ys = 0, xx = 0, xy = 0;
  for (const shape& of : shapes) {
    const double x = std::log(static_cast<double>(of.*size));
    const double y = std::log(find(results, prefix + std::to_string(of.*size), 0)->seconds);
    xs += x;
    ys += y;
    xx += x * x;
    xy += x * y;
  }
  const auto count = static_cast<double>(shapes.size());
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
    const auto exponent_of = [&](const char* grows, std::size_t shape::*size) {
      return exponent(results, prefix_of(*kind, grows), growing(*kind, size, chosen), size);
    };
    keys[name + ".exponent_n"] = exponent_of("n", &shape::n);
    keys[name + ".exponent_m"] = exponent_of("m", &shape::m);
  }
  return keys;
}

}  // namespace tinyrank::bench
