// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include <cmath>
#include <functional>

#include "descent.hpp"
#include "figures.hpp"
#include "gaussian_problem.hpp"
#include "tinyrank/random.hpp"

namespace tinyrank::app {
namespace {

/// Their U*: normal entries, every column then of length 1.
void draw_normalised(factor_view<float> truth, std::uint64_t seed) {
  for (std::size_t c = 0; c < truth.rank; ++c) {
    const random_stream stream = make_stream(seed, random_purpose::planted, c);
    double squares = 0;
    for (std::size_t j = 0; j < truth.n; ++j) {
      truth(j, c) = gaussian(stream, static_cast<std::uint32_t>(j));
      squares += static_cast<double>(truth(j, c)) * static_cast<double>(truth(j, c));
    }
    for (std::size_t j = 0; j < truth.n; ++j) truth(j, c) /= static_cast<float>(std::sqrt(squares));
  }
}

double train_error(const descent<float>& run) {
  return std::sqrt(static_cast<double>(run.report.loss) / static_cast<double>(run.report.zero_loss));
}

/// What projected descent keeps beside the run: Z in double, from which the factor follows.
struct projected_state {
  explicit projected_state(const sensing_operator<float>& sensing)
      : residual(sensing.measurement_count),
        identity(sensing.n, sensing.n),
        z(sensing.n * sensing.n),
        work(z.size()),
        sigma(sensing.n),
        shifted(padded<double>(sensing.n) * sensing.n) {
    for (std::size_t j = 0; j < sensing.n; ++j) identity.view(j, j) = 1;
  }
  std::vector<float> residual;
  owned_factor<float> identity;
  std::vector<double> z, work, sigma, shifted;
};

/// Projected gradient descent on f over positive semidefinite Z, from Z = 0: Z := P(Z - mu A^*(A(Z) - y)/m),
/// a method of our own: U has n columns and Z = U U^T, and in place of the gradient stands A^*(A(Z) - y).
/// Theirs (appendix B of the COLT version) has mu = 0.005, from a step of 0.0025 on the mean squared error;
/// ours is as long as it can be.
struct projected_options : descent_options<float> {
  projected_state* state = nullptr;
};

float evaluate_projected(descent<float>& run, factor_view<const float> at) noexcept {
  auto& own = *static_cast<projected_state*>(run.state);
  run.sensing.measure(run.how, at, own.residual.data());
  double squares = 0;
  for (std::size_t i = 0; i < own.residual.size(); ++i) {
    own.residual[i] -= run.y[i];
    squares += static_cast<double>(own.residual[i]) * static_cast<double>(own.residual[i]);
  }
  run.sensing.adjoint_times(run.how, own.residual.data(), own.identity.view,
                            {run.memory.gradient, at.n, at.rank, at.stride});
  return static_cast<float>(squares / (4 * static_cast<double>(own.residual.size())));
}

void propose_projected(descent<float>& run, factor_view<float> next) noexcept {
  auto& own = *static_cast<projected_state*>(run.state);
  const std::size_t n = next.n, stride = padded<double>(n);
  const double scale =
      static_cast<double>(run.report.step_size) / static_cast<double>(run.sensing.measurement_count);
  // Shifted to be positive semidefinite, singular values and eigenvalues are the same but for the shift.
  double norm = 0;
  for (std::size_t j = 0; j < n; ++j) {
    for (std::size_t k = 0; k < n; ++k) {
      own.z[j * n + k] -=
          scale * 0.5 * (static_cast<double>(run.gradient(j, k)) + static_cast<double>(run.gradient(k, j)));
      norm += own.z[j * n + k] * own.z[j * n + k];
    }
  }
  const double shift = std::sqrt(norm);
  for (std::size_t j = 0; j < n; ++j) {
    for (std::size_t k = 0; k < n; ++k) own.shifted[j * stride + k] = own.z[j * n + k] + (j == k ? shift : 0);
  }
  singular_values<double>({own.shifted.data(), n, n, stride}, own.work.data(), own.sigma.data());
  std::fill(own.z.begin(), own.z.end(), 0);
  for (std::size_t c = 0; c < n; ++c) {
    const double eigenvalue = own.sigma[c] - shift;
    const double size = eigenvalue > 0 ? std::sqrt(eigenvalue) / own.sigma[c] : 0;
    for (std::size_t j = 0; j < n; ++j) next(j, c) = static_cast<float>(size * own.work[c * n + j]);
    if (size == 0) continue;
    for (std::size_t j = 0; j < n; ++j) {
      const double row = size * size * own.work[c * n + j];
      for (std::size_t k = 0; k < n; ++k) own.z[j * n + k] += row * own.work[c * n + k];
    }
  }
}

constexpr descent_method<float> projected_method{
    .name = "projected descent",
    .propose = propose_projected,
    .place = [](arena&, std::size_t, std::size_t, const descent_options<float>& options) noexcept -> void* {
      return static_cast<const projected_options&>(options).state;
    },
    .evaluate = evaluate_projected};

constexpr const descent_method<float>& method_of(const projected_options&) noexcept {
  return projected_method;
}

/// One run of it, until the train error is below `wanted`.
void run_projected(experiment& paper, const gaussian_matrices<float>& matrices, const std::vector<float>& y,
                   double wanted, std::uint32_t limit,
                   const std::function<void(std::uint32_t, const descent<float>&)>& done) {
  const std::size_t d = matrices.sensing.n;
  const saved_state from = paper.restored();
  projected_state state(matrices.sensing);
  std::vector<float> start(d * d);
  if (!from.blocks.empty()) {
    std::memcpy(state.z.data(), from.blocks[0].data(), from.blocks[0].size());
    start = saved_start<float>(from.blocks[1]);
  }
  projected_options options;
  options.rank = d;
  options.initial_factor = start.data();
  options.relative_tolerance = static_cast<float>(wanted * wanted);
  options.plateau_window = 0;
  options.iteration_limit = limit - from.iteration;
  options.plan = paper.settings().plan;
  options.state = &state;
  // The largest eigenvalue of A^*A/m for a Gaussian ensemble (Bai & Yin), so that the step is stable.
  const auto n = static_cast<double>(d), m = static_cast<double>(y.size());
  const double edge = 1 + std::sqrt(n * (n + 1) / 2 / m);
  options.step_size = static_cast<float>(1 / (edge * edge));
  const aligned_buffer<std::byte> arena("projected", descent_bytes(matrices.dense, options));
  descent<float> run;
  require_ok("projected descent", init(run, matrices.dense, y.data(), options, arena.data(), arena.size()));
  const auto iteration = [&] { return from.iteration + run.report.iterations; };
  while (run.report.result == outcome::running) {
    if (paper.checkpoint_due()) {
      paper.checkpoint(
          {iteration(),
           {std::string(reinterpret_cast<const char*>(state.z.data()), state.z.size() * sizeof(double)),
            factor_bytes<float>(run.factor)}});
    }
    step(run);
    paper.flush(iteration(), number(train_error(run)));
  }
  done(iteration(), run);
}

}  // namespace

void make_overparameterized(const paper_settings& settings) {
  const std::size_t rank = settings.quick ? 1 : 5, per_dimension = settings.quick ? 10 : 25;
  const std::uint32_t iterations = settings.quick ? 2000 : 10000;
  constexpr double eta = 0.0025;
  struct part {
    std::size_t d;
    std::uint64_t draw;
    std::vector<double> factors;
  };
  std::vector<part> parts = {{100, 1, {4, 1}}, {100, 2, {4}}, {100, 3, {4}}, {200, 1, {4}}};
  if (settings.quick) parts = {{40, 1, {4, 1}}};
  experiment paper(
      settings, "lmz1", "r " + std::to_string(rank) + "; iterations " + std::to_string(iterations),
      "\"truth_rank\": " + std::to_string(rank) + ", \"m_per_d\": " + std::to_string(per_dimension) +
          ", \"eta\": 0.0025, \"iterations\": " + std::to_string(iterations) + ", \"seeds\": \"the draw\"",
      "d,draw,factor,alpha,iterations,test,train");
  if (paper.complete()) return;
  for (const part& each : parts) {
    owned_factor<float> truth(each.d, rank);
    draw_normalised(truth.view, each.draw);
    const gaussian_matrices<float> matrices(each.d, per_dimension * each.d, each.draw, settings.plan);
    const std::vector<float> y = measure<float>(matrices.sensing, truth.view, settings.plan);
    std::vector<start<float>> starts;
    std::vector<std::pair<double, double>> labels;
    for (const double factor : each.factors) {
      for (int k = 0; k < 7; ++k) {
        const double alpha = std::pow(10, -0.5 * k);
        labels.emplace_back(factor, alpha);
        starts.push_back({each.d, static_cast<float>(factor * eta), static_cast<float>(alpha), 1,
                          initial_law::orthonormal});
      }
    }
    descend<float>(paper,
                   "Li, Ma & Zhang 1, d = " + std::to_string(each.d) + ", draw " + std::to_string(each.draw),
                   matrices.dense, y.data(), starts, iterations, iterations,
                   [&](std::size_t i, std::uint32_t t, const descent<float>& run) {
                     if (t < iterations) return true;
                     paper.row(join(each.d, each.draw, labels[i].first, labels[i].second, t,
                                    relative_test_error<float>(run.factor, truth.view), train_error(run)));
                     return false;
                   });
  }
  paper.finish();
}

void make_projected(const paper_settings& settings) {
  const std::vector<std::size_t> dimensions =
      settings.quick ? std::vector<std::size_t>{30} : std::vector<std::size_t>{100, 150};
  const std::vector<std::size_t> multiples = settings.quick
                                                 ? std::vector<std::size_t>{5, 8, 11, 14}
                                                 : std::vector<std::size_t>{5, 10, 15, 20, 25, 30, 35};
  constexpr std::uint32_t limit = 10000;
  constexpr double wanted = 1e-3;
  experiment paper(
      settings, "lmz2", std::string("rank 1; limit 10000") + (settings.quick ? "; quick" : ""),
      "\"truth_rank\": 1, \"initial_scale\": 0.001, \"eta\": \"0.0025, times 4\", \"projected_step\": "
      "\"1/(1 + sqrt(d (d + 1) / 2m))^2; theirs 0.005\", \"seeds\": \"m/d\"",
      "method,d,m_per_d,iterations,test,train");
  if (paper.complete()) return;
  for (const std::size_t d : dimensions) {
    for (const std::size_t multiple : multiples) {
      owned_factor<float> truth(d, 1);
      draw_normalised(truth.view, multiple);
      const gaussian_matrices<float> matrices(d, multiple * d, multiple, settings.plan);
      const std::vector<float> y = measure<float>(matrices.sensing, truth.view, settings.plan);
      const std::string name = "d = " + std::to_string(d) + ", m = " + std::to_string(multiple) + " d";
      descend<float>(paper, "Li, Ma & Zhang 2, factored, " + name, matrices.dense, y.data(),
                     {{d, 0.01F, 1e-3F, 1, initial_law::orthonormal}}, limit, 1000,
                     [&](std::size_t, std::uint32_t t, const descent<float>& run) {
                       const double train = train_error(run);
                       const bool more = !(train < wanted) && t < limit;
                       if (!more) {
                         paper.row(join("factored", d, multiple, t,
                                        relative_test_error<float>(run.factor, truth.view), train));
                       }
                       return more;
                     });
      if (!paper.begin_stage("Li, Ma & Zhang 2, projected, " + name, 1000)) continue;
      run_projected(paper, matrices, y, wanted, limit, [&](std::uint32_t t, const descent<float>& run) {
        paper.row(join("projected", d, multiple, t, relative_test_error<float>(run.factor, truth.view),
                       train_error(run)));
      });
      paper.end_stage();
    }
  }
  paper.finish();
}

}  // namespace tinyrank::app
