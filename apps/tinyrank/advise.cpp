// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include <array>
#include <cmath>
#include <iostream>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "arguments.hpp"
#include "catalogue/operators.hpp"
#include "commands.hpp"
#include "error.hpp"
#include "memory.hpp"
#include "recover_parts.hpp"
#include "recovery.hpp"
#include "tinyrank/recovery.hpp"
#include "tinyrank/theory.hpp"

namespace tinyrank::app {
namespace {

/// Everything that was asked about.
struct setting {
  std::size_t n = 0, truth_rank = 0;
  std::uint64_t m = 0;
  double kappa = 1, norm = 1;
  std::size_t rank = 0;  ///< of the papers' factor; 0: not asked about
  double mu = 0, alpha = 0;
};

constexpr double quarter = 0.25, small = 1e-3;

double parse_positive_number(const std::string& name, const std::string& text) {
  const double value = parse_number(name, text);
  if (!(value > 0)) throw input_error(name + ": " + in_quotes(text) + " is not above zero");
  return value;
}

std::size_t parse_size(const std::string& name, const std::string& text, std::uint64_t highest) {
  return static_cast<std::size_t>(parse_integer(name, text, 1, highest));
}

/// Also as 1e4.
std::uint64_t parse_count(const std::string& name, const std::string& text) {
  constexpr double most = 9e15;  // a double has every whole number up to here
  const double value = parse_positive_number(name, text);
  if (value != std::floor(value)) throw input_error(name + ": " + in_quotes(text) + " is not a whole number");
  if (value > most) throw input_error(name + ": " + in_quotes(text) + " is above 9e15");
  return static_cast<std::uint64_t>(value);
}

setting parse(const advise_arguments& given) {
  setting s;
  s.n = parse_size("--n", given.n, largest_dimension);
  s.truth_rank = parse_size("--truth-rank", given.truth_rank, s.n);
  s.kappa = parse_number("--kappa", given.condition_number);
  if (!(s.kappa >= 1)) throw input_error("--kappa: " + in_quotes(given.condition_number) + " is below 1");
  constexpr double largest_kappa = 1e30;  // its eighth power is still a number
  if (s.kappa > largest_kappa) {
    throw input_error("--kappa: " + in_quotes(given.condition_number) + " is above 1e30");
  }
  s.norm = parse_positive_number("--norm", given.norm);
  if (!std::isnormal(s.norm * s.norm)) {
    throw input_error("--norm: " + in_quotes(given.norm) + " has a square beyond double precision");
  }
  s.m = parse_count("--measurements", given.measurements);
  s.mu = given.step.empty() ? quarter / (s.norm * s.norm) : parse_positive_number("--step", given.step);
  s.alpha = given.scale.empty() ? small * s.norm : parse_positive_number("--init-scale", given.scale);
  if (!given.rank.empty()) {
    s.rank = parse_size("--rank", given.rank, UINT32_MAX);
    return s;
  }
  for (const auto& [option, text] : {std::pair{"--step", &given.step}, {"--init-scale", &given.scale}}) {
    if (text->empty()) continue;
    throw input_error(std::string(option) + ": is judged by theorem 3.3, for which --rank is needed");
  }
  return s;
}

/// A positive quantity of the theorem; products of what was given can be too large or too small for a double.
std::string magnitude(double value) {
  if (value >= std::numeric_limits<double>::min() && std::isfinite(value)) return short_number(value);
  return value < 1 ? "less than a double can hold" : "more than a double can hold";
}

void print_line(const std::string& name, const std::string& text) {
  std::cout << "  " << name << std::string(name.size() < 26 ? 26 - name.size() : 1, ' ') << text << '\n';
}

/// Directions in which a matrix of this rank can move.
std::uint64_t unknowns_of(std::uint64_t n, std::uint64_t rank) {
  return n * rank - rank * (rank - 1) / 2;
}

/// Passes until the verdict, least and most, of planted runs that recovered X X^T: n = 40 with r* = 2 and
/// n = 100 with r* = 5, kappa of 1 and 10, f32, three seeds of each.
struct measured_passes {
  double ratio;  ///< measurements to unknowns
  unsigned least, most;
  unsigned recovered, runs;
};

struct measured_kind {
  const char* names;
  bool of_distances;
  std::vector<measured_passes> passes;
};

const std::array<measured_kind, 4>& measured_kinds() {
  static const std::array<measured_kind, 4> kinds = {{
      {"Gaussian, signs, Hadamard",
       false,
       {{1.5, 76, 173, 36, 36},
        {2, 59, 103, 36, 36},
        {3, 42, 72, 36, 36},
        {5, 33, 56, 36, 36},
        {8, 28, 48, 36, 36},
        {12, 23, 44, 36, 36}}},
      {"rank-one",
       false,
       {{1.5, 173, 375, 7, 12},
        {2, 132, 200, 12, 12},
        {3, 77, 112, 12, 12},
        {5, 58, 86, 12, 12},
        {8, 47, 73, 12, 12},
        {12, 42, 62, 12, 12}}},
      {"entries",
       false,
       {{1.5, 204, 453, 3, 12},
        {2, 100, 189, 10, 12},
        {3, 71, 102, 11, 12},
        {5, 44, 64, 12, 12},
        {8, 30, 56, 12, 12}}},
      {"distances",
       true,
       {{1.5, 0, 0, 0, 12},
        {2, 341, 510, 4, 12},
        {3, 153, 328, 12, 12},
        {5, 84, 183, 12, 12},
        {8, 76, 223, 12, 12}}},
  }};
  return kinds;
}

/// "28 to 48, with m at 8 times the unknowns": of the runs with the most measurements that are no more than
/// `ratio` times the unknowns; empty where there are none.
std::string describe_passes(const measured_kind& kind, double ratio) {
  const measured_passes* known = nullptr;
  for (const measured_passes& each : kind.passes) {
    if (each.ratio <= ratio) known = &each;
  }
  if (known == nullptr) return "";
  const std::string where = "with m at " + short_number(known->ratio) + " times the unknowns";
  const std::string runs = std::to_string(known->runs) + " runs";
  if (known->recovered == 0) return where + " none of " + runs + " recovered";
  return std::to_string(known->least) + " to " + std::to_string(known->most) + ", " + where +
         (known->recovered < known->runs
              ? "; only " + std::to_string(known->recovered) + " of " + runs + " recovered"
              : "");
}

void print_passes(const setting& s) {
  std::string lines;
  for (const measured_kind& kind : measured_kinds()) {
    // One point has no distances.
    if (kind.of_distances && s.n == 1) continue;
    const std::uint64_t unknowns = unknowns_of(kind.of_distances ? s.n - 1 : s.n, s.truth_rank);
    const std::string text = describe_passes(kind, static_cast<double>(s.m) / static_cast<double>(unknowns));
    if (!text.empty()) lines += std::string("    ") + kind.names + ": " + text + '\n';
  }
  if (lines.empty()) {
    print_line("passes over all A_i", "not measured for m below 1.5 times the unknowns");
    return;
  }
  std::cout << "  passes over all A_i until its verdict, in runs that recovered planted X X^T\n"
               "  (n = 40, r* = 2 and n = 100, r* = 5; kappa = 1 and 10; f32):\n"
            << lines;
}

/// Operators in the order of the catalogue, those with the same size together; what does not exist with
/// these sizes, or is of another matrix than X X^T, is left out.
void print_memory(const setting& s, const recovery_options<float>& options) {
  std::vector<std::pair<std::string, std::string>> found;
  catalogue::for_every_operator([&](auto row) {
    using Row = decltype(row);
    // SIZE_MAX: as many as one likes.
    const std::size_t most = Row::most_measurements(s.n);
    const bool is_symmetric =
        shape_of(typename Row::template sensing<float>()).kind == factor_kind::symmetric;
    if (!is_symmetric || Row::nearest_n(s.n) != s.n || (most != SIZE_MAX && s.m > most)) return;
    std::size_t bytes = SIZE_MAX;
    if (s.m <= SIZE_MAX) {
      typename Row::template sensing<float> a;
      (void)measured_bytes([&](arena& memory) {
        a = Row::template place<float>(s.n, static_cast<std::size_t>(s.m), 1, memory);
      });
      bytes = recovery_bytes(a, options);
    }
    const std::string size =
        bytes == SIZE_MAX ? "more than can be addressed" : format_bytes(static_cast<double>(bytes));
    for (auto& [known, names] : found) {
      if (known != size) continue;
      names += std::string(", ") + Row::name;
      return;
    }
    found.emplace_back(size, Row::name);
  });
  const std::string threads = std::to_string(options.plan.threads);
  std::cout << "  memory in f32 with " << threads << (threads == "1" ? " thread" : " threads")
            << ", beside A and y:\n";
  for (const auto& [size, names] : found) std::cout << "    " << size << ": " << names << '\n';
}

void print_staircase(const setting& s) {
  const std::uint64_t unknowns = unknowns_of(s.n, s.truth_rank);
  recovery_options<float> options;
  options.plan.threads = parse_threads("");
  const std::size_t by_default = columns_of(s, options).factor;
  if (s.truth_rank > by_default) options.rank_limit = s.truth_rank;
  std::cout << "The staircase, which finds the rank itself: tinyrank recover"
            << (options.rank_limit == 0
                    ? " without --rank"
                    : " --method staircase --rank " + std::to_string(options.rank_limit) +
                          ",\nfor without that it takes " + std::to_string(by_default) + " columns at most")
            << '\n';
  print_line("unknowns", std::to_string(unknowns) + " in X X^T of rank r*, " +
                             std::to_string(unknowns_of(s.n, s.n)) + " in a symmetric matrix");
  if (s.n > 1) {
    print_line("", "of distances " + std::to_string(unknowns_of(s.n - 1, s.truth_rank)) +
                       ", for they do not say where the origin is");
  }
  print_line("m",
             std::to_string(s.m) + ", " +
                 (s.m < unknowns    ? "fewer than the unknowns: these seldom have one solution alone"
                  : s.m == unknowns ? "as many as the unknowns: these seldom have one solution alone"
                                    : short_number(static_cast<double>(s.m) / static_cast<double>(unknowns)) +
                                          " times the unknowns"));
  print_passes(s);
  print_memory(s, options);
}

/// What a loss at the default tolerance says of the weakest direction, 1/kappa^2 as strong as the strongest.
void print_hidden(const setting& s) {
  constexpr double error = 1e-3;  // of X X^T, the root of the tolerance
  const double share = error * s.kappa * s.kappa;
  std::string text = "an error of about 1e-3 of X X^T";
  if (share >= 1) {
    constexpr double enough = 1e-2;  // of what the weakest direction has of the loss
    const double needed = enough / std::pow(s.kappa, 4);
    const double least = static_cast<double>(std::numeric_limits<float>::epsilon()) * 1e-6;
    text += ", and the weakest direction of X X^T has\n" + std::string(28, ' ') +
            "less: a run may end without it; --relative-tolerance " +
            short_number(std::pow(10, std::floor(std::log10(needed)))) +
            (needed < least ? " --precision f64" : "");
  } else if (s.truth_rank > 1 || s.kappa > 1) {
    text += ", of the weakest direction up to " + short_number(100 * share) + "%";
  }
  print_line("a loss of 1e-6 f(0) has", text);
}

/// Growth of the weakest direction from alpha, and its refinement, at the rate of 2 mu sigma_r*^2 with mu =
/// 1/(4 ||X||^2). Runs with r = r*, n = 40 and r* = 2 or n = 60 and r* = 3, kappa from 1 to 20, m at 8 or 5
/// times the unknowns, took 0.67 to 2.7 times as many by Gaussian matrices, signs and Hadamard, 0.76 to 8
/// times by rank-one ones; and with r = 2 r* and m at 5 times the unknowns it was up to 120 times, at
/// kappa = 1.
void print_iterations(const setting& s) {
  constexpr double most_measured = 20, from = 1000, least = 0.6, most = 3, most_of_rank_one = 8;
  const double kappa = s.kappa < most_measured ? s.kappa : most_measured;
  const double refined = std::log(from / (kappa * kappa));
  const double modelled = 4 * kappa * kappa * (std::log(from / kappa) + (refined > 0 ? refined / 2 : 0));
  const auto rounded = [&](double times) {
    const double count = times * modelled, unit = std::pow(10, std::floor(std::log10(count)) - 1);
    return std::to_string(static_cast<std::uint64_t>(std::round(count / unit) * unit));
  };
  const std::string next = "\n" + std::string(28, ' ');
  print_line("iterations to that",
             rounded(least) + " to " + rounded(most) + " (Gaussian, signs, Hadamard; rank-one up to " +
                 rounded(most_of_rank_one) + ")" + next +
                 (s.kappa > most_measured ? "at kappa = 20, and not measured above, " : "") +
                 "with r = r*; about as kappa^2." + next +
                 "With r > r* and few measurements many more. The staircase," + next +
                 "quasi-newton and scaled hardly feel kappa");
}

void print_experiments(const setting& s) {
  constexpr double enough = 10;
  const auto n = static_cast<double>(s.n), r_star = static_cast<double>(s.truth_rank);
  const auto m = static_cast<double>(s.m);
  std::cout << "Gradient descent in arXiv 2106.15013 (kappa = 1, isotropic Gaussian measurements)\n";
  print_line("m = 10 n r*", short_number(enough * n * r_star) + " were enough; given: " + short_number(m) +
                                (m < enough * n * r_star ? ", fewer" : "") +
                                (m >= n * (n + 1) / 2 ? "; m determines any matrix,\n" +
                                                            std::string(28, ' ') + "the rank plays no part"
                                                      : ""));
  print_line("mu = 1/(4 ||X||^2)", short_number(quarter / (s.norm * s.norm)));
  print_line("alpha = 1e-3 ||X||",
             short_number(small * s.norm) + "; a smaller one for a smaller error (figure 4)");
  std::cout << "Gradient descent here, with the automatic step and start\n";
  print_hidden(s);
  print_iterations(s);
}

void print_theorem(const setting& given) {
  const theorem_setting s{.n = given.n,
                          .rank = given.rank,
                          .truth_rank = given.truth_rank,
                          .condition_number = given.kappa,
                          .truth_norm = given.norm};
  const double mu = given.mu, alpha = given.alpha;
  const auto m = static_cast<double>(given.m);
  if (s.rank < 2 * s.truth_rank && s.rank >= s.truth_rank) {
    print_line("r",
               "2 r* = " + std::to_string(2 * s.truth_rank) + " or more columns align sooner (figure 6)");
  }
  std::cout << "Theorem 3.3 there, with every constant that it leaves open taken as 1\n";
  if (!covered_by_theorem(s)) {
    std::cout << (s.rank < s.truth_rank ? "  not covered: r < r*, U U^T cannot be X X^T\n"
                  : s.truth_rank == s.n ? "  not covered: r* = n, there is no rank to be found\n"
                                        : "  not covered here: r* <= r < 2 r*, for which it has a "
                                          "statement of its own\n");
    return;
  }
  const double isometry = largest_isometry_constant(s), enough = sufficient_measurements(s);
  const double largest_mu = largest_step_size(s), log_alpha = log_largest_initial_scale(s);
  const bool few = m<enough, long_step = mu> largest_mu, large = std::log(alpha) > log_alpha;
  print_line("delta of rank 2 r* + 1", "at most " + magnitude(isometry));
  print_line("m for that delta",
             "in the order of " + magnitude(enough) + (few ? ": not covered by m as given" : ""));
  print_line("mu", "at most " + magnitude(largest_mu) +
                       (long_step ? ": not covered by mu = " + short_number(mu) : ""));
  const bool is_number = log_alpha >= std::log(std::numeric_limits<double>::min());
  print_line(
      "alpha, eq. (4)",
      (is_number ? "at most " + short_number(std::exp(log_alpha))
                 : std::string("at most a number too small for double precision")) +
          (large ? ":\n" + std::string(28, ' ') + "not covered by alpha = " + short_number(alpha) : ""));
  std::cout << "What its bounds come to at alpha = " << short_number(alpha)
            << " and mu = " << short_number(mu)
            << (few || long_step || large ? ", which it does not cover" : "") << '\n';
  const double smallest = s.truth_norm / s.condition_number;
  const theorem_iterations t = iteration_bound(s, alpha, mu);
  print_line("iterations, eq. (6)",
             alpha >= smallest ? "none: alpha is not below sigma_r*(X) = " + magnitude(smallest)
                               : "in the order of " + magnitude(t.total()) + " =\n" + std::string(28, ' ') +
                                     magnitude(t.spectral) + " spectral + " + magnitude(t.saddle_avoidance) +
                                     " saddle avoidance + " + magnitude(t.refinement) + " refinement");
  const double error = error_bound(s, alpha);
  print_line("error, eq. (5)",
             (error < 1 ? "||U U^T - X X^T||_F / ||X||^2 in the order of " + magnitude(error)
                        : "no bound below ||X||^2, which U = 0 has at this alpha and kappa") +
                 ",\n" + std::string(28, ' ') + "falling as alpha^(21/16)");
  std::cout
      << "What it does not cover: noise in y, X X^T that is only nearly of rank r*, measurements without\n"
         "restricted isometry (entries, distances, plain rank-one), later iterations. It is a sufficient\n"
         "condition: the experiments recover far outside of it.\n";
}

}  // namespace

int run_advise(const advise_arguments& given) {
  const setting s = parse(given);
  print_staircase(s);
  print_experiments(s);
  if (s.rank == 0) {
    std::cout << "Theorem 3.3 there is about a factor of r columns: --rank\n";
  } else {
    print_theorem(s);
  }
  return exit_recovered;
}

}  // namespace tinyrank::app
