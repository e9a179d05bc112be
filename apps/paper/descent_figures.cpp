// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include <cmath>

#include "descent.hpp"
#include "figures.hpp"
#include "gaussian_problem.hpp"
#include "tinyrank/operators/hadamard.hpp"

namespace tinyrank::app {
namespace {

/// The loss relative to f(0): the squared relative residual.
template <class T>
double train_error(const descent<T>& run) {
  return static_cast<double>(run.report.loss) / static_cast<double>(run.report.zero_loss);
}

/// Dense at first, then at every hundredth of the logarithm.
bool is_sampled(std::uint32_t t) {
  if (t <= 200) return true;
  const double scale = 100 / std::log(10.0);
  return std::floor(scale * std::log(static_cast<double>(t))) !=
         std::floor(scale * std::log(static_cast<double>(t) - 1));
}

/// f64 and nothing left to gain: the residual is rounding.
constexpr double machine_precision = 1e-28;

template <class T, class Sensing>
void long_runs(experiment& paper, const std::string& title, const char* ensemble, const Sensing& descriptor,
               const section4& size, std::size_t rank, std::uint32_t iterations) {
  sensing_operator<T> sensing;
  require_ok(title, make_operator(descriptor, sensing));
  owned_factor<T> truth(size.n, size.truth_rank);
  draw_planted_truth(truth.view, T(1), size.truth_seed);
  const std::vector<T> y = measure<T>(sensing, truth.view, paper.settings().plan);
  const double scales[] = {1e-3, 0.5};
  std::vector<start<T>> starts;
  for (const double alpha : scales) {
    starts.push_back({rank, T(0.25), static_cast<T>(alpha), size.start_seed, initial_law::gaussian});
  }
  descend<T>(
      paper, title, descriptor, y.data(), starts, iterations, iterations,
      [&](std::size_t i, std::uint32_t t, const descent<T>& run) {
        const double train = train_error(run);
        const bool more = train > machine_precision;
        if (is_sampled(t) || !more || t == iterations) {
          paper.row(join(ensemble, scales[i], t, train, relative_test_error<T>(run.factor, truth.view)));
        }
        return more;
      });
}

/// Rows for one operator: every alpha down to `stop`, or until `limit` iterations.
template <class T, class Sensing>
void scan_scales(experiment& paper, const std::string& title, const char* ensemble, const Sensing& descriptor,
                 const section4& size, std::size_t rank, const std::vector<double>& scales, double stop,
                 std::uint32_t limit) {
  sensing_operator<T> sensing;
  require_ok(title, make_operator(descriptor, sensing));
  owned_factor<T> truth(size.n, size.truth_rank);
  draw_planted_truth(truth.view, T(1), size.truth_seed);
  const std::vector<T> y = measure<T>(sensing, truth.view, paper.settings().plan);
  std::vector<start<T>> starts;
  for (const double alpha : scales) {
    starts.push_back({rank, T(0.25), static_cast<T>(alpha), size.start_seed, initial_law::gaussian});
  }
  descend<T>(paper, title, descriptor, y.data(), starts, limit, limit,
             [&](std::size_t i, std::uint32_t t, const descent<T>& run) {
               const auto loss = static_cast<double>(run.report.loss);
               const bool more = loss > stop && t < limit;
               if (!more) {
                 paper.row(join(ensemble, scales[i], t, loss, loss > stop ? 0 : 1,
                                relative_test_error<T>(run.factor, truth.view)));
               }
               return more;
             });
}

}  // namespace

void make_figure4(const paper_settings& settings) {
  const section4 size(settings.quick);
  const std::size_t rank = settings.quick ? 50 : 180;
  const std::uint32_t gaussian_limit = settings.quick ? 500 : 2500;
  const std::uint32_t limit = settings.quick ? 20000 : 1000000;
  const double stop = settings.quick ? 2e-8 : 0.5e-9;
  std::vector<double> scales;
  for (double power = settings.quick ? -2.5 : -4; power <= (settings.quick ? -1.49 : -0.99); power += 0.5) {
    scales.push_back(std::pow(10, power));
  }
  experiment paper(settings, "figure4",
                   size.setting() + "; r " + std::to_string(rank) + "; iterations " + std::to_string(limit) +
                       " " + std::to_string(gaussian_limit),
                   size.facts() + ", \"rank\": " + std::to_string(rank) + ", \"stop_loss\": " + number(stop) +
                       ", \"gaussian_iterations\": " + std::to_string(gaussian_limit) +
                       ", \"hadamard_iterations\": " + std::to_string(limit),
                   "ensemble,alpha,iterations,loss,stopped,test_error");
  if (paper.complete()) return;
  {
    const gaussian_matrices<float> matrices(size.n, size.measurement_count(), size.sensing_seed,
                                            settings.plan);
    scan_scales<float>(paper, "figure 4, Gaussian", "gaussian", matrices.dense, size, rank, scales, stop,
                       gaussian_limit);
  }
  // In f64: after 1e5 iterations an update of the small singular values is below the rounding of a float.
  const hadamard_sensing<double> hadamard{size.n, size.measurement_count(), size.sensing_seed};
  scan_scales<double>(paper, "figure 4, Hadamard", "hadamard", hadamard, size, rank, scales, stop, limit);
  paper.finish();
}

void make_figure5(const paper_settings& settings) {
  const section4 size(settings.quick);
  const std::size_t rank = settings.quick ? 58 : 180;
  const std::uint32_t long_iterations = settings.quick ? 4000 : 400000;
  const std::uint32_t gaussian_iterations = settings.quick ? 2000 : 4000;
  experiment paper(settings, "figure5",
                   size.setting() + "; r " + std::to_string(rank) + "; iterations " +
                       std::to_string(long_iterations) + " " + std::to_string(gaussian_iterations),
                   size.facts() + ", \"rank\": " + std::to_string(rank) +
                       ", \"hadamard_iterations\": " + std::to_string(long_iterations) +
                       ", \"gaussian_iterations\": " + std::to_string(gaussian_iterations),
                   "ensemble,alpha,iteration,train,test");
  if (paper.complete()) return;
  {
    gaussian_matrices<double> matrices(size.n, size.measurement_count(), size.sensing_seed, settings.plan);
    long_runs<double>(paper, "figure 5, Gaussian", "gaussian", matrices.dense, size, rank,
                      gaussian_iterations);
  }
  const hadamard_sensing<double> hadamard{size.n, size.measurement_count(), size.sensing_seed};
  long_runs<double>(paper, "figure 5, Hadamard", "hadamard", hadamard, size, rank, long_iterations);
  paper.finish();
}

void make_figure6(const paper_settings& settings) {
  section4 size(settings.quick);
  if (settings.quick) size.truth_rank = 2;
  const std::size_t first = size.truth_rank, last = settings.quick ? 12 : 30;
  const std::uint32_t trials = settings.quick ? 8 : 10, limit = 1000, expected = 66;
  experiment paper(settings, "figure6", size.setting() + "; trials " + std::to_string(trials),
                   size.facts() + ", \"initial_scale\": 0.001, \"trials\": " + std::to_string(trials),
                   "trial,rank,iterations,squared_error");
  if (paper.complete()) return;
  owned_factor<float> truth(size.n, size.truth_rank);
  draw_planted_truth(truth.view, 1.0F, size.truth_seed);
  gaussian_matrices<float> matrices(size.n, size.measurement_count(), size.sensing_seed, {1, 1});
  for (std::uint32_t trial = 1; trial <= trials; ++trial) {
    matrices.draw(size.sensing_seed + trial, settings.plan);
    const std::vector<float> y = measure<float>(matrices.sensing, truth.view, settings.plan);
    std::vector<start<float>> starts;
    for (std::size_t rank = first; rank <= last; ++rank) {
      starts.push_back({rank, 0.25F, 1e-3F, size.start_seed + trial, initial_law::gaussian});
    }
    descend<float>(paper, "figure 6, trial " + std::to_string(trial) + " of " + std::to_string(trials),
                   matrices.dense, y.data(), starts, limit, expected,
                   [&](std::size_t i, std::uint32_t t, const descent<float>& run) {
                     constexpr double wanted = 1e-4;
                     // f is about a quarter of the squared error: above this it is nowhere near, and the
                     // error, which costs more than the rest of a small run, need not be known.
                     if (run.report.loss > static_cast<float>(wanted) && t < limit) return true;
                     // The columns of X are orthonormal: ||X X^T||_F^2 = r*.
                     const double relative = relative_test_error<float>(run.factor, truth.view);
                     const double squared = relative * relative * static_cast<double>(size.truth_rank);
                     const bool more = !(squared < wanted) && t < limit;
                     if (!more) paper.row(join(trial, first + i, t, squared));
                     return more;
                   });
  }
  paper.finish();
}

}  // namespace tinyrank::app
