// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstddef>

#include "lib/dense_algebra/vectors.hpp"
#include "lib/kernels/targets.hpp"
#include "tinyrank/views.hpp"

namespace tinyrank {

/// Makes column c orthonormal to the columns before it, which are orthonormal or zero; left zero when nothing
/// of it remains. Twice is enough (Giraud et al. 2005): the second pass removes what rounding left of the
/// first, which column c may have behind it.
template <class T>
void orthonormalise_twice(factor_view<T> q, std::size_t c, bool first_is_done) noexcept {
  T* column = q.column(c);
  for (int pass = 0; pass < 2; ++pass) {
    for (std::size_t d = first_is_done && pass == 0 ? c : 0; d < c; ++d) {
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
void orthonormalise_column(factor_view<T> q, std::size_t c) noexcept {
  orthonormalise_twice(q, c, false);
}

/// Columns c, c + 1, .. lose their part along column d: the sums wait for themselves, so several go together.
template <std::size_t Together, class T>
void remove_column(factor_view<T> q, std::size_t d, std::size_t c) noexcept {
  const T* earlier = q.column(d);
  T overlaps[Together] = {};
  for (std::size_t j = 0; j < q.n; ++j) {
    for (std::size_t k = 0; k < Together; ++k) overlaps[k] += q.column(c + k)[j] * earlier[j];
  }
  for (std::size_t k = 0; k < Together; ++k) add_multiple(-overlaps[k], earlier, q.column(c + k), q.n);
}

/// Columns `first` and on, as orthonormalise_column makes them; its first pass is made on several at a time.
template <class T>
void orthonormalise(factor_view<T> q, std::size_t first = 0) noexcept {
  for (std::size_t d = TINYRANK_TARGET_MICROCONTROLLER ? first : 0; d < q.rank; ++d) {
    if constexpr (TINYRANK_TARGET_MICROCONTROLLER) {
      orthonormalise_column(q, d);
    } else {
      if (d >= first) orthonormalise_twice(q, d, true);
      std::size_t c = d < first ? first : d + 1;
      for (; c + 4 <= q.rank; c += 4) remove_column<4>(q, d, c);
      for (; c + 2 <= q.rank; c += 2) remove_column<2>(q, d, c);
      for (; c < q.rank; ++c) remove_column<1>(q, d, c);
    }
  }
}

}  // namespace tinyrank
