// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "tinyrank/scaled_gradient_descent.hpp"

#include <cstring>

#include "lib/dense_algebra/cholesky.hpp"
#include "lib/kernels/tables.hpp"

namespace tinyrank {
namespace {

/// The lower triangle of U^T U. Returns its trace.
template <class T>
T form_gram(factor_view<const T> u, T* gram) noexcept {
  T trace = 0;
  for (std::size_t i = 0; i < u.rank; ++i) {
    for (std::size_t j = 0; j <= i; ++j) gram[i * u.rank + j] = dot(u.column(i), u.column(j), u.n);
    trace += gram[i * u.rank + i];
  }
  return trace;
}

/// The Cholesky factor of U^T U + lambda Id. Where rounding leaves no such factor, lambda is raised.
template <class T>
bool factorise(const scaled_gradient_descent_state<T>& own, const descent<T>& run) noexcept {
  constexpr int most_attempts = 16;
  constexpr T raise = 8;
  T lambda = own.damping;
  // Root by root: the loss over gamma may overflow where lambda does not.
  if (lambda == automatic) {
    lambda = own.damping_ratio * T(2) * square_root(run.report.loss) / square_root(run.gamma);
  }
  for (int attempt = 0; attempt < most_attempts; ++attempt) {
    const T least = T(4) * epsilon<T> * form_gram(run.factor, own.gram);
    if (!(lambda > least)) lambda = least;
    const std::size_t r = run.factor.rank;
    for (std::size_t i = 0; i < r; ++i) own.gram[i * r + i] += lambda;
    if (cholesky(own.gram, r)) return true;
    lambda *= raise;
  }
  return false;
}

/// G := G (L L^T)^-1, whole columns at a time.
template <class T>
void solve_columns(const kernel_table<T>& kernels, const T* l, T* g, std::size_t r,
                   std::size_t stride) noexcept {
  const auto column = [&](std::size_t c) { return g + c * stride; };
  const auto divide = [&](std::size_t c) {
    for (std::size_t j = 0; j < stride; ++j) column(c)[j] /= l[c * r + c];
  };
  for (std::size_t c = 0; c < r; ++c) {
    for (std::size_t k = 0; k < c; ++k)
      kernels.scaled_add(-l[c * r + k], column(k), column(c), column(c), stride);
    divide(c);
  }
  for (std::size_t c = r; c-- > 0;) {
    for (std::size_t k = c + 1; k < r; ++k)
      kernels.scaled_add(-l[k * r + c], column(k), column(c), column(c), stride);
    divide(c);
  }
}

}  // namespace

template <class T>
status check_scaled_gradient_descent(const descent_options<T>& options) noexcept {
  const auto& own = static_cast<const scaled_gradient_descent_options<T>&>(options);
  const bool fine =
      own.damping >= 0 && is_finite(own.damping) && own.damping_ratio > 0 && is_finite(own.damping_ratio);
  return fine ? status::ok : status::damping;
}

template <class T>
void propose_scaled_gradient_descent(descent<T>& run, factor_view<T> next) noexcept {
  const auto& own = *static_cast<const scaled_gradient_descent_state<T>*>(run.state);
  T* gradient = run.memory.gradient;
  if (!factorise(own, run)) {
    // Only an infinite matrix has no Cholesky factor by now, and its inverse is zero.
    if (next.data != run.factor.data) {
      std::memcpy(next.data, run.factor.data, next.rank * next.stride * sizeof(T));
    }
    return;
  }
  solve_columns(*run.how.kernels, own.gram, gradient, next.rank, next.stride);
  run.how.kernels->scaled_add(-run.report.step_size, gradient, run.factor.data, next.data,
                              next.rank * next.stride);
}

template status check_scaled_gradient_descent(const descent_options<float>&) noexcept;
template status check_scaled_gradient_descent(const descent_options<double>&) noexcept;
template void propose_scaled_gradient_descent(descent<float>&, factor_view<float>) noexcept;
template void propose_scaled_gradient_descent(descent<double>&, factor_view<double>) noexcept;

}  // namespace tinyrank
