// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include <array>
#include <cmath>
#include <cstdio>
#include <iostream>

#include "arguments.hpp"
#include "commands.hpp"
#include "error.hpp"
#include "recovery.hpp"
#include "tinyrank/theory.hpp"

namespace tinyrank::app {
namespace {

double parse_positive_number(const std::string& name, const std::string& text) {
  const double value = parse_number(name, text);
  if (!(value > 0)) throw input_error(name + ": " + in_quotes(text) + " is not above zero");
  return value;
}

std::size_t parse_size(const std::string& name, const std::string& text, std::uint64_t highest) {
  return static_cast<std::size_t>(parse_integer(name, text, 1, highest));
}

/// From the natural logarithm, as 10^-1234.5 where a double has no such number.
std::string from_logarithm(double value) {
  const double exponent = value / std::log(10.0);
  if (exponent > -300) return short_number(std::exp(value));
  std::array<char, 40> text{};
  std::snprintf(text.data(), text.size(), "10^%.0f", exponent);
  return text.data();
}

void print_line(const std::string& name, const std::string& text) {
  std::cout << "  " << name << std::string(name.size() < 26 ? 26 - name.size() : 1, ' ') << text << '\n';
}

}  // namespace

int run_advise(const advise_arguments& given) {
  theorem_setting s;
  s.n = parse_size("--n", given.n, largest_dimension);
  s.rank = parse_size("--rank", given.rank, UINT32_MAX);
  s.truth_rank = parse_size("--truth-rank", given.truth_rank, s.n);
  s.condition_number = parse_number("--kappa", given.condition_number);
  if (!(s.condition_number >= 1)) {
    throw input_error("--kappa: " + in_quotes(given.condition_number) + " is below 1");
  }
  constexpr double largest_kappa = 1e30;  // its eighth power is still a number
  if (s.condition_number > largest_kappa) {
    throw input_error("--kappa: " + in_quotes(given.condition_number) + " is above 1e30");
  }
  s.truth_norm = parse_positive_number("--norm", given.norm);
  if (!std::isnormal(s.truth_norm * s.truth_norm)) {
    throw input_error("--norm: " + in_quotes(given.norm) + " has a square beyond double precision");
  }
  const double m = parse_positive_number("--measurements", given.measurements);
  const auto n = static_cast<double>(s.n), r_star = static_cast<double>(s.truth_rank);
  constexpr double quarter = 0.25, small = 1e-3, enough = 10;
  const double mu = given.step.empty() ? quarter / (s.truth_norm * s.truth_norm)
                                       : parse_positive_number("--step", given.step);
  const double alpha =
      given.scale.empty() ? small * s.truth_norm : parse_positive_number("--init-scale", given.scale);

  std::cout << "In the experiments of arXiv 2106.15013 (kappa = 1, isotropic Gaussian measurements)\n";
  print_line("m = 10 n r*", short_number(enough * n * r_star) + " were enough; given: " + short_number(m) +
                                (m < enough * n * r_star ? ", fewer" : ""));
  print_line("unknowns",
             short_number(n * r_star - r_star * (r_star - 1) / 2) + " in X X^T of rank r*, " +
                 short_number(n * (n + 1) / 2) + " in a symmetric matrix" +
                 (m >= n * (n + 1) / 2 ? ": m determines any matrix, the rank plays no part" : ""));
  print_line("mu = 1/(4 ||X||^2)", short_number(quarter / (s.truth_norm * s.truth_norm)));
  print_line("alpha = 1e-3 ||X||",
             short_number(small * s.truth_norm) + "; a smaller one for a smaller error (figure 4)");
  if (s.rank < 2 * s.truth_rank && s.rank >= s.truth_rank) {
    print_line("r",
               "2 r* = " + std::to_string(2 * s.truth_rank) + " or more columns align sooner (figure 6)");
  }

  std::cout << "Theorem 3.3, with every constant that it leaves open taken as 1\n";
  if (!covered_by_theorem(s)) {
    std::cout << (s.rank < s.truth_rank ? "  not covered: r < r*, U U^T cannot be X X^T\n"
                  : s.truth_rank == s.n ? "  not covered: r* = n, there is no rank to be found\n"
                                        : "  not covered here: r* <= r < 2 r*, for which it has a "
                                          "statement of its own\n");
    return exit_recovered;
  }
  const theorem_iterations t = iteration_bound(s, alpha, mu);
  print_line("delta of rank 2 r* + 1", "at most " + short_number(largest_isometry_constant(s)));
  print_line("m for that delta", "in the order of " + short_number(sufficient_measurements(s)) +
                                     (m < sufficient_measurements(s) ? ": not covered by m as given" : ""));
  print_line("mu", "at most " + short_number(largest_step_size(s)) +
                       (mu > largest_step_size(s) ? ": not covered by mu = " + short_number(mu) : ""));
  const double log_alpha = log_largest_initial_scale(s);
  print_line("alpha, eq. (4)",
             "at most " + from_logarithm(log_alpha) +
                 (std::log(alpha) > log_alpha ? ": not covered by alpha = " + short_number(alpha) : ""));
  const double smallest = s.truth_norm / s.condition_number;
  std::cout << "For alpha = " << short_number(alpha) << " and mu = " << short_number(mu) << '\n';
  print_line("iterations, eq. (6)",
             alpha >= smallest
                 ? "not covered: alpha is not below sigma_r*(X) = " + short_number(smallest)
                 : "in the order of " + short_number(t.total()) + " = " + short_number(t.spectral) +
                       " spectral + " + short_number(t.saddle_avoidance) + " saddle avoidance + " +
                       short_number(t.refinement) + " refinement");
  print_line("error, eq. (5)", "||U U^T - X X^T||_F / ||X||^2 in the order of " +
                                   short_number(error_bound(s, alpha)) + ", falling as alpha^(21/16)");
  std::cout
      << "What it does not cover: noise in y, X X^T that is only nearly of rank r*, measurements without\n"
         "restricted isometry (entries, distances, plain rank-one), later iterations. It is a sufficient\n"
         "condition: the experiments recover far outside of it.\n";
  return exit_recovered;
}

}  // namespace tinyrank::app
