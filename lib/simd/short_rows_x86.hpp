// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

// Short rows for AVX2 and AVX-512, which has nothing to gain here from wider registers: the insertions and
// the shuffles bind.

#include <immintrin.h>

#include <cstddef>

namespace tinyrank {
namespace {

template <>
struct row_piece<float, 2> {
  __m128 v;
  static TINYRANK_INLINE row_piece load(const float* from) noexcept {
    return {_mm_castsi128_ps(_mm_loadu_si64(from))};
  }
  TINYRANK_INLINE void store(float* to) const noexcept { _mm_storeu_si64(to, _mm_castps_si128(v)); }
  friend TINYRANK_INLINE row_piece operator-(row_piece a, row_piece b) noexcept {
    return {_mm_sub_ps(a.v, b.v)};
  }
  TINYRANK_INLINE row_piece times_plus(float w, row_piece to) const noexcept {
    return {_mm_fmadd_ps(_mm_set1_ps(w), v, to.v)};
  }
  TINYRANK_INLINE row_piece taken_from(float w, row_piece to) const noexcept {
    return {_mm_fnmadd_ps(_mm_set1_ps(w), v, to.v)};
  }
};
template <>
struct row_piece<float, 4> {
  __m128 v;
  static TINYRANK_INLINE row_piece load(const float* from) noexcept { return {_mm_loadu_ps(from)}; }
  TINYRANK_INLINE void store(float* to) const noexcept { _mm_storeu_ps(to, v); }
  friend TINYRANK_INLINE row_piece operator-(row_piece a, row_piece b) noexcept {
    return {_mm_sub_ps(a.v, b.v)};
  }
  TINYRANK_INLINE row_piece times_plus(float w, row_piece to) const noexcept {
    return {_mm_fmadd_ps(_mm_set1_ps(w), v, to.v)};
  }
  TINYRANK_INLINE row_piece taken_from(float w, row_piece to) const noexcept {
    return {_mm_fnmadd_ps(_mm_set1_ps(w), v, to.v)};
  }
};
template <>
struct row_piece<float, 8> {
  __m256 v;
  static TINYRANK_INLINE row_piece load(const float* from) noexcept { return {_mm256_loadu_ps(from)}; }
  TINYRANK_INLINE void store(float* to) const noexcept { _mm256_storeu_ps(to, v); }
  friend TINYRANK_INLINE row_piece operator-(row_piece a, row_piece b) noexcept {
    return {_mm256_sub_ps(a.v, b.v)};
  }
  TINYRANK_INLINE row_piece times_plus(float w, row_piece to) const noexcept {
    return {_mm256_fmadd_ps(_mm256_set1_ps(w), v, to.v)};
  }
  TINYRANK_INLINE row_piece taken_from(float w, row_piece to) const noexcept {
    return {_mm256_fnmadd_ps(_mm256_set1_ps(w), v, to.v)};
  }
};
template <>
struct row_piece<double, 2> {
  __m128d v;
  static TINYRANK_INLINE row_piece load(const double* from) noexcept { return {_mm_loadu_pd(from)}; }
  TINYRANK_INLINE void store(double* to) const noexcept { _mm_storeu_pd(to, v); }
  friend TINYRANK_INLINE row_piece operator-(row_piece a, row_piece b) noexcept {
    return {_mm_sub_pd(a.v, b.v)};
  }
  TINYRANK_INLINE row_piece times_plus(double w, row_piece to) const noexcept {
    return {_mm_fmadd_pd(_mm_set1_pd(w), v, to.v)};
  }
  TINYRANK_INLINE row_piece taken_from(double w, row_piece to) const noexcept {
    return {_mm_fnmadd_pd(_mm_set1_pd(w), v, to.v)};
  }
};
template <>
struct row_piece<double, 4> {
  __m256d v;
  static TINYRANK_INLINE row_piece load(const double* from) noexcept { return {_mm256_loadu_pd(from)}; }
  TINYRANK_INLINE void store(double* to) const noexcept { _mm256_storeu_pd(to, v); }
  friend TINYRANK_INLINE row_piece operator-(row_piece a, row_piece b) noexcept {
    return {_mm256_sub_pd(a.v, b.v)};
  }
  TINYRANK_INLINE row_piece times_plus(double w, row_piece to) const noexcept {
    return {_mm256_fmadd_pd(_mm256_set1_pd(w), v, to.v)};
  }
  TINYRANK_INLINE row_piece taken_from(double w, row_piece to) const noexcept {
    return {_mm256_fnmadd_pd(_mm256_set1_pd(w), v, to.v)};
  }
};

/// Three neighbours, and nothing behind them.
TINYRANK_INLINE __m128 load_three(const float* from) noexcept {
#if defined(TINYRANK_ISA_avx512)
  return _mm_maskz_loadu_ps(7, from);
#else
  return _mm_maskload_ps(from, _mm_setr_epi32(-1, -1, -1, 0));
#endif
}
template <>
inline constexpr bool has_three_columns<float> = true;

template <>
struct row_piece<float, 3> {
  __m128 v;
  static TINYRANK_INLINE row_piece load(const float* from) noexcept { return {load_three(from)}; }
  /// As it was stored: what is on its way to memory is given to a load that asks for no more of it.
  static TINYRANK_INLINE row_piece load_stored(const float* from) noexcept {
    return {_mm_insert_ps(_mm_castsi128_ps(_mm_loadu_si64(from)), _mm_load_ss(from + 2), 0x20)};
  }
  TINYRANK_INLINE void store(float* to) const noexcept {
    _mm_storeu_si64(to, _mm_castps_si128(v));
    _mm_store_ss(to + 2, _mm_movehl_ps(v, v));
  }
  friend TINYRANK_INLINE row_piece operator-(row_piece a, row_piece b) noexcept {
    return {_mm_sub_ps(a.v, b.v)};
  }
  TINYRANK_INLINE row_piece times_plus(float w, row_piece to) const noexcept {
    return {_mm_fmadd_ps(_mm_set1_ps(w), v, to.v)};
  }
  TINYRANK_INLINE row_piece taken_from(float w, row_piece to) const noexcept {
    return {_mm_fnmadd_ps(_mm_set1_ps(w), v, to.v)};
  }
};
template <>
inline constexpr std::size_t rows_side_by_side<float> = 8;
template <>
inline constexpr std::size_t rows_side_by_side<double> = 4;

template <>
inline constexpr std::size_t widest_piece<float> = 8;
template <>
inline constexpr std::size_t widest_piece<double> = 4;

struct eight_floats {
  __m256 v;
  static TINYRANK_INLINE eight_floats zero() noexcept { return {_mm256_setzero_ps()}; }
  TINYRANK_INLINE void store(float* to) const noexcept { _mm256_storeu_ps(to, v); }
};
TINYRANK_INLINE eight_floats fma(eight_floats a, eight_floats b, eight_floats c) noexcept {
  return {_mm256_fmadd_ps(a.v, b.v, c.v)};
}
struct four_doubles {
  __m256d v;
  static TINYRANK_INLINE four_doubles zero() noexcept { return {_mm256_setzero_pd()}; }
  TINYRANK_INLINE void store(double* to) const noexcept { _mm256_storeu_pd(to, v); }
};
TINYRANK_INLINE four_doubles fma(four_doubles a, four_doubles b, four_doubles c) noexcept {
  return {_mm256_fmadd_pd(a.v, b.v, c.v)};
}

/// Rows 0, 1, 4, 5 and 2, 3, 6, 7.
template <>
struct rows_together<float, 2> {
  using lanes = eight_floats;
  __m256 r[2];

  template <auto Member, class Place>
  static TINYRANK_INLINE rows_together load(const float* from, const Place* places,
                                            std::size_t stride) noexcept {
    const auto two = [&](std::size_t i) TINYRANK_LAMBDA {
      // Two floats are not aligned as a double is.
      const auto* const low = reinterpret_cast<const __m128i*>(from + places[i].*Member * stride);
      const auto* const high = reinterpret_cast<const __m64*>(from + places[i + 1].*Member * stride);
      return _mm_loadh_pi(_mm_castsi128_ps(_mm_loadl_epi64(low)), high);
    };
    return {{_mm256_set_m128(two(4), two(0)), _mm256_set_m128(two(6), two(2))}};
  }
  friend TINYRANK_INLINE rows_together operator-(const rows_together& a, const rows_together& b) noexcept {
    return {{_mm256_sub_ps(a.r[0], b.r[0]), _mm256_sub_ps(a.r[1], b.r[1])}};
  }
  TINYRANK_INLINE void columns(lanes (&out)[2]) const noexcept {
    out[0] = {_mm256_shuffle_ps(r[0], r[1], 0x88)};
    out[1] = {_mm256_shuffle_ps(r[0], r[1], 0xdd)};
  }
};

/// Rows i and i + 4.
template <>
struct rows_together<float, 4> {
  using lanes = eight_floats;
  __m256 r[4];

  template <auto Member, class Place>
  static TINYRANK_INLINE rows_together load(const float* from, const Place* places,
                                            std::size_t stride) noexcept {
    const auto two = [&](std::size_t i) TINYRANK_LAMBDA {
      const __m256 low = _mm256_castps128_ps256(_mm_loadu_ps(from + places[i].*Member * stride));
      return _mm256_insertf128_ps(low, _mm_loadu_ps(from + places[i + 4].*Member * stride), 1);
    };
    return {{two(0), two(1), two(2), two(3)}};
  }
  friend TINYRANK_INLINE rows_together operator-(const rows_together& a, const rows_together& b) noexcept {
    return {{_mm256_sub_ps(a.r[0], b.r[0]), _mm256_sub_ps(a.r[1], b.r[1]), _mm256_sub_ps(a.r[2], b.r[2]),
             _mm256_sub_ps(a.r[3], b.r[3])}};
  }
  TINYRANK_INLINE void columns(lanes (&out)[4]) const noexcept {
    const __m256 low01 = _mm256_unpacklo_ps(r[0], r[1]), low23 = _mm256_unpacklo_ps(r[2], r[3]);
    const __m256 high01 = _mm256_unpackhi_ps(r[0], r[1]), high23 = _mm256_unpackhi_ps(r[2], r[3]);
    out[0] = {_mm256_shuffle_ps(low01, low23, 0x44)};
    out[1] = {_mm256_shuffle_ps(low01, low23, 0xee)};
    out[2] = {_mm256_shuffle_ps(high01, high23, 0x44)};
    out[3] = {_mm256_shuffle_ps(high01, high23, 0xee)};
  }
};

/// The same of three columns.
template <>
struct rows_together<float, 3> {
  using lanes = eight_floats;
  rows_together<float, 4> filled;

  template <auto Member, class Place>
  static TINYRANK_INLINE rows_together load(const float* from, const Place* places,
                                            std::size_t stride) noexcept {
    const auto two = [&](std::size_t i) TINYRANK_LAMBDA {
      return _mm256_set_m128(load_three(from + places[i + 4].*Member * stride),
                             load_three(from + places[i].*Member * stride));
    };
    return {{{two(0), two(1), two(2), two(3)}}};
  }
  friend TINYRANK_INLINE rows_together operator-(const rows_together& a, const rows_together& b) noexcept {
    return {a.filled - b.filled};
  }
  TINYRANK_INLINE void columns(lanes (&out)[3]) const noexcept {
    lanes all[4];
    filled.columns(all);
    for (std::size_t c = 0; c < 3; ++c) out[c] = all[c];
  }
};

/// Rows 0, 2 and 1, 3.
template <>
struct rows_together<double, 2> {
  using lanes = four_doubles;
  __m256d r[2];

  template <auto Member, class Place>
  static TINYRANK_INLINE rows_together load(const double* from, const Place* places,
                                            std::size_t stride) noexcept {
    const auto two = [&](std::size_t i) TINYRANK_LAMBDA {
      const __m256d low = _mm256_castpd128_pd256(_mm_loadu_pd(from + places[i].*Member * stride));
      return _mm256_insertf128_pd(low, _mm_loadu_pd(from + places[i + 2].*Member * stride), 1);
    };
    return {{two(0), two(1)}};
  }
  friend TINYRANK_INLINE rows_together operator-(const rows_together& a, const rows_together& b) noexcept {
    return {{_mm256_sub_pd(a.r[0], b.r[0]), _mm256_sub_pd(a.r[1], b.r[1])}};
  }
  TINYRANK_INLINE void columns(lanes (&out)[2]) const noexcept {
    out[0] = {_mm256_unpacklo_pd(r[0], r[1])};
    out[1] = {_mm256_unpackhi_pd(r[0], r[1])};
  }
};

}  // namespace
}  // namespace tinyrank
