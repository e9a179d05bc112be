// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

// Many lane trees at once. A tree by itself leaves half of the lanes idle at its first step, three quarters
// at the next, and so on; a block of sixteen, interleaved, keeps them all busy. The additions are those of
// tree_sum, so the bits are too.

#include <cstddef>

#include "lib/simd/pack.hpp"

namespace tinyrank {
namespace {

/// out[4 i + c] = x[i][c].tree_sum()
template <std::size_t Rows, std::size_t Columns, class Register>
TINYRANK_INLINE void tree_sums(const basic_pack<Register> (&x)[Rows][Columns],
                               typename Register::element* out) noexcept {
  for (std::size_t i = 0; i < Rows; ++i) {
    for (std::size_t c = 0; c < Columns; ++c) out[4 * i + c] = x[i][c].tree_sum();
  }
}

#if defined(TINYRANK_ISA_avx512)

// One step of the tree for two packs: the sums of a come first, those of b after them.

TINYRANK_INLINE __m512 add_halves(__m512 a, __m512 b) noexcept {
  return _mm512_add_ps(_mm512_shuffle_f32x4(a, b, 0x44), _mm512_shuffle_f32x4(a, b, 0xee));
}
TINYRANK_INLINE __m512 add_quarters(__m512 a, __m512 b) noexcept {
  return _mm512_add_ps(_mm512_shuffle_f32x4(a, b, 0x88), _mm512_shuffle_f32x4(a, b, 0xdd));
}
TINYRANK_INLINE __m512 add_pairs(__m512 a, __m512 b) noexcept {
  const __m512d x = _mm512_castps_pd(a), y = _mm512_castps_pd(b);
  return _mm512_add_ps(_mm512_castpd_ps(_mm512_unpacklo_pd(x, y)),
                       _mm512_castpd_ps(_mm512_unpackhi_pd(x, y)));
}
TINYRANK_INLINE __m512 add_neighbours(__m512 a, __m512 b) noexcept {
  return _mm512_add_ps(_mm512_shuffle_ps(a, b, 0x88), _mm512_shuffle_ps(a, b, 0xdd));
}

TINYRANK_INLINE __m512d add_halves(__m512d a, __m512d b) noexcept {
  return _mm512_add_pd(_mm512_shuffle_f64x2(a, b, 0x44), _mm512_shuffle_f64x2(a, b, 0xee));
}
TINYRANK_INLINE __m512d add_quarters(__m512d a, __m512d b) noexcept {
  return _mm512_add_pd(_mm512_shuffle_f64x2(a, b, 0x88), _mm512_shuffle_f64x2(a, b, 0xdd));
}
TINYRANK_INLINE __m512d add_neighbours(__m512d a, __m512d b) noexcept {
  return _mm512_add_pd(_mm512_unpacklo_pd(a, b), _mm512_unpackhi_pd(a, b));
}

TINYRANK_INLINE void tree_sums(const basic_pack<vector_f32> (&x)[4][4], float* out) noexcept {
  __m512 column[4];  // a quarter of the register for each row
#pragma GCC unroll 4
  for (std::size_t c = 0; c < 4; ++c) {
    column[c] =
        add_quarters(add_halves(x[0][c].r[0].v, x[1][c].r[0].v), add_halves(x[2][c].r[0].v, x[3][c].r[0].v));
  }
  _mm512_storeu_ps(out, add_neighbours(add_pairs(column[0], column[1]), add_pairs(column[2], column[3])));
}

TINYRANK_INLINE void tree_sums(const basic_pack<vector_f64> (&x)[4][4], double* out) noexcept {
#pragma GCC unroll 2
  for (std::size_t i = 0; i < 4; i += 2) {
    const auto& a = x[i];
    const auto& b = x[i + 1];
    const __m512d even =
        add_quarters(add_halves(a[0].r[0].v, a[2].r[0].v), add_halves(b[0].r[0].v, b[2].r[0].v));
    const __m512d odd =
        add_quarters(add_halves(a[1].r[0].v, a[3].r[0].v), add_halves(b[1].r[0].v, b[3].r[0].v));
    _mm512_storeu_pd(out + 4 * i, add_neighbours(even, odd));
  }
}

#endif

}  // namespace
}  // namespace tinyrank
