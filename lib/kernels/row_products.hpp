// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

// Products of two rows of the factor, and additions to two rows of a sum: what entries and sparse matrices
// share.

#include "lib/kernels/short_row_kernels.hpp"

namespace tinyrank {
namespace {

/// <x, y>, of rows of `rank` columns.
template <class T>
TINYRANK_INLINE T inlined_row_product(const T* x, const T* y, std::size_t rank) noexcept {
  if (rank < virtual_lanes<T>) return measure_two_rows<row_measure::product>(x, y, rank);
  pack<T> sum = pack<T>::broadcast(T(0));
  for (std::size_t c = 0; c < rank; c += virtual_lanes<T>) {
    sum = fma(pack<T>::load(x + c), pack<T>::load(y + c), sum);
  }
  return sum.tree_sum();
}

template <class T>
[[gnu::noinline]] T called_row_product(const T* x, const T* y, std::size_t rank) noexcept {
  return inlined_row_product(x, y, rank);
}

/// The same: called where inlining it would add its pack, on the stack, to what its caller keeps there.
template <class T>
TINYRANK_INLINE T row_product(const T* x, const T* y, std::size_t rank) noexcept {
  if constexpr (tuning::avoids_packs) {
    return called_row_product(x, y, rank);
  } else {
    return inlined_row_product(x, y, rank);
  }
}

/// to += w x
template <class T>
void accumulate_row(T w, const T* x, std::size_t rank, T* to) noexcept {
  if (rank < virtual_lanes<T>) {
    if constexpr (has_short_rows<T>) {
      return for_pieces<0, T>(rank, [=](std::size_t c, auto* made_of) TINYRANK_LAMBDA {
        using piece = std::remove_pointer_t<decltype(made_of)>;
        piece::load(x + c).times_plus(w, piece::load(to + c)).store(to + c);
      });
    }
    for (std::size_t c = 0; c < rank; ++c) to[c] = exact_fma(w, x[c], to[c]);
    return;
  }
  const pack<T> weight = pack<T>::broadcast(w);
  for (std::size_t c = 0; c < rank; c += virtual_lanes<T>) {
    fma(weight, pack<T>::load(x + c), pack<T>::load(to + c)).store(to + c);
  }
}

/// sum += w (e_first e_second^T + e_second e_first^T) V; `first` and `second` are where their rows begin.
template <class T>
void accumulate_both(T w, const T* v, std::size_t rank, std::size_t first, std::size_t second,
                     T* sum) noexcept {
  accumulate_row(w, v + second, rank, sum + first);
  accumulate_row(w, v + first, rank, sum + second);
}

}  // namespace
}  // namespace tinyrank
