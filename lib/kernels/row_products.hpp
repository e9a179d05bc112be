// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

// Products of two rows of the factor, and additions to two rows of a sum: what entries and sparse matrices
// share.

#include "lib/kernels/tuning.hpp"
#include "lib/simd/exact_fma.hpp"
#include "lib/simd/pack.hpp"

namespace tinyrank {
namespace {

/// <u_first, u_second>
template <class T>
TINYRANK_INLINE T inlined_row_product(const T* u, std::size_t stride, std::size_t first,
                                      std::size_t second) noexcept {
  const T *x = u + first * stride, *y = u + second * stride;
  if (stride < virtual_lanes<T>) {
    T sum = 0;
    for (std::size_t c = 0; c < stride; ++c) sum = exact_fma(x[c], y[c], sum);
    return sum;
  }
  pack<T> sum = pack<T>::broadcast(T(0));
  for (std::size_t c = 0; c < stride; c += virtual_lanes<T>) {
    sum = fma(pack<T>::load(x + c), pack<T>::load(y + c), sum);
  }
  return sum.tree_sum();
}

template <class T>
[[gnu::noinline]] T called_row_product(const T* u, std::size_t stride, std::size_t first,
                                       std::size_t second) noexcept {
  return inlined_row_product(u, stride, first, second);
}

/// The same: called where inlining it would add its pack, on the stack, to what its caller keeps there.
template <class T>
TINYRANK_INLINE T row_product(const T* u, std::size_t stride, std::size_t first,
                              std::size_t second) noexcept {
  if constexpr (tuning::avoids_packs) {
    return called_row_product(u, stride, first, second);
  } else {
    return inlined_row_product(u, stride, first, second);
  }
}

/// to += w x
template <class T>
void accumulate_row(T w, const T* x, std::size_t stride, T* to) noexcept {
  if (stride < virtual_lanes<T>) {
    for (std::size_t c = 0; c < stride; ++c) to[c] = exact_fma(w, x[c], to[c]);
    return;
  }
  const pack<T> weight = pack<T>::broadcast(w);
  for (std::size_t c = 0; c < stride; c += virtual_lanes<T>) {
    fma(weight, pack<T>::load(x + c), pack<T>::load(to + c)).store(to + c);
  }
}

/// sum += w (e_first e_second^T + e_second e_first^T) V
template <class T>
void accumulate_both(T w, const T* v, std::size_t stride, std::size_t first, std::size_t second,
                     T* sum) noexcept {
  accumulate_row(w, v + second * stride, stride, sum + first * stride);
  accumulate_row(w, v + first * stride, stride, sum + second * stride);
}

}  // namespace
}  // namespace tinyrank
