// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

// What the vector registers of x86-64 have in common, through xsimd. Intrinsics, in the files of AVX2 and
// AVX-512, stand where xsimd 8.1 has no operation or not the one we promise: fma (its AVX-512 fma rounds
// twice), our lane tree, 32-entry table look-up, bit casts (renamed between xsimd 8 and 13).

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
  asm("" : "+v"(value));
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

using register_f32 = vector_f32;
using register_f64 = vector_f64;
using register_words = vector_words;

}  // namespace
}  // namespace tinyrank
