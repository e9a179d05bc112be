// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include <cmath>
#include <optional>

#include "error.hpp"
#include "interruption.hpp"
#include "method.hpp"
#include "progress.hpp"
#include "recover_parts.hpp"
#include "recovery.hpp"
#include "shape_text.hpp"
#include "spectrum.hpp"
#include "staircase_recovery.hpp"
#include "values.hpp"

namespace tinyrank::app {
namespace {

std::string method_of(const recover_arguments& given) {
  return given.method.empty() ? staircase_name : given.method;
}

void refuse_options_of_others(const recover_arguments& given) {
  const auto refuse = [&](const std::string& option) {
    throw input_error(option + ": is no parameter of --method " + method_of(given));
  };
  if (!given.step.empty()) refuse("--step");
  if (!given.init_scale.empty()) refuse("--init-scale");
  if (!given.init.empty()) refuse("--init");
  if (!given.plateau_window.empty()) refuse("--plateau-window");
  if (!given.parameters.empty()) refuse("--" + given.parameters.begin()->first);
}

/// "squared", "huber" or "huber:DELTA"
template <class T>
void read_loss(const std::string& text, recovery_options<T>& options) {
  constexpr std::string_view huber = "huber";
  if (text.empty() || text == "squared") return;
  options.loss = robust_loss::huber;
  if (text == huber) return;
  if (!text.starts_with("huber:"))
    throw input_error("--loss: " + in_quotes(text) + " is not squared or huber[:delta]");
  const std::string delta = text.substr(huber.size() + 1);
  options.huber_delta = in_range_of<T>("--loss huber", delta, parse_positive("--loss huber", delta));
}

template <class T>
void refuse_weights(const std::string& path, const std::vector<T>& weights) {
  bool any = false;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const auto weight = static_cast<double>(weights[i]);
    if (!(weight >= 0) || !std::isfinite(weight)) {
      throw file_error(path, "weight " + std::to_string(i) + " is " + exact_number(weight) +
                                 "; a weight is a number that is not negative");
    }
    any = any || weight > 0;
  }
  if (!any) throw file_error(path, "all weights are zero");
}

template <class T>
recovery_options<T> options_of(const recover_arguments& given) {
  refuse_options_of_others(given);
  recovery_options<T> options;
  if (!given.rank.empty()) {
    options.rank_limit = static_cast<std::size_t>(parse_integer("--rank", given.rank, 1, largest_dimension));
  }
  if (!given.explore_rank.empty()) {
    options.explore_rank =
        static_cast<std::size_t>(parse_integer("--explore-rank", given.explore_rank, 1, largest_dimension));
  }
  if (given.method == explore_name) options.explore = exploration::at_once;
  read_loss(given.loss, options);
  read_common<T>(given, options);
  if (!given.iterations.empty()) {
    options.pass_limit =
        static_cast<std::uint32_t>(parse_integer("--iterations", given.iterations, 1, UINT32_MAX));
  }
  return options;
}

std::string trace_line(const staircase_observation& seen) {
  return std::to_string(seen.pass) + "," + std::to_string(seen.rank) + "," + exact_number(seen.loss) + "," +
         (seen.test_error ? exact_number(*seen.test_error) : "") + "\n";
}

/// Of what is recovered but for measurements that are small beside the others.
constexpr const char* incomplete = "loss reached, but incomplete";

/// A condition that says that the answer is free.
constexpr double clearly_free = 100;

/// What is held out is missed by about as much as by the zero matrix.
template <class T>
bool foretells_nothing(const recovery_report<T>& found) {
  return found.held_out != 0 && static_cast<double>(found.held_out_error) >= 0.9;
}

/// At least, of the freest entry, or squared distance: what the direction that the measurements see least
/// adds to it; of a fit to noise that is determined.
template <class T>
std::optional<double> standard_error(const staircase_result<T>& result) {
  const recovery_report<T>& found = result.report;
  const bool fits_noise = found.verdict == verdict::best_fit && found.noise_estimate > 0;
  if (!fits_noise || !result.freest || foretells_nothing(found)) return std::nullopt;
  return static_cast<double>(found.noise_estimate / found.smallest_singular_value) * result.freest->change;
}

/// JSON has no NaN and no infinity; the library writes null for both.
template <class T>
nlohmann::ordered_json make_report(const recover_arguments& given, const problem<T>& a,
                                   const recovery_options<T>& options, const staircase_result<T>& result,
                                   const std::vector<T>& factor) {
  using json = nlohmann::ordered_json;
  const recovery_report<T>& found = result.report;
  const auto number = [](bool is_known, T value) {
    return is_known ? json(static_cast<double>(value)) : json();
  };
  const bool judged = found.verdict != verdict::none;
  const std::string method = method_of(given);
  const run_facts run{method,       found.rank_found, options.plan,      found.isa, found.arena_bytes,
                      options.seed, result.seconds,   result.factor_bits};
  json report = begin_report(given, a, run);
  report["rank_found"] = found.rank_found;
  report["rank_limit"] = result.rank_limit;
  // It has none of these.
  for (const char* key : {"step_size", "step_reductions", "initial_scale"}) report[key] = json();
  report["iterations"] = report["passes"] = found.passes;
  report["outcome"] = outcome_text(found.result);
  report["verdict"] = misses_many(result.missed) ? incomplete : to_string(found.verdict);
  report["loss"] = static_cast<double>(found.loss);
  report["loss_at_zero"] = static_cast<double>(found.zero_loss);
  report["relative_test_error"] = result.last.test_error ? json(*result.last.test_error) : json();
  report["fidelity"] = result.fidelity ? json(*result.fidelity) : json();
  report["noise_estimate"] = number(judged && result.counted > found.unknowns, found.noise_estimate);
  report["held_out_error"] = number(found.held_out != 0, found.held_out_error);
  report["certificate_gap"] = number(judged, found.certificate_gap);
  report["smallest_eigenvalue"] = number(judged, found.smallest_eigenvalue);
  report["unknowns"] = judged ? json(found.unknowns) : json();
  report["condition"] = number(judged && found.rank_found != 0, found.condition);
  report["freest_entry"] =
      result.freest ? json({result.freest->place.first, result.freest->place.second}) : json();
  const std::optional<double> uncertain = standard_error(result);
  report["standard_error"] = uncertain ? json(*uncertain) : json();
  report["explored"] = found.explored;
  const bool knows_outliers = options.loss != robust_loss::squared && found.result != outcome::stopped;
  report["outliers"] = knows_outliers ? json(found.outliers) : json();
  report["worst_outlier"] =
      found.outliers == 0 ? json()
                          : json(a.order.empty() ? found.worst_outlier
                                                 : a.order[static_cast<std::size_t>(found.worst_outlier)]);
  report["sigma"] = spectrum_of(factor, a.sensing.n, found.rank_found);
  report["seconds_per_iteration"] = found.passes == 0 ? json() : json(result.seconds / found.passes);
  end_report(report, a, run);
  return report;
}

/// "7 measurements", "7 measurements that count", "7 measurements beside those that the means took"
template <class T>
std::string counted_measurements(const problem<T>& a, const staircase_result<T>& result) {
  const std::string text = counted(result.counted, "measurement");
  if (a.centre) return text + (result.counted == 1 ? " that counts" : " that count") + " beside the means";
  if (result.counted == a.sensing.measurement_count) return text;
  return text + (result.counted == 1 ? " that counts" : " that count");
}

template <class T>
std::string residual_text(const problem<T>& a, const recovery_report<T>& found) {
  const double loss = static_cast<double>(found.loss), zero = static_cast<double>(found.zero_loss);
  // Where all but zeros were left out as wild there is nothing to be a share of.
  const double share = zero > 0 ? std::sqrt(loss / zero) : 0;
  return "residual " + short_number(100 * share) + "% of y" + (a.centre ? " without its means" : "");
}

template <class T>
std::string name_of_point(const problem<T>& a, std::uint32_t point) {
  return point < a.labels.size() ? printable(a.labels[point]) : std::to_string(point);
}

template <class T>
bool is_of_distances(const problem<T>& a) {
  return std::holds_alternative<distances_sensing<T>>(a.chosen);
}

/// "entry (2, 3)", "the distance between Rome and Athens"
template <class T>
std::string name_of(const problem<T>& a, const index_pair& place) {
  if (is_of_distances(a)) {
    return "the distance between " + name_of_point(a, place.first) + " and " + name_of_point(a, place.second);
  }
  if (a.sensing.shape.kind == factor_kind::rectangular) {
    const auto name = [](const std::vector<std::string>& names, std::uint32_t number) {
      return number < names.size() ? printable(names[number]) : std::to_string(number);
    };
    return "entry (" + name(a.labels, place.first) + ", " + name(a.column_labels, place.second) + ")";
  }
  return "entry (" + name_of_point(a, place.first) + ", " + name_of_point(a, place.second) + ")";
}

/// "measurement 17", "the distance between Rome and Athens"
template <class T>
std::string name_of_worst(const problem<T>& a, const staircase_result<T>& result) {
  const auto k = static_cast<std::size_t>(result.report.worst_outlier);
  if (is_of_distances(a) || std::holds_alternative<rectangular_entries_sensing<T>>(a.chosen))
    return name_of(a, result.worst_pair);
  return "measurement " + std::to_string(a.order.empty() ? k : a.order[k]);
}

template <class T>
std::string explain_freedom(const problem<T>& a, const staircase_result<T>& result) {
  const recovery_report<T>& found = result.report;
  if (result.mirrored) {
    return "\nso few distances of point " + name_of_point(a, *result.mirrored) +
           " are known that its mirror image fits as well";
  }
  if (found.ambiguous) return "\nfrom another start another matrix of this rank fits as well";
  const std::uint64_t m = result.counted, r = found.rank_found;
  const auto condition = static_cast<double>(found.condition);
  const bool is_free = !std::isfinite(condition) || condition > clearly_free;
  if (r != 0 && m > found.unknowns && !is_free && found.result != outcome::recovered) {
    // n' r - r (r - 1)/2 unknowns of U U^T, n' without the dimensions of the operator's null space.
    const factor_shape shape = a.sensing.shape;
    const std::uint64_t side = shape.kind == factor_kind::symmetric ? (found.unknowns + r * (r - 1) / 2) / r
                                                                    : std::uint64_t{a.sensing.n};
    const std::uint64_t of_next =
        unknowns_of_rank(shape, static_cast<std::size_t>(side), static_cast<std::size_t>(r + 1));
    return "\nit is not known whether a higher rank would be right: rank " + std::to_string(r + 1) + " has " +
           counted(of_next, "unknown") + ", and there are " + counted_measurements(a, result) +
           "; --method staircase --rank " + std::to_string(r) + " says that none is";
  }
  std::string text = "\nrank " + std::to_string(found.rank_found) + " has " +
                     counted(found.unknowns, "unknown") + ", and there " + (m == 1 ? "is " : "are ") +
                     (m < found.unknowns ? "only " : "") + counted_measurements(a, result) +
                     (m == found.unknowns ? ": as many equations seldom have one solution alone" : "");
  if (!is_free) return text;
  text += std::string(";\n") + matrix_text(a.sensing.shape) + " can move in a direction that they ";
  text += std::isfinite(condition) && condition > 0
              ? "see " + short_number(condition) + " times less than another"
              : "do not see";
  if (result.freest) text += ": it moves " + name_of(a, result.freest->place) + " most";
  return text;
}

/// "the least certain entry found, entry (2, 3), is uncertain by .1 (one standard error)"
template <class T>
std::string explain_uncertainty(const problem<T>& a, const staircase_result<T>& result) {
  const std::optional<double> error = standard_error(result);
  if (!error) return "";
  const index_pair place = result.freest->place;
  const std::string squared = is_of_distances(a) ? "the square of " : "";
  return "\n" + squared + name_of(a, place) + " is uncertain by at least " + short_number(*error) +
         ", one standard error";
}

template <class T>
std::string explain_fit(const problem<T>& a, const staircase_result<T>& result) {
  const recovery_report<T>& found = result.report;
  if (found.rank_found == 0) {
    if (a.sensing.shape.kind == factor_kind::rectangular)
      return "\nno matrix was found that fits better than the zero matrix";
    return "\nno positive semidefinite matrix was found that fits better than the zero matrix: are the "
           "measurements\nnegative on the whole?";
  }
  std::string text;
  if (result.counted <= found.unknowns) {
    text =
        ", no noise estimate: " + counted(found.unknowns, "unknown") + ", " + counted_measurements(a, result);
  } else if (found.noise_estimate > 0) {
    text = ", noise estimate " + short_number(static_cast<double>(found.noise_estimate)) +
           " per measurement" + (result.is_weighted ? " of weight 1" : "");
  }
  if (found.held_out != 0) {
    text += "; of " + counted(found.held_out, "measurement") + " held out it misses " +
            short_number(100 * static_cast<double>(found.held_out_error)) + "%";
  }
  if (foretells_nothing(found) && a.centre) {
    text += " without their means:\nthe means foretell nearly as much alone; --ridge auto may foretell more";
  } else if (foretells_nothing(found)) {
    text +=
        ", as the zero matrix would:\nno low rank foretells these measurements, or some are wild, for which "
        "there is --loss huber";
  }
  return text + explain_uncertainty(a, result);
}

/// What lifts the limit of the rank.
std::string option_of_limit(const recover_arguments& given) {
  if (given.method == explore_name) return "--explore-rank, or --rank";
  return std::string("--method ") + staircase_name + " --rank";
}

/// Every sentence holds for all that reaches it.
template <class T>
std::string summary(const recover_arguments& given, const problem<T>& a, const staircase_result<T>& result) {
  const recovery_report<T>& found = result.report;
  const std::string rank = std::to_string(found.rank_found);
  std::string text = to_string(found.verdict);
  if (found.verdict == verdict::none) text = std::string(outcome_text(found.result)) + " at rank " + rank;
  if (misses_many(result.missed)) text = incomplete;
  if (found.verdict == verdict::best_fit) text += " of rank " + rank;
  if (found.verdict == verdict::recovered || found.verdict == verdict::not_determined)
    text += ": rank " + rank;
  text += " after " + (found.passes == 1 ? std::string("1 pass") : std::to_string(found.passes) + " passes");
  text += ", " + format_seconds(result.seconds) + ": loss " + short_number(static_cast<double>(found.loss));
  if (result.last.test_error) text += ", relative test error " + short_number(*result.last.test_error);
  if (result.fidelity) text += ", fidelity " + fidelity_text(*result.fidelity);
  if (found.result == outcome::stopped) return text;
  if (found.result != outcome::recovered) text += "\n" + residual_text(a, found);
  switch (found.verdict) {
    case verdict::recovered:
      text += "\nnear it nothing else of this rank fits as well: condition " +
              short_number(static_cast<double>(found.condition));
      if (misses_many(result.missed)) text += "\n" + describe_missed(result.missed);
      break;
    case verdict::best_fit:
      text += explain_fit(a, result);
      break;
    case verdict::not_determined:
      text += explain_freedom(a, result);
      break;
    case verdict::none:
      if (found.result == outcome::iteration_limit) text += "; --iterations allows more passes";
      break;
  }
  if (found.outliers != 0) {
    text += "\n" + counted(found.outliers, "measurement") + " left out as wild, farthest off " +
            name_of_worst(a, result);
  }
  const bool judged = found.verdict != verdict::none;
  if (judged && found.result != outcome::recovered && found.rank_found == result.rank_limit &&
      result.rank_limit < largest_rank(a.sensing.shape, a.sensing.n)) {
    text += "\nthat is the limit of the rank, and a higher one may fit better: " + option_of_limit(given) +
            " allows it";
  }
  return text;
}

int exit_code_of(verdict found) {
  switch (found) {
    case verdict::recovered:
    case verdict::best_fit:
      return exit_recovered;
    case verdict::not_determined:
      return exit_not_determined;
    case verdict::none:
      break;
  }
  return exit_not_recovered;
}

/// ||Z - Y||_F^2 has each entry off the diagonal twice, a list of entries once, and a whole table as often as
/// it is there.
template <class T>
void weigh_as_frobenius(const recover_arguments& given, const problem<T>& a, std::vector<T>& weights) {
  if (given.weights.empty()) weights.assign(a.pairs.size(), T(1));
  for (std::size_t i = 0; i < weights.size(); ++i) {
    if (a.pairs[i].first != a.pairs[i].second) weights[i] *= T(2);
  }
}

template <class T>
int recover_in(const recover_arguments& given) {
  recovery_options<T> options = options_of<T>(given);
  const problem_sources sources = sources_of(given);
  const result_files files(given, sources.sensing.path);
  checkpoint_file kept = open_checkpoint(given);

  // What is said about the input waits until the run has been accepted: a refusal is one line, alone.
  std::vector<std::string> heading;
  problem<T> a;
  load_problem(a, sources, options.plan, options.isa,
               [&](const std::string& line) { heading.push_back(line); });
  const std::size_t n = a.sensing.n, most = largest_rank(a.sensing.shape, n);
  for (const auto& [option, text, columns] :
       {std::tuple("--rank: ", given.rank, options.rank_limit),
        std::tuple("--explore-rank: ", given.explore_rank, options.explore_rank)}) {
    if (columns > most) {
      throw input_error(option + text + " columns for " + size_text(a.sensing.shape, n) +
                        "; no rank is above " + (most == n ? "n" : std::to_string(most)));
    }
  }
  refuse_trace(given, a.sensing.shape);
  a.has_unit_trace = given.unit_trace;
  std::vector<T> weights;
  if (!given.weights.empty()) {
    weights = read_per_measurement<T>(given.weights, a.sensing.measurement_count);
    refuse_weights(given.weights, weights);
    a.put_in_order(weights);
  } else {
    weights = a.weights;
  }
  refuse_frobenius(given, a);
  if (given.frobenius) weigh_as_frobenius(given, a, weights);
  if (!weights.empty()) options.weights = weights.data();
  prepare_values(given, a, heading, weights);
  a.keep_own_part();
  if (a.centre) options.spent = a.centre->spent;
  heading.push_back(a.kind + ": " + size_text(a.sensing.shape, n) + ", " +
                    counted(a.sensing.measurement_count, "measurement") + ", " + given.precision +
                    "; the rank is to be found, at most " + std::to_string(highest_rank(a.sensing, options)));
  std::vector<run_fact> facts = facts_of(given, method_of(given), a);
  facts.push_back({"weights", hexadecimal(hash_of_values(weights)), true});
  kept.set_facts(std::move(facts));
  begin_trace(files, kept, "pass,rank,loss,relative_test_error\n");
  std::vector<T> factor;
  staircase_result<T> result;
  const interruption by_user;
  {
    // The default limit is far beyond what a run needs: a share of it, or the time to it, would mislead.
    progress bar("recovering", given.iterations.empty() ? 0 : options.pass_limit, given.quiet);
    const std::string rank_option =
        given.rank.empty() ? "--rank (of --method staircase, 16 by default)" : "--rank " + given.rank;
    result = climb<T>(
        a, options, rank_option, factor,
        [&](const staircase_observation& seen) {
          for (; !heading.empty(); heading.erase(heading.begin())) print_line(given, heading.front());
          if (seen.is_new) add_to_trace(files, kept, trace_line(seen));
          bar.update(seen.pass,
                     "rank " + std::to_string(seen.rank) + ", loss " + short_number(seen.loss) +
                         (seen.test_error ? ", test error " + short_number(*seen.test_error) : ""));
        },
        [] { return !interruption::requested(); }, &kept);
    bar.finish();
  }
  const auto say = [&] { print_line(given, summary(given, a, result)); };
  const bool is_interrupted = result.report.result == outcome::stopped;
  if (!is_interrupted) say();
  files.write_answer(given, a, factor, result.report.rank_found);
  if (files.report) {
    write_report(*files.report, [&] { return make_report(given, a, options, result, factor); });
  }
  files.commit();
  // Last, for the terminal may be gone.
  if (is_interrupted) say();
  return misses_many(result.missed) ? exit_not_recovered : exit_code_of(result.report.verdict);
}

}  // namespace

int recover_by_staircase(const recover_arguments& given) {
  return given.precision == "f32" ? recover_in<float>(given) : recover_in<double>(given);
}

}  // namespace tinyrank::app
