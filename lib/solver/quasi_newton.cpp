// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "tinyrank/quasi_newton.hpp"

#include <cstring>

#include "lib/solver/preconditioner.hpp"
#include "lib/solver/stopping.hpp"

namespace tinyrank {
namespace {

/// The state, and the arrays of a factor's shape that it works on.
template <class T>
struct working {
  quasi_newton_state<T>& own;
  const kernel_table<T>& kernels;
  std::size_t count;  ///< elements of a factor

  explicit working(descent<T>& run) noexcept
      : own(*static_cast<quasi_newton_state<T>*>(run.state)),
        kernels(*run.how.kernels),
        count(run.factor.rank * run.factor.stride) {}

  [[nodiscard]] T* step(std::uint32_t place) const noexcept { return own.pairs + place * count; }
  [[nodiscard]] T* change(std::uint32_t place) const noexcept {
    return own.pairs + (own.history + place) * count;
  }
  [[nodiscard]] T& rho(std::uint32_t place) const noexcept { return own.numbers[place]; }
  [[nodiscard]] T& weight(std::uint32_t place) const noexcept { return own.numbers[own.history + place]; }
  /// The place of the pair that the trial at hand may become.
  [[nodiscard]] std::uint32_t open() const noexcept { return (own.newest + 1U) % own.history; }
  /// The place of the i-th newest pair.
  [[nodiscard]] std::uint32_t place(std::uint32_t i) const noexcept {
    return (own.newest + 0U + own.history - i) % own.history;
  }
  [[nodiscard]] T product(const T* a, const T* b) const noexcept { return blocked_dot(a, b, count); }
  void add(T factor, const T* b, T* x) const noexcept { kernels.scaled_add(factor, b, x, x, count); }
  void copy(const T* from, T* to) const noexcept { std::memcpy(to, from, count * sizeof(T)); }
  void scale(T factor, T* x) const noexcept {
    for (std::size_t k = 0; k < count; ++k) x[k] *= factor;
  }
};

/// q := the direction of the pairs that are known, h in it.
template <class T>
void find_direction(const working<T>& w, const descent<T>& run, factor_view<T> q) noexcept {
  constexpr T longest = 8;
  quasi_newton_state<T>& own = w.own;
  const T mu = run.report.step_size;
  const std::uint32_t newest = own.newest;
  T h = mu;
  const bool preconditioned =
      own.damping_ratio > 0 && factorise_gram(run, damping_by_loss(own.damping_ratio, run), own.gram);
  if (own.known != 0) {
    const T* change = w.change(newest);
    if (preconditioned) {
      // <y, y P^-1> = ||y L^-T||^2
      w.copy(change, q.data);
      solve(run, own.gram, q, false);
      change = q.data;
    }
    h = T(1) / (w.rho(newest) * w.product(change, change));
    if (preconditioned && h > longest * mu) h = longest * mu;
  }
  w.copy(run.gradient.data, q.data);
  for (std::uint32_t i = 0; i < own.known; ++i) {
    const std::uint32_t at = w.place(i);
    w.weight(at) = w.rho(at) * w.product(w.step(at), q.data);
    w.add(-w.weight(at), w.change(at), q.data);
  }
  if (preconditioned) {
    solve(run, own.gram, q, false);
    solve(run, own.gram, q, true);
  }
  w.scale(h, q.data);
  for (std::uint32_t i = own.known; i-- > 0;) {
    const std::uint32_t at = w.place(i);
    w.add(w.weight(at) - w.rho(at) * w.product(w.change(at), q.data), w.step(at), q.data);
  }
}

}  // namespace

template <class T>
status check_quasi_newton(const descent_options<T>& options) noexcept {
  const auto& own = static_cast<const quasi_newton_options<T>&>(options);
  if (own.history == 0 || own.history > longest_history) return status::history;
  const bool fine =
      own.damping_ratio >= 0 && is_finite(own.damping_ratio) && own.gamma >= 0 && is_finite(own.gamma);
  return fine ? status::ok : status::damping;
}

template <class T>
T quasi_newton_step(const descent_options<T>& options, T leading, T gamma) noexcept {
  const auto& own = static_cast<const quasi_newton_options<T>&>(options);
  if (own.damping_ratio == 0) return T(0.25) / leading;
  return T(0.5) / (own.gamma == automatic ? gamma : own.gamma);
}

template <class T>
bool restart_quasi_newton(descent<T>& run) noexcept {
  auto& own = *static_cast<quasi_newton_state<T>*>(run.state);
  own.known = 0;
  own.length = 1;
  if (own.gamma != automatic) run.gamma = own.gamma;
  return false;
}

template <class T>
void propose_quasi_newton(descent<T>& run, factor_view<T> next) noexcept {
  const working<T> w(run);
  quasi_newton_state<T>& own = w.own;
  T* step = w.step(w.open());
  if (own.length == 1) {
    for (;;) {
      find_direction(w, run, next);
      own.slope = w.product(next.data, run.gradient.data);
      if (own.slope > 0 || own.known == 0) break;
      own.known = 0;
    }
    // The direction is made; the oldest pair may go. -G waits for the gradient that it is to be taken from.
    w.copy(next.data, step);
    w.scale(T(-1), step);
    T* change = w.change(w.open());
    w.copy(run.gradient.data, change);
    w.scale(T(-1), change);
  }
  w.kernels.scaled_add(T(1), step, run.factor.data, next.data, w.count);
}

template <class T>
outcome judge_quasi_newton(descent<T>& run, factor_view<T> next, T loss) noexcept {
  constexpr T armijo = T(1e-4), shortest = T(1e-10), least_curvature = T(1e-8);
  const working<T> w(run);
  quasi_newton_state<T>& own = w.own;
  const std::uint32_t at = w.open();
  T *step = w.step(at), *change = w.change(at), *gradient = run.memory.gradient;
  const T before = run.report.loss;
  const bool falls = loss <= before - armijo * own.length * own.slope || loss <= rounding_floor(run);
  if (!is_finite(loss) || !falls || !(own.slope > 0)) {
    w.copy(change, gradient);
    w.scale(T(-1), gradient);
    T shorter = T(0.1);
    if (is_finite(loss)) {
      const T rise = loss - before + own.length * own.slope;
      const T quadratic = own.length * own.slope / (T(2) * rise);
      shorter = quadratic > T(0.5) ? T(0.5) : quadratic > T(0.1) ? quadratic : T(0.1);
    }
    own.length *= shorter;
    w.scale(shorter, step);
    ++run.report.step_reductions;
    if (!(own.length >= shortest && own.slope > 0)) run.report.result = outcome::plateau;
    return run.report.result;
  }
  own.length = 1;
  // U^+ - U, which projection and rounding keep from being -t q.
  w.kernels.scaled_add(T(-1), run.factor.data, next.data, step, w.count);
  w.add(T(1), gradient, change);
  const T curvature = w.product(step, change), squares = w.product(change, change);
  if (!(curvature > 0)) {
    own.known = 0;
  } else if (curvature > least_curvature * run.report.step_size * squares) {
    w.rho(at) = T(1) / curvature;
    own.newest = static_cast<std::uint16_t>(at);
    if (own.known < own.history) ++own.known;
  } else if (own.known == own.history) {
    // Its place was taken.
    --own.known;
  }
  return accept_step(run, next, loss);
}

template status check_quasi_newton(const descent_options<float>&) noexcept;
template status check_quasi_newton(const descent_options<double>&) noexcept;
template float quasi_newton_step(const descent_options<float>&, float, float) noexcept;
template double quasi_newton_step(const descent_options<double>&, double, double) noexcept;
template bool restart_quasi_newton(descent<float>&) noexcept;
template bool restart_quasi_newton(descent<double>&) noexcept;
template void propose_quasi_newton(descent<float>&, factor_view<float>) noexcept;
template void propose_quasi_newton(descent<double>&, factor_view<double>) noexcept;
template outcome judge_quasi_newton(descent<float>&, factor_view<float>, float) noexcept;
template outcome judge_quasi_newton(descent<double>&, factor_view<double>, double) noexcept;

}  // namespace tinyrank
