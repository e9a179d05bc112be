// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <thread>

#include "commands.hpp"
#include "error.hpp"
#include "method.hpp"
#include "npy.hpp"
#include "output.hpp"
#include "progress.hpp"
#include "recovery.hpp"
#include "tinyrank/version.hpp"

namespace tinyrank::app {
namespace {

/// More columns than this many times n cannot help, and are taken for a typing error.
constexpr std::size_t most_columns_per_row = 100;

bool is_automatic(const std::string& text) {
  return text.empty() || text == "auto";
}

template <class T>
T parse_positive_as(const std::string& name, const std::string& text) {
  return in_range_of<T>(name, text, parse_positive(name, text));
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
  if (text.empty()) {
    const execution_plan two{2, execution_plan{}.shards};
    return check_plan(two) == status::ok ? std::clamp(std::thread::hardware_concurrency(), 1U, 1024U) : 1U;
  }
  const auto threads = static_cast<std::uint32_t>(parse_integer("--threads", text, 1, 1024));
  require_ok("--threads " + text, check_plan({threads, execution_plan{}.shards}));
  return threads;
}

std::unique_ptr<output_file> open_output(const std::string& path) {
  return path.empty() ? nullptr : std::make_unique<output_file>(path);
}

std::string exact_number(double value) {
  return std::isfinite(value) ? nlohmann::json(value).dump()
         : std::isnan(value)  ? "nan"
         : value > 0          ? "inf"
                              : "-inf";
}

/// A mistyped name must not cost the data. The start may be replaced by the factor it leads to.
void refuse_to_replace_inputs(const recover_arguments& given, const std::string& sensing) {
  const auto refuse = [](const std::string& output, const std::string& input) {
    std::error_code none;
    if (output.empty() || input.empty() || !std::filesystem::equivalent(output, input, none)) return;
    throw file_error(output, "is an input of this run; give the output another name");
  };
  for (const std::string& output : {given.factor_out, given.trace, given.report}) {
    for (const std::string& input : {sensing, given.measurements, given.truth}) refuse(output, input);
  }
  for (const std::string& output : {given.trace, given.report}) refuse(output, given.init);
}

constexpr std::string_view trace_header =
    "iteration,loss,relative_test_error,sigma_rank,principal_angle_sine,step_size\n";

void write_trace_line(output_file& out, const observation& line) {
  const auto cell = [](const std::optional<double>& value) {
    return value ? exact_number(*value) : std::string();
  };
  out.write(std::to_string(line.iteration) + "," + exact_number(line.loss) + "," + cell(line.test_error) +
            "," + cell(line.sigma) + "," + cell(line.angle) + "," + exact_number(line.step_size) + "\n");
}

std::string hexadecimal(std::uint64_t value) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text(16, '0');
  for (std::size_t i = 0; i < 16; ++i) text[15 - i] = digits[(value >> (4 * i)) & 15U];
  return text;
}

template <class T>
nlohmann::ordered_json make_report(const recover_arguments& given, const std::string& method,
                                   const problem<T>& a, const descent_options<T>& options,
                                   const recovery_result& result) {
  // JSON has no NaN and no infinity; the library writes null for both.
  nlohmann::ordered_json report;
  report["version"] = TINYRANK_VERSION_STRING;
  report["sensing"] = given.sensing;
  report["method"] = method;
  for (const auto& [name, text] : given.parameters) report[name] = text;
  report["n"] = a.sensing.n;
  report["rank"] = options.rank;
  report["measurement_count"] = a.sensing.measurement_count;
  report["precision"] = given.precision;
  report["isa"] = to_string(result.isa);
  report["threads"] = options.plan.threads;
  report["shards"] = options.plan.shards;
  report["arena_bytes"] = result.arena_bytes;
  report["seed"] = options.seed;
  report["step_size"] = result.step_size;
  report["step_reductions"] = result.step_reductions;
  report["initial_scale"] =
      options.initial_factor == nullptr ? nlohmann::json(result.initial_scale) : nlohmann::json();
  report["iterations"] = result.last.iteration;
  report["outcome"] = to_string(result.ended);
  report["loss"] = result.last.loss;
  report["loss_at_zero"] = result.zero_loss;
  report["relative_test_error"] =
      result.last.test_error ? nlohmann::json(*result.last.test_error) : nlohmann::json();
  report["sigma"] = result.sigma;
  report["seconds"] = result.seconds;
  report["seconds_per_iteration"] =
      result.last.iteration == 0 ? nlohmann::json() : nlohmann::json(result.seconds / result.last.iteration);
  report["factor_bits"] = hexadecimal(result.factor_bits);
  return report;
}

std::string summary(const recovery_result& result, bool judges_trials) {
  const double relative = result.last.loss / result.zero_loss;
  std::string text = std::string(to_string(result.ended)) + " after " +
                     std::to_string(result.last.iteration) + " iterations, " +
                     format_seconds(result.seconds) + ": loss " + short_number(result.last.loss);
  if (result.last.test_error) text += ", relative test error " + short_number(*result.last.test_error);
  if (result.step_reductions != 0 && judges_trials) {
    text += "\n" + std::to_string(result.step_reductions) + " steps were too long and taken back";
  } else if (result.step_reductions != 0) {
    text += "\nthe loss grew: the step size was halved " + std::to_string(result.step_reductions) +
            " times, to " + short_number(result.step_size);
  }
  if (result.ended == outcome::plateau) {
    text += "\nthe loss stopped falling at " + short_number(relative) +
            " of its value at U = 0: the measurements are noisy or not of this rank;\n"
            "U is their least-squares fit, and --tolerance says what loss to accept";
  }
  if (result.ended == outcome::iteration_limit) {
    text += result.zero_loss > 0 ? "\nthe loss is at " + short_number(relative) + " of its value at U = 0; "
                                 : "\n";
    text += "--iterations allows more";
  }
  if (result.ended == outcome::diverged && result.last.iteration == 0) {
    return text + "\nthe start is too large for this precision";
  }
  if (result.ended == outcome::diverged) text += "\na smaller --step, or --step auto, may help";
  return text;
}

template <class T>
int recover_in(const recover_arguments& given) {
  const chosen_method<T> chosen = choose_method<T>(given.method, given.parameters);
  descent_options<T>& options = *chosen.options;
  problem_sources sources;
  sources.sensing = parse_sensing(given.sensing);
  sources.measurements = given.measurements;
  sources.truth = given.truth;
  if (!given.planted.empty()) sources.planted = parse_planted(given.planted);
  options.rank = static_cast<std::size_t>(
      parse_integer("--rank", given.rank, 1, most_columns_per_row * largest_dimension));
  options.isa = parse_isa(given.isa);
  options.plan.threads = parse_threads(given.threads);
  if (!is_automatic(given.step)) options.step_size = parse_positive_as<T>("--step", given.step);
  if (!is_automatic(given.init_scale))
    options.initial_scale = parse_positive_as<T>("--init-scale", given.init_scale);
  if (!given.init.empty() && !given.init_scale.empty()) {
    throw input_error("--init-scale: the start comes from --init as it is; leave one out");
  }
  if (!given.seed.empty()) options.seed = parse_integer("--seed", given.seed, 0, UINT64_MAX);
  if (!given.iterations.empty()) {
    options.iteration_limit =
        static_cast<std::uint32_t>(parse_integer("--iterations", given.iterations, 0, UINT32_MAX));
  }
  if (!given.tolerance.empty()) {
    const double tolerance = parse_number("--tolerance", given.tolerance);
    if (tolerance < 0) throw input_error("--tolerance: " + in_quotes(given.tolerance) + " is negative");
    options.tolerance = in_range_of<T>("--tolerance", given.tolerance, tolerance);
    options.relative_tolerance = 0;
  }

  refuse_to_replace_inputs(given, sources.sensing.path);
  // Places that cannot be written are found now, not after the run.
  const auto factor_out = open_output(given.factor_out);
  const auto trace_out = open_output(given.trace);
  const auto report_out = open_output(given.report);

  const auto note = [&](const std::string& line) {
    if (!given.quiet && !(std::cout << line << std::endl)) {
      throw input_error("standard output: cannot write");
    }
  };
  // What is said about the input waits until the run has been accepted: a refusal is one line, alone.
  std::vector<std::string> heading;
  problem<T> a;
  load_problem(a, sources, options.plan, options.isa,
               [&](const std::string& line) { heading.push_back(line); });
  if (options.rank / most_columns_per_row >= a.sensing.n) {
    throw input_error("--rank: " + given.rank + " columns for n = " + std::to_string(a.sensing.n) +
                      "; at most " + std::to_string(most_columns_per_row) + " n make sense");
  }
  std::vector<T> start;
  if (!given.init.empty()) {
    const npy_file file(given.init);
    if (file.shape().size() != 2 || file.shape()[0] != a.sensing.n || file.shape()[1] != options.rank) {
      throw file_error(given.init, "the start must have the shape (n, rank) = (" +
                                       std::to_string(a.sensing.n) + ", " + std::to_string(options.rank) +
                                       ")");
    }
    start = file.read_all<T>();
    options.initial_factor = start.data();
  }

  heading.push_back(a.kind + ": n = " + std::to_string(a.sensing.n) + ", rank " +
                    std::to_string(options.rank) + ", " + std::to_string(a.sensing.measurement_count) +
                    " measurements, " + given.precision);
  if (trace_out) trace_out->write(trace_header);
  std::vector<T> factor;
  recovery_result result;
  {
    // The default limit is far beyond what a run needs: a share of it, or the time to it, would mislead.
    progress bar("recovering", given.iterations.empty() ? 0 : options.iteration_limit, given.quiet);
    std::optional<run_phase> shown;
    result = recover(a, options, *chosen.method, factor, [&](const observation& seen) {
      for (; !heading.empty(); heading.erase(heading.begin())) note(heading.front());
      if (trace_out) write_trace_line(*trace_out, seen);
      if (seen.sigma && (!shown || *shown != seen.in)) bar.println(describe_phase(seen));
      if (seen.sigma) shown = seen.in;
      bar.update(seen.iteration,
                 "loss " + short_number(seen.loss) +
                     (seen.test_error ? ", test error " + short_number(*seen.test_error) : ""));
    });
    bar.finish();
  }
  note(summary(result, chosen.method->judge != nullptr));

  if (factor_out) {
    const std::array<std::size_t, 2> shape = {a.sensing.n, options.rank};
    write_npy(*factor_out, shape, factor.data());
  }
  if (report_out) {
    // File names may be in any encoding, JSON is UTF-8.
    constexpr auto replace = nlohmann::ordered_json::error_handler_t::replace;
    report_out->write(make_report(given, chosen.name, a, options, result).dump(2, ' ', false, replace) +
                      "\n");
  }
  for (const auto& out : {&factor_out, &trace_out, &report_out}) {
    if (*out) (*out)->complete();
  }
  for (const auto& out : {&factor_out, &trace_out, &report_out}) {
    if (*out) (*out)->commit();
  }
  return result.ended == outcome::recovered ? exit_recovered : exit_not_recovered;
}

}  // namespace

std::string instruction_set_choices() {
  std::string names;
  for (const instruction_set isa : every_instruction_set) {
    names += (names.empty() ? "" : ", ") + std::string(to_string(isa));
  }
  return names + " or auto";
}

int run_recover(const recover_arguments& arguments) {
  if (arguments.precision == "f32") return recover_in<float>(arguments);
  if (arguments.precision == "f64") return recover_in<double>(arguments);
  throw input_error("--precision: " + in_quotes(arguments.precision) + " is not f32 or f64");
}

}  // namespace tinyrank::app
