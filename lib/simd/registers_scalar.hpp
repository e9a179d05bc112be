// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

// One-lane "registers" for targets without vectors, and for element types that a vector unit lacks.
// A registers file of another instruction set has what this one has, under the names register_f32,
// register_f64 and register_words, and exchange, or load_apart and store_together. What only some have is
// used where it is there: kept_in_register, widen, gather and scatter, fma with a factor from a core
// register.
//
// Everything in lib/simd sits in an unnamed namespace: each instruction-set unit gets private copies and
// exports nothing weak.

#include <cstddef>
#include <cstdint>

#include "lib/simd/exact_fma.hpp"

#define TINYRANK_INLINE inline __attribute__((always_inline))
#define TINYRANK_LAMBDA __attribute__((always_inline))

namespace tinyrank {
namespace {

template <class T>
struct scalar_register {
  static constexpr std::size_t width = 1;
  using element = T;
  T v;

  static TINYRANK_INLINE scalar_register load(const T* from) noexcept { return {*from}; }
  static TINYRANK_INLINE scalar_register broadcast(T value) noexcept { return {value}; }
  TINYRANK_INLINE void store(T* to) const noexcept { *to = v; }
  TINYRANK_INLINE T tree_sum() const noexcept { return v; }
};

template <class T>
TINYRANK_INLINE scalar_register<T> add(scalar_register<T> a, scalar_register<T> b) noexcept {
  return {a.v + b.v};
}
template <class T>
TINYRANK_INLINE scalar_register<T> subtract(scalar_register<T> a, scalar_register<T> b) noexcept {
  return {a.v - b.v};
}
template <class T>
TINYRANK_INLINE scalar_register<T> fma(scalar_register<T> a, scalar_register<T> b,
                                       scalar_register<T> c) noexcept {
  return {exact_fma(a.v, b.v, c.v)};
}

template <class T>
TINYRANK_INLINE scalar_register<T> fma(scalar_register<T> a, T b, scalar_register<T> c) noexcept {
  return {exact_fma(a.v, b, c.v)};
}

/// Integer side of the random numbers: lane-wise operations on 32-bit words, and their way to float.
struct scalar_words {
  static constexpr std::size_t width = 1;
  using floats = scalar_register<float>;
  std::uint32_t v;

  static TINYRANK_INLINE scalar_words load(const std::uint32_t* from) noexcept { return {*from}; }
  static TINYRANK_INLINE scalar_words broadcast(std::uint32_t value) noexcept { return {value}; }
  TINYRANK_INLINE void store(std::uint32_t* to) const noexcept { *to = v; }
  friend TINYRANK_INLINE scalar_words operator+(scalar_words a, scalar_words b) noexcept {
    return {a.v + b.v};
  }
  friend TINYRANK_INLINE scalar_words operator*(scalar_words a, scalar_words b) noexcept {
    return {a.v * b.v};
  }
  friend TINYRANK_INLINE scalar_words operator^(scalar_words a, scalar_words b) noexcept {
    return {a.v ^ b.v};
  }
  friend TINYRANK_INLINE scalar_words operator&(scalar_words a, scalar_words b) noexcept {
    return {a.v & b.v};
  }
  friend TINYRANK_INLINE scalar_words operator|(scalar_words a, scalar_words b) noexcept {
    return {a.v | b.v};
  }
  template <int Bits>
  TINYRANK_INLINE scalar_words shifted_right() const noexcept {
    return {v >> Bits};
  }
  template <int Bits>
  TINYRANK_INLINE scalar_words shifted_left() const noexcept {
    return {v << Bits};
  }
  /// (x & mask) ^ bits
  TINYRANK_INLINE scalar_words masked_xor(std::uint32_t mask, std::uint32_t bits) const noexcept {
    return {(v & mask) ^ bits};
  }
  /// (x & mask) | bits
  TINYRANK_INLINE scalar_words masked_or(std::uint32_t mask, std::uint32_t bits) const noexcept {
    return {(v & mask) | bits};
  }
  /// Words below 2^31 to the nearest float.
  TINYRANK_INLINE floats to_float() const noexcept {
    return {static_cast<float>(static_cast<std::int32_t>(v))};
  }
  static TINYRANK_INLINE scalar_words bits_of(floats x) noexcept { return {same_bits<std::uint32_t>(x.v)}; }
  TINYRANK_INLINE floats as_floats() const noexcept { return {same_bits<float>(v)}; }
  /// table[v mod 32], lane by lane.
  TINYRANK_INLINE floats look_up(const float* table) const noexcept { return {table[v & 31]}; }
};

/// x negated when bit 0 of `bits` is set; wider registers take one bit for each lane.
TINYRANK_INLINE scalar_register<float> flip_signs(scalar_register<float> x, std::uint32_t bits) noexcept {
  return {same_bits<float>(same_bits<std::uint32_t>(x.v) ^ bits << 31)};
}
TINYRANK_INLINE scalar_register<double> flip_signs(scalar_register<double> x, std::uint32_t bits) noexcept {
  return {same_bits<double>(same_bits<std::uint64_t>(x.v) ^ std::uint64_t{bits} << 63)};
}

TINYRANK_INLINE scalar_words shift_right(scalar_words x, std::uint32_t by) noexcept {
  return {x.v >> by};
}

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

}  // namespace
}  // namespace tinyrank
