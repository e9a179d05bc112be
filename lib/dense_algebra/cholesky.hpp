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

}  // namespace tinyrank
