// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

// What the ways to recover have in common.

#include <cstdint>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "checkpoint_file.hpp"
#include "commands.hpp"
#include "output.hpp"
#include "problem.hpp"

namespace tinyrank::app {

/// "1 unknown", "7 unknowns"
std::string counted(std::uint64_t count, const std::string& what);

/// A text left out, or "auto".
bool is_automatic(const std::string& text);

instruction_set parse_isa(const std::string& text);

/// Empty: all cores.
std::uint32_t parse_threads(const std::string& text);

/// Empty: the default.
std::uint32_t parse_shards(const std::string& text);

template <class T>
T parse_tolerance(const std::string& name, const std::string& text) {
  const double tolerance = parse_number(name, text);
  if (tolerance < 0) throw input_error(name + ": " + in_quotes(text) + " is negative");
  return in_range_of<T>(name, text, tolerance);
}

/// What both kinds of options have: instruction set, threads, seed and tolerances. Either tolerance takes the
/// place of the default.
template <class T, class Options>
void read_common(const recover_arguments& given, Options& options) {
  options.isa = parse_isa(given.isa);
  options.plan = {parse_threads(given.threads), parse_shards(given.shards)};
  if (!given.seed.empty()) options.seed = parse_integer("--seed", given.seed, 0, UINT64_MAX);
  if (!given.tolerance.empty()) {
    options.tolerance = parse_tolerance<T>("--tolerance", given.tolerance);
    options.relative_tolerance = 0;
  }
  if (given.relative_tolerance.empty()) return;
  options.relative_tolerance = parse_tolerance<T>("--relative-tolerance", given.relative_tolerance);
  if (options.relative_tolerance >= 1)
    throw input_error("--relative-tolerance: " + in_quotes(given.relative_tolerance) +
                      " is not below 1, where U = 0 would do");
}

problem_sources sources_of(const recover_arguments& given);

/// The files of a run, empty where none is wanted. Places that cannot be written are found when it is made,
/// not after the run.
struct result_files {
  std::unique_ptr<output_file> factor, estimate, trace, report;

  /// Errors: input_error, also for an output that is an input of the run.
  result_files(const recover_arguments& given, const std::string& sensing_path);

  /// Writes factor and matrix. Errors: input_error.
  template <class T>
  void write_answer(const recover_arguments& given, const problem<T>& a, const std::vector<T>& u,
                    std::size_t rank) const;

  /// All or none.
  void commit() const;
};

/// By --checkpoint and --resume. Errors: input_error.
checkpoint_file open_checkpoint(const recover_arguments& given);

/// What of the problem a run and the one that goes on from it must share, whatever recovers.
template <class T>
std::vector<run_fact> facts_of(const recover_arguments& given, const std::string& method,
                               const problem<T>& a);

/// The trace so far, of a run that goes on, or the heading of one that begins; and the lines that follow.
void begin_trace(const result_files& files, checkpoint_file& kept, const std::string& heading);
void add_to_trace(const result_files& files, checkpoint_file& kept, const std::string& line);

/// A line of standard output, unless the run is quiet.
void print_line(const recover_arguments& given, const std::string& line);

/// Errors: input_error for --unit-trace of what has no trace.
void refuse_trace(const recover_arguments& given, factor_shape shape);

/// Errors: input_error for --frobenius of what is no list of entries of a symmetric matrix.
template <class T>
void refuse_frobenius(const recover_arguments& given, const problem<T>& a) {
  if (given.frobenius && !std::holds_alternative<entries_sensing<T>>(a.chosen))
    throw input_error("--frobenius: is for --sensing entries");
}

/// What a report says of every run, whatever recovered.
struct run_facts {
  std::string_view method;
  std::size_t rank;
  execution_plan plan;
  instruction_set isa;
  std::size_t arena_bytes;
  std::uint64_t seed;
  double seconds;
  std::uint64_t factor_bits;
};

/// The problem and how it was run: what every report starts with.
template <class T>
nlohmann::ordered_json begin_report(const recover_arguments& given, const problem<T>& a,
                                    const run_facts& run);

/// Names, notes, time and bits: what every report ends with.
template <class T>
void end_report(nlohmann::ordered_json& report, const problem<T>& a, const run_facts& run);

/// Six digits of it, of 1 - F where those say nothing.
std::string fidelity_text(double fidelity);

/// For a CSV: as many digits as it takes.
std::string exact_number(double value);
std::string hexadecimal(std::uint64_t value);

/// Where memory is refused meanwhile it ends the program, as main does: an allocation that fails leaves
/// nlohmann-json 3.11 a value that its destructor crashes on, or fails in a destructor itself.
void write_report(output_file& out, const std::function<nlohmann::ordered_json()>& make);

/// By tinyrank::staircase. Returns the exit code.
int recover_by_staircase(const recover_arguments& given);

/// With --ridge. Returns the exit code.
int recover_by_ridge(const recover_arguments& given);

}  // namespace tinyrank::app
