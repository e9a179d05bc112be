// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstddef>

#include "lib/dense_algebra/vectors.hpp"
#include "tinyrank/views.hpp"

namespace tinyrank {

/// Makes column c orthonormal to the columns before it, which are orthonormal or zero; left zero when nothing
/// of it remains. Twice is enough (Giraud et al. 2005): the second pass removes what rounding left of the
/// first.
template <class T>
void orthonormalise_column(factor_view<T> q, std::size_t c) noexcept {
  T* column = q.column(c);
  for (int pass = 0; pass < 2; ++pass) {
    for (std::size_t d = 0; d < c; ++d) {
      const T* earlier = q.column(d);
      const T overlap = dot(column, earlier, q.n);
      add_multiple(-overlap, earlier, column, q.n);
    }
    const T norm = square_root(dot(column, column, q.n));
    if (!(norm > 0)) return;
    divide(column, norm, q.n);
  }
}

template <class T>
void orthonormalise(factor_view<T> q) noexcept {
  for (std::size_t c = 0; c < q.rank; ++c) orthonormalise_column(q, c);
}

}  // namespace tinyrank
