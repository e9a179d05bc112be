// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

// Many columns from a small start, and of these the leading ones.

#include "lib/solver/recovery_state.hpp"

namespace tinyrank {

/// The staircase's last phases, on the best factor that was kept.
template <class T>
void conclude_from_kept(recovery<T>& run) noexcept {
  staircase<T>& stairs = run.stairs;
  stairs.report.result = outcome::running;
  stairs.report.verdict = verdict::none;
  go_back(stairs, staircase_phase::refit);
  run.phase = recovery_phase::conclude;
}

/// `rank` leading columns of what was explored are next; with too few measurements for them, the best that
/// was found is.
template <class T>
void try_rank(recovery<T>& run, std::size_t rank) noexcept {
  staircase<T>& stairs = run.stairs;
  const bool fits = rank <= run.wide.factor.rank && rank <= run.sizes.columns &&
                    stairs.informative > unknowns_of(stairs, rank);
  if (!fits) return conclude_from_kept(run);
  const factor_view<const T> explored = run.wide.factor;
  std::memcpy(other_factor(stairs), explored.data, rank * explored.stride * sizeof(T));
  stairs.wanted = rank;
  run.phase = recovery_phase::candidate;
}

/// What explores: without preconditioner, which keeps the bias of a small start; or, on the detour, one
/// column more than the answer has and a long memory, for the narrow valleys of points that know only their
/// neighbours.
template <class T>
quasi_newton_options<T> exploring_options(const recovery<T>& run) noexcept {
  using namespace recovery_rules;
  const staircase<T>& stairs = run.stairs;
  quasi_newton_options<T> options = wide_options<T>(stairs.inner.sensing, run.options);
  options.step_size = T(0.25) / stairs.leading;
  options.initial_scale = T(1e-3) * square_root(stairs.leading / stairs.inner.gamma);
  options.relative_tolerance = explored_loss<T>;
  options.tolerance = stairs.inner.stop_loss;
  options.seed = run.options.seed + (run.starts_again ? 1 : 0);
  if (!run.is_on_detour) return options;
  const std::size_t most = run.sizes.explored < run.sizes.columns ? run.sizes.explored : run.sizes.columns;
  const std::size_t wanted = run.first.rank_found + 1;
  options.rank = wanted < most ? wanted : most;
  options.damping_ratio = T(0.25);
  options.gamma = stairs.inner.gamma;
  options.step_size = T(0.5) / options.gamma;
  options.relative_tolerance = 0;
  options.iteration_limit = most_detour_steps;
  options.plateau_window = detour_window;
  // As many pairs as the room of the columns that explored first can hold, were there one thread: the history
  // may not depend on their number.
  const auto bytes = [&](quasi_newton_options<T> chosen) {
    chosen.plan.threads = 1;
    return descent_bytes(stairs.inner.sensing, chosen);
  };
  const std::size_t room = bytes(wide_options<T>(stairs.inner.sensing, run.options));
  options.history = longest_detour_history;
  while (options.history > 1 && bytes(options) > room) --options.history;
  return options;
}

/// Returns whether there is room for the columns.
template <class T>
bool begin_exploring(recovery<T>& run) noexcept {
  const staircase<T>& stairs = run.stairs;
  // Accepted when the run was: only the scale is new, and finite as leading and gamma are.
  return init_operator<T>(run.wide, stairs.inner.sensing, stairs.inner.y, exploring_options(run),
                          run.memory.wide, run.sizes.wide) == status::ok;
}

template <class T>
void step_begin(recovery<T>& run) noexcept {
  if (begin_exploring(run)) {
    run.report.explored = true;
    run.phase = recovery_phase::explore;
  } else if (run.is_on_detour && !run.starts_again) {
    // So few columns explored that their room has no gram matrix of the damped steps.
    conclude(run);
  } else {
    run.phase = recovery_phase::ended;
  }
}

template <class T>
void step_explore(recovery<T>& run) noexcept {
  descent<T>& wide = run.wide;
  staircase<T>& stairs = run.stairs;
  const std::uint32_t before = wide.report.iterations;
  const outcome found = step(wide);
  if (wide.report.iterations != before) {
    write_line(stairs, static_cast<std::uint32_t>(wide.factor.rank), wide.report.loss);
  }
  if (found == outcome::running) return;
  // In place, and U U^T stays.
  T* data = wide.factor.data == wide.memory.factor ? wide.memory.factor : wide.memory.candidate;
  rotate_columns(stairs, data, data, wide.factor.rank, run.memory.small, true);
  stairs.kept = columns_at(stairs.memory.kept, stairs, 0, 0);
  try_rank(run, run.starts_again ? run.first.rank_found : 1);
}

template <class T>
void step_candidate(recovery<T>& run) noexcept {
  staircase<T>& stairs = run.stairs;
  const factor_view<const T> next = columns_at(other_factor(stairs), stairs, 0, stairs.wanted);
  const factor_view<T> gradient = columns_at(stairs.inner.memory.gradient, stairs, 0, stairs.wanted);
  const T loss = stairs.inner.sensing.loss_and_gradient(stairs.inner.how, next, stairs.inner.y, gradient);
  begin_descent(stairs, stairs.wanted, loss, staircase_phase::descend);
  run.phase = recovery_phase::refine;
}

/// An answer that exploring found is asked for once more, from another start.
template <class T>
void begin_again(recovery<T>& run) noexcept {
  run.starts_again = true;
  // The search for outliers sorts residuals where the measurements are.
  use_all_rows(run);
  run.stairs.options.trace_capacity = 0;
  run.phase = recovery_phase::begin;
}

/// Whether U U^T is another matrix than the answer's, by more than a tolerance explains.
template <class T>
bool is_another(const recovery<T>& run) noexcept {
  constexpr T apart = T(1e-2);
  const factor_view<const T> u = run.stairs.factor, v = run.first_factor;
  const auto product = [&](factor_view<const T> a, factor_view<const T> b) {
    return matrix_inner_product(run.stairs.inner.sensing, a, b);
  };
  const T size = product(v, v);
  return product(u, u) - T(2) * product(u, v) + size > apart * apart * size;
}

template <class T>
void judge_other_start(recovery<T>& run, bool at_tolerance, bool is_over) noexcept {
  if (at_tolerance && is_another(run)) {
    run.report.ambiguous = true;
    run.first.verdict = verdict::not_determined;
  }
  if (is_over) run.phase = recovery_phase::ended;
}

template <class T>
void step_refine(recovery<T>& run) noexcept {
  staircase<T>& stairs = run.stairs;
  const bool moved = descend(stairs);
  const outcome found = stairs.inner.report.result;
  const bool at_tolerance = found == outcome::recovered;
  const std::uint32_t patience = run.is_on_detour ? recovery_rules::patience : 0;
  const bool is_slow = moved && stairs.accepted > patience && falls_less(stairs, staircase_rules::spent<T>);
  const bool is_long = stairs.accepted >= recovery_rules::most_steps + 3 * patience;
  const bool is_over = found != outcome::running || is_slow || is_long;
  if (run.starts_again) return judge_other_start(run, at_tolerance, is_over);
  if (!is_over) return;
  const std::size_t rank = stairs.factor.rank;
  const bool pays = stairs.kept.rank == 0 || is_worth(stairs, stairs.kept.rank, stairs.kept_loss, rank,
                                                      stairs.report.loss, staircase_rules::worthwhile<T>);
  if (pays) keep(stairs);
  if (pays && !at_tolerance) return try_rank(run, rank + 1);
  conclude_from_kept(run);
}

}  // namespace tinyrank
