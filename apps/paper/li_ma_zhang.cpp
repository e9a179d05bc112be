// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include <cmath>

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

double train_error(const gradient_descent<float>& run) {
  return std::sqrt(static_cast<double>(run.report.loss) / static_cast<double>(run.report.zero_loss));
}

/// Projected gradient descent on f over positive semidefinite Z, from Z = 0: Z := P(Z - mu A^*(A(Z) - y)/m).
/// Theirs (appendix B of the COLT version) has mu = 0.005, from a step of 0.0025 on the mean squared error;
/// ours is as long as it can be.
class projected_descent {
 public:
  projected_descent(const sensing_operator<float>& sensing, const std::vector<float>& y, execution_plan plan)
      : call_(sensing, sensing.n, plan),
        y_(y),
        measured_(y.size()),
        identity_(sensing.n, sensing.n),
        gradient_(sensing.n, sensing.n),
        factor_(sensing.n, sensing.n),
        z_(sensing.n * sensing.n),
        work_(z_.size()),
        sigma_(sensing.n),
        shifted_(padded<double>(sensing.n) * sensing.n) {
    const auto n = static_cast<double>(sensing.n), m = static_cast<double>(y.size());
    for (std::size_t j = 0; j < sensing.n; ++j) identity_.view(j, j) = 1;
    // The largest eigenvalue of A^*A/m for a Gaussian ensemble (Bai & Yin), so that the step is stable.
    const double edge = 1 + std::sqrt(n * (n + 1) / 2 / m);
    step_ = 1 / (edge * edge);
    for (const float value : y) energy_ += static_cast<double>(value) * static_cast<double>(value);
  }

  /// Train error at Z, and the next Z unless it is below `wanted`.
  double step(double wanted) {
    const std::size_t n = factor_.view.n, stride = padded<double>(n);
    call_.measure(factor_.view, measured_.data());
    double squares = 0;
    for (std::size_t i = 0; i < y_.size(); ++i) {
      measured_[i] -= y_[i];
      squares += static_cast<double>(measured_[i]) * static_cast<double>(measured_[i]);
    }
    const double train = std::sqrt(squares / energy_);
    if (train < wanted) return train;
    call_.adjoint_times(measured_.data(), identity_.view, gradient_.view);
    const double scale = step_ / static_cast<double>(y_.size());
    // Shifted to be positive semidefinite, singular values and eigenvalues are the same but for the shift.
    double norm = 0;
    for (std::size_t j = 0; j < n; ++j) {
      for (std::size_t k = 0; k < n; ++k) {
        z_[j * n + k] -=
            scale * 0.5 *
            (static_cast<double>(gradient_.view(j, k)) + static_cast<double>(gradient_.view(k, j)));
        norm += z_[j * n + k] * z_[j * n + k];
      }
    }
    const double shift = std::sqrt(norm);
    for (std::size_t j = 0; j < n; ++j) {
      for (std::size_t k = 0; k < n; ++k) shifted_[j * stride + k] = z_[j * n + k] + (j == k ? shift : 0);
    }
    singular_values<double>({shifted_.data(), n, n, stride}, work_.data(), sigma_.data());
    std::fill(z_.begin(), z_.end(), 0);
    for (std::size_t c = 0; c < n; ++c) {
      const double eigenvalue = sigma_[c] - shift;
      const double size = eigenvalue > 0 ? std::sqrt(eigenvalue) / sigma_[c] : 0;
      for (std::size_t j = 0; j < n; ++j) factor_.view(j, c) = static_cast<float>(size * work_[c * n + j]);
      if (size == 0) continue;
      for (std::size_t j = 0; j < n; ++j) {
        const double row = size * size * work_[c * n + j];
        for (std::size_t k = 0; k < n; ++k) z_[j * n + k] += row * work_[c * n + k];
      }
    }
    return train;
  }
  [[nodiscard]] factor_view<const float> factor() const { return factor_.view; }

  /// All that the next step depends on: Z, and the factor that it is measured by.
  [[nodiscard]] std::vector<std::string> state() const {
    return {std::string(reinterpret_cast<const char*>(z_.data()), z_.size() * sizeof(double)),
            factor_bytes<float>(factor_.view)};
  }
  void restore(const std::vector<std::string>& state) {
    std::memcpy(z_.data(), state[0].data(), state[0].size());
    load_factor(state[1], factor_.view);
  }

 private:
  caller<float> call_;
  const std::vector<float>& y_;
  std::vector<float> measured_;
  owned_factor<float> identity_, gradient_, factor_;
  std::vector<double> z_, work_, sigma_, shifted_;
  double step_ = 0, energy_ = 0;
};

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
                   [&](std::size_t i, std::uint32_t t, const gradient_descent<float>& run) {
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
      settings, "lmz2", "rank 1; limit 10000",
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
                     [&](std::size_t, std::uint32_t t, const gradient_descent<float>& run) {
                       const double train = train_error(run);
                       const bool more = !(train < wanted) && t < limit;
                       if (!more) {
                         paper.row(join("factored", d, multiple, t,
                                        relative_test_error<float>(run.factor, truth.view), train));
                       }
                       return more;
                     });
      if (!paper.begin_stage("Li, Ma & Zhang 2, projected, " + name, 1000)) continue;
      projected_descent projected(matrices.sensing, y, settings.plan);
      std::uint32_t t = paper.restored().iteration;
      double train = std::numeric_limits<double>::infinity();
      if (paper.restored().blocks.empty()) {
        train = projected.step(wanted);
      } else {
        projected.restore(paper.restored().blocks);
      }
      while (!(train < wanted) && t < limit) {
        if (paper.checkpoint_due()) paper.checkpoint({t, projected.state()});
        train = projected.step(wanted);
        paper.flush(++t, number(train));
      }
      paper.row(join("projected", d, multiple, t, relative_test_error<float>(projected.factor(), truth.view),
                     train));
      paper.end_stage();
    }
  }
  paper.finish();
}

}  // namespace tinyrank::app
