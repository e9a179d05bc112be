// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include "lib/dense_algebra/vectors.hpp"
#include "tinyrank/descent.hpp"

namespace tinyrank {

/// Rounding alone moves a loss this small up and down by more than half.
template <class T>
T rounding_floor(const descent<T>& run) noexcept {
  return run.report.zero_loss * (T(64) * epsilon<T>)*(T(64) * epsilon<T>);
}

/// Two windows in a row that hardly lowered the loss, between whose ends the gradient did not grow: near a
/// saddle, where the loss is as flat, the gradient grows from window to window.
template <class T>
bool is_on_plateau(descent<T>& run) noexcept {
  constexpr T growth = 1.5;
  const std::uint32_t t = run.report.iterations;
  if (run.lowest_loss < run.window_loss * (T(1) - run.options.plateau_tolerance)) {
    run.window_loss = run.lowest_loss;
    run.window_start = t;
    run.window_gradient = 0;
  }
  const bool has_left_the_start = run.lowest_loss < T(0.5) * run.report.zero_loss;
  if (run.options.plateau_window == 0 || !has_left_the_start ||
      t - run.window_start < run.options.plateau_window) {
    return false;
  }
  const T gradient = dot(run.gradient.data, run.gradient.data, run.gradient.rank * run.gradient.stride);
  const bool flat = run.window_gradient > 0 && gradient <= growth * growth * run.window_gradient;
  run.window_start = t;
  run.window_gradient = gradient;
  return flat || gradient == 0;
}

template <class T>
outcome judge(descent<T>& run) noexcept {
  const descent_report<T>& report = run.report;
  constexpr T bound = 1000;
  const T first = run.first_loss > report.zero_loss ? run.first_loss : report.zero_loss;
  if (!is_finite(report.loss) || report.loss > bound * first) return outcome::diverged;
  if (report.loss <= run.stop_loss) return outcome::recovered;
  if (is_on_plateau(run)) return outcome::plateau;
  if (report.iterations >= run.options.iteration_limit) return outcome::iteration_limit;
  return outcome::running;
}

template <class T>
void record(descent<T>& run, T loss) noexcept {
  run.report.loss = loss;
  const std::uint32_t t = run.report.iterations;
  if (loss < run.lowest_loss) run.lowest_loss = loss;
  if (run.options.trace != nullptr && run.options.trace_capacity != 0) {
    run.options.trace[t % run.options.trace_capacity] = {t, loss, run.report.step_size};
  }
  run.report.result = judge(run);
}

}  // namespace tinyrank
