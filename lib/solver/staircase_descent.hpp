// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

// The passes that lower the loss: columns are appended, descended on, taken off.

#include "lib/solver/residual_spectrum.hpp"

namespace tinyrank {

template <class T>
void begin_certificate(staircase<T>& run) noexcept {
  begin_look(run);
  run.phase = staircase_phase::certify;
}

/// No further column pays: to the end of the descent of the best factor. At U = 0 there is none.
template <class T>
void finish(staircase<T>& run) noexcept {
  if (run.factor.rank == 0) return begin_certificate(run);
  if (run.kept.rank == 0) keep(run);
  go_back(run, staircase_phase::refit);
}

template <class T>
void append(staircase<T>& run, std::size_t wanted) noexcept {
  const std::size_t rank = run.factor.rank, room = run.columns.factor - rank;
  run.wanted = wanted < room ? wanted : room;
  run.length = 1;
  run.phase = staircase_phase::append;
  if (run.wanted == 0) finish(run);
}

/// Column c of what is appended: sqrt(-lambda_c t / gamma) (q_c + a hundredth of a random direction), t =
/// length. An eigenvector alone may have symmetries of the measurements that no gradient leaves.
template <class T>
void write_columns(staircase<T>& run, factor_view<T> out) noexcept {
  draw_block(out, mix64(run.options.seed) - ++run.looks);
  run.inner.sensing.project(out);
  const T share = T(0.01) / square_root(number<T>(out.n));
  for (std::size_t c = 0; c < out.rank; ++c) {
    const T value = run.memory.small.values[c];
    const T size = square_root((value < 0 ? -value : T(0)) * run.length / run.inner.gamma);
    const T* vector = run.memory.basis + c * out.stride;
    for (std::size_t j = 0; j < out.stride; ++j)
      out.column(c)[j] = size * (vector[j] + share * out.column(c)[j]);
  }
}

/// Random signs on y.
template <class T>
void step_signs(staircase<T>& run) noexcept {
  const std::size_t m = run.inner.sensing.measurement_count;
  if (run.blocks == 0) {
    const random_stream stream = make_stream(run.options.seed, random_purpose::power_iteration, UINT32_MAX);
    for (std::size_t i = 0; i < m; ++i) {
      const bool minus = (random_bits(stream, static_cast<std::uint32_t>(i)) >> 31) != 0;
      run.memory.measured[i] = minus ? -run.inner.y[i] : run.inner.y[i];
    }
  }
  look_once(run, run.memory.measured);
  if (!look_has_ended(run)) return;
  const std::size_t last = spanned(run) - 1;
  end_look(run);
  const T low = run.memory.small.values[0], high = run.memory.small.values[last];
  run.signless = -low > high ? -low : high;
  run.known = 0;
  begin_look(run);
  run.phase = staircase_phase::spectrum;
}

template <class T>
void step_spectrum(staircase<T>& run) noexcept {
  look_once(run, run.inner.y);
  if (!look_has_ended(run)) return;
  end_look(run);
  const T least = run.memory.small.values[0];
  run.leading = -least;
  if (!(run.leading > rounded_eigenvalue(run))) return finish(run);
  std::size_t alike = 0;
  while (alike < spanned(run) && run.memory.small.values[alike] <= staircase_rules::group<T> * least) ++alike;
  const std::size_t outliers = count_outliers(run);
  append(run, alike > outliers ? alike : outliers);
  run.phase = staircase_phase::scale;
}

/// gamma: that of the best multiple of the first columns.
template <class T>
void step_scale(staircase<T>& run) noexcept {
  const sensing_operator<T>& a = run.inner.sensing;
  run.inner.gamma = 1;
  const factor_view<T> columns = columns_at(run.memory.probed, run, 0, run.wanted);
  write_columns(run, columns);
  a.measure(run.inner.how, columns, run.memory.measured);
  const std::size_t m = a.measurement_count;
  const T fitted = dot(run.memory.measured, run.inner.y, m),
          energy = dot(run.memory.measured, run.memory.measured, m);
  const T gamma = energy / fitted;
  if (!(gamma > 0) || !is_finite(gamma)) return finish(run);
  static_cast<quasi_newton_state<T>*>(run.inner.state)->gamma = run.inner.gamma = gamma;
  run.inner.report.step_size = T(0.5) / gamma;
  run.phase = staircase_phase::append;
}

template <class T>
void step_append(staircase<T>& run) noexcept {
  const std::size_t rank = run.factor.rank;
  const factor_view<T> trial = columns_at(other_factor(run), run, 0, rank + run.wanted);
  if (rank != 0) std::memcpy(trial.data, run.factor.data, rank * trial.stride * sizeof(T));
  write_columns(run, columns_at(trial.column(rank), run, 0, run.wanted));
  const T loss = evaluate_trial(run, trial.rank);
  if (loss < run.report.loss) {
    run.known = run.known > run.wanted ? run.known - run.wanted : 0;
    const factor_view<T> left = columns_at(run.memory.basis, run, 0, run.known + run.wanted);
    for (std::size_t c = 0; c < run.known; ++c)
      std::memcpy(left.column(c), left.column(c + run.wanted), left.stride * sizeof(T));
    return begin_descent(run, trial.rank, loss, staircase_phase::descend);
  }
  run.length *= T(0.25);
  if (run.length < T(1e-4)) finish(run);
}

/// U V at other_factor, U^T U = V diag(small.values) V^T, largest first: the same U U^T.
template <class T>
void rotate_to_principal(staircase<T>& run) noexcept {
  const std::size_t rank = run.factor.rank;
  T* const u = other_factor(run);
  std::memcpy(u, run.factor.data, rank * run.factor.stride * sizeof(T));
  rotate_columns(run, u, u, rank, run.memory.small, true);
}

/// At the tolerance. A column whose eigenvalue of U U^T the tolerance hardly sees is taken off on trial.
template <class T>
void begin_trim(staircase<T>& run) noexcept {
  constexpr T hardly = 30;
  const std::size_t rank = run.factor.rank;
  rotate_to_principal(run);
  const T* values = run.memory.small.values;
  const T tolerance = run.inner.stop_loss / run.report.zero_loss;
  if (rank == 1 || values[rank - 1] > hardly * square_root(tolerance) * values[0])
    return begin_certificate(run);
  keep(run);
  go_on_from(run, rank - 1, staircase_phase::trim);
}

/// A descent with a column too many is slow. Where the last one is not far above the error, the descent
/// goes on without it, and back to where it was if that does not lead below.
template <class T>
bool begin_lighter(staircase<T>& run) noexcept {
  const std::size_t rank = run.factor.rank;
  if (rank == 1) return false;
  rotate_to_principal(run);
  const T least = run.memory.small.values[rank - 1];
  const T energy = T(0.25) * run.inner.gamma * least * least;
  if (!(run.report.loss > staircase_rules::ballast<T> * energy)) return false;
  run.heavy_rank = rank;
  run.heavy_loss = run.report.loss;
  std::memcpy(run.memory.probed, run.factor.data, rank * run.factor.stride * sizeof(T));
  go_on_from(run, rank - 1, staircase_phase::lighten);
  return true;
}

template <class T>
void step_restore(staircase<T>& run) noexcept {
  const T loss = evaluate_trial(run, run.wanted);
  begin_descent(run, run.wanted, loss, run.then);
  if (run.then == staircase_phase::descend) run.next_look = UINT32_MAX;
  if (run.then == staircase_phase::certify) return begin_certificate(run);
  if (loss <= run.inner.stop_loss) return begin_trim(run);
}

/// The descent at this rank is over above the tolerance: were the last columns worth their unknowns? With as
/// many unknowns as measurements nothing can say so.
template <class T>
void descent_is_spent(staircase<T>& run) noexcept {
  const std::size_t rank = run.factor.rank;
  const T loss = run.report.loss;
  const std::uint32_t now = unknowns_of(run, rank), before = unknowns_of(run, run.kept.rank);
  if (run.kept.rank != 0 && now > before) {
    const bool pays = is_worth(run, run.kept.rank, run.kept_loss, rank, loss, staircase_rules::worthwhile<T>);
    run.failures = pays ? 0 : run.failures + 1;
  }
  if (run.failures == 0 || (now == before && loss < run.kept_loss)) keep(run);
  if (run.failures >= staircase_rules::most_failures || rank == run.columns.factor) return finish(run);
  begin_look(run);
  run.phase = staircase_phase::exhaust;
}

/// Whether two steps in a row left more than `ratio` of the loss.
template <class T>
bool falls_less(const staircase<T>& run, T ratio) noexcept {
  return run.accepted > 2 && run.losses[0] > ratio * run.losses[1] && run.losses[1] > ratio * run.losses[2];
}

template <class T>
void judge_lighter(staircase<T>& run, bool ended) noexcept {
  if (run.report.loss < run.heavy_loss) {
    run.next_look = run.accepted + staircase_rules::first_look;
    run.phase = staircase_phase::descend;
  } else if (ended || falls_less(run, staircase_rules::slow<T>)) {
    std::memcpy(other_factor(run), run.memory.probed, run.heavy_rank * run.factor.stride * sizeof(T));
    go_on_from(run, run.heavy_rank, staircase_phase::descend);
  }
}

/// One trial. Returns whether it was taken.
template <class T>
bool descend(staircase<T>& run) noexcept {
  descent<T>& inner = run.inner;
  const std::uint32_t before = inner.report.iterations;
  step(inner);
  if (inner.report.iterations == before) return false;
  run.losses[2] = run.losses[1];
  run.losses[1] = run.losses[0];
  run.losses[0] = inner.report.loss;
  ++run.accepted;
  note(run);
  return true;
}

template <class T>
void step_descent(staircase<T>& run) noexcept {
  const bool moved = descend(run);
  const outcome found = run.inner.report.result;
  const bool refits = run.phase == staircase_phase::refit, trims = run.phase == staircase_phase::trim;
  if (found == outcome::recovered) return begin_trim(run);
  const bool ended = found != outcome::running;
  if (run.phase == staircase_phase::lighten) return judge_lighter(run, ended);
  if (refits) {
    const bool is_long = run.accepted >= staircase_rules::most_refitted;
    if (ended || is_long || (moved && falls_less(run, staircase_rules::settled<T>))) begin_certificate(run);
    return;
  }
  if (ended || (moved && falls_less(run, staircase_rules::spent<T>))) {
    return trims ? go_back(run, staircase_phase::certify) : descent_is_spent(run);
  }
  if (moved && !trims && run.accepted >= run.next_look && falls_less(run, staircase_rules::slow<T>)) {
    begin_look(run);
    run.phase = staircase_phase::look;
  }
}

template <class T>
T gradient_per_column(const staircase<T>& run) noexcept {
  const std::size_t count = run.factor.rank * run.factor.stride;
  const T* u = run.factor.data;
  return square_root(dot(run.memory.probed_gradient, run.memory.probed_gradient, count) / dot(u, u, count));
}

template <class T>
void step_look(staircase<T>& run) noexcept {
  look_once<T>(run, nullptr);
  if (!look_has_ended(run)) return;
  end_look(run);
  const std::size_t outliers = count_outliers(run);
  if (run.phase == staircase_phase::look) {
    run.next_look = UINT32_MAX;
    run.phase = staircase_phase::descend;
    if (outliers == 0 && begin_lighter(run)) return;
    if (outliers == 0 || run.factor.rank == run.columns.factor) return;
    if (!(gradient_per_column(run) < -run.memory.small.values[0] * staircase_rules::still<T>)) {
      run.next_look = run.accepted + staircase_rules::first_look;
      return;
    }
    run.failures = 0;
    return append(run, outliers);
  }
  if (!(-run.memory.small.values[0] > rounded_eigenvalue(run))) return finish(run);
  append(run, outliers > 1 ? outliers : 1);
}

}  // namespace tinyrank
