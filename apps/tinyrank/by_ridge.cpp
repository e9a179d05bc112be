// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include <cmath>
#include <string_view>

#include "error.hpp"
#include "interruption.hpp"
#include "method.hpp"
#include "progress.hpp"
#include "recover_parts.hpp"
#include "recovery.hpp"
#include "ridge_recovery.hpp"
#include "shape_text.hpp"
#include "values.hpp"

namespace tinyrank::app {
namespace {

constexpr std::string_view method_name = "quasi-newton";
constexpr std::size_t default_columns = 16;

void refuse_options_beside_ridge(const recover_arguments& given) {
  if (!given.method.empty() && given.method != method_name)
    throw input_error("--ridge: goes by --method quasi-newton, not by " + given.method);
  for (const auto& [text, name] :
       {std::pair(&given.step, "--step"), std::pair(&given.init_scale, "--init-scale"),
        std::pair(&given.init, "--init"), std::pair(&given.explore_rank, "--explore-rank"),
        std::pair(&given.weights, "--weights"), std::pair(&given.loss, "--loss"),
        std::pair(&given.tolerance, "--tolerance"),
        std::pair(&given.relative_tolerance, "--relative-tolerance"),
        std::pair(&given.plateau_window, "--plateau-window")}) {
    if (!text->empty()) throw input_error(std::string(name) + ": is no option beside --ridge");
  }
  if (given.frobenius) throw input_error("--frobenius: is no option beside --ridge");
  if (!given.parameters.empty())
    throw input_error("--" + given.parameters.begin()->first + ": is no option beside --ridge");
}

ridge_options ridge_options_of(const recover_arguments& given) {
  refuse_options_beside_ridge(given);
  ridge_options options;
  if (given.ridge != "auto") options.lambda = parse_positive("--ridge", given.ridge);
  if (!given.rank.empty())
    options.rank = static_cast<std::size_t>(parse_integer("--rank", given.rank, 1, largest_dimension));
  if (!given.iterations.empty()) {
    options.iteration_limit =
        static_cast<std::uint32_t>(parse_integer("--iterations", given.iterations, 1, UINT32_MAX));
  }
  if (!given.seed.empty()) options.seed = parse_integer("--seed", given.seed, 0, UINT64_MAX);
  options.isa = parse_isa(given.isa);
  options.plan = {parse_threads(given.threads), parse_shards(given.shards)};
  return options;
}

std::string trace_line(const ridge_step& seen) {
  return exact_number(seen.lambda) + "," + std::to_string(seen.iterations) + "," + exact_number(seen.loss) +
         "," + std::to_string(seen.rank) + "," + (seen.held_out_rms ? exact_number(*seen.held_out_rms) : "") +
         "\n";
}

template <class T>
nlohmann::ordered_json make_report(const recover_arguments& given, const problem<T>& a,
                                   const ridge_options& options, const ridge_result& result) {
  using json = nlohmann::ordered_json;
  const auto known = [](const std::optional<double>& value) { return value ? json(*value) : json(); };
  const run_facts run{method_name,        options.rank, options.plan,   result.isa,
                      result.arena_bytes, options.seed, result.seconds, result.factor_bits};
  json report = begin_report(given, a, run);
  report["numerical_rank"] = result.numerical_rank;
  report["ridge"] = result.lambda;
  report["largest_ridge"] = result.largest;
  report["held_out"] = result.held_out;
  report["held_out_rms"] = known(result.held_out_rms);
  report["rms"] = result.rms;
  report["iterations"] = result.iterations;
  report["outcome"] = result.ended == outcome::recovered ? "minimum" : outcome_text(result.ended);
  report["loss"] = result.loss;
  report["loss_at_zero"] = result.zero_loss;
  report["relative_test_error"] = known(result.test_error);
  report["fidelity"] = known(result.fidelity);
  report["sigma"] = result.sigma;
  end_report(report, a, run);
  return report;
}

template <class T>
std::string summary(const problem<T>& a, const ridge_options& options, const ridge_result& result) {
  const bool has_ended = result.ended == outcome::recovered;
  const char* what = has_ended                          ? "penalised fit"
                     : result.ended == outcome::stopped ? "interrupted: penalised fit, not at its minimum,"
                                                        : "penalised fit, not at its minimum";
  std::string text = what + std::string() + " of rank " + std::to_string(result.numerical_rank) + " after " +
                     std::to_string(result.iterations) +
                     (result.iterations == 1 ? " iteration, " : " iterations, ") +
                     format_seconds(result.seconds) + ": penalised loss " + short_number(result.loss) +
                     ", residuals' root mean square " + short_number(result.rms);
  if (result.test_error) text += ", relative test error " + short_number(*result.test_error);
  if (result.fidelity) text += ", fidelity " + fidelity_text(*result.fidelity);
  if (result.ended == outcome::stopped) return text + ", ridge " + short_number(result.lambda);
  text += "\nridge " + short_number(result.lambda) + "; from " + short_number(result.largest) +
          " on nothing would be left" + (a.centre ? " but the means" : "");
  if (result.held_out_rms) {
    text += "\nchosen because it foretold " + std::to_string(result.held_out) + " of the " +
            std::to_string(a.sensing.measurement_count) +
            " measurements from the others best: missed by a root mean square of " +
            short_number(*result.held_out_rms);
  }
  if (result.held_out_rms && result.lambda >= result.largest)
    text += "\nno matrix foretells them better than none";
  if (result.is_path_end) text += "\nthe smallest that was tried: less of a penalty may foretell them better";
  if (result.numerical_rank == options.rank && options.rank < largest_rank(a.sensing.shape, a.sensing.n)) {
    text += "\nall " + std::to_string(options.rank) + (options.rank == 1 ? " column is" : " columns are") +
            " in use: a higher --rank may fit better";
  }
  if (!has_ended && result.ended == outcome::iteration_limit)
    text += "\n--iterations allows more than " + std::to_string(options.iteration_limit);
  return text;
}

template <class T>
int recover_with_ridge(const recover_arguments& given) {
  ridge_options options = ridge_options_of(given);
  if (options.lambda) in_range_of<T>("--ridge", given.ridge, *options.lambda);
  const problem_sources sources = sources_of(given);
  const result_files files(given, sources.sensing.path);
  checkpoint_file kept = open_checkpoint(given);

  // What is said about the input waits until the run has been accepted: a refusal is one line, alone.
  std::vector<std::string> heading;
  problem<T> a;
  load_problem(a, sources, options.plan, options.isa,
               [&](const std::string& line) { heading.push_back(line); });
  const std::size_t n = a.sensing.n, most = largest_rank(a.sensing.shape, n);
  if (options.rank > most) {
    throw input_error("--rank: " + given.rank + " columns for " + size_text(a.sensing.shape, n) +
                      "; no rank is above " + (most == n ? "n" : std::to_string(most)));
  }
  if (options.rank == 0) options.rank = std::min(default_columns, most);
  prepare_values(given, a, heading, a.weights);
  // Means of the measurements that are not held out are taken anew.
  if (!a.centre || options.lambda) a.keep_own_part();
  refuse_trace(given, a.sensing.shape);
  a.has_unit_trace = given.unit_trace;
  heading.push_back(a.kind + ": " + size_text(a.sensing.shape, n) + ", " +
                    std::to_string(a.sensing.measurement_count) + " measurements, " + given.precision +
                    "; a penalty on the factor, " + std::to_string(options.rank) +
                    (options.rank == 1 ? " column" : " columns"));
  std::vector<run_fact> facts = facts_of(given, std::string(method_name), a);
  for (const auto& [name, text] : {std::pair("--ridge", &given.ridge), std::pair("--center", &given.center),
                                   std::pair("--range", &given.range)})
    facts.push_back({name, text->empty() ? "none" : *text});
  facts.push_back({"weights", hexadecimal(hash_of_values(a.weights)), true});
  kept.set_facts(std::move(facts));
  begin_trace(files, kept, "ridge,iterations,loss,rank,held_out_rms\n");
  std::vector<T> factor;
  ridge_result result;
  const interruption by_user;
  try {
    progress bar("recovering", 0, given.quiet);
    std::uint32_t fits = 0;
    result = fit_ridge<T>(
        a, options, factor,
        [&](const ridge_step& seen) {
          a.refuse_failure();
          for (; !heading.empty(); heading.erase(heading.begin())) print_line(given, heading.front());
          add_to_trace(files, kept, trace_line(seen));
          bar.update(++fits, "ridge " + short_number(seen.lambda) + ", rank " + std::to_string(seen.rank));
        },
        [](std::uint32_t, double) { return !interruption::requested(); }, &kept);
    bar.finish();
    a.refuse_failure();
  } catch (const input_error&) {
    a.refuse_failure();
    throw;
  }
  const auto say = [&] { print_line(given, summary(a, options, result)); };
  const bool is_interrupted = result.ended == outcome::stopped;
  if (!is_interrupted) say();
  files.write_answer(given, a, factor, options.rank);
  if (files.report) write_report(*files.report, [&] { return make_report(given, a, options, result); });
  files.commit();
  // Last, for the terminal may be gone.
  if (is_interrupted) say();
  return result.ended == outcome::recovered ? exit_recovered : exit_not_recovered;
}

}  // namespace

int recover_by_ridge(const recover_arguments& given) {
  return given.precision == "f32" ? recover_with_ridge<float>(given) : recover_with_ridge<double>(given);
}

}  // namespace tinyrank::app
