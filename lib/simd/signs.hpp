// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

// Sixteen words of random bits as signs: the uppermost bit of every word is the sign of its lane, and
// doubling the words brings up the next.

#include <cstddef>
#include <cstdint>

#include "lib/simd/pack.hpp"

namespace tinyrank {
namespace {

/// The words of one register of T's lanes, each at the upper end of its lane.
template <class Register>
struct lane_signs;

template <>
struct lane_signs<scalar_register<float>> {
  std::uint32_t v;
  static TINYRANK_INLINE lane_signs load(const std::uint32_t* from) noexcept { return {*from}; }
  TINYRANK_INLINE lane_signs doubled() const noexcept { return {v + v}; }
  TINYRANK_INLINE scalar_register<float> flip(scalar_register<float> x) const noexcept {
    return {same_bits<float>(same_bits<std::uint32_t>(x.v) ^ (v & 0x80000000u))};
  }
};
template <>
struct lane_signs<scalar_register<double>> {
  std::uint32_t v;
  static TINYRANK_INLINE lane_signs load(const std::uint32_t* from) noexcept { return {*from}; }
  TINYRANK_INLINE lane_signs doubled() const noexcept { return {v + v}; }
  TINYRANK_INLINE scalar_register<double> flip(scalar_register<double> x) const noexcept {
    return {same_bits<double>(same_bits<std::uint64_t>(x.v) ^ std::uint64_t{v & 0x80000000u} << 32)};
  }
};

#if defined(TINYRANK_ISA_avx512)

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

#elif defined(TINYRANK_ISA_avx2)

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

#elif defined(TINYRANK_ISA_neon)

template <>
struct lane_signs<vector_f32> {
  uint32x4_t v;
  static TINYRANK_INLINE lane_signs load(const std::uint32_t* from) noexcept { return {vld1q_u32(from)}; }
  TINYRANK_INLINE lane_signs doubled() const noexcept { return {vaddq_u32(v, v)}; }
  TINYRANK_INLINE vector_f32 flip(vector_f32 x) const noexcept {
    const uint32x4_t signs = vandq_u32(v, vdupq_n_u32(0x80000000u));
    return {vreinterpretq_f32_u32(veorq_u32(vreinterpretq_u32_f32(x.v), signs))};
  }
};
#if defined(__aarch64__)
template <>
struct lane_signs<vector_f64> {
  uint64x2_t v;
  static TINYRANK_INLINE lane_signs load(const std::uint32_t* from) noexcept {
    return {vshlq_n_u64(vmovl_u32(vld1_u32(from)), 32)};
  }
  TINYRANK_INLINE lane_signs doubled() const noexcept { return {vaddq_u64(v, v)}; }
  TINYRANK_INLINE vector_f64 flip(vector_f64 x) const noexcept {
    const uint64x2_t signs = vandq_u64(v, vdupq_n_u64(std::uint64_t{1} << 63));
    return {vreinterpretq_f64_u64(veorq_u64(vreinterpretq_u64_f64(x.v), signs))};
  }
};
#endif

#endif

/// The signs of one pack after another, from words of which there is one for each lane.
template <class T>
struct pack_signs {
  using P = pack<T>;
  using lane = lane_signs<std::remove_reference_t<decltype(P::r[0])>>;
  lane s[P::registers];

  static TINYRANK_INLINE pack_signs load(const std::uint32_t* words) noexcept {
    pack_signs x;
#pragma GCC unroll 16
    for (std::size_t i = 0; i < P::registers; ++i) x.s[i] = lane::load(words + i * (P::lanes / P::registers));
    return x;
  }
  TINYRANK_INLINE void next() noexcept {
#pragma GCC unroll 16
    for (lane& one : s) one = one.doubled();
  }
  TINYRANK_INLINE P flip(const P& x) const noexcept {
    return P::each(typename P::indices{}, [&](std::size_t i) TINYRANK_LAMBDA { return s[i].flip(x.r[i]); });
  }
};

}  // namespace
}  // namespace tinyrank
