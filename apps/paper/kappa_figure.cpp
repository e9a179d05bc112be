// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include <cmath>
#include <limits>

#include "figures.hpp"
#include "gaussian_problem.hpp"
#include "tinyrank/momentum.hpp"
#include "tinyrank/operators/hadamard.hpp"
#include "tinyrank/scaled_gradient_descent.hpp"
#include "tinyrank/staircase.hpp"

namespace tinyrank::app {
namespace {

constexpr double wanted = 1e-6;

/// An operator that counts its passes, those before the first iteration included.
class counted_operator {
 public:
  counted_operator(const sensing_operator<double>& counted, std::uint32_t& passes)
      : n(counted.n), measurement_count(counted.measurement_count), counted_(counted), passes_(passes) {}

  void measure(const workspace<double>& how, factor_view<const double> u, double* y) const {
    ++passes_;
    counted_.measure(how, u, y);
  }
  void adjoint_times(const workspace<double>& how, const double* w, factor_view<const double> v,
                     factor_view<double> out) const {
    ++passes_;
    counted_.adjoint_times(how, w, v, out);
  }
  double loss_and_gradient(const workspace<double>& how, factor_view<const double> u, const double* y,
                           factor_view<double> gradient) const {
    ++passes_;
    return counted_.loss_and_gradient(how, u, y, gradient);
  }
  [[nodiscard]] std::size_t scratch_bytes(std::size_t rank, execution_plan plan) const {
    return tinyrank::scratch_bytes(counted_, rank, plan);
  }

  std::size_t n, measurement_count;

 private:
  const sensing_operator<double>& counted_;
  std::uint32_t& passes_;
};

/// The truth, with eigenvalues of X X^T geometric from 1 to 1 / condition, and its measurements.
struct conditioned_problem {
  conditioned_problem(const sensing_operator<double>& sensing, std::size_t rank, double condition,
                      execution_plan plan)
      : truth(sensing.n, rank) {
    draw_planted_truth(truth.view, 1.0, 1);
    for (std::size_t c = 1; c < rank; ++c) {
      const double size = std::pow(condition, -0.5 * static_cast<double>(c) / static_cast<double>(rank - 1));
      for (std::size_t j = 0; j < sensing.n; ++j) truth.view(j, c) *= size;
    }
    y = measure<double>(sensing, truth.view, plan);
  }
  owned_factor<double> truth;
  std::vector<double> y;
};

struct arrival {
  std::uint32_t passes = 0;
  double test_error = 1;
};

/// Steps until the error is what is wanted, the run ends by itself, or `limit` passes are over.
template <class Run>
arrival follow(experiment& paper, Run& run, const std::uint32_t& passes, const conditioned_problem& problem,
               std::uint32_t limit) {
  // Above this loss the error is larger than wanted, and need not be known: the operator is far from being
  // so uneven on matrices of rank 3 r*.
  const double near = 100 * wanted * wanted;
  arrival found;
  for (std::uint32_t shown = 0; run.report.result == outcome::running && passes < limit;) {
    step(run);
    found.passes = passes;
    if (run.report.loss <= near * run.report.zero_loss) {
      found.test_error = relative_test_error<double>(run.factor, problem.truth.view);
      if (found.test_error <= wanted) return found;
    }
    if (passes >= shown + 100) paper.flush(shown = passes, "");
  }
  found.test_error = relative_test_error<double>(run.factor, problem.truth.view);
  return found;
}

/// With every option of the method at its default.
template <class Options>
arrival descend_from_small_start(experiment& paper, Options options, std::size_t rank,
                                 const sensing_operator<double>& sensing, const conditioned_problem& problem,
                                 std::uint32_t limit) {
  std::uint32_t passes = 0;
  const counted_operator counted(sensing, passes);
  options.rank = rank;
  options.relative_tolerance = 0;
  options.plateau_window = 0;
  options.iteration_limit = std::numeric_limits<std::uint32_t>::max();
  options.plan = paper.settings().plan;
  sensing_operator<double> table;
  require_ok("operator", make_operator(counted, table));
  const aligned_buffer<std::byte> arena("r = " + std::to_string(rank), descent_bytes(table, options));
  descent<double> run;
  require_ok("descent", init(run, table, problem.y.data(), options, arena.data(), arena.size()));
  return follow(paper, run, passes, problem, limit);
}

arrival climb_told_nothing(experiment& paper, const sensing_operator<double>& sensing,
                           const conditioned_problem& problem, std::uint32_t limit) {
  std::uint32_t passes = 0;
  const counted_operator counted(sensing, passes);
  staircase_options<double> options;
  options.relative_tolerance = 1e-15;
  options.plan = paper.settings().plan;
  sensing_operator<double> table;
  require_ok("operator", make_operator(counted, table));
  const aligned_buffer<std::byte> arena("staircase", staircase_bytes(table, options));
  staircase<double> run;
  require_ok("staircase", init(run, table, problem.y.data(), options, arena.data(), arena.size()));
  return follow(paper, run, passes, problem, limit);
}

}  // namespace

void make_kappa(const paper_settings& settings) {
  const std::size_t n = settings.quick ? 40 : 200, truth_rank = settings.quick ? 2 : 5;
  const std::size_t m = 10 * n * truth_rank / (settings.quick ? 2 : 1);
  const std::uint32_t limit = settings.quick ? 3000 : 20000;
  const std::vector<double> conditions =
      settings.quick ? std::vector<double>{1, 10, 100} : std::vector<double>{1, 10, 100, 1000};
  const std::string sizes = "\"n\": " + std::to_string(n) +
                            ", \"truth_rank\": " + std::to_string(truth_rank) +
                            ", \"m\": " + std::to_string(m) + ", \"pass_limit\": " + std::to_string(limit);
  experiment paper(settings, "kappa", "Hadamard; geometric; error 1e-6; " + sizes,
                   sizes +
                       ", \"operator\": \"Hadamard, f64\", \"spectrum of X X^T\": \"geometric\", "
                       "\"test_error\": 1e-6, \"seeds\": \"1 1 1\"",
                   "method,rank,condition,passes,arrived,test_error");
  if (paper.complete()) return;
  const hadamard_sensing<double> hadamard{n, m, 1};
  sensing_operator<double> sensing;
  require_ok("Hadamard", make_operator(hadamard, sensing));
  for (const double condition : conditions) {
    const conditioned_problem problem(sensing, truth_rank, condition, settings.plan);
    const auto add = [&](const char* method, std::size_t rank, auto run) {
      if (!paper.begin_stage(std::string("kappa ") + number(condition) + ", " + method +
                                 (rank != 0 ? ", r = " + std::to_string(rank) : ""),
                             limit)) {
        return;
      }
      const arrival found = run();
      paper.row(
          join(method, rank, condition, found.passes, found.test_error <= wanted ? 1 : 0, found.test_error));
      paper.end_stage();
    };
    for (const std::size_t rank : {truth_rank, 2 * truth_rank}) {
      const auto add_descent = [&](const char* method, auto options) {
        add(method, rank,
            [&] { return descend_from_small_start(paper, options, rank, sensing, problem, limit); });
      };
      add_descent("gradient descent", gradient_descent_options<double>{});
      add_descent("momentum", momentum_options<double>{});
      add_descent("scaled gradient descent", scaled_gradient_descent_options<double>{});
    }
    // It is told no rank.
    add("staircase", 0, [&] { return climb_told_nothing(paper, sensing, problem, limit); });
  }
  paper.finish();
}

}  // namespace tinyrank::app
