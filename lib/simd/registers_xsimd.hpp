// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

// Vector registers of x86-64 through xsimd, with intrinsics where xsimd 8.1 has no operation or not the one
// we promise: fma (its AVX-512 fma rounds twice), our lane tree, 32-entry table look-up, bit casts (renamed
// between xsimd 8 and 13).

#include <cstddef>
#include <cstdint>
#include <xsimd/xsimd.hpp>

#include "lib/simd/registers_scalar.hpp"

namespace tinyrank {
namespace {

#if defined(TINYRANK_ISA_avx512)
using architecture = xsimd::avx512dq;
#else
using architecture = xsimd::fma3<xsimd::avx2>;
#endif

template <class T>
struct vector_register {
  using batch = xsimd::batch<T, architecture>;
  static constexpr std::size_t width = batch::size;
  using element = T;
  batch v;

  static TINYRANK_INLINE vector_register load(const T* from) noexcept {
    return {batch::load_unaligned(from)};
  }
  static TINYRANK_INLINE vector_register broadcast(T value) noexcept { return {batch(value)}; }
  TINYRANK_INLINE void store(T* to) const noexcept { v.store_unaligned(to); }
  TINYRANK_INLINE T tree_sum() const noexcept;
};

template <class T>
TINYRANK_INLINE vector_register<T> add(vector_register<T> a, vector_register<T> b) noexcept {
  return {a.v + b.v};
}
template <class T>
TINYRANK_INLINE vector_register<T> subtract(vector_register<T> a, vector_register<T> b) noexcept {
  return {a.v - b.v};
}

/// x, of which the compiler no longer knows that it came from memory.
template <class T>
TINYRANK_INLINE vector_register<T> kept_in_register(vector_register<T> x) noexcept {
  typename vector_register<T>::batch::register_type value = x.v;
#if defined(TINYRANK_ISA_avx512)
  asm("" : "+v"(value));
#else
  asm("" : "+x"(value));
#endif
  return {typename vector_register<T>::batch(value)};
}

using vector_f32 = vector_register<float>;
using vector_f64 = vector_register<double>;

struct vector_words {
  using batch = xsimd::batch<std::uint32_t, architecture>;
  static constexpr std::size_t width = batch::size;
  using floats = vector_f32;
  batch v;

  static TINYRANK_INLINE vector_words load(const std::uint32_t* from) noexcept {
    return {batch::load_unaligned(from)};
  }
  static TINYRANK_INLINE vector_words broadcast(std::uint32_t value) noexcept { return {batch(value)}; }
  TINYRANK_INLINE void store(std::uint32_t* to) const noexcept { v.store_unaligned(to); }
  friend TINYRANK_INLINE vector_words operator+(vector_words a, vector_words b) noexcept {
    return {a.v + b.v};
  }
  friend TINYRANK_INLINE vector_words operator*(vector_words a, vector_words b) noexcept {
    return {a.v * b.v};
  }
  friend TINYRANK_INLINE vector_words operator^(vector_words a, vector_words b) noexcept {
    return {a.v ^ b.v};
  }
  friend TINYRANK_INLINE vector_words operator&(vector_words a, vector_words b) noexcept {
    return {a.v & b.v};
  }
  friend TINYRANK_INLINE vector_words operator|(vector_words a, vector_words b) noexcept {
    return {a.v | b.v};
  }
  template <int Bits>
  TINYRANK_INLINE vector_words shifted_right() const noexcept;
  template <int Bits>
  TINYRANK_INLINE vector_words shifted_left() const noexcept;
  TINYRANK_INLINE vector_words masked_xor(std::uint32_t mask, std::uint32_t bits) const noexcept;
  TINYRANK_INLINE vector_words masked_or(std::uint32_t mask, std::uint32_t bits) const noexcept;
  TINYRANK_INLINE floats to_float() const noexcept;
  static TINYRANK_INLINE vector_words bits_of(floats x) noexcept;
  TINYRANK_INLINE floats as_floats() const noexcept;
  TINYRANK_INLINE floats look_up(const float* table) const noexcept;
};

// The tree below one 256-bit register: lane i takes lane i + 4, then i + 2, then i + 1 (half of that for
// double).
TINYRANK_INLINE float tree_sum_256(__m256 x) noexcept {
  const __m128 four = _mm_add_ps(_mm256_castps256_ps128(x), _mm256_extractf128_ps(x, 1));
  const __m128 two = _mm_add_ps(four, _mm_movehl_ps(four, four));
  return _mm_cvtss_f32(_mm_add_ss(two, _mm_shuffle_ps(two, two, 1)));
}
TINYRANK_INLINE double tree_sum_256(__m256d x) noexcept {
  const __m128d two = _mm_add_pd(_mm256_castpd256_pd128(x), _mm256_extractf128_pd(x, 1));
  return _mm_cvtsd_f64(_mm_add_sd(two, _mm_unpackhi_pd(two, two)));
}

#if defined(TINYRANK_ISA_avx512)
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
#else
TINYRANK_INLINE vector_words vector_words::masked_xor(std::uint32_t mask, std::uint32_t bits) const noexcept {
  return (*this & broadcast(mask)) ^ broadcast(bits);
}
TINYRANK_INLINE vector_words vector_words::masked_or(std::uint32_t mask, std::uint32_t bits) const noexcept {
  return (*this & broadcast(mask)) | broadcast(bits);
}
#endif

#if defined(TINYRANK_ISA_avx512)

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

#else  // AVX2

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

#endif

}  // namespace
}  // namespace tinyrank
