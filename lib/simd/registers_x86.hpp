// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

// What the vector registers of x86-64 have in common, by intrinsics: registers_xsimd.hpp for the library as
// one file, which needs no other. The files of AVX2 and AVX-512 take either.

#include <immintrin.h>

#include <cstddef>
#include <cstdint>

#include "lib/simd/registers_scalar.hpp"

namespace tinyrank {
namespace {

#if defined(TINYRANK_ISA_avx512)
#define TINYRANK_X86(operation) _mm512_##operation
#define TINYRANK_X86_BITS(operation) _mm512_##operation##_si512
using raw_words = __m512i;
#else
#define TINYRANK_X86(operation) _mm256_##operation
#define TINYRANK_X86_BITS(operation) _mm256_##operation##_si256
using raw_words = __m256i;
#endif

template <class T>
struct raw_register {
  using type = decltype(TINYRANK_X86(setzero_ps)());
};
template <>
struct raw_register<double> {
  using type = decltype(TINYRANK_X86(setzero_pd)());
};

template <class T>
struct vector_register {
  using raw = typename raw_register<T>::type;
  static constexpr std::size_t width = sizeof(raw) / sizeof(T);
  using element = T;
  raw v;

  static TINYRANK_INLINE vector_register load(const T* from) noexcept {
    if constexpr (sizeof(T) == sizeof(float)) {
      return {TINYRANK_X86(loadu_ps)(from)};
    } else {
      return {TINYRANK_X86(loadu_pd)(from)};
    }
  }
  static TINYRANK_INLINE vector_register broadcast(T value) noexcept {
    if constexpr (sizeof(T) == sizeof(float)) {
      return {TINYRANK_X86(set1_ps)(value)};
    } else {
      return {TINYRANK_X86(set1_pd)(value)};
    }
  }
  TINYRANK_INLINE void store(T* to) const noexcept {
    if constexpr (sizeof(T) == sizeof(float)) {
      TINYRANK_X86(storeu_ps)(to, v);
    } else {
      TINYRANK_X86(storeu_pd)(to, v);
    }
  }
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
  asm("" : "+v"(x.v));
  return x;
}

using vector_f32 = vector_register<float>;
using vector_f64 = vector_register<double>;

struct vector_words {
  static constexpr std::size_t width = sizeof(raw_words) / sizeof(std::uint32_t);
  using floats = vector_f32;
  raw_words v;

  static TINYRANK_INLINE vector_words load(const std::uint32_t* from) noexcept {
    return {TINYRANK_X86_BITS(loadu)(reinterpret_cast<const raw_words*>(from))};
  }
  static TINYRANK_INLINE vector_words broadcast(std::uint32_t value) noexcept {
    return {TINYRANK_X86(set1_epi32)(static_cast<int>(value))};
  }
  TINYRANK_INLINE void store(std::uint32_t* to) const noexcept {
    TINYRANK_X86_BITS(storeu)(reinterpret_cast<raw_words*>(to), v);
  }
  friend TINYRANK_INLINE vector_words operator+(vector_words a, vector_words b) noexcept {
    return {TINYRANK_X86(add_epi32)(a.v, b.v)};
  }
  friend TINYRANK_INLINE vector_words operator*(vector_words a, vector_words b) noexcept {
    return {TINYRANK_X86(mullo_epi32)(a.v, b.v)};
  }
  friend TINYRANK_INLINE vector_words operator^(vector_words a, vector_words b) noexcept {
    return {TINYRANK_X86_BITS(xor)(a.v, b.v)};
  }
  friend TINYRANK_INLINE vector_words operator&(vector_words a, vector_words b) noexcept {
    return {TINYRANK_X86_BITS(and)(a.v, b.v)};
  }
  friend TINYRANK_INLINE vector_words operator|(vector_words a, vector_words b) noexcept {
    return {TINYRANK_X86_BITS(or)(a.v, b.v)};
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

using register_f32 = vector_f32;
using register_f64 = vector_f64;
using register_words = vector_words;

}  // namespace
}  // namespace tinyrank
