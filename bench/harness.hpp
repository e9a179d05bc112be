// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "tinyrank/instruction_set.hpp"

namespace tinyrank::bench {

struct settings {
  instruction_set isa = instruction_set::automatic;
  std::uint32_t threads = 2;
};

enum class yardstick { none, openblas, eigen };

/// A ratio of times: factor * (seconds of the case `other`) / (seconds of this one).
struct comparison {
  std::string key{};  ///< in bench.json: below this case's name, or as it stands when it has a dot
  std::string other{};
  yardstick column = yardstick::none;  ///< where the table shows it
  double factor = 1;
};

/// What a case runs again and again; holds its data, which go with the last copy.
using prepared_case = std::function<void()>;

/// One row of the table. Cases with one name are several ways to do one thing; the fastest stands for all.
struct bench_case {
  std::string name{};
  std::string way{};  ///< which of several, or empty
  std::function<prepared_case()> prepare{};
  double bytes = 0;                   ///< that have to come from memory in a run; 0: not what this is about
  double flops = 0;                   ///< per run
  double draws = 0;                   ///< normal numbers per run
  std::vector<std::string> limits{};  ///< cases that measure what may bind this one: a read, or a peak
  std::vector<comparison> compared{};
  bool is_operator = false;  ///< a gradient, and so a point of the roofline
  std::size_t other_n = 0;   ///< where it has not that of its group
  bool settle = false;       ///< has threads of its own: all that idle fall asleep before and after it
};

/// Cases that may share data, and are measured in turn so that they can be compared. A name may occur in
/// several groups; ratios are taken within a group where they can be.
using case_group = std::vector<bench_case>;

struct measurement {
  bench_case what;
  std::size_t group = 0;
  bool is_asked = false;  ///< it, or a ratio of it, matches the filter; else others refer to it
  double seconds = 0;     ///< of a typical run
  std::size_t repetitions = 0;
  std::size_t undisturbed = 0;
  bool is_trusted = false;  ///< enough repetitions in which no other program took a processor away
};

/// In the order of the groups.
using measurements = std::vector<measurement>;

/// The measurement of a case, of this group if it has one; or null.
const measurement* find(const measurements& results, const std::string& name, std::size_t group);

/// What `one` reaches of the rate that `limit` measures.
double fraction_of(const measurement& limit, const measurement& one);

/// The key of a ratio of this case.
std::string key_of(const bench_case& one, const comparison& ratio);

struct effort {
  double shortest_repetition = 0.004;  ///< seconds; a slice of the scheduler, so that some are undisturbed
  int repetitions_per_round = 5;
  std::size_t enough_undisturbed = 9;  ///< rounds end when each case has so many
  double longest_group = 20;           ///< or after so many seconds
};

/// Measures the cases whose name matches `filter`, and those that they refer to. Groups are prepared one
/// after the other, so that only one holds memory. Throws std::runtime_error when no case matches.
measurements measure(const std::vector<case_group>& groups, const std::string& filter, const effort& spent);

}  // namespace tinyrank::bench
