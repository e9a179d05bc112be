// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

// How well the rank and the rest of the measurements foretell those that are held out.

#include "lib/solver/exploring.hpp"

namespace tinyrank {

template <class T>
void begin_held_out(recovery<T>& run) noexcept {
  const recovery_memory<T>& memory = run.memory;
  const std::size_t m = memory.scaling->measurement_count;
  const random_stream stream = make_stream(run.options.seed, random_purpose::held_out, 0);
  const T edge = run.options.held_out_share * T(0x1p24);
  std::size_t count = 0, left = 0;
  for (std::size_t i = 0; i < m; ++i) {
    memory.scale[i] = memory.used[i];
    if (memory.used[i] == 0) continue;
    const bool is_out = number<T>(random_bits(stream, static_cast<std::uint32_t>(i)) >> 8) < edge;
    if (is_out) memory.scale[i] = 0;
    ++(is_out ? count : left);
  }
  if (count < recovery_rules::fewest_held_out || left <= run.first.unknowns) return;
  staircase<T>& stairs = run.stairs;
  use_scale(run);
  // Its losses are not those of the answer's trace.
  stairs.options.trace_capacity = 0;
  const factor_view<const T> u = run.first_factor;
  std::memcpy(other_factor(stairs), u.data, u.rank * u.stride * sizeof(T));
  stairs.wanted = u.rank;
  run.is_at_answer = true;
  run.held_out = count;
  run.phase = recovery_phase::others;
}

template <class T>
void step_others(recovery<T>& run) noexcept {
  staircase<T>& stairs = run.stairs;
  if (run.is_at_answer) {
    run.is_at_answer = false;
    step_candidate(run);
    run.phase = recovery_phase::others;
    return;
  }
  constexpr std::uint32_t most = 60;
  const bool moved = descend(stairs);
  const bool ended = stairs.inner.report.result != outcome::running || stairs.accepted == most;
  if (ended || (moved && falls_less(stairs, recovery_rules::refitted<T>))) run.phase = recovery_phase::judge;
}

template <class T>
void step_judge(recovery<T>& run) noexcept {
  const recovery_memory<T>& memory = run.memory;
  const descent<T>& inner = run.stairs.inner;
  memory.scaling->scale = nullptr;
  inner.sensing.measure(inner.how, inner.factor, memory.scaled_y);
  T missed = 0, all = 0;
  for (std::size_t i = 0; i < memory.scaling->measurement_count; ++i) {
    if (memory.scale[i] != 0) continue;
    const T value = memory.used[i] * run.y[i], residual = memory.used[i] * (memory.scaled_y[i] - run.y[i]);
    missed += residual * residual;
    all += value * value;
  }
  run.phase = recovery_phase::ended;
  if (!(all > 0) || !is_finite(missed)) return;
  run.report.held_out_error = square_root(missed / all);
  run.report.held_out = run.held_out;
  const T expected = run.first.noise_estimate * square_root(number<T>(run.held_out) / all);
  if (may_explore(run) && run.report.held_out_error > recovery_rules::foretold<T> * expected) {
    use_all_rows(run);
    run.stairs.report.entries = run.lines;
    run.phase = recovery_phase::begin;
  }
}

/// The answer stands. It is still to be asked for its outliers, judged by what is held out when it fits
/// noise, or looked for from another start when exploring found it.
template <class T>
void conclude(recovery<T>& run) noexcept {
  const bool has_rank = run.first.rank_found != 0;
  run.phase = recovery_phase::ended;
  run.report.held_out = 0;
  run.report.held_out_error = 0;
  if (is_robust(run) && !run.is_settled && has_rank) {
    run.phase = recovery_phase::recheck;
  } else if (run.first.verdict == verdict::best_fit && has_rank) {
    begin_held_out(run);
  } else if (run.first.verdict == verdict::recovered && run.report.explored) {
    begin_again(run);
  }
}

}  // namespace tinyrank
