// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "tinyrank/ridge.hpp"

#include "lib/dense_algebra/vectors.hpp"
#include "lib/solver/automatic_scale.hpp"

namespace tinyrank {
namespace {

/// Of lambda, in the gradient: of the penalty lambda ||U||^2, or half of that.
template <class T>
T pull_of(factor_shape shape) noexcept {
  return shape.kind == factor_kind::rectangular ? T(1) : T(2);
}

template <class T>
const ridge_sensing<T>& ridge_of(const sensing_operator<T>& a) noexcept {
  return *static_cast<const ridge_sensing<T>*>(a.context);
}

template <class T>
std::size_t ridge_scratch_bytes(const sensing_operator<T>& a, std::size_t rank,
                                execution_plan plan) noexcept {
  return scratch_bytes(ridge_of(a).penalised, rank, plan);
}

template <class T>
void ridge_measure(const sensing_operator<T>& a, const workspace<T>& how, factor_view<const T> u,
                   T* y) noexcept {
  ridge_of(a).penalised.measure(how, u, y);
}

template <class T>
void ridge_adjoint_times(const sensing_operator<T>& a, const workspace<T>& how, const T* w,
                         factor_view<const T> v, factor_view<T> out) noexcept {
  ridge_of(a).penalised.adjoint_times(how, w, v, out);
}

template <class T>
T ridge_loss_and_gradient(const sensing_operator<T>& a, const workspace<T>& how, factor_view<const T> u,
                          const T* y, factor_view<T> gradient) noexcept {
  const T loss = ridge_of(a).penalised.loss_and_gradient(how, u, y, gradient);
  const T pull = pull_of<T>(a.shape) * ridge_of(a).lambda;
  T squares = 0;
  for (std::size_t c = 0; c < u.rank; ++c) {
    for (std::size_t j = 0; j < u.n; ++j) gradient(j, c) += pull * u(j, c);
    squares += dot(u.column(c), u.column(c), u.n);
  }
  return loss + pull * T(0.5) * squares;
}

template <class T>
void ridge_project(const sensing_operator<T>& a, factor_view<T> u) noexcept {
  ridge_of(a).penalised.project(u);
}

}  // namespace

template <class T>
status make_operator(const ridge_sensing<T>& a, sensing_operator<T>& out) noexcept {
  const sensing_operator<T>& inner = a.penalised;
  if (inner.n == 0 || a.n != inner.n) return status::dimension;
  if (inner.measurement_count == 0 || a.measurement_count != inner.measurement_count)
    return status::measurement_count;
  if (inner.functions.measure == nullptr || inner.functions.adjoint_times == nullptr ||
      inner.functions.loss_and_gradient == nullptr)
    return status::operator_data;
  if (!(a.lambda >= 0) || !is_finite(a.lambda)) return status::damping;
  sensing_operator<T> made;
  made.n = a.n;
  made.measurement_count = a.measurement_count;
  made.context = &a;
  made.functions = {ridge_scratch_bytes<T>, ridge_measure<T>, ridge_adjoint_times<T>,
                    ridge_loss_and_gradient<T>,
                    inner.functions.project != nullptr ? ridge_project<T> : nullptr};
  made.shape = inner.shape;
  made.geometry = inner.geometry;
  out = made;
  return status::ok;
}

template <class T>
T largest_ridge(const sensing_operator<T>& a, const workspace<T>& how, const T* y, std::uint64_t seed,
                factor_view<T> v, factor_view<T> image) noexcept {
  constexpr int most_steps = 280;
  constexpr T accuracy = T(1e-6);
  // B = A^*(y)/m has eigenvalues of both signs. All of B + shift Id are positive, or nearly so.
  const T shift = leading_eigenvalue(a, how, y, seed, v, image) * T(1.02);
  if (!(shift > 0) || !is_finite(shift)) return 0;
  const T per_measurement = T(1) / static_cast<T>(a.measurement_count);
  T largest = 0;
  for (int k = 0; k < most_steps; ++k) {
    const T norm = square_root(dot(v.data, v.data, v.n));
    if (!(norm > 0)) return 0;
    for (std::size_t j = 0; j < v.n; ++j) v.data[j] /= norm;
    a.adjoint_times(how, y, v, image);
    const T quotient = dot(v.data, image.data, v.n) * per_measurement, before = largest;
    largest = quotient;
    if (k != 0 && quotient - before <= accuracy * shift) break;
    for (std::size_t j = 0; j < v.n; ++j) v.data[j] = shift * v.data[j] + per_measurement * image.data[j];
  }
  return largest > 0 ? largest / pull_of<T>(a.shape) : T(0);
}

template status make_operator(const ridge_sensing<float>&, sensing_operator<float>&) noexcept;
template status make_operator(const ridge_sensing<double>&, sensing_operator<double>&) noexcept;
template float largest_ridge(const sensing_operator<float>&, const workspace<float>&, const float*,
                             std::uint64_t, factor_view<float>, factor_view<float>) noexcept;
template double largest_ridge(const sensing_operator<double>&, const workspace<double>&, const double*,
                              std::uint64_t, factor_view<double>, factor_view<double>) noexcept;

}  // namespace tinyrank
