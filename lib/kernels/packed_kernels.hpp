// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

// Kernels over packed rows. Block sizes set how often z and g are loaded; they never change the bits: a dot
// has one pack of partial sums whatever its neighbours do, and g takes the rows one after the other.

#include "lib/simd/pack.hpp"

namespace tinyrank {
namespace {

#if defined(TINYRANK_ISA_scalar) || defined(TINYRANK_ISA_helium)
inline constexpr std::size_t row_block =
    1;  // sixteen partial sums are all that a Cortex-M keeps in registers
#else
inline constexpr std::size_t row_block = 4;
#endif

template <std::size_t Rows, class T>
TINYRANK_INLINE void dot_block(const T* a, std::size_t stride, const T* z, std::size_t count, T* e) noexcept {
  using P = pack<T>;
  P sums[Rows];
  for (std::size_t i = 0; i < Rows; ++i) sums[i] = P::broadcast(T(0));
  for (std::size_t k = 0; k < count; k += P::lanes) {
    const P zk = P::load(z + k);
#pragma GCC unroll 8
    for (std::size_t i = 0; i < Rows; ++i) sums[i] = fma(P::load(a + i * stride + k), zk, sums[i]);
  }
  for (std::size_t i = 0; i < Rows; ++i) e[i] = sums[i].tree_sum();
}

/// Ahead: how many of the rows that follow are asked for meanwhile. This block comes from the second-level
/// cache, so memory would wait; asking for half of the next block fills that time, asking for all of it only
/// moves the wait into the next dot (bench/NOTES.md).
template <std::size_t Rows, std::size_t Ahead, class T>
TINYRANK_INLINE void accumulate_block(const T* a, std::size_t stride, const T* w, T* g,
                                      std::size_t count) noexcept {
  using P = pack<T>;
  P weights[Rows];
  for (std::size_t i = 0; i < Rows; ++i) weights[i] = P::broadcast(w[i]);
  for (std::size_t k = 0; k < count; k += P::lanes) {
    P gk = P::load(g + k);
#pragma GCC unroll 8
    for (std::size_t i = 0; i < Rows; ++i) {
      if (i < Ahead) __builtin_prefetch(a + (i + Rows) * stride + k, 0, 2);
      gk = fma(weights[i], P::load(a + i * stride + k), gk);
    }
    gk.store(g + k);
  }
}

template <class T>
void dot_rows(const T* a, std::size_t stride, std::size_t rows, const T* z, std::size_t count, T* e) {
  std::size_t i = 0;
  for (; i + row_block <= rows; i += row_block) dot_block<row_block>(a + i * stride, stride, z, count, e + i);
  for (; i < rows; ++i) dot_block<1>(a + i * stride, stride, z, count, e + i);
}

template <class T>
void accumulate_rows(const T* a, std::size_t stride, std::size_t rows, const T* w, T* g, std::size_t count) {
  std::size_t i = 0;
  for (; i + row_block <= rows; i += row_block) {
    accumulate_block<row_block, 0>(a + i * stride, stride, w + i, g, count);
  }
  for (; i < rows; ++i) accumulate_block<1, 0>(a + i * stride, stride, w + i, g, count);
}

template <std::size_t Rows, std::size_t Ahead, class T>
TINYRANK_INLINE T residual_block(const T* a, std::size_t stride, const T* z, const T* y, T* g,
                                 std::size_t count, T loss) noexcept {
  T e[Rows];
  dot_block<Rows>(a, stride, z, count, e);
  for (std::size_t i = 0; i < Rows; ++i) {
    e[i] -= y[i];
    loss = exact_fma(e[i], e[i], loss);
  }
  accumulate_block<Rows, Ahead>(a, stride, e, g, count);
  return loss;
}

template <class T>
T residual_accumulate_rows(const T* a, std::size_t stride, std::size_t rows, const T* z, const T* y, T* g,
                           std::size_t count, T loss) {
  std::size_t i = 0;
  for (; i + 2 * row_block <= rows; i += row_block) {
    loss = residual_block<row_block, row_block / 2>(a + i * stride, stride, z, y + i, g, count, loss);
  }
  for (; i + row_block <= rows; i += row_block) {
    loss = residual_block<row_block, 0>(a + i * stride, stride, z, y + i, g, count, loss);
  }
  for (; i < rows; ++i) loss = residual_block<1, 0>(a + i * stride, stride, z, y + i, g, count, loss);
  return loss;
}

}  // namespace
}  // namespace tinyrank
