// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

// AVX-512: registers of sixteen floats or eight doubles.

#include <cstddef>
#include <cstdint>

#if defined(TINYRANK_ONE_FILE)
#include "lib/simd/registers_x86.hpp"
#else
#include "lib/simd/registers_xsimd.hpp"
#endif
#include "lib/simd/tree_sum_256.hpp"

namespace tinyrank {
namespace {

TINYRANK_INLINE vector_f32 fma(vector_f32 a, vector_f32 b, vector_f32 c) noexcept {
  return {_mm512_fmadd_ps(a.v, b.v, c.v)};
}
TINYRANK_INLINE vector_f64 fma(vector_f64 a, vector_f64 b, vector_f64 c) noexcept {
  return {_mm512_fmadd_pd(a.v, b.v, c.v)};
}
template <>
TINYRANK_INLINE float vector_f32::tree_sum() const noexcept {
  return tree_sum_256(_mm256_add_ps(_mm512_castps512_ps256(v), _mm512_extractf32x8_ps(v, 1)));
}
template <>
TINYRANK_INLINE double vector_f64::tree_sum() const noexcept {
  return tree_sum_256(_mm256_add_pd(_mm512_castpd512_pd256(v), _mm512_extractf64x4_pd(v, 1)));
}
template <int Bits>
TINYRANK_INLINE vector_words vector_words::shifted_right() const noexcept {
  return {_mm512_srli_epi32(v, Bits)};
}
template <int Bits>
TINYRANK_INLINE vector_words vector_words::shifted_left() const noexcept {
  return {_mm512_slli_epi32(v, Bits)};
}
TINYRANK_INLINE vector_f32 vector_words::to_float() const noexcept {
  return {_mm512_cvtepi32_ps(v)};
}
TINYRANK_INLINE vector_words vector_words::bits_of(vector_f32 x) noexcept {
  return {_mm512_castps_si512(x.v)};
}
TINYRANK_INLINE vector_f32 vector_words::as_floats() const noexcept {
  return {_mm512_castsi512_ps(v)};
}
TINYRANK_INLINE vector_f32 vector_words::look_up(const float* table) const noexcept {
  return {_mm512_permutex2var_ps(_mm512_load_ps(table), v, _mm512_load_ps(table + 16))};
}

TINYRANK_INLINE vector_words vector_words::masked_or(std::uint32_t mask, std::uint32_t bits) const noexcept {
  constexpr int and_or = 0xea;  // (a & b) | c
  return {_mm512_ternarylogic_epi32(v, _mm512_set1_epi32(static_cast<int>(mask)),
                                    _mm512_set1_epi32(static_cast<int>(bits)), and_or)};
}
TINYRANK_INLINE vector_words vector_words::masked_xor(std::uint32_t mask, std::uint32_t bits) const noexcept {
  constexpr int and_xor = 0x6a;  // (a & b) ^ c
  return {_mm512_ternarylogic_epi32(v, _mm512_set1_epi32(static_cast<int>(mask)),
                                    _mm512_set1_epi32(static_cast<int>(bits)), and_xor)};
}

/// Lane i of exchange<H>(x) is lane i xor H of x; H is a power of two below the width.
template <std::size_t H>
TINYRANK_INLINE vector_f32 exchange(vector_f32 x) noexcept {
  if constexpr (H == 1) return {_mm512_permute_ps(x.v, 0xb1)};
  if constexpr (H == 2) return {_mm512_permute_ps(x.v, 0x4e)};
  if constexpr (H == 4) return {_mm512_shuffle_f32x4(x.v, x.v, 0xb1)};
  if constexpr (H == 8) return {_mm512_shuffle_f32x4(x.v, x.v, 0x4e)};
}
template <std::size_t H>
TINYRANK_INLINE vector_f64 exchange(vector_f64 x) noexcept {
  if constexpr (H == 1) return {_mm512_permute_pd(x.v, 0x55)};
  if constexpr (H == 2) return {_mm512_shuffle_f64x2(x.v, x.v, 0xb1)};
  if constexpr (H == 4) return {_mm512_shuffle_f64x2(x.v, x.v, 0x4e)};
}
TINYRANK_INLINE vector_f32 flip_signs(vector_f32 x, std::uint32_t bits) noexcept {
  return {_mm512_mask_xor_ps(x.v, static_cast<__mmask16>(bits), x.v, _mm512_set1_ps(-0.0f))};
}
TINYRANK_INLINE vector_f64 flip_signs(vector_f64 x, std::uint32_t bits) noexcept {
  return {_mm512_mask_xor_pd(x.v, static_cast<__mmask8>(bits), x.v, _mm512_set1_pd(-0.0))};
}
TINYRANK_INLINE vector_words shift_right(vector_words x, std::uint32_t by) noexcept {
  return {_mm512_srl_epi32(x.v, _mm_cvtsi32_si128(static_cast<int>(by)))};
}

template <>
struct lane_signs<vector_f32> {
  __m512i v;
  static TINYRANK_INLINE lane_signs load(const std::uint32_t* from) noexcept {
    return {_mm512_loadu_si512(from)};
  }
  TINYRANK_INLINE lane_signs doubled() const noexcept { return {_mm512_add_epi32(v, v)}; }
  TINYRANK_INLINE vector_f32 flip(vector_f32 x) const noexcept {
    constexpr int xor_and = 0x78;  // a ^ (b & c)
    return {_mm512_castsi512_ps(_mm512_ternarylogic_epi32(
        _mm512_castps_si512(x.v), v, _mm512_set1_epi32(static_cast<int>(0x80000000u)), xor_and))};
  }
};
template <>
struct lane_signs<vector_f64> {
  __m512i v;
  static TINYRANK_INLINE lane_signs load(const std::uint32_t* from) noexcept {
    const __m256i words = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from));
    return {_mm512_slli_epi64(_mm512_cvtepu32_epi64(words), 32)};
  }
  TINYRANK_INLINE lane_signs doubled() const noexcept { return {_mm512_add_epi64(v, v)}; }
  TINYRANK_INLINE vector_f64 flip(vector_f64 x) const noexcept {
    constexpr int xor_and = 0x78;
    return {_mm512_castsi512_pd(_mm512_ternarylogic_epi64(
        _mm512_castpd_si512(x.v), v, _mm512_castpd_si512(_mm512_set1_pd(-0.0)), xor_and))};
  }
};

TINYRANK_INLINE void widen(vector_f32 x, vector_f64 (&out)[2]) noexcept {
  out[0] = {_mm512_cvtps_pd(_mm512_castps512_ps256(x.v))};
  out[1] = {_mm512_cvtps_pd(_mm512_extractf32x8_ps(x.v, 1))};
}

}  // namespace
}  // namespace tinyrank
