// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

// What the parts of a recovery share: its rules, which rows count how much, and which answer is kept.

#include "lib/solver/row_scaling.hpp"
#include "lib/solver/staircase_answer.hpp"
#include "lib/solver/staircase_descent.hpp"

namespace tinyrank {
namespace recovery_rules {

inline constexpr std::uint32_t most_climbing = 400;  ///< passes of a staircase before columns are explored
template <class T>
inline constexpr T explored_loss = T(1e-6);  ///< of f(0): the loss that exploring is after
template <class T>
inline constexpr T explained = T(0.25);  ///< of f(0): more is left by no answer that noise explains
/// Measurements beside the unknowns of an answer that is believed where another was not determined.
inline constexpr std::uint64_t surplus = 10;
template <class T>
inline constexpr T clear = T(10);  ///< F statistic of a rank above that of another answer
inline constexpr std::uint32_t most_detour_steps = 1000;
inline constexpr std::uint32_t patience = 100;       ///< steps of a candidate after it that may be slow
inline constexpr std::uint32_t detour_window = 100;  ///< iterations without progress that end it
inline constexpr std::uint32_t longest_detour_history = 40;
/// Of f(0): so little is left by local minima more often than by noise.
template <class T>
inline constexpr T precise = T(1e-5);
inline constexpr std::uint32_t most_steps = 100;   ///< of a candidate's descent, and thrice the patience
inline constexpr std::size_t fewest_held_out = 3;  ///< one or two may be anything
/// Times the noise estimate: what is held out is missed by more where the fit is not the right one.
template <class T>
inline constexpr T foretold = T(3);
template <class T>
inline constexpr T refitted = T(0.999);  ///< loss over loss, twice: the fit to what is not held out is over

}  // namespace recovery_rules

/// f(0) and the tolerance, of the measurements in use.
template <class T>
void set_yardstick(recovery<T>& run) noexcept {
  staircase<T>& stairs = run.stairs;
  const std::size_t m = stairs.inner.sensing.measurement_count;
  const T zero = dot(stairs.inner.y, stairs.inner.y, m) * T(0.25) / number<T>(m);
  const T relative = run.options.relative_tolerance * zero;
  stairs.report.zero_loss = stairs.inner.report.zero_loss = zero;
  stairs.inner.stop_loss = run.options.tolerance > relative ? run.options.tolerance : relative;
}

/// From here on every verb is that of diag(scale) A.
template <class T>
void use_scale(recovery<T>& run) noexcept {
  const recovery_memory<T>& memory = run.memory;
  const std::size_t m = memory.scaling->measurement_count;
  std::size_t counted = 0;
  for (std::size_t i = 0; i < m; ++i) {
    memory.scaled_y[i] = memory.scale[i] * run.y[i];
    if (memory.scale[i] != 0) ++counted;
  }
  run.stairs.informative = counted > run.options.spent ? counted - run.options.spent : 0;
  memory.scaling->scale = memory.scale;
  run.stairs.inner.y = memory.scaled_y;
  set_yardstick(run);
}

template <class T>
bool is_robust(const recovery<T>& run) noexcept {
  return run.options.loss != robust_loss::squared;
}

/// The measurements as the answer saw them.
template <class T>
void use_all_rows(recovery<T>& run) noexcept {
  const recovery_memory<T>& memory = run.memory;
  staircase<T>& stairs = run.stairs;
  std::memcpy(memory.scale, memory.used, memory.scaling->measurement_count * sizeof(T));
  use_scale(run);
  if (run.options.weights == nullptr && !is_robust(run)) {
    memory.scaling->scale = nullptr;
    stairs.inner.y = run.y;
  }
  stairs.options.trace_capacity = run.options.trace_capacity;
}

/// So little is left that a local minimum leaves it rather than noise. Operators that form their matrix are
/// close to isometries, and have no such minima; with a robust loss what is left says nothing.
template <class T>
bool is_precise(const recovery<T>& run) noexcept {
  const staircase_report<T>& found = run.first;
  return !is_robust(run) && run.stairs.memory.matrix == nullptr &&
         found.loss <= recovery_rules::precise<T> * found.zero_loss;
}

/// Whether an answer is one that nothing more is tried for: exact, also where plenty of measurements leave it
/// free, or a fit to noise that they determine well.
template <class T>
bool is_clean(const recovery<T>& run) noexcept {
  const staircase_report<T>& found = run.first;
  const bool is_scarce = 2 * run.stairs.informative < 3 * found.unknowns;
  switch (found.verdict) {
    case verdict::recovered:
      return true;
    case verdict::not_determined:
      return found.result == outcome::recovered && !is_scarce;
    case verdict::best_fit:
      return found.rank_found == 0 || (!is_scarce && !is_precise(run));
    case verdict::none:
      break;
  }
  return false;
}

template <class T>
bool may_explore(const recovery<T>& run) noexcept {
  const staircase<T>& stairs = run.stairs;
  return run.options.explore != exploration::never && !run.report.explored && stairs.leading > 0 &&
         stairs.inner.gamma > 0 && stairs.informative > unknowns_of(stairs, 1);
}

/// Copies the answer of `stairs` to where nothing overwrites it.
template <class T>
void keep_answer(recovery<T>& run) noexcept {
  const staircase<T>& stairs = run.stairs;
  T* place = run.memory.answer;
  const auto keep = [&](factor_view<const T> from) {
    const std::size_t count = from.rank * from.stride;
    const factor_view<const T> kept = {place, from.n, from.rank, from.stride};
    if (count != 0) std::memcpy(place, from.data, count * sizeof(T));
    place += count;
    return kept;
  };
  run.first = stairs.report;
  run.first_factor = keep(stairs.factor);
  run.directions = keep(stairs.directions);
  run.freedom = keep(stairs.freedom);
}

/// Whether the answer that `stairs` has now is to be kept, rather than the one before.
template <class T>
bool is_better(const recovery<T>& run) noexcept {
  const staircase_report<T>&first = run.first, &second = run.stairs.report;
  if (second.verdict == verdict::recovered) return true;
  if (second.verdict == verdict::none) return false;
  if (second.verdict == verdict::not_determined) {
    const bool is_simpler = second.result == outcome::recovered && second.rank_found < first.rank_found;
    return first.verdict == verdict::none || (first.verdict == verdict::not_determined && is_simpler);
  }
  if (first.verdict != verdict::best_fit) {
    return run.stairs.informative >= second.unknowns + recovery_rules::surplus &&
           second.loss <= recovery_rules::explained<T> * second.zero_loss;
  }
  if (first.rank_found == second.rank_found) return second.loss < first.loss;
  const bool first_is_low = first.rank_found < second.rank_found;
  const staircase_report<T>&low = first_is_low ? first : second, &high = first_is_low ? second : first;
  const bool high_pays =
      is_worth(run.stairs, low.rank_found, low.loss, high.rank_found, high.loss, recovery_rules::clear<T>);
  return high_pays == first_is_low;
}

}  // namespace tinyrank
