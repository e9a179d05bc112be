// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "descent_verdict.hpp"

#include <algorithm>
#include <cmath>

#include "commands.hpp"
#include "progress.hpp"
#include "recover_parts.hpp"

namespace tinyrank::app {
namespace {

std::string percent(double share) {
  return short_number(100 * share) + "%";
}

/// What the staircase did, as the start of a sentence.
std::string staircase_text(const recovery_result& result) {
  const second_look& look = *result.looked;
  return "a staircase that is told nothing, " + std::to_string(look.passes) + " passes, " +
         format_seconds(look.seconds);
}

std::string held_out_text(const second_look& look) {
  if (look.held_out == 0) return "";
  return "; of " + counted(look.held_out, "measurement") + " held out it misses " +
         percent(look.held_out_error);
}

std::string residual_of(double loss, double zero_loss) {
  return "a residual of " + percent(std::sqrt(loss / zero_loss)) + " of y";
}

/// Both have the same matrix, as far as the residual of the descent lets it know.
bool agree(const recovery_result& result, std::uint64_t m) {
  constexpr double most = 0.1, least_share = 0.5, times = 3;
  const second_look& look = *result.looked;
  const double residual = std::sqrt(result.last.loss / result.zero_loss);
  if (look.is_compared && !(look.difference <= std::max(most, times * residual))) return false;
  // A direction that hardly more measurements than unknowns show may be none of the matrix.
  const bool is_scarce = 2 * m < 3 * look.unknowns;
  if (look.weakest && !is_scarce && !(*look.weakest >= least_share)) return false;
  return 10 * look.pairs_off <= look.pairs;
}

/// What the descent's matrix lacks of the staircase's.
std::string lacking(const second_look& look) {
  if (look.weakest && *look.weakest < 0.5) {
    return "this answer has " + percent(*look.weakest) + " of the weakest of its " +
           counted(look.rank, "direction");
  }
  if (10 * look.pairs_off > look.pairs) {
    return std::to_string(look.pairs_off) + " of its " + std::to_string(look.pairs) +
           " distances are another by more than half here";
  }
  return "this answer is another by " + percent(look.difference);
}

std::string too_many_unknowns(const recovery_result& result, std::uint64_t m) {
  return "\nwhat the columns of U carry is of rank " + std::to_string(result.carried_rank) + ", which has " +
         counted(result.carried_unknowns, "unknown") + ", and there " + (m == 1 ? "is " : "are ") +
         (m < result.carried_unknowns ? "only " : "") + counted(m, "measurement");
}

/// The loss is at the tolerance.
descent_verdict judge_recovered(const recovery_result& result, std::uint64_t m) {
  const std::string reached = "loss reached, but ";
  if (misses_many(result.missed)) {
    return {
        reached + "incomplete",
        "\n" + describe_missed(result.missed) + "; --relative-tolerance says how small the loss must become",
        exit_not_recovered};
  }
  if (result.examined && result.examined->said == verdict::not_determined) {
    return {reached + "not determined",
            "\nalong a direction within rank " + std::to_string(result.examined->rank) +
                " the measurements do not change: " + counted(result.examined->unknowns, "unknown") + " to " +
                counted(m, "measurement"),
            exit_not_determined};
  }
  if (!result.looked && result.examined && result.examined->missing != 0) {
    const examined_answer& seen = *result.examined;
    return {reached + "incomplete",
            "\nwhat is left, " + percent(seen.missing_share_of_y) + " of y, shows " +
                counted(seen.missing, "direction") + " that U has at most " + percent(seen.weakest) +
                " of: a smaller --relative-tolerance, or --method staircase",
            exit_not_recovered};
  }
  if (!result.looked) {
    if (result.carried_unknowns >= m)
      return {reached + "not determined", too_many_unknowns(result, m), exit_not_determined};
    if (!result.misses_look) return {"recovered", "", exit_recovered};
    return {reached + "unconfirmed",
            "\na second look, which this answer asks for, was not possible: nothing confirms it",
            exit_not_determined};
  }
  const second_look& look = *result.looked;
  const bool same = agree(result, m);
  const bool is_exact = look.ended == outcome::recovered;
  if (look.said == verdict::not_determined && is_exact) {
    std::string text = "\n" + staircase_text(result) + ", finds rank " + std::to_string(look.rank) +
                       " to fit as well, " + counted(look.unknowns, "unknown") + " to " +
                       counted(m, "measurement");
    text += same ? ", and that they leave it free" : ", and " + lacking(look);
    return {reached + "not determined", text, exit_not_determined};
  }
  if (same && (look.said != verdict::not_determined || result.carried_unknowns < m))
    return {"recovered", "", exit_recovered};
  if (result.carried_unknowns >= m)
    return {reached + "not determined", too_many_unknowns(result, m), exit_not_determined};
  if (look.said == verdict::recovered) {
    return {reached + "incomplete",
            "\n" + staircase_text(result) + ", finds rank " + std::to_string(look.rank) + " to fit with " +
                residual_of(look.loss, result.zero_loss) + ", and nothing else near it;\n" + lacking(look) +
                ": a smaller --relative-tolerance, or --method staircase",
            exit_not_recovered};
  }
  std::string text = "\n" + staircase_text(result) + ", ";
  if (look.said == verdict::best_fit) {
    text += "takes rank " + std::to_string(look.rank) + " with " + residual_of(look.loss, result.zero_loss) +
            " for the best fit";
    text += held_out_text(look);
    text += ":\nwhat is left to it may be noise, which more columns fit, too";
  } else {
    text += "comes to no verdict that would confirm it";
  }
  return {reached + "unconfirmed", text, exit_not_determined};
}

/// What the staircase knows of measurements that this descent does not fit.
std::string explain_rest(const recovery_result& result, std::size_t rank) {
  if (!result.looked || result.looked->said == verdict::none) return "";
  const second_look& look = *result.looked;
  const std::string fit =
      "rank " + std::to_string(look.rank) + " with " + residual_of(look.loss, result.zero_loss);
  std::string text = "\n" + staircase_text(result);
  switch (look.said) {
    case verdict::recovered:
      return text + ", finds " + fit + ", and nothing else near it" +
             (look.rank > rank ? ": more columns than --rank " + std::to_string(rank) : "");
    case verdict::not_determined:
      return text + ", finds " + fit + ", which the measurements do not determine";
    default:
      break;
  }
  if (look.rank == 0) return text + ", finds nothing that fits better than zero";
  text += ", takes " + fit + " for the best fit" + held_out_text(look);
  if (look.held_out == 0) return text;
  if (look.held_out_error >= 1) return text + ", no less than the zero matrix would";
  if (look.held_out_error >= 0.9) return text + ", hardly less than the zero matrix would";
  return text + ":\nthat may be noise, a matrix of another kind or rank, or too few measurements";
}

std::string explain_standstill(const recovery_result& result, bool is_minimum) {
  const bool has_stopped = result.ended == outcome::plateau;
  switch (*result.stands_at) {
    case standstill::rounding:
      return ": a smaller one cannot be told in this precision";
    case standstill::cycle:
      return ", and the steps lead back and forth: a shorter --step, or --step auto";
    case standstill::saddle: {
      std::string text = ", where a part of the measurements is not explained yet that U is growing into";
      if (result.iterations_to_go >= 1)
        text += ":\nabout " + short_number(std::ceil(result.iterations_to_go)) +
                " iterations more until it has, and others to refine it";
      return text;
    }
    case standstill::stuck:
      return ", though not at a minimum: along the direction that would lower it U has nothing, or so little "
             "that\nsteps are lost in rounding: another start, or --precision f64";
    case standstill::local_minimum:
      if (!has_stopped) return "";
      return is_minimum
                 ? ", and a column moved to where the residual points raises it, though fewer or as many "
                   "columns\nfit better: another --seed, or more columns"
                 : ", and a column moved to where the residual points raises it: one more may lower it";
    case standstill::noise:
      break;
  }
  return has_stopped ? ": what is left shows no direction that U could grow into" : "";
}

}  // namespace

descent_verdict judge_descent(const recovery_result& result, std::size_t rank,
                              std::uint64_t measurement_count) {
  descent_verdict found{outcome_text(result.ended), "", exit_not_recovered};
  if (result.ended == outcome::stopped) return found;
  if (result.ended == outcome::diverged) {
    found.text = result.last.iteration == 0 ? "\nthe start is too large for this precision"
                                            : "\na smaller --step, or --step auto, may help";
    return found;
  }
  if (!result.stands_at && !result.looked && result.missed.of == 0) {
    // Nobody has looked.
    if (result.ended == outcome::recovered) found.exit_code = exit_recovered;
    if (result.ended == outcome::iteration_limit) found.text = "\n--iterations allows more";
    return found;
  }
  if (result.ended == outcome::recovered) return judge_recovered(result, measurement_count);
  const bool is_better = result.looked && result.looked->said != verdict::none &&
                         result.looked->rank <= rank && 2 * result.looked->loss < result.last.loss;
  const bool is_minimum = result.stands_at == standstill::local_minimum && is_better;
  if (result.ended == outcome::plateau && result.stands_at) {
    if (is_minimum || *result.stands_at == standstill::cycle || *result.stands_at == standstill::stuck)
      found.word = to_string(*result.stands_at);
  }
  if (result.zero_loss > 0) {
    found.text = std::string(result.ended == outcome::plateau ? "\nthe loss stopped falling at "
                                                              : "\nthe loss is at ") +
                 short_number(result.last.loss / result.zero_loss) + " of its value at U = 0";
  }
  if (result.stands_at) found.text += explain_standstill(result, is_minimum);
  found.text += explain_rest(result, rank);
  const bool may_gain = !result.stands_at || *result.stands_at == standstill::saddle ||
                        *result.stands_at == standstill::local_minimum ||
                        *result.stands_at == standstill::noise;
  if (result.ended == outcome::iteration_limit && may_gain) found.text += "\n--iterations allows more";
  return found;
}

}  // namespace tinyrank::app
