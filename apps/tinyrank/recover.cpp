// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include <utility>

#include "descent_verdict.hpp"
#include "error.hpp"
#include "interruption.hpp"
#include "method.hpp"
#include "npy.hpp"
#include "progress.hpp"
#include "recover_parts.hpp"
#include "recovery.hpp"
#include "shape_text.hpp"
#include "spectrum.hpp"
#include "values.hpp"

namespace tinyrank::app {
namespace {

/// More columns than this many times n cannot help, and are taken for a typing error.
constexpr std::size_t most_columns_per_row = 100;

template <class T>
T parse_positive_as(const std::string& name, const std::string& text) {
  return in_range_of<T>(name, text, parse_positive(name, text));
}

const std::string trace_header =
    "iteration,loss,relative_test_error,sigma_rank,principal_angle_sine,step_size\n";

std::string trace_line(const observation& line) {
  const auto cell = [](const std::optional<double>& value) {
    return value ? exact_number(*value) : std::string();
  };
  return std::to_string(line.iteration) + "," + exact_number(line.loss) + "," + cell(line.test_error) + "," +
         cell(line.sigma) + "," + cell(line.angle) + "," + exact_number(line.step_size) + "\n";
}

nlohmann::ordered_json report_of(const examined_answer& seen) {
  using json = nlohmann::ordered_json;
  const bool is_known = seen.said != verdict::none;
  json report;
  report["verdict"] = is_known ? json(to_string(seen.said)) : json();
  report["rank"] = seen.rank;
  report["passes"] = seen.passes;
  report["unknowns"] = seen.unknowns;
  report["condition"] = seen.condition != 0 ? json(seen.condition) : json();
  report["missing_directions"] = seen.missing;
  report["weakest_direction"] = seen.missing != 0 ? json(seen.weakest) : json();
  report["seconds"] = seen.seconds;
  return report;
}

nlohmann::ordered_json report_of(const second_look& look) {
  using json = nlohmann::ordered_json;
  json report;
  report["outcome"] = to_string(look.ended);
  report["verdict"] = to_string(look.said);
  report["rank_found"] = look.rank;
  report["passes"] = look.passes;
  report["loss"] = look.loss;
  report["unknowns"] = look.said == verdict::none ? json() : json(look.unknowns);
  report["held_out_error"] = look.held_out != 0 ? json(look.held_out_error) : json();
  report["difference"] = look.is_compared ? json(look.difference) : json();
  report["weakest_direction"] = look.weakest ? json(*look.weakest) : json();
  report["seconds"] = look.seconds;
  return report;
}

template <class T>
nlohmann::ordered_json make_report(const recover_arguments& given, const std::string& method,
                                   const problem<T>& a, const descent_options<T>& options,
                                   const recovery_result& result, const descent_verdict& verdict,
                                   const std::vector<T>& factor) {
  // JSON has no NaN and no infinity; the library writes null for both.
  const run_facts run{method,       options.rank,   options.plan,      result.isa, result.arena_bytes,
                      options.seed, result.seconds, result.factor_bits};
  nlohmann::ordered_json report = begin_report(given, a, run);
  report["step_size"] = result.step_size;
  report["step_reductions"] = result.step_reductions;
  report["initial_scale"] =
      options.initial_factor == nullptr ? nlohmann::json(result.initial_scale) : nlohmann::json();
  report["iterations"] = result.last.iteration;
  report["outcome"] = outcome_text(result.ended);
  report["verdict"] = result.ended == outcome::stopped ? to_string(tinyrank::verdict::none) : verdict.word;
  report["standstill"] = result.stands_at ? nlohmann::json(to_string(*result.stands_at)) : nlohmann::json();
  report["rank_carried"] = result.missed.of != 0 ? nlohmann::json(result.carried_rank) : nlohmann::json();
  report["examined"] = result.examined ? report_of(*result.examined) : nlohmann::ordered_json();
  report["second_look"] = result.looked ? report_of(*result.looked) : nlohmann::ordered_json();
  report["loss"] = result.last.loss;
  report["loss_at_zero"] = result.zero_loss;
  report["relative_test_error"] =
      result.last.test_error ? nlohmann::json(*result.last.test_error) : nlohmann::json();
  report["fidelity"] = result.fidelity ? nlohmann::json(*result.fidelity) : nlohmann::json();
  report["sigma"] = spectrum_of(factor, a.sensing.n, options.rank);
  report["seconds_per_iteration"] =
      result.last.iteration == 0 ? nlohmann::json() : nlohmann::json(result.seconds / result.last.iteration);
  end_report(report, a, run);
  return report;
}

std::string summary(const recovery_result& result, const descent_verdict& verdict, bool judges_trials) {
  std::string text = verdict.word + " after " + std::to_string(result.last.iteration) + " iterations, " +
                     format_seconds(result.seconds) + ": loss " + short_number(result.last.loss);
  if (result.last.test_error) text += ", relative test error " + short_number(*result.last.test_error);
  if (result.fidelity) text += ", fidelity " + fidelity_text(*result.fidelity);
  if (result.ended == outcome::stopped) return text;
  if (result.step_reductions != 0 && judges_trials) {
    text += "\n" + std::to_string(result.step_reductions) + " steps were too long and taken back";
  } else if (result.step_reductions != 0) {
    text += "\nthe loss grew: the step size was halved " + std::to_string(result.step_reductions) +
            " times, to " + short_number(result.step_size);
  }
  return text + verdict.text;
}

/// The first option given that only the methods of descent have, or "".
std::string option_of_descent(const recover_arguments& given) {
  for (const auto& [text, name] :
       {std::pair(&given.rank, "--rank"), std::pair(&given.step, "--step"),
        std::pair(&given.init_scale, "--init-scale"), std::pair(&given.init, "--init"),
        std::pair(&given.plateau_window, "--plateau-window")}) {
    if (!text->empty()) return name;
  }
  return given.parameters.empty() ? "" : "--" + given.parameters.begin()->first;
}

/// ||Z - Y||_F^2 has each entry off the diagonal twice, and a descent no weights: its mirror image is
/// measured, too.
template <class T>
void add_mirror_images(problem<T>& a) {
  const std::size_t given = a.pairs.size();
  for (std::size_t i = 0; i < given; ++i) {
    const index_pair pair = a.pairs[i];
    if (pair.first == pair.second) continue;
    a.pairs.push_back({pair.second, pair.first});
    a.y.push_back(a.y[i]);
  }
  const std::string kind = a.kind;
  a.choose(entries_sensing<T>{a.sensing.n, a.pairs.size(), a.pairs.data()}, kind, "--frobenius");
}

template <class T>
int recover_by_descent(const recover_arguments& given) {
  const chosen_method<T> chosen = choose_method<T>(given.method, given.parameters);
  descent_options<T>& options = *chosen.options;
  const problem_sources sources = sources_of(given);
  for (const auto& [text, name] :
       {std::pair(&given.explore_rank, "--explore-rank"), std::pair(&given.weights, "--weights"),
        std::pair(&given.loss, "--loss")}) {
    if (text->empty()) continue;
    const std::string why = given.method.empty() ? ", and " + option_of_descent(given) +
                                                       " without --method means gradient descent"
                                                 : "";
    throw input_error(std::string(name) + ": is an option of --method staircase" + why);
  }
  if (given.rank.empty()) {
    const std::string asks = given.method.empty() ? option_of_descent(given) : "--method " + given.method;
    throw input_error("--rank: is missing, and " + asks + " needs it; --method staircase finds the rank");
  }
  options.rank = static_cast<std::size_t>(
      parse_integer("--rank", given.rank, 1, most_columns_per_row * largest_dimension));
  read_common<T>(given, options);
  if (!is_automatic(given.step)) options.step_size = parse_positive_as<T>("--step", given.step);
  if (!is_automatic(given.init_scale))
    options.initial_scale = parse_positive_as<T>("--init-scale", given.init_scale);
  if (!given.init.empty() && !given.init_scale.empty()) {
    throw input_error("--init-scale: the start comes from --init as it is; leave one out");
  }
  if (!given.iterations.empty()) {
    options.iteration_limit =
        static_cast<std::uint32_t>(parse_integer("--iterations", given.iterations, 0, UINT32_MAX));
  }

  if (!given.plateau_window.empty()) {
    options.plateau_window =
        static_cast<std::uint32_t>(parse_integer("--plateau-window", given.plateau_window, 0, UINT32_MAX));
  }

  const result_files files(given, sources.sensing.path);
  checkpoint_file kept = open_checkpoint(given);

  // What is said about the input waits until the run has been accepted: a refusal is one line, alone.
  std::vector<std::string> heading;
  problem<T> a;
  load_problem(a, sources, options.plan, options.isa,
               [&](const std::string& line) { heading.push_back(line); });
  if ((options.rank - 1) / most_columns_per_row >= a.sensing.n) {
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

  prepare_values(given, a, heading);
  refuse_trace(given, a.sensing.shape);
  refuse_frobenius(given, a);
  if (given.frobenius) add_mirror_images(a);
  a.keep_own_part();
  a.has_unit_trace = given.unit_trace;
  heading.push_back(a.kind + ": " + size_text(a.sensing.shape, a.sensing.n) + ", rank " +
                    std::to_string(options.rank) + ", " + std::to_string(a.sensing.measurement_count) +
                    " measurements, " + given.precision);
  std::vector<run_fact> facts = facts_of(given, chosen.name, a);
  facts.push_back({"--unchecked", given.unchecked ? "yes" : "no"});
  facts.push_back({"start", hexadecimal(hash_of_values(start)), true});
  kept.set_facts(std::move(facts));
  begin_trace(files, kept, trace_header);
  std::vector<T> factor;
  recovery_result result;
  const interruption by_user;
  {
    // The default limit is far beyond what a run needs: a share of it, or the time to it, would mislead.
    progress bar("recovering", given.iterations.empty() ? 0 : options.iteration_limit, given.quiet);
    std::optional<run_phase> shown;
    bool is_known = kept.resumes();
    result = recover(
        a, options, *chosen.method, !given.unchecked, factor,
        [&](const observation& seen) {
          for (; !heading.empty(); heading.erase(heading.begin())) print_line(given, heading.front());
          // A phase that a run was in when it was saved is not entered again.
          if (is_known) shown = seen.in;
          if (!std::exchange(is_known, false)) add_to_trace(files, kept, trace_line(seen));
          if (seen.sigma && (!shown || *shown != seen.in)) bar.println(describe_phase(seen));
          if (seen.sigma) shown = seen.in;
          bar.update(seen.iteration,
                     "loss " + short_number(seen.loss) +
                         (seen.test_error ? ", test error " + short_number(*seen.test_error) : ""));
        },
        [] { return !interruption::requested(); }, &kept);
    bar.finish();
  }
  const descent_verdict verdict = judge_descent(result, options.rank, a.sensing.measurement_count);
  const auto say = [&] { print_line(given, summary(result, verdict, chosen.method->judge != nullptr)); };
  const bool is_interrupted = result.ended == outcome::stopped;
  if (!is_interrupted) say();

  files.write_answer(given, a, factor, options.rank);
  if (files.report) {
    write_report(*files.report,
                 [&] { return make_report(given, chosen.name, a, options, result, verdict, factor); });
  }
  files.commit();
  // Last, for the terminal may be gone.
  if (is_interrupted) say();
  return verdict.exit_code;
}

}  // namespace

int run_recover(const recover_arguments& arguments) {
  if (arguments.precision != "f32" && arguments.precision != "f64") {
    throw input_error("--precision: " + in_quotes(arguments.precision) + " is not f32 or f64");
  }
  const bool nothing_told = arguments.method.empty() && option_of_descent(arguments).empty();
  const bool finds_rank = !arguments.ridge.empty() || nothing_told || arguments.method == staircase_name ||
                          arguments.method == explore_name;
  if (finds_rank && arguments.unchecked)
    throw input_error("--unchecked: is an option of the methods that are told the rank");
  if (!arguments.ridge.empty()) return recover_by_ridge(arguments);
  if (finds_rank) return recover_by_staircase(arguments);
  return arguments.precision == "f32" ? recover_by_descent<float>(arguments)
                                      : recover_by_descent<double>(arguments);
}

}  // namespace tinyrank::app
