// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

// The passes that ask what the measurements say of the answer.

#include "lib/solver/tangent_space.hpp"

namespace tinyrank {

template <class T>
void step_certificate(staircase<T>& run) noexcept {
  look_once(run, run.inner.y);
  if (!look_has_ended(run)) return;
  const std::size_t rank = run.factor.rank, m = run.inner.sensing.measurement_count;
  const std::size_t count = rank * padded<T>(run.inner.sensing.n);
  end_look(run);
  staircase_report<T>& report = run.report;
  // Where squares of A_i's entries overflow even a factor that descended from a finite loss has none.
  if (!is_finite(report.loss)) return end(run, outcome::diverged);
  report.smallest_eigenvalue = run.memory.small.values[0];
  report.unknowns = unknowns_of(run, rank);
  if (run.informative > report.unknowns) {
    const T left = number<T>(run.informative - static_cast<std::size_t>(report.unknowns));
    report.noise_estimate = T(2) * square_root(number<T>(m) * report.loss / left);
  }
  const T below = report.smallest_eigenvalue < 0 ? -report.smallest_eigenvalue : T(0);
  if (rank != 0) {
    const T* u = run.factor.data;
    const T slope = dot(run.memory.probed_gradient, u, count);
    report.certificate_gap = T(0.5) * ((slope > 0 ? slope : -slope) + below * dot(u, u, count));
    run.phase = staircase_phase::base;
    return;
  }
  // The zero matrix: of all positive semidefinite ones the best where no eigenvalue is negative.
  const bool best = below <= rounded_eigenvalue(run);
  report.verdict = best ? verdict::best_fit : verdict::none;
  end(run, best ? outcome::plateau : outcome::diverged);
}

template <class T>
void step_base(staircase<T>& run) noexcept {
  begin_tangent(run);
  run.inner.sensing.measure(run.inner.how, tangent_vectors<T>(run).q, run.memory.measured);
  run.phase = staircase_phase::freedom;
}

template <class T>
void step_freedom(staircase<T>& run) noexcept {
  staircase_report<T>& report = run.report;
  const tangent_finding found = advance_tangent(run);
  const bool spent = run.applied >= staircase_rules::most_applied || run.applied >= 4 * report.unknowns + 20;
  if (found == tangent_finding::open && !spent) return;
  const tangent_vectors<T> v(run);
  const T norm = square_root(run.remaining);
  if (norm > 0) divide(v.d, norm, v.count);
  run.directions = v.q;
  run.freedom = v.view(v.d);
  report.condition = square_root(run.largest / run.least);
  report.smallest_singular_value = square_root(number<T>(run.inner.sensing.measurement_count) * run.least);
  const bool at_tolerance = report.loss <= run.inner.stop_loss;
  // As many equations as unknowns have finitely many solutions, but hardly ever one; a matrix of full rank is
  // an unknown of linear equations.
  const std::size_t m = run.informative;
  const bool is_linear = unknowns_of(run, run.factor.rank) == unknowns_of(run, run.factor.rank + 1);
  const bool enough_equations = m > report.unknowns || (m == report.unknowns && is_linear);
  // Nor do so few say whether a column more would be noise's.
  const std::size_t rank = run.factor.rank;
  const bool is_short =
      !at_tolerance && !is_linear && rank < run.columns.factor && m <= unknowns_of(run, rank + 1);
  report.verdict = found != tangent_finding::determined || !enough_equations || is_short
                       ? verdict::not_determined
                   : at_tolerance ? verdict::recovered
                                  : verdict::best_fit;
  end(run, at_tolerance ? outcome::recovered : outcome::plateau);
}

}  // namespace tinyrank
