// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

// Is the answer determined? Near Z = U U^T of rank r the measurements see D -> A(Q D^T + D Q^T), Q the
// orthonormalised U, D = Q S + D', S symmetric, Q^T D' = 0. With y' = A(Q Q^T) for measurements, Q has no
// residual, and the gradient at Q + delta D is delta H D + O(delta^2), H D = (1/m) A^*(A(Q D^T + D Q^T)) Q:
// one pass for a product with H. Conjugate gradients on H d = 0 from a random d take away what H sees:
// either nothing is left, or what is left is a direction in which the measurements do not change.

#include <cstring>

#include "lib/solver/checks.hpp"
#include "lib/solver/residual_spectrum.hpp"

namespace tinyrank {

/// The vectors of the iteration, n x r each as Q is, in memory whose first use is over.
template <class T>
struct tangent_vectors {
  factor_view<T> q;
  T *d, *r, *p, *point, *image;
  std::size_t count;
  const sensing_operator<T>& sensing;

  explicit tangent_vectors(const staircase<T>& run) noexcept
      : q(columns_at(run.memory.kept, run, 0, run.factor.rank)),
        d(static_cast<const quasi_newton_state<T>*>(run.memory.state)->pairs),
        p(other_factor(run)),
        point(run.memory.probed),
        image(run.memory.probed_gradient),
        count(q.rank * q.stride),
        sensing(run.inner.sensing) {
    r = d + count;
  }

  [[nodiscard]] factor_view<T> view(T* x) const noexcept { return {x, q.n, q.rank, q.stride}; }

  /// x := the part of x without a rotation of Q, which moves nothing: x - Q (Q^T x - x^T Q)/2.
  void take_rotations_off(T* x) const noexcept {
    if (sensing.geometry != nullptr) return sensing.geometry->take_gauge_off(sensing.shape.rows, q, x);
    // Pair by pair: the coefficient of (a, b) is antisymmetric, and taking one pair off leaves the others.
    for (std::size_t a = 0; a < q.rank; ++a) {
      for (std::size_t b = 0; b < a; ++b) {
        T *xa = x + a * q.stride, *xb = x + b * q.stride;
        const T skew = (dot(q.column(a), xb, q.n) - dot(q.column(b), xa, q.n)) * T(0.5);
        add_multiple(-skew, q.column(a), xb, q.n);
        add_multiple(skew, q.column(b), xa, q.n);
      }
    }
  }
  [[nodiscard]] T product(const T* a, const T* b) const noexcept { return dot(a, b, count); }
};

/// Small enough that its square is lost in rounding, large enough that rounding is.
template <class T>
inline constexpr T difference = sizeof(T) == sizeof(float) ? T(0x1p-11) : T(0x1p-26);

/// image := H x by one pass; returns <x, H x> from the loss, which sees far smaller values than the product.
template <class T>
T apply_linearised(staircase<T>& run, const tangent_vectors<T>& v, T* x, T* image) noexcept {
  const T norm = square_root(v.product(x, x));
  const T delta = difference<T> / norm;
  std::memcpy(v.point, v.q.data, v.count * sizeof(T));
  add_multiple(delta, x, v.point, v.count);
  const T loss = evaluate_columns(run, v.point, v.q.rank, run.memory.measured, image);
  divide(image, delta, v.count);
  v.take_rotations_off(image);
  return T(2) * loss / (delta * delta);
}

/// Q, a random d, and room for A(Q Q^T); no pass.
template <class T>
void begin_tangent(staircase<T>& run) noexcept {
  const tangent_vectors<T> v(run);
  std::memcpy(v.q.data, run.factor.data, v.count * sizeof(T));
  if (v.sensing.geometry != nullptr && v.sensing.geometry->orthonormalise != nullptr) {
    v.sensing.geometry->orthonormalise(v.sensing.shape.rows, v.q);
  } else {
    orthonormalise_columns(run, v.q.data, 0, v.q.rank);
  }
  draw_reached(run, v.view(v.d));
  v.take_rotations_off(v.d);
  const T norm = square_root(v.product(v.d, v.d));
  divide(v.d, norm, v.count);
  run.remaining = run.restarted = 1;
  run.restarts = true;
  run.applied = 0;
  run.largest = 0;
}

/// What one pass of the iteration found.
enum class tangent_finding { open, determined, free };

/// One pass.
template <class T>
tangent_finding advance_tangent(staircase<T>& run) noexcept {
  constexpr bool is_float = sizeof(T) == sizeof(float);
  constexpr T zero = is_float ? T(1e-5) : T(1e-10);  // of the largest Rayleigh quotient: measured as none
  constexpr T precision =
      is_float ? T(1e-4) : T(1e-12);  // of ||d||^2, until rounding says that it starts anew
  constexpr T suspicious = is_float ? T(1e-2) : T(1e-6);
  const auto unknowns = static_cast<std::uint32_t>(run.report.unknowns);
  const std::uint32_t between = unknowns < 25 ? unknowns : 25;
  const tangent_vectors<T> v(run);
  ++run.applied;
  if (run.restarts) {
    const T energy = apply_linearised(run, v, v.d, v.r) / run.remaining;
    run.least = energy;
    if (energy > run.largest) run.largest = energy;
    std::memcpy(v.p, v.r, v.count * sizeof(T));
    run.residual = v.product(v.r, v.r);
    run.restarted = run.remaining;
    run.restarts = false;
    run.since = 0;
    if (run.applied > 1 && energy <= zero * run.largest) return tangent_finding::free;
    return run.residual > 0 ? tangent_finding::open : tangent_finding::free;
  }
  apply_linearised(run, v, v.p, v.image);
  const T curvature = v.product(v.p, v.image), size = v.product(v.p, v.p);
  if (!(curvature > 0)) {
    run.restarts = true;
    return tangent_finding::open;
  }
  if (curvature > run.largest * size) run.largest = curvature / size;
  const T alpha = run.residual / curvature;
  add_multiple(-alpha, v.p, v.d, v.count);
  add_multiple(-alpha, v.image, v.r, v.count);
  run.remaining = v.product(v.d, v.d);
  if (!(run.remaining >= smallest_energy<T>)) {
    // All of d is gone, to the last bit: the direction is what it was a step before.
    add_multiple(alpha, v.p, v.d, v.count);
    run.remaining = v.product(v.d, v.d);
    return tangent_finding::determined;
  }
  // A random direction has a hundredth of this in a given one but once in a hundred.
  if (run.remaining * static_cast<T>(unknowns) < T(1e-4)) return tangent_finding::determined;
  const T seen = v.product(v.d, v.r) / run.remaining;
  run.least = seen > 0 ? seen : run.least;
  const T next = v.product(v.r, v.r);
  ++run.since;
  run.restarts = run.remaining < precision * run.restarted ||
                 (seen < suspicious * run.largest && run.since >= between) || !(next > 0);
  const T beta = next / run.residual;
  run.residual = next;
  for (std::size_t k = 0; k < v.count; ++k) v.p[k] = v.r[k] + beta * v.p[k];
  return tangent_finding::open;
}

}  // namespace tinyrank
