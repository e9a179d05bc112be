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
    for (std::size_t j = 0; j <= i; ++j) gram[i * u.rank + j] = dot(u.column(i), u.column(j), u.n);
    trace += gram[i * u.rank + i];
  }
  return trace;
}

/// The Cholesky factor of U^T U + lambda Id, or of W^H W + lambda Id, to gram. lambda is raised to
/// four roundings of the trace, and from there for as long as rounding leaves no such factor. Returns false
/// when squares of U, or lambda, are not finite.
template <class T>
bool factorise_gram(const factor_geometry<T>* geometry, factor_view<const T> u, T lambda, T* gram) noexcept {
  constexpr int most_attempts = 16;
  constexpr T raise = 8;
  const bool is_own = geometry != nullptr && geometry->form_gram != nullptr;
  for (int attempt = 0; attempt < most_attempts; ++attempt) {
    const T trace = is_own ? geometry->form_gram(u, gram) : form_gram(u, gram);
    const T least = T(4) * epsilon<T> * trace;
    if (!(lambda > least)) lambda = least;
    for (std::size_t i = 0; i < u.rank; ++i) gram[i * u.rank + i] += lambda;
    if (is_own ? geometry->cholesky(gram, u.rank) : cholesky(gram, u.rank)) return true;
    lambda *= raise;
  }
  return false;
}

/// G := G L^-T, or with `backward` G L^-1, whole columns at a time; l: r x r, row by row.
template <class T>
void solve(const factor_geometry<T>* geometry, const kernel_table<T>& kernels, const T* l, factor_view<T> g,
           bool backward) noexcept {
  if (geometry != nullptr && geometry->solve != nullptr) return geometry->solve(l, g, backward);
  for (std::size_t i = 0; i < g.rank; ++i) {
    const std::size_t c = backward ? g.rank - 1 - i : i, end = backward ? g.rank : c;
    T* column = g.column(c);
    for (std::size_t k = backward ? c + 1 : 0; k < end; ++k) {
      const T element = backward ? l[k * g.rank + c] : l[c * g.rank + k];
      kernels.scaled_add(-element, g.column(k), column, column, g.stride);
    }
    divide(column, l[c * g.rank + c], g.stride);
  }
}

}  // namespace tinyrank
