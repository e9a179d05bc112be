// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "recovery.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <limits>
#include <string>

#include "error.hpp"
#include "memory.hpp"
#include "saved_bytes.hpp"
#include "spectrum.hpp"
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

  void observe(factor_view<const T> factor, double zero_loss, observation& seen) {
    if (memory_.size() == 0) return;
    subspace_observation found;
    require_ok("subspaces", observe_subspaces(found, factor, truth_, memory_.data(), memory_.size()));
    seen.sigma = found.signal_sigma;
    seen.angle = found.angle_sine;
    // A factor whose loss is above that of none at all, at the start or as it diverges, refines nothing.
    constexpr double rounding = 1e-3;
    if (seen.loss <= (1 + rounding) * zero_loss) observe_with_truth(phases_, seen.iteration, found);
    seen.in = phases_.phase;
  }

  [[nodiscard]] const phase_detector& phases() const noexcept { return phases_; }
  void set_phases(const phase_detector& phases) noexcept { phases_ = phases; }

 private:
  factor_view<const T> truth_;
  aligned_buffer<std::byte> memory_;
  phase_detector phases_;
};

/// Iterations of a run that is worth the passes that explain its end.
constexpr std::uint32_t long_run = 500;

/// Whether an answer is worth a staircase: where it is not at the tolerance; or where measurements are so few
/// that another matrix may fit them; or where nothing else is known.
bool leaves_doubt(const recovery_result& result, std::size_t rank, std::size_t m) {
  if (result.ended != outcome::recovered) return true;
  if (misses_many(result.missed)) return false;
  if (!result.examined || result.examined->said == verdict::none) return true;
  if (result.examined->said == verdict::not_determined) return false;
  // Where the map is far from an isometry its residual matrix shows errors where they are not.
  constexpr double nearly_isometric = 4;
  const double condition = result.examined->condition;
  if (result.examined->missing != 0) return !(condition > 0 && condition < nearly_isometric);
  // Columns beyond the rank, or of a direction that is still to come, below what the loss shows.
  const bool is_rank_short = result.carried_rank < rank && rank <= 2 * result.carried_rank;
  return is_rank_short || 2 * m < 3 * result.carried_unknowns;
}

constexpr std::uint32_t least_window = 250;

/// Since which iteration a loss has not fallen, and since which nobody has asked why; a checkpoint has it.
struct lowest_in_window {
  double loss = 0;
  std::uint32_t start = 0;
  std::uint32_t asked = 0;
};

/// Asks a descent that does not get on why.
template <class T>
class standstill_watch {
 public:
  standstill_watch(const problem<T>& a, const descent<T>& run, recovery_result& result,
                   lowest_in_window& window)
      : a_(a),
        run_(run),
        result_(result),
        window_(window),
        memory_("--rank " + std::to_string(run.factor.rank),
                standstill_bytes<T>(run.sensing.n, run.sensing.measurement_count, run.factor.rank)) {}

  /// Whether the loss of a run that is still above half of f(0), where it ends on no plateau, has not fallen
  /// for a window.
  bool has_stalled() {
    const descent_report<T>& report = run_.report;
    const descent_options<T>& options = run_.options;
    if (report.loss < static_cast<T>(window_.loss) * (T(1) - options.plateau_tolerance))
      window_ = {static_cast<double>(report.loss), report.iterations, report.iterations};
    if (options.plateau_window == 0 || report.iterations - window_.asked < window()) return false;
    window_.asked = report.iterations;
    return report.loss >= T(0.5) * report.zero_loss;
  }

  /// Asks at the end of a long run. One whose loss still falls does not go back and forth.
  void ask_at_limit() {
    may_go_on();
    if (result_.stands_at == standstill::cycle && run_.report.iterations - window_.start < window())
      result_.stands_at.reset();
  }

  /// Whether it may leave where it stands: for a direction that stands out, and above half of f(0), where the
  /// first fit is still to come, for any.
  bool may_go_on() {
    standstill_report<T> found;
    require_ok("recover", examine_standstill(found, run_, memory_.data(), memory_.size()));
    a_.refuse_failure();
    result_.stands_at = found.kind;
    result_.iterations_to_go = 0;
    const bool is_below_half = run_.report.loss < T(0.5) * run_.report.zero_loss;
    if (found.kind != standstill::saddle) return found.grows && !is_below_half;
    const auto along = static_cast<double>(found.component), missing = static_cast<double>(found.missing);
    const double growth = std::log1p(static_cast<double>(run_.report.step_size) *
                                     -static_cast<double>(found.smallest_eigenvalue));
    if (missing > along * along) result_.iterations_to_go = std::log(std::sqrt(missing) / along) / growth;
    return true;
  }

 private:
  /// A method that goes fast has a window too short for its first iterations.
  [[nodiscard]] std::uint32_t window() const { return std::max(run_.options.plateau_window, least_window); }

  const problem<T>& a_;
  const descent<T>& run_;
  recovery_result& result_;
  lowest_in_window& window_;
  aligned_buffer<std::byte> memory_;
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
                        const descent_method<T>& method, bool looks_again, std::vector<T>& factor,
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
    if (std::isfinite(seen.loss))
      subspaces.observe(run.factor, static_cast<double>(run.report.zero_loss), seen);
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
    lowest_in_window of_loss;
  } beside;
  beside.of_loss.loss = static_cast<double>(run.report.loss);
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
  // Asked for before the run, which would otherwise be lost where there is none at its end.
  std::vector<T> image(looks_again ? a.sensing.measurement_count : 0);
  std::optional<standstill_watch<T>> stands;
  if (looks_again) stands.emplace(a, run, result, beside.of_loss);
  look();
  bool is_at_end = false;
  while (run.report.result == outcome::running && !is_at_end) {
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
    if (run.report.iterations != before) {
      look();
      if (stands && run.report.result == outcome::plateau && stands->may_go_on()) go_on(run);
      if (stands && run.report.result == outcome::running && stands->has_stalled())
        is_at_end = !stands->may_go_on();
    }
    // Not at its end, whose reasons are asked for when it comes there.
    if (kept != nullptr && run.report.result == outcome::running && !is_at_end && kept->is_due()) keep();
  }
  if (kept != nullptr && run.report.result == outcome::iteration_limit) keep();

  result.ended = is_at_end ? outcome::plateau : run.report.result;
  if (result.ended != outcome::plateau) {
    // What it was at on its way, a run that was resumed may not know.
    result.stands_at.reset();
    result.iterations_to_go = 0;
  }
  result.zero_loss = static_cast<double>(run.report.zero_loss);
  result.step_size = static_cast<double>(run.report.step_size);
  result.initial_scale = static_cast<double>(run.report.initial_scale);
  result.step_reductions = run.report.step_reductions;
  result.arena_bytes = run.report.arena_bytes;
  result.isa = run.report.isa;
  result.factor_bits = factor_bits(run.factor);
  if (std::isfinite(result.last.loss)) result.fidelity = a.fidelity_of(run.factor);
  if (looks_again && result.ended != outcome::diverged && result.ended != outcome::stopped) {
    result.missed = count_missed<T>(a, run.how, run.factor, image);
    const double share = std::max(result.last.loss, static_cast<double>(run.stop_loss)) / result.zero_loss;
    result.carried_unknowns = unknowns_carried(a, spectrum_of(run.factor), share, result.carried_rank);
    const bool is_short = result.ended == outcome::iteration_limit && run.report.iterations < long_run;
    if (result.ended == outcome::iteration_limit && !is_short) stands->ask_at_limit();
    if (result.ended == outcome::recovered && !misses_many(result.missed) &&
        result.carried_unknowns < a.sensing.measurement_count) {
      result.examined = examine_answer(a, options, run.factor, run.report.iterations, run.report.loss,
                                       static_cast<T>(share));
    }
    if (!is_short && leaves_doubt(result, std::min(options.rank, largest_rank(a.sensing.shape, a.sensing.n)),
                                  a.sensing.measurement_count)) {
      result.looked = look_again(a, options, run.factor, run.report.iterations);
      result.misses_look = !result.looked;
    }
    a.refuse_failure();
  }
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
                                 const descent_method<float>&, bool, std::vector<float>&,
                                 const std::function<void(const observation&)>&, const std::function<bool()>&,
                                 checkpoint_file*);
template recovery_result recover(const problem<double>&, const descent_options<double>&,
                                 const descent_method<double>&, bool, std::vector<double>&,
                                 const std::function<void(const observation&)>&, const std::function<bool()>&,
                                 checkpoint_file*);

}  // namespace tinyrank::app
