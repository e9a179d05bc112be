// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include <algorithm>
#include <cstdio>
#include <iostream>
#include <optional>

#include "default_threads.hpp"
#include "demo.hpp"
#include "error.hpp"
#include "output.hpp"
#include "progress.hpp"
#include "recovery.hpp"
#include "staircase_recovery.hpp"
#include "tinyrank/gradient_descent.hpp"

namespace tinyrank::app {
namespace {

constexpr double wanted = 1e-4;

struct sizes {
  std::size_t n, truth_rank, columns;
  const char* claim;  ///< of the instance
  [[nodiscard]] std::size_t measurement_count() const { return 10 * n * truth_rank; }
};

constexpr sizes printed_size{200, 5, 20, "at its printed size"}, quick_size{60, 2, 8, "at a quick size"};

recovery_result descend(const problem<float>& a, sizes size, execution_plan plan, const std::string& csv) {
  output_file out(csv);
  gradient_descent_options<float> options{
      .rank = size.columns, .step_size = 0.25F, .relative_tolerance = 0, .iteration_limit = 130};
  options.initial_scale = 1.0F / (70.0F * static_cast<float>(size.n * size.n));
  options.plan = plan;
  out.write("iteration,loss,relative_test_error,sigma_rank,principal_angle_sine,phase\n");
  std::vector<float> factor;
  progress bar("gradient descent", options.iteration_limit, false);
  std::optional<run_phase> shown;
  recovery_result result =
      recover(a, options, gradient_descent_method<float>, false, factor, [&](const observation& seen) {
        if (!shown || *shown != seen.in) bar.println("   " + describe_phase(seen));
        shown = seen.in;
        bar.update(seen.iteration, "loss " + short_number(seen.loss));
        out.write(std::to_string(seen.iteration) + "," + short_number(seen.loss) + "," +
                  short_number(seen.test_error.value_or(0)) + "," + short_number(seen.sigma.value_or(0)) +
                  "," + short_number(seen.angle.value_or(0)) + "," +
                  std::to_string(static_cast<int>(seen.in) + 1) + "\n");
      });
  bar.finish();
  out.commit();
  return result;
}

staircase_result<float> climb_told_nothing(const problem<float>& a, execution_plan plan,
                                           const std::string& csv) {
  output_file out(csv);
  recovery_options<float> options;
  options.plan = plan;
  out.write("pass,rank,loss,relative_test_error\n");
  std::vector<float> factor;
  progress bar("staircase", 0, false);
  staircase_result<float> result = climb<float>(
      a, options, "demo", factor,
      [&](const staircase_observation& seen) {
        bar.update(seen.pass, "rank " + std::to_string(seen.rank) + ", loss " + short_number(seen.loss));
        if (seen.is_new) {
          out.write(std::to_string(seen.pass) + "," + std::to_string(seen.rank) + "," +
                    short_number(seen.loss) + "," + short_number(seen.test_error.value_or(0)) + "\n");
        }
      },
      [] { return true; });
  bar.finish();
  out.commit();
  return result;
}

void print_line(const char* method, std::uint32_t passes, double seconds, const std::string& rank,
                double error) {
  std::printf("   %-27s %6u %9s   %-14s %14s\n", method, passes, format_seconds(seconds).c_str(),
              rank.c_str(), short_number(error).c_str());
}

}  // namespace

void run_paper_experiment(const std::string& directory, bool quick) {
  const sizes size = quick ? quick_size : printed_size;
  const std::string n = std::to_string(size.n), m = std::to_string(size.measurement_count());
  execution_plan plan;
  plan.threads = default_threads();

  std::cout << "1. Stoger & Soltanolkotabi (NeurIPS 2021), section 4, " << size.claim << "\n   n = " << n
            << ", r* = " << size.truth_rank << ", m = " << m << " Gaussian measurements\n"
            << "   gradient descent: mu = 1/4, alpha = 1/(70 n^2), and a factor of r = " << size.columns
            << " columns,\n"
            << "   four times too many\n"
            << "   staircase: told nothing" << std::endl;
  problem_sources sources;
  sources.sensing = parse_sensing("gaussian:n=" + n + ",m=" + m + ",seed=1");
  sources.planted = planted_argument{size.truth_rank, 1, 1};
  problem<float> a;
  load_problem(a, sources, plan, instruction_set::automatic, [](const std::string&) {});

  const recovery_result descent = descend(a, size, plan, directory + "/phases.csv");
  const staircase_result<float> staircase = climb_told_nothing(a, plan, directory + "/staircase.csv");
  const double descent_error = descent.last.test_error.value_or(1);
  const double staircase_error = staircase.last.test_error.value_or(1);
  std::printf("   %-27s %6s %9s   %-14s %14s\n", "", "passes", "time", "rank", "relative error");
  // The first evaluates the start.
  print_line("gradient descent", descent.last.iteration + 1, descent.seconds,
             "told at most " + std::to_string(size.columns), descent_error);
  print_line("staircase", staircase.report.passes, staircase.seconds,
             "found " + std::to_string(staircase.report.rank_found), staircase_error);
  std::cout << "   The staircase's answer: " << to_string(staircase.report.verdict)
            << (descent_error < wanted && staircase_error < wanted ? "; both errors are below 1e-4" : "")
            << ".\n"
            << std::endl;
  if (!(descent_error < wanted))
    throw input_error("the relative test error of gradient descent is not below 1e-4");
  if (!(staircase_error < wanted))
    throw input_error("the relative test error of the staircase is not below 1e-4");
}

}  // namespace tinyrank::app
