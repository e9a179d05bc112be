// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "recover_parts.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <new>

#include "answer.hpp"
#include "default_threads.hpp"
#include "error.hpp"
#include "npz.hpp"
#include "processes.hpp"
#include "recovery.hpp"
#include "shape_text.hpp"
#include "tinyrank/version.hpp"
#include "values.hpp"

namespace tinyrank::app {
namespace {

/// A mistyped name must not cost the data. The start may be replaced by the factor it leads to.
void refuse_to_replace_inputs(const recover_arguments& given, const std::string& sensing) {
  const auto refuse = [](const std::string& output, const std::string& input) {
    std::error_code none;
    if (output.empty() || input.empty() || !std::filesystem::equivalent(output, file_of(input), none)) return;
    throw file_error(output, "is an input of this run; give the output another name");
  };
  for (const std::string& output :
       {given.factor_out, given.estimate_out, given.trace, given.report, given.checkpoint}) {
    for (const std::string& input : {sensing, given.measurements, given.truth, given.weights})
      refuse(output, input);
  }
  for (const std::string& output : {given.estimate_out, given.trace, given.report, given.checkpoint})
    refuse(output, given.init);
  for (const std::string& output : {given.factor_out, given.estimate_out, given.trace, given.report})
    refuse(output, given.resume);
}

std::unique_ptr<output_file> open_output(const std::string& path) {
  return path.empty() ? nullptr : std::make_unique<output_file>(path);
}

}  // namespace

std::string instruction_set_choices() {
  std::string names;
  for (const instruction_set isa : every_instruction_set) {
    names += (names.empty() ? "" : ", ") + std::string(to_string(isa));
  }
  return names + " or auto";
}

std::string counted(std::uint64_t count, const std::string& what) {
  return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

bool is_automatic(const std::string& text) {
  return text.empty() || text == "auto";
}

instruction_set parse_isa(const std::string& text) {
  if (is_automatic(text)) return instruction_set::automatic;
  for (const instruction_set isa : every_instruction_set) {
    if (text != to_string(isa)) continue;
    if (!is_built(isa)) throw input_error("--isa: " + text + " is not built into this program");
    if (!is_usable(isa)) throw input_error("--isa: this machine does not have " + text);
    return isa;
  }
  throw input_error("--isa: " + in_quotes(text) + " is not " + instruction_set_choices());
}

std::uint32_t parse_threads(const std::string& text) {
  if (text.empty()) return std::max(1U, default_threads() / processes::on_this_machine());
  const auto threads = static_cast<std::uint32_t>(parse_integer("--threads", text, 1, 1024));
  require_ok("--threads " + text, check_plan({threads, execution_plan{}.shards}));
  return threads;
}

std::uint32_t parse_shards(const std::string& text) {
  if (text.empty()) return execution_plan{}.shards;
  const auto shards = static_cast<std::uint32_t>(parse_integer("--shards", text, 1, 4096));
  require_ok("--shards " + text, check_plan({1, shards}));
  return shards;
}

problem_sources sources_of(const recover_arguments& given) {
  problem_sources sources;
  sources.sensing = parse_sensing(given.sensing);
  sources.sensing.squared = given.squared;
  if (given.squared && sources.sensing.what != "distances")
    throw input_error("--squared: is for --sensing distances alone");
  if (!given.memory.empty()) {
    sources.sensing.memory = parse_size("--memory", given.memory);
    refuse_memory_limit(sources.sensing);
  }
  sources.measurements = given.measurements;
  sources.truth = given.truth;
  if (!given.planted.empty()) sources.planted = parse_planted(given.planted);
  read_value_options(given, sources.sensing);
  return sources;
}

result_files::result_files(const recover_arguments& given, const std::string& sensing_path) {
  refuse_to_replace_inputs(given, sensing_path);
  if (!given.estimate_out.empty()) check_estimate_name(given.estimate_out);
  factor = open_output(given.factor_out);
  estimate = open_output(given.estimate_out);
  trace = open_output(given.trace);
  report = open_output(given.report);
}

template <class T>
void result_files::write_answer(const recover_arguments& given, const problem<T>& a, const std::vector<T>& u,
                                std::size_t rank) const {
  answer<T> found{a, u, rank};
  if (given.unit_trace) found.scale = unit_trace_scale(found);
  if (factor) write_factor(*factor, found);
  if (!estimate) return;
  const std::size_t clipped = write_estimate(*estimate, found);
  if (a.range) {
    const matrix_size size = matrix_size_of(a.sensing.shape, a.sensing.n);
    print_line(given, std::to_string(clipped) + " of the " + std::to_string(size.rows * size.columns) +
                          " entries were outside --range " + given.range + " and are written as its ends");
  }
}

template void result_files::write_answer(const recover_arguments&, const problem<float>&,
                                         const std::vector<float>&, std::size_t) const;
template void result_files::write_answer(const recover_arguments&, const problem<double>&,
                                         const std::vector<double>&, std::size_t) const;

void result_files::commit() const {
  for (const auto& out : {&factor, &estimate, &trace, &report}) {
    if (*out) (*out)->complete();
  }
  for (const auto& out : {&factor, &estimate, &trace, &report}) {
    if (*out) (*out)->commit();
  }
}

checkpoint_file open_checkpoint(const recover_arguments& given) {
  constexpr double seconds = 30;
  double every = seconds;
  if (!given.checkpoint_every.empty()) {
    if (given.checkpoint.empty()) throw input_error("--checkpoint-every: asks for --checkpoint");
    every = parse_number("--checkpoint-every", given.checkpoint_every);
    if (every < 0)
      throw input_error("--checkpoint-every: " + in_quotes(given.checkpoint_every) + " is negative");
  }
  return {given.checkpoint, every, given.resume};
}

template <class T>
std::vector<run_fact> facts_of(const recover_arguments& given, const std::string& method,
                               const problem<T>& a) {
  std::uint64_t matrices = hash_of_values(a.kind);
  const auto add = [&](const auto& values) { matrices = hash_of_values(values, matrices); };
  const std::string place = !a.streams.empty()        ? "their file"
                            : processes::count() != 1 ? "several processes"
                                                      : "memory";
  // Of what is drawn, the argument says all. Of what is not all here it is what there is; and restoring asks
  // whether the loss is the one that was saved.
  if (place != "memory" || parse_sensing(given.sensing).path.empty()) add(given.sensing);
  if (place == "memory") {
    add(a.stored);
    add(a.stored_right);
    add(a.bf16_rows);
    add(a.int8_rows);
    add(a.scales);
    add(a.pairs);
    add(a.offsets);
    add(a.entries);
    add(a.strings);
  }
  std::uint64_t truth = hash_of_values(a.truth, hash_of_values(given.planted));
  truth = hash_of_bytes(std::as_bytes(std::span(&a.has_unit_trace, 1)), truth);
  std::vector<run_fact> facts = {{"version", TINYRANK_VERSION_STRING},
                                 {"--precision", given.precision},
                                 {"--method", method},
                                 {"n", std::to_string(a.sensing.n)},
                                 {"number of measurements", std::to_string(a.sensing.measurement_count)},
                                 {"place of the sensing matrices", place},
                                 {"sensing matrices", hexadecimal(matrices), true},
                                 {"measurements", hexadecimal(hash_of_values(a.y)), true},
                                 {"truth", hexadecimal(truth), true}};
  const auto option = [&](const std::string& name, const std::string& text) {
    facts.push_back({name, is_automatic(text) ? "auto" : text});
  };
  option("--rank", given.rank);
  option("--seed", given.seed);
  option("--tolerance", given.tolerance);
  option("--relative-tolerance", given.relative_tolerance);
  option("--plateau-window", given.plateau_window);
  option("--step", given.step);
  option("--init-scale", given.init_scale);
  option("--explore-rank", given.explore_rank);
  option("--loss", given.loss);
  for (const auto& [name, text] : given.parameters) option("--" + name, text);
  return facts;
}

template std::vector<run_fact> facts_of(const recover_arguments&, const std::string&, const problem<float>&);
template std::vector<run_fact> facts_of(const recover_arguments&, const std::string&, const problem<double>&);

void begin_trace(const result_files& files, checkpoint_file& kept, const std::string& heading) {
  if (!kept.resumes()) return add_to_trace(files, kept, heading);
  if (files.trace) files.trace->write(kept.content().trace);
}

void add_to_trace(const result_files& files, checkpoint_file& kept, const std::string& line) {
  if (files.trace) files.trace->write(line);
  kept.add_to_trace(line);
}

void print_line(const recover_arguments& given, const std::string& line) {
  if (!given.quiet && !(std::cout << line << std::endl)) {
    throw input_error("standard output: cannot write");
  }
}

void refuse_trace(const recover_arguments& given, factor_shape shape) {
  if (given.unit_trace && shape.kind == factor_kind::rectangular)
    throw input_error("--unit-trace: a rectangular matrix has no trace");
}

template <class T>
nlohmann::ordered_json begin_report(const recover_arguments& given, const problem<T>& a,
                                    const run_facts& run) {
  nlohmann::ordered_json report;
  report["version"] = TINYRANK_VERSION_STRING;
  report["sensing"] = given.sensing;
  report["method"] = run.method;
  for (const auto& [name, text] : given.parameters) report[name] = text;
  report["n"] = a.sensing.n;
  report["shape"] = shape_name(a.sensing.shape);
  const matrix_size size = matrix_size_of(a.sensing.shape, a.sensing.n);
  report["rows"] = size.rows;
  report["columns"] = size.columns;
  report["rank"] = run.rank;
  report["measurement_count"] = a.sensing.measurement_count;
  report["precision"] = given.precision;
  report["isa"] = to_string(run.isa);
  report["threads"] = run.plan.threads;
  report["shards"] = run.plan.shards;
  report["processes"] = processes::count();
  report["arena_bytes"] = run.arena_bytes;
  report["seed"] = run.seed;
  add_values(report, given, a);
  return report;
}

template <class T>
void end_report(nlohmann::ordered_json& report, const problem<T>& a, const run_facts& run) {
  using json = nlohmann::ordered_json;
  report["labels"] = a.labels.empty() ? json() : json(a.labels);
  report["column_labels"] = a.column_labels.empty() ? json() : json(a.column_labels);
  report["notes"] = a.notes;
  report["seconds"] = run.seconds;
  report["factor_bits"] = hexadecimal(run.factor_bits);
}

#define TINYRANK_REPORTS(T)                                                                 \
  template nlohmann::ordered_json begin_report(const recover_arguments&, const problem<T>&, \
                                               const run_facts&);                           \
  template void end_report(nlohmann::ordered_json&, const problem<T>&, const run_facts&);
TINYRANK_REPORTS(float)
TINYRANK_REPORTS(double)
#undef TINYRANK_REPORTS

namespace {

class end_without_memory {
 public:
  end_without_memory() : before_(std::set_new_handler(end)) {}
  ~end_without_memory() { std::set_new_handler(before_); }
  end_without_memory(const end_without_memory&) = delete;
  end_without_memory& operator=(const end_without_memory&) = delete;

 private:
  /// exit() removes the outputs that are not complete.
  static void end() {
    std::set_new_handler(nullptr);
    std::cerr << "tinyrank: out of memory\n";
    std::exit(processes::fail(exit_bad_input));
  }
  std::new_handler before_;
};

}  // namespace

std::string fidelity_text(double fidelity) {
  const double missing = 1 - fidelity;
  if (missing < 1e-3 && missing > 1e-15) return "1 - " + short_number(missing);
  return short_number(fidelity);
}

std::string exact_number(double value) {
  return std::isfinite(value) ? nlohmann::json(value).dump()
         : std::isnan(value)  ? "nan"
         : value > 0          ? "inf"
                              : "-inf";
}

std::string hexadecimal(std::uint64_t value) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text(16, '0');
  for (std::size_t i = 0; i < 16; ++i) text[15 - i] = digits[(value >> (4 * i)) & 15U];
  return text;
}

void write_report(output_file& out, const std::function<nlohmann::ordered_json()>& make) {
  const end_without_memory meanwhile;
  const nlohmann::ordered_json report = make();
  // File names may be in any encoding, JSON is UTF-8.
  constexpr auto replace = nlohmann::ordered_json::error_handler_t::replace;
  out.write(report.dump(2, ' ', false, replace) + "\n");
}

}  // namespace tinyrank::app
