// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

// (U^T U + lambda Id)^-1, r x r, applied to factors from the right.

#include "lib/dense_algebra/cholesky.hpp"
#include "lib/dense_algebra/factor_geometry.hpp"
#include "lib/kernels/tables.hpp"
#include "tinyrank/descent.hpp"

namespace tinyrank {

/// lambda by the loss (PrecGD): ratio sqrt(4 f / gamma), root by root, for the loss over gamma may overflow
/// where lambda does not.
template <class T>
T damping_by_loss(T ratio, const descent<T>& run) noexcept {
  return ratio * T(2) * square_root(run.report.loss) / square_root(run.gamma);
}

/// The lower triangle of U^T U. Returns its trace.
template <class T>
T form_gram(factor_view<const T> u, T* gram) noexcept {
  T trace = 0;
  for (std::size_t i = 0; i < u.rank; ++i) {
    for (std::size_t j = 0; j <= i; ++j) gram[i * u.rank + j] = blocked_dot(u.column(i), u.column(j), u.n);
    trace += gram[i * u.rank + i];
  }
  return trace;
}

/// The Cholesky factor of U^T U + lambda Id, for a complex W of W^H W + lambda Id, to gram, r x r. Returns
/// false when squares of U, or lambda, are not finite.
template <class T>
bool factorise_gram(const descent<T>& run, T lambda, T* gram) noexcept {
  const factor_geometry<T>* geometry = run.sensing.geometry;
  const factor_view<const T> u = run.factor;
  if (geometry != nullptr && geometry->factorise_gram != nullptr)
    return geometry->factorise_gram(u, lambda, gram);
  return damped_cholesky(
      gram, u.rank, lambda, [=] { return form_gram(u, gram); }, [=] { return cholesky(gram, u.rank); });
}

/// G := G L^-T, or with `backward` G L^-1, whole columns at a time; l: r x r, row by row.
template <class T>
void solve(const descent<T>& run, const T* l, const factor_view<T>& g, bool backward) noexcept {
  const factor_geometry<T>* geometry = run.sensing.geometry;
  if (geometry != nullptr && geometry->solve != nullptr) return geometry->solve(l, g, backward);
  for (std::size_t i = 0; i < g.rank; ++i) {
    const std::size_t c = backward ? g.rank - 1 - i : i, end = backward ? g.rank : c;
    T* column = g.column(c);
    for (std::size_t k = backward ? c + 1 : 0; k < end; ++k) {
      const T element = backward ? l[k * g.rank + c] : l[c * g.rank + k];
      run.how.kernels->scaled_add(-element, g.column(k), column, column, g.stride);
    }
    divide(column, l[c * g.rank + c], g.stride);
  }
}

}  // namespace tinyrank
