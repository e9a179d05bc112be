// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

// A loss that wild measurements do not rule. First iteratively reweighted least squares at each rank (Huber,
// Robust Statistics, section 7.8), the staircase's columns one by one, which tell the outliers; then a
// staircase on all the others, whose residuals tell them once more, until the two agree.

#include <algorithm>

#include "lib/solver/held_out.hpp"

namespace tinyrank {
namespace reweighting_rules {

template <class T>
inline constexpr T deviation = T(1.4826);  ///< standard deviation of a Gaussian, over its median of |x|
template <class T>
inline constexpr T huber = T(1.345);  ///< of the standard deviation
template <class T>
inline constexpr T beyond = T(3.483);  ///< 4.685 standard deviations, where Tukey's weight ends
template <class T>
inline constexpr T first = T(3);  ///< of the standard deviation of y, where there is no residual yet
template <class T>
inline constexpr T exact = T(30);  ///< residuals at the tolerance: no outlier is nearer
template <class T>
inline constexpr T still = T(0.05);  ///< change of the threshold that ends the rounds
inline constexpr std::uint32_t most_rounds = 10;
inline constexpr std::uint32_t last_rounds = 3;
inline constexpr std::uint32_t most_climbs = 5;
inline constexpr std::uint32_t steps = 15;  ///< of a round, at most

}  // namespace reweighting_rules

/// The scaled median of |x_i| over what is in use. Overwrites scaled_y, which the next weights write anew.
template <class T>
T deviation_of(const recovery<T>& run, const T* x) noexcept {
  const recovery_memory<T>& memory = run.memory;
  std::size_t count = 0;
  for (std::size_t i = 0; i < memory.scaling->measurement_count; ++i) {
    if (memory.used[i] != 0) memory.scaled_y[count++] = x[i] < 0 ? -x[i] : x[i];
  }
  T* const middle = memory.scaled_y + count / 2;
  std::nth_element(memory.scaled_y, middle, memory.scaled_y + count);
  return reweighting_rules::deviation<T> * *middle;
}

/// The square root of a residual's weight: Huber's or Tukey's.
template <class T>
T weight_root(const recovery<T>& run, T residual) noexcept {
  const T size = residual < 0 ? -residual : residual, h = run.threshold;
  if (!run.redescends) return size > h ? square_root(h / size) : T(1);
  const T edge = reweighting_rules::beyond<T> * h;
  return size < edge ? T(1) - size / edge * (size / edge) : T(0);
}

template <class T>
void weigh(recovery<T>& run, const T* residual) noexcept {
  for (std::size_t i = 0; i < run.memory.scaling->measurement_count; ++i) {
    run.memory.scale[i] = run.memory.base[i] * weight_root(run, residual[i]);
  }
  use_scale(run);
}

/// Returns whether there are weights.
template <class T>
bool begin_reweighting(recovery<T>& run) noexcept {
  T* const y = run.memory.residual;
  for (std::size_t i = 0; i < run.memory.scaling->measurement_count; ++i)
    y[i] = run.memory.base[i] * run.y[i];
  const T spread = deviation_of<T>(run, y);
  run.least_threshold = reweighting_rules::exact<T> * spread * square_root(run.options.relative_tolerance);
  run.threshold = reweighting_rules::first<T> * spread;
  // Half of y is zero: it has no scale of its own.
  if (!(run.threshold > 0)) return false;
  weigh<T>(run, y);
  return true;
}

/// The factor at hand again, with other weights.
template <class T>
void go_on_reweighted(recovery<T>& run, factor_view<const T> u) noexcept {
  std::memcpy(other_factor(run.stairs), u.data, u.rank * u.stride * sizeof(T));
  run.stairs.wanted = u.rank;
  run.phase = recovery_phase::candidate;
}

/// From the best factor on with weights that forget what is far off.
template <class T>
void begin_redescending(recovery<T>& run) noexcept {
  run.redescends = true;
  run.rounds = 0;
  weigh<T>(run, run.memory.kept_residual);
  go_on_reweighted(run, run.stairs.kept);
}

/// In a climb with a robust loss the staircase looks and appends, no more.
template <class T>
void watch_robust_climb(recovery<T>& run) noexcept {
  switch (run.stairs.phase) {
    case staircase_phase::descend:
      run.rounds = 0;
      run.phase = recovery_phase::refine;
      return;
    case staircase_phase::restore:
      return begin_redescending(run);
    default:
      return;
  }
}

template <class T>
void step_robust(recovery<T>& run) noexcept {
  staircase<T>& stairs = run.stairs;
  const bool moved = descend(stairs);
  const bool is_over = stairs.inner.report.result != outcome::running ||
                       stairs.accepted >= reweighting_rules::steps ||
                       (moved && falls_less(stairs, staircase_rules::spent<T>));
  if (is_over) run.phase = recovery_phase::reweigh;
}

/// sum_i rho(e_i) of Huber's loss.
template <class T>
T huber_loss(const recovery<T>& run, const T* residual) noexcept {
  const T h = run.threshold;
  T sum = 0;
  for (std::size_t i = 0; i < run.memory.scaling->measurement_count; ++i) {
    const T size = residual[i] < 0 ? -residual[i] : residual[i];
    sum += size > h ? h * (size - h * T(0.5)) : size * size * T(0.5);
  }
  return sum;
}

/// The weights of this rank have settled: was its last column worth its unknowns?
template <class T>
void judge_rank(recovery<T>& run) noexcept {
  staircase<T>& stairs = run.stairs;
  const recovery_memory<T>& memory = run.memory;
  const std::size_t rank = stairs.factor.rank;
  const bool pays = stairs.kept.rank == 0 ||
                    is_worth(stairs, stairs.kept.rank, huber_loss<T>(run, memory.kept_residual), rank,
                             huber_loss<T>(run, memory.residual), staircase_rules::worthwhile<T>);
  stairs.failures = pays ? 0 : stairs.failures + 1;
  if (pays) {
    keep(stairs);
    std::memcpy(memory.kept_residual, memory.residual, memory.scaling->measurement_count * sizeof(T));
  }
  const bool is_exact = !(run.threshold > run.least_threshold);
  if (rank == run.sizes.columns || is_exact || stairs.failures >= staircase_rules::most_failures)
    return begin_redescending(run);
  // The search for the median sorted where the measurements were, and the weights stay.
  use_scale(run);
  begin_look(stairs);
  run.phase = recovery_phase::look;
}

/// used := the caller's weights, but 0 where the residual is beyond what Tukey's weight ends at. Returns
/// whether that changes anything.
template <class T>
bool leave_outliers_out(recovery<T>& run) noexcept {
  const recovery_memory<T>& memory = run.memory;
  T largest = 0;
  bool changes = false;
  run.report.outliers = run.report.worst_outlier = 0;
  for (std::size_t i = 0; i < memory.scaling->measurement_count; ++i) {
    const T residual = memory.residual[i], size = residual < 0 ? -residual : residual;
    const bool is_out = memory.base[i] != 0 && !(size <= reweighting_rules::beyond<T> * run.threshold);
    const T weight = is_out ? T(0) : memory.base[i];
    changes = changes || weight != memory.used[i];
    memory.used[i] = weight;
    if (!is_out) continue;
    ++run.report.outliers;
    if (size < largest) continue;
    largest = size;
    run.report.worst_outlier = i;
  }
  return changes;
}

/// A staircase anew, on the measurements in use. Nothing is left of them where its arguments are refused.
template <class T>
void climb_again(recovery<T>& run) noexcept {
  staircase<T>& stairs = run.stairs;
  use_all_rows(run);
  const staircase_options<T>& options = run.options;
  const std::size_t informative = stairs.informative;
  const std::uint32_t entries = stairs.report.entries;
  const status made = init_operator<T>(stairs, stairs.inner.sensing, run.memory.scaled_y, options,
                                       run.memory.stairs, run.sizes.stairs);
  stairs.informative = informative;
  stairs.report.entries = entries;
  run.is_cleaned = true;
  run.is_on_detour = false;
  run.report.explored = false;
  // The answer so far left other measurements out. The last one stands whatever its residuals tell.
  run.first.verdict = verdict::none;
  run.is_settled = ++run.climbs == reweighting_rules::most_climbs;
  run.phase = recovery_phase::climb;
  if (made != status::ok) {
    // Zeros alone are left: of them the zero matrix is the best fit.
    stairs.factor = columns_at(stairs.memory.kept, stairs, 0, 0);
    stairs.directions = stairs.freedom = {};
    staircase_report<T>& report = stairs.report;
    const instruction_set isa = report.isa;
    report = {};
    report.entries = entries;
    report.isa = isa;
    report.loss = report.zero_loss = stairs.inner.report.zero_loss;
    report.verdict = verdict::best_fit;
    end(stairs, outcome::plateau);
    keep_answer(run);
    run.phase = recovery_phase::ended;
  }
}

/// e_i sqrt(w_i) of the factor, whatever is in use.
template <class T>
void measure_residual(recovery<T>& run, factor_view<const T> u) noexcept {
  const recovery_memory<T>& memory = run.memory;
  const T* const scale = memory.scaling->scale;
  memory.scaling->scale = nullptr;
  run.stairs.inner.sensing.measure(run.stairs.inner.how, u, memory.residual);
  memory.scaling->scale = scale;
  for (std::size_t i = 0; i < memory.scaling->measurement_count; ++i)
    memory.residual[i] = memory.base[i] * (memory.residual[i] - run.y[i]);
}

/// h of these residuals: the caller's, once half of them are within it, or by their median. A fit with many
/// unknowns makes them smaller than the noise.
template <class T>
T threshold_of(const recovery<T>& run, std::uint64_t unknowns) noexcept {
  using namespace reweighting_rules;
  const T deviant = deviation_of<T>(run, run.memory.residual), given = run.options.huber_delta;
  if (given > 0 && deviant <= deviation<T> * given) return given;
  const std::size_t m = run.stairs.informative;
  const T among =
      m > unknowns ? square_root(number<T>(m + run.options.spent) / static_cast<T>(m - unknowns)) : T(1);
  const T found = huber<T> * deviant * among;
  return found > run.least_threshold ? found : run.least_threshold;
}

/// With the first weights no column pays: y itself tells the outliers, where it has a scale.
template <class T>
void climb_again_from_zero(recovery<T>& run) noexcept {
  const recovery_memory<T>& memory = run.memory;
  for (std::size_t i = 0; i < memory.scaling->measurement_count; ++i)
    memory.residual[i] = memory.base[i] * run.y[i];
  run.threshold = threshold_of(run, 0);
  if (run.threshold > 0) leave_outliers_out(run);
  climb_again(run);
}

/// Does the answer leave out what it should?
template <class T>
void step_recheck(recovery<T>& run) noexcept {
  measure_residual(run, run.first_factor);
  run.threshold = threshold_of(run, run.first.unknowns);
  if (leave_outliers_out(run)) return climb_again(run);
  run.is_settled = true;
  conclude(run);
}

template <class T>
void step_reweigh(recovery<T>& run) noexcept {
  using namespace reweighting_rules;
  const T before = run.threshold;
  measure_residual(run, run.stairs.inner.factor);
  run.threshold = threshold_of(run, 0);
  const T change = run.threshold > before ? run.threshold - before : before - run.threshold;
  ++run.rounds;
  const bool is_last = run.redescends
                           ? run.rounds == last_rounds
                           : run.rounds == most_rounds || (run.rounds > 1 && !(change > still<T> * before));
  if (is_last && run.redescends) {
    leave_outliers_out(run);
    return climb_again(run);
  }
  if (is_last) return judge_rank(run);
  weigh<T>(run, run.memory.residual);
  go_on_reweighted<T>(run, run.stairs.factor);
}

template <class T>
void step_robust_look(recovery<T>& run) noexcept {
  staircase<T>& stairs = run.stairs;
  look_once<T>(stairs, nullptr);
  if (!look_has_ended(stairs)) return;
  end_look(stairs);
  if (!(-stairs.memory.small.values[0] > rounded_eigenvalue(stairs))) return begin_redescending(run);
  append(stairs, 1);
  run.phase = recovery_phase::climb;
}

}  // namespace tinyrank
