// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "tinyrank/recovery.hpp"

#include <new>

#include "lib/solver/checks.hpp"
#include "lib/solver/exploring.hpp"
#include "lib/solver/held_out.hpp"
#include "lib/solver/reweighting.hpp"

namespace tinyrank {
namespace {

template <class T>
status check_own(const sensing_operator<T>& a, const T* y, const recovery_options<T>& options) noexcept {
  const bool explores =
      options.explore == exploration::when_needed || options.explore == exploration::at_once;
  if ((!explores && options.explore != exploration::never) || options.explore_rank > a.n)
    return status::exploration;
  if (options.loss != robust_loss::squared && options.loss != robust_loss::huber) return status::robust_loss;
  if (!is_usable_scale(options.huber_delta)) return status::robust_loss;
  if (!(options.held_out_share >= 0) || !(options.held_out_share <= T(0.5))) return status::held_out;
  if (options.weights == nullptr || !is_placed(y)) return status::ok;  // y is for the staircase to refuse
  if (!is_placed(options.weights)) return status::weights;
  T squares = 0;
  for (std::size_t i = 0; i < a.measurement_count; ++i) {
    if (!is_usable_scale(options.weights[i])) return status::weights;
    squares += options.weights[i] * (y[i] * y[i]);
  }
  return squares >= smallest_energy<T> && is_finite(squares) ? status::ok : status::weights;
}

/// Everything that may be refused; the arena is not written.
template <class T>
[[gnu::noinline]] status check_recovery(staircase<T>& stairs, const sensing_operator<T>& scaled, const T* y,
                                        const recovery_options<T>& options, const recovery_sizes& sizes,
                                        const std::byte* buffer, std::size_t bytes) noexcept {
  // With no arena, a staircase whose arguments are fine is refused for that alone.
  const status arguments = init_operator<T>(stairs, scaled, y, options, nullptr, 0);
  if (arguments != status::arena_null) return arguments;
  const std::size_t needed = measured_bytes([&](arena& memory) { layout_recovery<T>(memory, sizes); });
  if (needed == SIZE_MAX) return status::size_overflow;
  if (buffer == nullptr) return status::arena_null;
  if (reinterpret_cast<std::uintptr_t>(buffer) % arena_alignment != 0) return status::arena_misaligned;
  return bytes < needed ? status::arena_too_small : status::ok;
}

template <class T>
void begin_rows(recovery<T>& run) noexcept {
  const std::size_t m = run.memory.scaling->measurement_count;
  for (std::size_t i = 0; i < m; ++i) {
    const T weight = run.options.weights == nullptr ? T(1) : run.options.weights[i];
    run.memory.base[i] = run.memory.used[i] = square_root(weight);
  }
  if (is_robust(run) && begin_reweighting(run)) return;
  if (run.options.weights != nullptr) use_all_rows(run);
}

template <class T>
void climb_has_ended(recovery<T>& run) noexcept {
  keep_answer(run);
  const bool is_weighed = is_robust(run) && !run.is_cleaned;
  if (is_weighed && run.first.result != outcome::iteration_limit) return climb_again_from_zero(run);
  if (is_clean(run) || is_weighed || !may_explore(run)) return conclude(run);
  run.phase = recovery_phase::begin;
}

template <class T>
void step_climb(recovery<T>& run) noexcept {
  staircase<T>& stairs = run.stairs;
  step(stairs);
  const staircase_phase at = stairs.phase;
  if (at == staircase_phase::ended) return climb_has_ended(run);
  if (is_robust(run) && !run.is_cleaned) return watch_robust_climb(run);
  if (!may_explore(run)) return;
  const bool at_once = run.options.explore == exploration::at_once && at == staircase_phase::append;
  const bool is_asking =
      at == staircase_phase::certify || at == staircase_phase::base || at == staircase_phase::freedom;
  if (!at_once && (is_asking || stairs.report.passes < recovery_rules::most_climbing)) return;
  end(stairs, outcome::iteration_limit);
  climb_has_ended(run);
}

template <class T>
void step_conclude(recovery<T>& run) noexcept {
  step(run.stairs);
  if (run.stairs.phase != staircase_phase::ended) return;
  const bool is_last = is_robust(run) || run.is_on_detour;
  const bool is_first = run.first.verdict == verdict::none && run.stairs.report.verdict != verdict::none;
  if (run.first.rank_found == 0 || is_better(run) || (is_last && is_first)) keep_answer(run);
  const bool is_final =
      run.first.result == outcome::recovered || (run.first.verdict == verdict::best_fit && !is_precise(run));
  if (is_final || is_last) return conclude(run);
  run.is_on_detour = true;
  run.phase = recovery_phase::begin;
}

template <class T>
void make_pass(recovery<T>& run) noexcept {
  switch (run.phase) {
    case recovery_phase::climb:
      return step_climb(run);
    case recovery_phase::begin:
      return step_begin(run);
    case recovery_phase::explore:
      return step_explore(run);
    case recovery_phase::candidate:
      return step_candidate(run);
    case recovery_phase::refine:
      return is_robust(run) && !run.is_cleaned ? step_robust(run) : step_refine(run);
    case recovery_phase::reweigh:
      return step_reweigh(run);
    case recovery_phase::look:
      return step_robust_look(run);
    case recovery_phase::recheck:
      return step_recheck(run);
    case recovery_phase::conclude:
      return step_conclude(run);
    case recovery_phase::others:
      return step_others(run);
    case recovery_phase::judge:
      return step_judge(run);
    case recovery_phase::ended:
      return;
  }
}

template <class T>
bool is_judging(const recovery<T>& run) noexcept {
  return run.phase == recovery_phase::others || run.phase == recovery_phase::judge ||
         (run.starts_again && run.phase != recovery_phase::ended);
}

/// What the caller sees of where the run stands; passes: all so far.
template <class T>
void publish(recovery<T>& run, std::uint32_t passes) noexcept {
  staircase_report<T>& report = run.report;
  const recovery_phase at = run.phase;
  const bool is_answered = at == recovery_phase::ended || is_judging(run);
  const bool is_found = at == recovery_phase::explore ||
                        (at == recovery_phase::candidate && run.report.explored && run.stairs.kept.rank == 0);
  if (is_answered || at == recovery_phase::begin) {
    report = run.first;
    run.factor = run.first_factor;
  } else {
    report = run.stairs.report;
    run.factor = run.stairs.factor;
    if (is_found) {
      run.factor = run.wide.factor;
      report.rank_found = static_cast<std::uint32_t>(run.factor.rank);
      report.loss = run.wide.report.loss;
    }
  }
  if (at != recovery_phase::ended) report.result = outcome::running;
  // While another answer is looked for, none stands.
  if (!is_answered) report.verdict = verdict::none;
  report.passes = passes;
  report.entries = run.lines;
  report.isa = run.stairs.report.isa;
  report.arena_bytes = run.arena_bytes;
}

/// The last line is that of the answer, also where another factor was looked at after it.
template <class T>
void end_trace(recovery<T>& run) noexcept {
  const staircase_options<T>& options = run.options;
  staircase_report<T>& report = run.report;
  if (run.lines == 0 || (run.line.rank == report.rank_found && run.line.loss == report.loss)) return;
  if (options.trace_capacity != 0 && options.trace != nullptr)
    options.trace[run.lines % options.trace_capacity] = {report.passes, report.rank_found, report.loss};
  report.entries = ++run.lines;
}

}  // namespace

template <class T>
status init_operator(recovery<T>& run, const sensing_operator<T>& a, const T* y,
                     const recovery_options<T>& options, std::byte* buffer, std::size_t bytes) noexcept {
  if (a.n == 0 || a.n > largest_dimension) return status::dimension;
  // The verbs of diag(s) A are never null.
  if (a.functions.measure == nullptr || a.functions.adjoint_times == nullptr ||
      a.functions.loss_and_gradient == nullptr)
    return status::operator_data;
  if (const status refused = check_own(a, y, options); refused != status::ok) return refused;
  std::uint32_t no_passes = 0;
  row_scaling<T> scaling{a.n, a.measurement_count, a, nullptr, &no_passes};
  sensing_operator<T> scaled;
  make_scaled(scaling, scaled);
  const recovery_sizes sizes = sizes_of<T>(scaled, options);
  if (const status refused = check_recovery(run.stairs, scaled, y, options, sizes, buffer, bytes);
      refused != status::ok)
    return refused;
  arena memory(buffer, bytes);
  const recovery_memory<T> placed = layout_recovery<T>(memory, sizes);
  const status made = init_operator<T>(run.stairs, scaled, y, options, placed.stairs, sizes.stairs);
  if (made != status::ok) return made;

  // `a`, y and the options may be parts of the run that is made, but for the staircase.
  const staircase<T> stairs = run.stairs;
  const recovery_options<T> given = options;
  // In place: a run of its own on the stack is 1.2 KB.
  ::new (&run) recovery<T>{};
  run.stairs = stairs;
  run.options = given;
  run.memory = placed;
  run.y = y;
  run.sizes = sizes;
  run.arena_bytes = memory.used();
  *placed.passes = 0;
  scaling.passes = placed.passes;
  *placed.scaling = scaling;
  run.stairs.inner.sensing.context = placed.scaling;
  begin_rows(run);
  run.stairs.report.loss = run.stairs.inner.report.loss = run.stairs.report.zero_loss;
  publish(run, 0);
  return status::ok;
}

template <class T>
outcome step(recovery<T>& run) noexcept {
  if (run.report.result != outcome::running) return run.report.result;
  const bool traces = !is_judging(run);
  make_pass(run);
  // Passes are counted where they are made: a gradient with weights is two.
  const std::uint32_t passes = *run.memory.passes;
  run.stairs.report.passes = passes;
  const staircase_options<T>& options = run.options;
  if (traces && run.stairs.report.entries != run.lines) {
    if (options.trace_capacity != 0 && options.trace != nullptr)
      options.trace[run.lines % options.trace_capacity].pass = passes;
    run.lines = run.stairs.report.entries;
    run.line = run.stairs.line;
  }
  if (run.phase != recovery_phase::ended && passes >= options.pass_limit) {
    if (!is_judging(run)) {
      end(run.stairs, outcome::iteration_limit);
      run.stairs.report.verdict = verdict::none;
      if (run.first.verdict == verdict::none) keep_answer(run);
    }
    run.phase = recovery_phase::ended;
  }
  publish(run, passes);
  if (run.phase == recovery_phase::ended) end_trace(run);
  return run.report.result;
}

template <class T>
outcome run_to_end(recovery<T>& run) noexcept {
  while (step(run) == outcome::running) {
  }
  return run.report.result;
}

template <class T>
outcome stop(recovery<T>& run) noexcept {
  if (run.report.result != outcome::running) return run.report.result;
  if (!is_judging(run)) {
    run.report.result = outcome::stopped;
  } else {
    run.phase = recovery_phase::ended;
    publish(run, *run.memory.passes);
    end_trace(run);
  }
  return run.report.result;
}

template status init_operator(recovery<float>&, const sensing_operator<float>&, const float*,
                              const recovery_options<float>&, std::byte*, std::size_t) noexcept;
template status init_operator(recovery<double>&, const sensing_operator<double>&, const double*,
                              const recovery_options<double>&, std::byte*, std::size_t) noexcept;
template outcome step(recovery<float>&) noexcept;
template outcome step(recovery<double>&) noexcept;
template outcome run_to_end(recovery<float>&) noexcept;
template outcome run_to_end(recovery<double>&) noexcept;
template outcome stop(recovery<float>&) noexcept;
template outcome stop(recovery<double>&) noexcept;

}  // namespace tinyrank
