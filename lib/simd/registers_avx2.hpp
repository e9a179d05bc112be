// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

// AVX2 with FMA: registers of eight floats or four doubles.

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
  return {_mm256_fmadd_ps(a.v, b.v, c.v)};
}
TINYRANK_INLINE vector_f64 fma(vector_f64 a, vector_f64 b, vector_f64 c) noexcept {
  return {_mm256_fmadd_pd(a.v, b.v, c.v)};
}
template <>
TINYRANK_INLINE float vector_f32::tree_sum() const noexcept {
  return tree_sum_256(v);
}
template <>
TINYRANK_INLINE double vector_f64::tree_sum() const noexcept {
  return tree_sum_256(v);
}
template <int Bits>
TINYRANK_INLINE vector_words vector_words::shifted_right() const noexcept {
  return {_mm256_srli_epi32(v, Bits)};
}
template <int Bits>
TINYRANK_INLINE vector_words vector_words::shifted_left() const noexcept {
  return {_mm256_slli_epi32(v, Bits)};
}
TINYRANK_INLINE vector_f32 vector_words::to_float() const noexcept {
  return {_mm256_cvtepi32_ps(v)};
}
TINYRANK_INLINE vector_words vector_words::bits_of(vector_f32 x) noexcept {
  return {_mm256_castps_si256(x.v)};
}
TINYRANK_INLINE vector_f32 vector_words::as_floats() const noexcept {
  return {_mm256_castsi256_ps(v)};
}
TINYRANK_INLINE vector_f32 vector_words::look_up(const float* table) const noexcept {
  const __m256i index = v;
  const auto eight = [=](const float* entries)
                         TINYRANK_LAMBDA { return _mm256_permutevar8x32_ps(_mm256_load_ps(entries), index); };
  const __m256 bit3 = _mm256_castsi256_ps(_mm256_slli_epi32(index, 28));
  const __m256 bit4 = _mm256_castsi256_ps(_mm256_slli_epi32(index, 27));
  return {_mm256_blendv_ps(_mm256_blendv_ps(eight(table), eight(table + 8), bit3),
                           _mm256_blendv_ps(eight(table + 16), eight(table + 24), bit3), bit4)};
}

TINYRANK_INLINE vector_words vector_words::masked_xor(std::uint32_t mask, std::uint32_t bits) const noexcept {
  return (*this & broadcast(mask)) ^ broadcast(bits);
}
TINYRANK_INLINE vector_words vector_words::masked_or(std::uint32_t mask, std::uint32_t bits) const noexcept {
  return (*this & broadcast(mask)) | broadcast(bits);
}

/// Lane i of exchange<H>(x) is lane i xor H of x; H is a power of two below the width.
template <std::size_t H>
TINYRANK_INLINE vector_f32 exchange(vector_f32 x) noexcept {
  if constexpr (H == 1) return {_mm256_permute_ps(x.v, 0xb1)};
  if constexpr (H == 2) return {_mm256_permute_ps(x.v, 0x4e)};
  if constexpr (H == 4) return {_mm256_permute2f128_ps(x.v, x.v, 0x01)};
}
template <std::size_t H>
TINYRANK_INLINE vector_f64 exchange(vector_f64 x) noexcept {
  if constexpr (H == 1) return {_mm256_permute_pd(x.v, 0x5)};
  if constexpr (H == 2) return {_mm256_permute2f128_pd(x.v, x.v, 0x01)};
}
TINYRANK_INLINE vector_f32 flip_signs(vector_f32 x, std::uint32_t bits) noexcept {
  const __m256i lanes = _mm256_setr_epi32(31, 30, 29, 28, 27, 26, 25, 24);
  const __m256i moved = _mm256_sllv_epi32(_mm256_set1_epi32(static_cast<int>(bits)), lanes);
  return {_mm256_xor_ps(x.v, _mm256_and_ps(_mm256_castsi256_ps(moved), _mm256_set1_ps(-0.0f)))};
}
TINYRANK_INLINE vector_f64 flip_signs(vector_f64 x, std::uint32_t bits) noexcept {
  const __m256i lanes = _mm256_setr_epi64x(63, 62, 61, 60);
  const __m256i moved = _mm256_sllv_epi64(_mm256_set1_epi64x(static_cast<long long>(bits)), lanes);
  return {_mm256_xor_pd(x.v, _mm256_and_pd(_mm256_castsi256_pd(moved), _mm256_set1_pd(-0.0)))};
}
TINYRANK_INLINE vector_words shift_right(vector_words x, std::uint32_t by) noexcept {
  return {_mm256_srl_epi32(x.v, _mm_cvtsi32_si128(static_cast<int>(by)))};
}

template <>
struct lane_signs<vector_f32> {
  __m256i v;
  static TINYRANK_INLINE lane_signs load(const std::uint32_t* from) noexcept {
    return {_mm256_loadu_si256(reinterpret_cast<const __m256i*>(from))};
  }
  TINYRANK_INLINE lane_signs doubled() const noexcept { return {_mm256_add_epi32(v, v)}; }
  TINYRANK_INLINE vector_f32 flip(vector_f32 x) const noexcept {
    return {_mm256_xor_ps(x.v, _mm256_and_ps(_mm256_castsi256_ps(v), _mm256_set1_ps(-0.0f)))};
  }
};
template <>
struct lane_signs<vector_f64> {
  __m256i v;
  static TINYRANK_INLINE lane_signs load(const std::uint32_t* from) noexcept {
    const __m128i words = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
    return {_mm256_slli_epi64(_mm256_cvtepu32_epi64(words), 32)};
  }
  TINYRANK_INLINE lane_signs doubled() const noexcept { return {_mm256_add_epi64(v, v)}; }
  TINYRANK_INLINE vector_f64 flip(vector_f64 x) const noexcept {
    return {_mm256_xor_pd(x.v, _mm256_and_pd(_mm256_castsi256_pd(v), _mm256_set1_pd(-0.0)))};
  }
};

TINYRANK_INLINE void widen(vector_f32 x, vector_f64 (&out)[2]) noexcept {
  out[0] = {_mm256_cvtps_pd(_mm256_castps256_ps128(x.v))};
  out[1] = {_mm256_cvtps_pd(_mm256_extractf128_ps(x.v, 1))};
}

}  // namespace
}  // namespace tinyrank
