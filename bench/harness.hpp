// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tinyrank/instruction_set.hpp"

namespace tinyrank::bench {

struct settings {
  instruction_set isa = instruction_set::automatic;
  std::uint32_t threads = 2;
};

/// One row of the table. Cases with one name are several ways to do one thing; the fastest stands for all.
struct bench_case {
  std::string name{};
  std::string way{};  ///< which of several, or empty
  std::function<void()> run{};
  double bytes = 0;       ///< read or written in memory per run; 0: not what this is about
  double flops = 0;       ///< per run
  double draws = 0;       ///< normal numbers per run
  std::string limit{};    ///< name of the case that measures what binds this one, or empty
  std::string against{};  ///< name of the OpenBLAS case that does the same, or empty
  bool settle = false;    ///< let its threads fall asleep after every run
};

/// Cases that share data, and are measured in turn so that they can be compared.
class case_group {
 public:
  virtual ~case_group() = default;
  [[nodiscard]] virtual std::vector<bench_case> cases() = 0;
  virtual void prepare(const std::vector<bench_case>& wanted) = 0;
  virtual void release() noexcept = 0;
};

struct measurement {
  bench_case what;
  double seconds = 0;  ///< median
  std::size_t repetitions = 0;
  std::size_t undisturbed = 0;
  bool is_trusted = false;  ///< enough repetitions in which no other program took a processor away
};

using measurements = std::map<std::string, measurement>;

/// Measures the cases whose name matches `filter`, and those that they refer to. Groups are prepared one
/// after the other, so that only one holds memory.
measurements measure(const std::vector<std::unique_ptr<case_group>>& groups, const std::string& filter);

// The groups, by file.
std::unique_ptr<case_group> dense_f32_cases(const settings& chosen);
std::unique_ptr<case_group> dense_f64_cases(const settings& chosen);
std::unique_ptr<case_group> in_cache_cases(const settings& chosen);
std::unique_ptr<case_group> generated_cases(const settings& chosen);
std::unique_ptr<case_group> kernel_cases(const settings& chosen);

}  // namespace tinyrank::bench
