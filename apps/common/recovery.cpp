// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "recovery.hpp"

#include <array>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <limits>
#include <string>

#include "error.hpp"
#include "memory.hpp"
#include "saved_bytes.hpp"
#include "tinyrank/diagnostics.hpp"

namespace tinyrank::app {
namespace {

/// The angle of U to the planted columns and the phase it is in.
template <class T>
class subspace_watch {
 public:
  subspace_watch(const problem<T>& a, std::size_t rank) : truth_(a.planted) {
    // Real subspaces of U; another W with the same W W^H has other ones.
    if (a.sensing.shape.kind != factor_kind::symmetric) return;
    if (truth_.data == nullptr || rank < truth_.rank || rank > truth_.n) return;
    const double n = static_cast<double>(truth_.n), r = static_cast<double>(rank);
    const double decomposition = 18 * n * r * r;
    const double gradient = 2 * n * n * static_cast<double>(a.sensing.measurement_count);
    if (!(decomposition < gradient)) return;
    memory_ = aligned_buffer<std::byte>("subspaces", subspace_bytes(truth_.n, rank, truth_.rank));
  }

  void observe(factor_view<const T> factor, observation& seen) {
    if (memory_.size() == 0) return;
    subspace_observation found;
    require_ok("subspaces", observe_subspaces(found, factor, truth_, memory_.data(), memory_.size()));
    seen.sigma = found.signal_sigma;
    seen.angle = found.angle_sine;
    observe_with_truth(phases_, seen.iteration, found);
    seen.in = phases_.phase;
  }

  [[nodiscard]] const phase_detector& phases() const noexcept { return phases_; }
  void set_phases(const phase_detector& phases) noexcept { phases_ = phases; }

 private:
  factor_view<const T> truth_;
  aligned_buffer<std::byte> memory_;
  phase_detector phases_;
};

}  // namespace

template <class T>
std::string why_no_scale(const std::vector<T>& y, std::string_view remedy) {
  double largest = 0, squares = 0;
  for (const T value : y) {
    const auto number = static_cast<double>(value);
    largest = std::max(largest, std::abs(number));
    squares += number * number;
  }
  if (largest == 0) return "they are all zero";
  constexpr double rounding = 0x1p-12;  // of a square, twice
  if (!(squares <= static_cast<double>(std::numeric_limits<T>::max())))
    return "they are too large for this precision";
  if (squares < static_cast<double>(std::numeric_limits<T>::min()) / rounding / rounding)
    return "they are too small for this precision";
  return "the sum of y_i A_i is zero, or too large or too small for this precision" + std::string(remedy);
}

template <class T>
recovery_result recover(const problem<T>& a, const descent_options<T>& options,
                        const descent_method<T>& method, std::vector<T>& factor,
                        const std::function<void(const observation&)>& watch,
                        const std::function<bool()>& goes_on, checkpoint_file* kept) {
  using clock = std::chrono::steady_clock;
  const std::size_t bytes = descent_bytes(a.sensing, options, method);
  if (bytes == SIZE_MAX) require_ok("--rank", status::size_overflow);
  const aligned_buffer<std::byte> arena("--rank " + std::to_string(options.rank), bytes);
  recovery_result result;
  descent<T> run;
  subspace_watch<T> subspaces(a, options.rank);
  const auto look = [&] {
    observation seen{run.report.iterations,
                     static_cast<double>(run.report.loss),
                     static_cast<double>(run.report.step_size),
                     {},
                     {},
                     {},
                     run_phase::spectral};
    if (a.has_truth()) seen.test_error = a.test_error(run.factor);
    if (std::isfinite(seen.loss)) subspaces.observe(run.factor, seen);
    result.last = seen;
    watch(seen);
  };

  const status started =
      init_operator(run, a.sensing, a.y.data(), options, method, arena.data(), arena.size());
  a.refuse_failure();
  if (started == status::measurements) {
    throw file_error(a.measured_by, "the measurements give no scale to start from: " +
                                        why_no_scale(a.y, "; --step and --init-scale set one"));
  }
  require_ok("recover", started);
  struct {
    double seconds = 0;
    phase_detector phases;
  } beside;
  const auto keep = [&] {
    beside.seconds = result.seconds;
    beside.phases = subspaces.phases();
    write_checkpoint(*kept, run, beside);
  };
  if (kept != nullptr && kept->resumes()) {
    resume_from(*kept, run, beside);
    result.seconds = beside.seconds;
    subspaces.set_phases(beside.phases);
  }
  look();
  while (run.report.result == outcome::running) {
    if (!goes_on()) {
      if (kept != nullptr) keep();
      stop(run);
      break;
    }
    const std::uint32_t before = run.report.iterations;
    const auto start = clock::now();
    step(run);
    result.seconds += std::chrono::duration<double>(clock::now() - start).count();
    a.refuse_failure();
    if (run.report.iterations != before) look();
    if (kept != nullptr && kept->is_due()) keep();
  }
  if (kept != nullptr && run.report.result == outcome::iteration_limit) keep();

  result.ended = run.report.result;
  result.zero_loss = static_cast<double>(run.report.zero_loss);
  result.step_size = static_cast<double>(run.report.step_size);
  result.initial_scale = static_cast<double>(run.report.initial_scale);
  result.step_reductions = run.report.step_reductions;
  result.arena_bytes = run.report.arena_bytes;
  result.isa = run.report.isa;
  result.factor_bits = factor_bits(run.factor);
  if (std::isfinite(result.last.loss)) result.fidelity = a.fidelity_of(run.factor);
  factor.clear();
  for (std::size_t j = 0; j < run.factor.n; ++j) {
    for (std::size_t c = 0; c < run.factor.rank; ++c) factor.push_back(run.factor(j, c));
  }
  return result;
}

const char* outcome_text(outcome ended) noexcept {
  return ended == outcome::stopped ? "interrupted" : to_string(ended);
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

template std::string why_no_scale(const std::vector<float>&, std::string_view);
template std::string why_no_scale(const std::vector<double>&, std::string_view);
template recovery_result recover(const problem<float>&, const descent_options<float>&,
                                 const descent_method<float>&, std::vector<float>&,
                                 const std::function<void(const observation&)>&, const std::function<bool()>&,
                                 checkpoint_file*);
template recovery_result recover(const problem<double>&, const descent_options<double>&,
                                 const descent_method<double>&, std::vector<double>&,
                                 const std::function<void(const observation&)>&, const std::function<bool()>&,
                                 checkpoint_file*);

}  // namespace tinyrank::app
