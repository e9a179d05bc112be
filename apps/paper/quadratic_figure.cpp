// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include <cmath>

#include "descent.hpp"
#include "figures.hpp"
#include "gaussian_problem.hpp"
#include "tinyrank/operators/generated_rank_one.hpp"
#include "tinyrank/operators/rank_one.hpp"
#include "tinyrank/quadratic_network.hpp"

namespace tinyrank::app {
namespace {

struct network_case {
  std::size_t d, rank, per_dimension;
  double alpha;
};

/// What rescaling is told about ||U*||_F^2.
enum class told : std::uint8_t { nothing, energy, mean_of_y };

struct variant {
  const char* name;
  bool truncate, rescale;
  told about = told::nothing;
};
constexpr variant variants[] = {{"both", true, true, told::energy},
                                {"rescaling", false, true, told::energy},
                                {"truncation", true, false},
                                {"neither", false, false},
                                {"both_mean", true, true, told::mean_of_y},
                                {"both_residuals", true, true, told::nothing}};

/// From alpha Id with r = d. The error of a run that diverged is infinite.
void learn(experiment& paper, const network_case& each, const variant& how_to, std::uint32_t iterations) {
  const std::size_t d = each.d, m = each.per_dimension * d;
  const execution_plan plan = paper.settings().plan;
  aligned_buffer<float> vectors("inputs", padded<float>(d) * m);
  require_ok("inputs", fill_rank_one_vectors(d, 0, m, 1, vectors.data()));
  const rank_one_sensing<float> sensing{d, m, vectors.data(), rank_one_form::plain};
  sensing_operator<float> table;
  require_ok("inputs", make_operator(sensing, table));
  owned_factor<float> truth(d, each.rank);
  draw_planted_truth(truth.view, 1.0F, 1);
  const std::vector<float> y = measure<float>(table, truth.view, plan);
  double mean = 0, energy = 0;
  for (const float value : y) {
    mean += static_cast<double>(value) / static_cast<double>(m);
    energy += static_cast<double>(value) * static_cast<double>(value) / (4 * static_cast<double>(m));
  }
  constexpr double radius_factor = 2, quarter = 0.25;
  constexpr float wanted = 1e-10F;
  const saved_state from = paper.restored();
  const std::vector<float> saved = saved_start<float>(from.blocks.empty() ? std::string() : from.blocks[0]);
  quadratic_network_options<float> options;
  options.rank = d;
  options.law = initial_law::orthonormal;
  options.initial_scale = static_cast<float>(each.alpha);
  if (!saved.empty()) options.initial_factor = saved.data();
  options.relative_tolerance = wanted;
  options.plateau_window = 0;
  options.iteration_limit = iterations - from.iteration;
  options.plan = plan;
  // A quarter of 1/lambda_1 of A^*(y), which is 2 ||X*|| + ||U*||_F^2.
  options.step_size = static_cast<float>(quarter / (2 + mean));
  options.truncation_radius =
      how_to.truncate ? static_cast<float>(radius_factor * mean * std::log(static_cast<double>(d))) : 0.0F;
  options.rescale = how_to.rescale;
  // The truth has orthonormal columns.
  if (how_to.about == told::energy) options.truth_energy = static_cast<float>(each.rank);
  if (how_to.about == told::mean_of_y) options.truth_energy = static_cast<float>(mean);
  const aligned_buffer<std::byte> arena("r = " + std::to_string(d), descent_bytes(sensing, options));
  descent<float> run;
  require_ok("quadratic network", init(run, sensing, y.data(), options, arena.data(), arena.size()));
  std::uint32_t t = from.iteration;
  float loss = run.report.loss;
  while (run.report.result == outcome::running) {
    if (paper.checkpoint_due()) paper.checkpoint({t, {factor_bytes<float>(run.factor)}});
    step(run);
    t = from.iteration + run.report.iterations;
    // A run that diverges leaves the loss before.
    if (std::isfinite(run.report.loss)) loss = run.report.loss;
    if (t % 10 == 0) paper.flush(t, how_to.name);
  }
  const bool fine = run.report.result != outcome::diverged;
  const double error =
      fine ? relative_test_error<float>(run.factor, truth.view) : std::numeric_limits<double>::infinity();
  paper.row(join(d, each.rank, each.per_dimension, each.alpha, how_to.name, t,
                 std::isfinite(error) ? error : std::numeric_limits<double>::infinity(),
                 std::sqrt(static_cast<double>(loss) / energy)));
}

}  // namespace

void make_quadratic(const paper_settings& settings) {
  const std::uint32_t iterations = settings.quick ? 600 : 1000;
  std::vector<network_case> cases;
  for (const std::size_t d :
       settings.quick ? std::vector<std::size_t>{20} : std::vector<std::size_t>{50, 100}) {
    for (const std::size_t rank :
         settings.quick ? std::vector<std::size_t>{1} : std::vector<std::size_t>{1, 3, 5}) {
      for (const std::size_t per :
           settings.quick ? std::vector<std::size_t>{10, 40} : std::vector<std::size_t>{5, 10, 20, 40}) {
        cases.push_back({d, rank, per, 1e-3});
      }
    }
  }
  const network_case middle = settings.quick ? network_case{20, 1, 20, 0} : network_case{50, 3, 20, 0};
  for (const double alpha : {1e-1, 1e-2, 1e-4}) {
    cases.push_back({middle.d, middle.rank, middle.per_dimension, alpha});
  }
  if (settings.quick) cases.push_back({middle.d, middle.rank, middle.per_dimension, 1e-3});
  experiment paper(settings, "lmz3", "iterations " + std::to_string(iterations) + "; tau as told",
                   "\"iterations\": " + std::to_string(iterations) +
                       ", \"step\": \"1/(4 (2 + mean y))\", \"R\": \"2 mean(y) log d\", \"tau\": "
                       "\"||U*||_F^2; both_mean: mean(y); both_residuals: not told\", \"seeds\": \"1 1\"",
                   "d,truth_rank,m_per_d,alpha,variant,iterations,test,train");
  if (paper.complete()) return;
  for (const network_case& each : cases) {
    for (const variant& how_to : variants) {
      if (!paper.begin_stage("Li, Ma & Zhang 3, d = " + std::to_string(each.d) +
                                 ", r = " + std::to_string(each.rank) +
                                 ", m = " + std::to_string(each.per_dimension) + " d",
                             iterations)) {
        continue;
      }
      learn(paper, each, how_to, iterations);
      paper.end_stage();
    }
  }
  paper.finish();
}

}  // namespace tinyrank::app
