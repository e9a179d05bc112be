// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstddef>

#include "lib/dense_algebra/vectors.hpp"

namespace tinyrank {

/// A = L L^T of a symmetric positive definite r x r matrix, of which the lower triangle is read; L takes its
/// place, row by row, above the diagonal nothing is written. Returns whether A is positive definite as far as
/// rounding can tell; if not, A is spoilt.
template <class T>
bool cholesky(T* a, std::size_t r) noexcept {
  for (std::size_t j = 0; j < r; ++j) {
    for (std::size_t i = j; i < r; ++i) {
      T sum = a[i * r + j];
      for (std::size_t k = 0; k < j; ++k) sum -= a[i * r + k] * a[j * r + k];
      if (i > j) {
        a[i * r + j] = sum / a[j * r + j];
      } else {
        if (!(sum > 0) || !is_finite(sum)) return false;
        a[j * r + j] = square_root(sum);
      }
    }
  }
  return true;
}

/// A = L L^T, as above, of the r x r matrix A + lambda Id, where form() writes A and returns its trace, and
/// factorise() takes it apart. lambda is raised to four roundings of the trace, and from there for as long as
/// rounding leaves no such factor. Returns false when A, or lambda, is not finite.
template <class T, class Form, class Factorise>
bool damped_cholesky(T* a, std::size_t r, T lambda, Form form, Factorise factorise) noexcept {
  constexpr int most_attempts = 16;
  constexpr T raise = 8;
  for (int attempt = 0; attempt < most_attempts; ++attempt) {
    const T least = T(4) * epsilon<T> * form();
    if (!(lambda > least)) lambda = least;
    for (std::size_t i = 0; i < r; ++i) a[i * r + i] += lambda;
    if (factorise()) return true;
    lambda *= raise;
  }
  return false;
}

}  // namespace tinyrank
