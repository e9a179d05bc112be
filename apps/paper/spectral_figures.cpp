// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include <array>
#include <cmath>
#include <memory>

#include "descent.hpp"
#include "figures.hpp"
#include "gaussian_problem.hpp"
#include "tinyrank/spectral.hpp"
#include "tinyrank/subspaces.hpp"

namespace tinyrank::app {
namespace {

/// The leading eigenvectors of A^*(y): what the angles are measured against.
template <class T>
struct spectral_subspace {
  spectral_subspace(const sensing_operator<T>& a, const std::vector<T>& y, std::size_t rank,
                    execution_plan plan) {
    spectral_options<T> options;
    options.count = rank;
    options.tolerance = T(1e-5);
    options.plan = plan;
    memory = aligned_buffer<std::byte>("spectral method", spectral_bytes(a, options));
    require_ok("spectral method",
               leading_eigenvectors_operator(found, a, y.data(), options, memory.data(), memory.size()));
  }
  aligned_buffer<std::byte> memory;
  spectral_result<T> found;
};

template <class T>
subspace_observation look_at(factor_view<const T> u, factor_view<const T> subspace) {
  const aligned_buffer<std::byte> memory("subspaces", subspace_bytes(u.n, u.rank, subspace.rank));
  subspace_observation seen;
  require_ok("subspaces", observe_subspaces<T>(seen, u, subspace, memory.data(), memory.size()));
  return seen;
}

/// X, A, y and the spectral subspace of section 4.
struct section4_problem {
  section4_problem(const section4& size, execution_plan plan)
      : truth(size.n, size.truth_rank), matrices(size.n, size.measurement_count(), size.sensing_seed, plan) {
    draw_planted_truth(truth.view, 1.0F, size.truth_seed);
    y = measure<float>(matrices.sensing, truth.view, plan);
    spectral = std::make_unique<spectral_subspace<float>>(matrices.sensing, y, size.truth_rank, plan);
  }
  owned_factor<float> truth;
  gaussian_matrices<float> matrices;
  std::vector<float> y;
  std::unique_ptr<spectral_subspace<float>> spectral;
};

constexpr std::uint32_t phase_iterations = 130;

}  // namespace

void make_figure1(const paper_settings& settings) {
  constexpr std::size_t n = 2, m = 60, grid = 81;
  constexpr std::uint32_t iterations = 60;
  constexpr double alpha = 1e-3, mu = 0.25, edge = 1.6;
  experiment paper(settings, "figure1", "n 2; m 60; seeds 3 5 7; alpha 1e-3",
                   "\"n\": 2, \"truth_rank\": 1, \"m\": 60, \"step_size\": 0.25, \"initial_scale\": 0.001, "
                   "\"truth_seed\": 3, \"sensing_seed\": 5, \"start_seed\": 7",
                   "what,iteration,x,y,value,norm");
  if (paper.complete()) return;
  const execution_plan plan{1, settings.plan.shards};
  gaussian_matrices<double> matrices(n, m, 5, plan);
  owned_factor<double> truth(n, 1);
  draw_planted_truth(truth.view, 1.0, 3);
  const std::vector<double> y = measure<double>(matrices.sensing, truth.view, plan);
  const spectral_subspace<double> spectral(matrices.sensing, y, 1, plan);
  const caller<double> call(matrices.sensing, 1, plan);
  owned_factor<double> at(n, 1), ignored(n, 1);
  if (paper.begin_stage("figure 1", grid + iterations)) {
    const auto point = [&](const char* what, std::uint32_t t, factor_view<const double> u, double value) {
      paper.row(join(what, t, u(0, 0), u(1, 0), value, std::hypot(u(0, 0), u(1, 0))));
    };
    for (std::size_t i = 0; i < grid; ++i) {
      for (std::size_t j = 0; j < grid; ++j) {
        at.view(0, 0) = edge * (2.0 * static_cast<double>(i) / (grid - 1) - 1);
        at.view(1, 0) = edge * (2.0 * static_cast<double>(j) / (grid - 1) - 1);
        point("loss", 0, at.view,
              matrices.sensing.loss_and_gradient(call.how, at.view, y.data(), ignored.view));
      }
      paper.flush(i, "landscape");
    }
    point("minimum", 0, truth.view, 0);
    descent<double> run;
    aligned_buffer<std::byte> arena;
    const start<double> from{1, mu, alpha, 7, initial_law::gaussian};
    place_run(run, arena, matrices.dense, y.data(), from, plan, "");
    owned_factor<double> power(n, 1), image(n, 1);
    for (std::size_t j = 0; j < n; ++j) power.view(j, 0) = run.factor(j, 0);
    for (std::uint32_t t = 0; t <= iterations; ++t) {
      point("descent", t, run.factor, look_at(run.factor, spectral.found.vectors).angle_sine);
      point("power", t, power.view,
            look_at(factor_view<const double>(power.view), spectral.found.vectors).angle_sine);
      paper.flush(grid + t, "trajectories");
      step(run);
      power_step(matrices.sensing, call.how, y.data(), mu, power.view, image.view);
    }
    paper.end_stage();
  }
  paper.finish();
}

void make_figure2(const paper_settings& settings) {
  const section4 size(settings.quick);
  const std::size_t rank = settings.quick ? 4 : 20;
  experiment paper(
      settings, "figure2", size.setting() + "; r " + std::to_string(rank),
      size.facts() + ", \"rank\": " + std::to_string(rank) + ", \"initial_scale\": \"1/(70 n^2)\"",
      "iteration,norm,angle,sigma,test_error,loss,power_angle");
  if (paper.complete()) return;
  const section4_problem problem(size, settings.plan);
  // The power iterates are made first, so that each run of the stage is one factor.
  descent<float> first;
  aligned_buffer<std::byte> arena;
  const start<float> from{rank, 0.25F, size.small_scale(), size.start_seed, initial_law::gaussian};
  place_run(first, arena, problem.matrices.dense, problem.y.data(), from, settings.plan, "");
  owned_factor<float> power(size.n, rank), image(size.n, rank);
  for (std::size_t k = 0; k < power.cells.size(); ++k) power.cells.data()[k] = first.factor.data[k];
  const caller<float> call(problem.matrices.sensing, rank, settings.plan);
  std::vector<double> power_angle;
  for (std::uint32_t t = 0; t <= phase_iterations; ++t) {
    power_angle.push_back(
        look_at(factor_view<const float>(power.view), problem.spectral->found.vectors).angle_sine);
    power_step(problem.matrices.sensing, call.how, problem.y.data(), 0.25F, power.view, image.view);
  }
  descend<float>(paper, "figure 2", problem.matrices.dense, problem.y.data(), {from}, phase_iterations,
                 phase_iterations, [&](std::size_t, std::uint32_t t, const descent<float>& run) {
                   const subspace_observation seen = look_at(run.factor, problem.spectral->found.vectors);
                   paper.row(join(t, seen.largest_sigma, seen.angle_sine, seen.signal_sigma,
                                  relative_test_error<float>(run.factor, problem.truth.view), run.report.loss,
                                  power_angle[t]));
                   return true;
                 });
  paper.finish();
}

void make_figure3(const paper_settings& settings) {
  const section4 size(settings.quick);
  const std::vector<std::size_t> ranks = settings.quick
                                             ? std::vector<std::size_t>{1, 2, 4, 16, 64, 128}
                                             : std::vector<std::size_t>{5, 8, 10, 20, 50, 200, 400};
  experiment paper(settings, "figure3", size.setting(), size.facts() + ", \"initial_scale\": \"1/(70 n^2)\"",
                   "rank,iteration,angle,sigma,test_error");
  if (paper.complete()) return;
  const section4_problem problem(size, settings.plan);
  std::vector<start<float>> starts;
  for (const std::size_t rank : ranks) {
    starts.push_back({rank, 0.25F, size.small_scale(), size.start_seed, initial_law::gaussian});
  }
  descend<float>(paper, "figure 3", problem.matrices.dense, problem.y.data(), starts, phase_iterations,
                 phase_iterations, [&](std::size_t i, std::uint32_t t, const descent<float>& run) {
                   const subspace_observation seen = look_at(run.factor, problem.spectral->found.vectors);
                   paper.row(join(ranks[i], t, seen.angle_sine, seen.signal_sigma,
                                  relative_test_error<float>(run.factor, problem.truth.view)));
                   return true;
                 });
  paper.finish();
}

}  // namespace tinyrank::app
