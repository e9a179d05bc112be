// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstddef>

#include "lib/dense_algebra/vectors.hpp"

namespace tinyrank {

/// (x, y) := (cosine x - sine y, sine x + cosine y), elements `step` apart.
template <class S>
void rotate_pair(S* x, S* y, std::size_t step, std::size_t count, S cosine, S sine) noexcept {
  for (std::size_t k = 0; k < count * step; k += step) {
    const S before = x[k];
    x[k] = cosine * before - sine * y[k];
    y[k] = sine * before + cosine * y[k];
  }
}

/// Eigenvalues and eigenvectors of a symmetric b x b matrix by cyclic Jacobi rotations (Golub & Van Loan,
/// section 8.5). s: overwritten, eigenvalues on its diagonal; v: the eigenvectors are its columns, v[i b +
/// c]. Cost: O(b^3) per sweep, about six sweeps.
template <class S>
void symmetric_eigen(S* s, S* v, std::size_t b) noexcept {
  for (std::size_t i = 0; i < b; ++i) {
    for (std::size_t c = 0; c < b; ++c) v[i * b + c] = i == c ? 1 : 0;
  }
  constexpr int most_sweeps = 40;
  constexpr S negligible = epsilon<S>;
  for (int sweep = 0; sweep < most_sweeps; ++sweep) {
    S off = 0, all = 0;
    for (std::size_t i = 0; i < b * b; ++i) all += s[i] * s[i];
    for (std::size_t p = 0; p < b; ++p) {
      for (std::size_t q = p + 1; q < b; ++q) off += 2 * s[p * b + q] * s[p * b + q];
    }
    if (!(off > negligible * negligible * all)) return;
    for (std::size_t p = 0; p + 1 < b; ++p) {
      for (std::size_t q = p + 1; q < b; ++q) {
        const S apq = s[p * b + q];
        if (apq == 0) continue;
        const S zeta = (s[q * b + q] - s[p * b + p]) / (2 * apq);
        const S root = square_root(1 + zeta * zeta);
        const S t = zeta >= 0 ? 1 / (zeta + root) : 1 / (zeta - root);
        const S cosine = 1 / square_root(1 + t * t), sine = cosine * t;
        rotate_pair(s + p, s + q, b, b, cosine, sine);
        rotate_pair(s + p * b, s + q * b, 1, b, cosine, sine);
        rotate_pair(v + p, v + q, b, b, cosine, sine);
      }
    }
  }
}

}  // namespace tinyrank
