// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "recovery.hpp"

#include <array>
#include <chrono>
#include <cmath>
#include <cstdio>

#include "error.hpp"
#include "tinyrank/diagnostics.hpp"

namespace tinyrank::app {
namespace {

/// Singular values of U, and the angle between its leading left singular vectors and the planted column
/// space.
template <class T>
class subspace_watch {
 public:
  subspace_watch(const problem<T>& a, std::size_t rank) : truth_(a.planted) {
    if (truth_.data == nullptr || rank < truth_.rank) return;
    const double n = static_cast<double>(truth_.n), r = static_cast<double>(rank);
    const double decomposition = 18 * n * r * std::min(n, r);
    const double gradient = 2 * n * n * static_cast<double>(a.sensing.measurement_count);
    active_ = rank <= truth_.n && decomposition < gradient;
    if (!active_) return;
    work_.resize(truth_.n * rank);
    sigma_.resize(rank);
    truth_work_.resize(truth_.n * truth_.rank);
    truth_sigma_.resize(truth_.rank);
    singular_values(truth_, truth_work_.data(), truth_sigma_.data());
  }

  void observe(factor_view<const T> factor, observation& seen) {
    if (!active_) return;
    const std::size_t n = truth_.n, rank = truth_.rank;
    singular_values(factor, work_.data(), sigma_.data());
    seen.sigma = sigma_[rank - 1];
    // Cosines of the principal angles are the singular values of V_X^T V_U; the sine of the largest follows
    // from the least.
    std::vector<double> overlap(padded<double>(rank) * rank), work(rank * rank), cosine(rank);
    for (std::size_t p = 0; p < rank; ++p) {
      for (std::size_t q = 0; q < rank; ++q) {
        double sum = 0;
        for (std::size_t j = 0; j < n; ++j) sum += truth_work_[p * n + j] * work_[q * n + j];
        overlap[q * padded<double>(rank) + p] = sum / (truth_sigma_[p] * sigma_[q]);
      }
    }
    const factor_view<const double> view{overlap.data(), rank, rank, padded<double>(rank)};
    singular_values(view, work.data(), cosine.data());
    seen.angle = std::sqrt(std::max(0.0, 1 - cosine[rank - 1] * cosine[rank - 1]));
    const double truth = truth_sigma_[rank - 1];
    if (*seen.sigma * *seen.sigma > 0.5 * truth * truth) {
      latest_ = phase::refinement;
    } else if (latest_ == phase::spectral && *seen.angle < 0.5) {
      latest_ = phase::growth;
    }
    seen.in = latest_;
  }

 private:
  factor_view<const T> truth_;
  bool active_ = false;
  std::vector<double> work_, sigma_, truth_work_, truth_sigma_;
  phase latest_ = phase::spectral;
};

}  // namespace

template <class T>
recovery_result recover(const problem<T>& a, const gradient_descent_options<T>& options,
                        std::vector<T>& factor, const std::function<void(const observation&)>& watch) {
  using clock = std::chrono::steady_clock;
  const std::size_t bytes = gradient_descent_bytes(a.sensing, options);
  if (bytes == SIZE_MAX) require_ok("--rank", status::size_overflow);
  const aligned_buffer<std::byte> arena("--rank " + std::to_string(options.rank), bytes);
  recovery_result result;
  gradient_descent<T> run;
  subspace_watch<T> subspaces(a, options.rank);
  const auto look = [&] {
    observation seen{run.report.iterations,
                     static_cast<double>(run.report.loss),
                     static_cast<double>(run.report.step_size),
                     {},
                     {},
                     {},
                     phase::spectral};
    if (a.has_truth()) seen.test_error = a.test_error(run.factor);
    if (std::isfinite(seen.loss)) subspaces.observe(run.factor, seen);
    result.last = seen;
    watch(seen);
  };

  const status started = init(run, a.sensing, a.y.data(), options, arena.data(), arena.size());
  if (started == status::measurements) {
    throw file_error(
        a.measured_by,
        "the measurements give no scale to start from: they are all zero, negative on the whole, "
        "or too large or too small for this precision");
  }
  require_ok("recover", started);
  look();
  while (run.report.result == outcome::running) {
    const std::uint32_t before = run.report.iterations;
    const auto start = clock::now();
    step(run);
    result.seconds += std::chrono::duration<double>(clock::now() - start).count();
    if (run.report.iterations != before) look();
  }

  result.ended = run.report.result;
  result.zero_loss = static_cast<double>(run.report.zero_loss);
  result.step_size = static_cast<double>(run.report.step_size);
  result.initial_scale = static_cast<double>(run.report.initial_scale);
  result.step_reductions = run.report.step_reductions;
  result.arena_bytes = run.report.arena_bytes;
  result.isa = run.report.isa;
  result.factor_bits = factor_bits(run.factor);
  result.sigma.resize(std::min(run.factor.n, run.factor.rank));
  std::vector<double> work(run.factor.n * run.factor.rank);
  singular_values(run.factor, work.data(), result.sigma.data());
  factor.clear();
  for (std::size_t j = 0; j < run.factor.n; ++j) {
    for (std::size_t c = 0; c < run.factor.rank; ++c) factor.push_back(run.factor(j, c));
  }
  return result;
}

std::string short_number(double value) {
  // printf shows the sign bit of a NaN, which means nothing.
  if (std::isnan(value)) return "nan";
  std::array<char, 32> text{};
  const double size = std::fabs(value);
  const bool plain = value == 0 || (size >= 1e-3 && size < 1e5);
  std::snprintf(text.data(), text.size(), plain ? "%.3g" : "%.2e", value);
  return text.data();
}

std::string describe_phase(const observation& entered) {
  constexpr std::array<const char*, 3> names = {"I, spectral", "II, growth", "III, refinement"};
  std::string text = std::string("phase ") + names[static_cast<std::size_t>(entered.in)] + ": iteration " +
                     std::to_string(entered.iteration) + ", loss " + short_number(entered.loss);
  if (entered.test_error) text += ", test error " + short_number(*entered.test_error);
  if (entered.sigma) text += ", sigma_r* " + short_number(*entered.sigma);
  return text;
}

template recovery_result recover(const problem<float>&, const gradient_descent_options<float>&,
                                 std::vector<float>&, const std::function<void(const observation&)>&);
template recovery_result recover(const problem<double>&, const gradient_descent_options<double>&,
                                 std::vector<double>&, const std::function<void(const observation&)>&);

}  // namespace tinyrank::app
