// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

// Kernels over packed rows, for every way to store them. Block sizes set how often z and g are loaded; they
// never change the bits: a dot has one pack of partial sums whatever its neighbours do, and g takes the rows
// one after the other.

#include <type_traits>

#include "lib/kernels/tuning.hpp"
#include "lib/simd/lines_cortex_m.hpp"
#include "lib/simd/storage.hpp"

namespace tinyrank {
namespace {

/// Rows of storage S, `stride` elements apart; row i stands for scales[i] times what is stored, when S has
/// scales.
template <class T, class S>
struct packed_rows {
  using P = pack<T>;
  using element = typename S::element;
  static constexpr std::size_t packs = S::packs, line = 64 / sizeof(element);
  static_assert(line == packs * P::lanes);
  static constexpr std::size_t row_block = tuning::row_block;
  static constexpr std::size_t largest_block =
      sizeof(element) < sizeof(float) ? tuning::narrow_row_block : row_block;
  static constexpr bool by_lines = has_float_lines && std::is_same_v<S, plain_storage<float>>;

  const element* a;
  const float* scales;
  std::size_t stride;

  [[nodiscard]] TINYRANK_INLINE packed_rows from(std::size_t i) const noexcept {
    return {a + i * stride, S::has_scales ? scales + i : nullptr, stride};
  }
  [[nodiscard]] TINYRANK_INLINE T scaled(std::size_t i, T x) const noexcept {
    if constexpr (S::has_scales) return static_cast<T>(scales[i]) * x;
    return x;
  }

  template <std::size_t Rows>
  TINYRANK_INLINE void dot_block(const T* z, std::size_t count, T (&dots)[Rows]) const noexcept {
    if constexpr (Rows == 1 && by_lines) {
      if (count == 0)
        dots[0] = 0;
      else
        dots[0] = dot_line(a, z, count);
      return;
    }
    P sums[Rows];
    for (std::size_t i = 0; i < Rows; ++i) sums[i] = P::broadcast(T(0));
    for (std::size_t k = 0; k < count; k += line) {
      if constexpr (Rows == 1 && packs > 1) {  // nothing is used twice; a pack on a Cortex-M takes stack
        P ak[packs];
        S::load(a + k, ak);
#pragma GCC unroll 8
        for (std::size_t p = 0; p < packs; ++p) {
          sums[0] = fma(ak[p], P::load(z + k + p * P::lanes), sums[0]);
        }
        continue;
      }
      P zk[packs];
#pragma GCC unroll 8
      for (std::size_t p = 0; p < packs; ++p) zk[p] = P::load(z + k + p * P::lanes);
#pragma GCC unroll 8
      for (std::size_t i = 0; i < Rows; ++i) {
        P ak[packs];
        S::load(a + i * stride + k, ak);
#pragma GCC unroll 8
        for (std::size_t p = 0; p < packs; ++p) sums[i] = fma(ak[p], zk[p], sums[i]);
      }
    }
    for (std::size_t i = 0; i < Rows; ++i) dots[i] = sums[i].tree_sum();
  }

  /// Ahead: how many of the rows that follow are prefetched meanwhile. This block comes from the second-level
  /// cache, so memory would wait; prefetching half of the next block fills that time, prefetching all of it
  /// only moves the wait into the next dot (bench/NOTES.md).
  template <std::size_t Rows, std::size_t Ahead>
  TINYRANK_INLINE void accumulate_block(const T* w, T* g, std::size_t count) const noexcept {
    if constexpr (Rows == 1 && by_lines) {
      if (count != 0) accumulate_line(w[0], a, g, count);
      return;
    }
    P weights[Rows];
    for (std::size_t i = 0; i < Rows; ++i) weights[i] = P::broadcast(scaled(i, w[i]));
    for (std::size_t k = 0; k < count; k += line) {
      if constexpr (Rows == 1 && packs > 1) {
        P ak[packs];
        S::load(a + k, ak);
#pragma GCC unroll 8
        for (std::size_t p = 0; p < packs; ++p) {
          fma(weights[0], ak[p], P::load(g + k + p * P::lanes)).store(g + k + p * P::lanes);
        }
        continue;
      }
      P gk[packs];
#pragma GCC unroll 8
      for (std::size_t p = 0; p < packs; ++p) gk[p] = P::load(g + k + p * P::lanes);
#pragma GCC unroll 8
      for (std::size_t i = 0; i < Rows; ++i) {
        if (i < Ahead) __builtin_prefetch(a + (i + Rows) * stride + k, 0, 2);
        P ak[packs];
        S::load(a + i * stride + k, ak);
#pragma GCC unroll 8
        for (std::size_t p = 0; p < packs; ++p) gk[p] = fma(weights[i], ak[p], gk[p]);
      }
#pragma GCC unroll 8
      for (std::size_t p = 0; p < packs; ++p) gk[p].store(g + k + p * P::lanes);
    }
  }

  template <std::size_t Rows>
  TINYRANK_INLINE void measure_block(const T* z, std::size_t count, T* e) const noexcept {
    T dots[Rows];
    dot_block<Rows>(z, count, dots);
    for (std::size_t i = 0; i < Rows; ++i) e[i] = scaled(i, dots[i]);
  }

  template <std::size_t Rows, std::size_t Ahead>
  TINYRANK_INLINE T residual_block(const T* z, const T* y, T* g, std::size_t count, T loss) const noexcept {
    T e[Rows];
    dot_block<Rows>(z, count, e);
    for (std::size_t i = 0; i < Rows; ++i) {
      e[i] = S::has_scales ? exact_fma(static_cast<T>(scales[i]), e[i], -y[i]) : e[i] - y[i];
      loss = exact_fma(e[i], e[i], loss);
    }
    accumulate_block<Rows, Ahead>(e, g, count);
    return loss;
  }

  /// use.operator()<Rows>(first) for blocks of `Rows` rows, the largest first.
  template <class Use>
  static TINYRANK_INLINE void for_blocks(std::size_t rows, Use use) noexcept {
    std::size_t i = 0;
    if constexpr (largest_block > row_block) {
      for (; i + largest_block <= rows; i += largest_block) use.template operator()<largest_block>(i);
    }
    if constexpr (row_block > 1) {
      for (; i + row_block <= rows; i += row_block) use.template operator()<row_block>(i);
    }
    for (; i < rows; ++i) use.template operator()<1>(i);
  }

  TINYRANK_INLINE void dot(std::size_t rows, const T* z, std::size_t count, T* e) const noexcept {
    for_blocks(rows, [&]<std::size_t Rows>(std::size_t i)
                         TINYRANK_LAMBDA { from(i).template measure_block<Rows>(z, count, e + i); });
  }

  TINYRANK_INLINE void accumulate(std::size_t rows, const T* w, T* g, std::size_t count) const noexcept {
    for_blocks(rows, [&]<std::size_t Rows>(std::size_t i)
                         TINYRANK_LAMBDA { from(i).template accumulate_block<Rows, 0>(w + i, g, count); });
  }

  TINYRANK_INLINE T residual_accumulate(std::size_t rows, const T* z, const T* y, T* g, std::size_t count,
                                        T loss) const noexcept {
    for_blocks(rows, [&]<std::size_t Rows>(std::size_t i) TINYRANK_LAMBDA {
      if (Rows > 1 && i + 2 * Rows <= rows) {
        loss = from(i).template residual_block<Rows, Rows / 2>(z, y + i, g, count, loss);
      } else {
        loss = from(i).template residual_block<Rows, 0>(z, y + i, g, count, loss);
      }
    });
    return loss;
  }
};

}  // namespace
}  // namespace tinyrank
