// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include <algorithm>
#include <iostream>
#include <optional>
#include <thread>

#include "demo.hpp"
#include "error.hpp"
#include "output.hpp"
#include "progress.hpp"
#include "recovery.hpp"
#include "tinyrank/gradient_descent.hpp"

namespace tinyrank::app {

void run_paper_experiment(const std::string& csv) {
  constexpr std::size_t n = 200, truth_rank = 5;
  constexpr double wanted = 1e-4;
  output_file out(csv);
  gradient_descent_options<float> options{
      .rank = 20, .step_size = 0.25F, .relative_tolerance = 0, .iteration_limit = 130};
  options.initial_scale = 1.0F / (70.0F * n * n);
  const execution_plan two{2, options.plan.shards};
  if (check_plan(two) == status::ok)
    options.plan.threads = std::clamp(std::thread::hardware_concurrency(), 1U, 1024U);

  std::cout << "1. Stoger & Soltanolkotabi (NeurIPS 2021), section 4, at its printed size\n"
            << "   n = 200, r* = 5, m = 10000 Gaussian measurements, mu = 1/4, alpha = 1/(70 n^2);\n"
            << "   the factor has r = 20 columns, four times too many" << std::endl;
  problem_sources sources;
  sources.sensing = parse_sensing("gaussian:n=200,m=10000,seed=1");
  sources.planted = planted_argument{truth_rank, 1, 1};
  problem<float> a;
  load_problem(a, sources, options.plan, options.isa, [](const std::string&) {});

  out.write("iteration,loss,relative_test_error,sigma_rank,principal_angle_sine,phase\n");
  std::vector<float> factor;
  recovery_result result;
  {
    progress bar("recovering", options.iteration_limit, false);
    std::optional<run_phase> shown;
    result = recover(a, options, gradient_descent_method<float>, factor, [&](const observation& seen) {
      if (!shown || *shown != seen.in) bar.println("   " + describe_phase(seen));
      shown = seen.in;
      bar.update(seen.iteration, "loss " + short_number(seen.loss));
      out.write(std::to_string(seen.iteration) + "," + short_number(seen.loss) + "," +
                short_number(seen.test_error.value_or(0)) + "," + short_number(seen.sigma.value_or(0)) + "," +
                short_number(seen.angle.value_or(0)) + "," + std::to_string(static_cast<int>(seen.in) + 1) +
                "\n");
    });
    bar.finish();
  }
  out.commit();
  const double error = result.last.test_error.value_or(1);
  std::cout << "   after " << result.last.iteration << " iterations (" << format_seconds(result.seconds)
            << "): relative test error " << short_number(error) << (error < wanted ? ", below 1e-4" : "")
            << "\n"
            << std::endl;
  if (!(error < wanted)) throw input_error("the relative test error is not below 1e-4");
}

}  // namespace tinyrank::app
