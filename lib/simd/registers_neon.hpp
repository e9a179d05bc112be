// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

// NEON: registers of four floats, and on aarch64 of two doubles. On ARMv7 its arithmetic rounds to nearest
// and flushes subnormal numbers, whatever FPSCR says, and double stays scalar.

#include <arm_neon.h>

#include <cstddef>
#include <cstdint>

#include "lib/simd/registers_scalar.hpp"

namespace tinyrank {
namespace {

struct vector_f32 {
  static constexpr std::size_t width = 4;
  using element = float;
  float32x4_t v;

  static TINYRANK_INLINE vector_f32 load(const float* from) noexcept { return {vld1q_f32(from)}; }
  static TINYRANK_INLINE vector_f32 broadcast(float value) noexcept { return {vdupq_n_f32(value)}; }
  TINYRANK_INLINE void store(float* to) const noexcept { vst1q_f32(to, v); }
  /// Lane i takes lane i + 2, then lane 0 takes lane 1.
  TINYRANK_INLINE float tree_sum() const noexcept {
    const float32x2_t two = vadd_f32(vget_low_f32(v), vget_high_f32(v));
    return vget_lane_f32(two, 0) + vget_lane_f32(two, 1);
  }
};

TINYRANK_INLINE vector_f32 add(vector_f32 a, vector_f32 b) noexcept {
  return {vaddq_f32(a.v, b.v)};
}
TINYRANK_INLINE vector_f32 subtract(vector_f32 a, vector_f32 b) noexcept {
  return {vsubq_f32(a.v, b.v)};
}
TINYRANK_INLINE vector_f32 fma(vector_f32 a, vector_f32 b, vector_f32 c) noexcept {
  return {vfmaq_f32(c.v, a.v, b.v)};
}

#if defined(__aarch64__)
struct vector_f64 {
  static constexpr std::size_t width = 2;
  using element = double;
  float64x2_t v;

  static TINYRANK_INLINE vector_f64 load(const double* from) noexcept { return {vld1q_f64(from)}; }
  static TINYRANK_INLINE vector_f64 broadcast(double value) noexcept { return {vdupq_n_f64(value)}; }
  TINYRANK_INLINE void store(double* to) const noexcept { vst1q_f64(to, v); }
  TINYRANK_INLINE double tree_sum() const noexcept { return vgetq_lane_f64(v, 0) + vgetq_lane_f64(v, 1); }
};

TINYRANK_INLINE vector_f64 add(vector_f64 a, vector_f64 b) noexcept {
  return {vaddq_f64(a.v, b.v)};
}
TINYRANK_INLINE vector_f64 subtract(vector_f64 a, vector_f64 b) noexcept {
  return {vsubq_f64(a.v, b.v)};
}
TINYRANK_INLINE vector_f64 fma(vector_f64 a, vector_f64 b, vector_f64 c) noexcept {
  return {vfmaq_f64(c.v, a.v, b.v)};
}
#endif

struct vector_words {
  static constexpr std::size_t width = 4;
  using floats = vector_f32;
  uint32x4_t v;

  static TINYRANK_INLINE vector_words load(const std::uint32_t* from) noexcept { return {vld1q_u32(from)}; }
  static TINYRANK_INLINE vector_words broadcast(std::uint32_t value) noexcept { return {vdupq_n_u32(value)}; }
  TINYRANK_INLINE void store(std::uint32_t* to) const noexcept { vst1q_u32(to, v); }
  friend TINYRANK_INLINE vector_words operator+(vector_words a, vector_words b) noexcept {
    return {vaddq_u32(a.v, b.v)};
  }
  friend TINYRANK_INLINE vector_words operator*(vector_words a, vector_words b) noexcept {
    return {vmulq_u32(a.v, b.v)};
  }
  friend TINYRANK_INLINE vector_words operator^(vector_words a, vector_words b) noexcept {
    return {veorq_u32(a.v, b.v)};
  }
  friend TINYRANK_INLINE vector_words operator&(vector_words a, vector_words b) noexcept {
    return {vandq_u32(a.v, b.v)};
  }
  friend TINYRANK_INLINE vector_words operator|(vector_words a, vector_words b) noexcept {
    return {vorrq_u32(a.v, b.v)};
  }
  template <int Bits>
  TINYRANK_INLINE vector_words shifted_right() const noexcept {
    return {vshrq_n_u32(v, Bits)};
  }
  template <int Bits>
  TINYRANK_INLINE vector_words shifted_left() const noexcept {
    return {vshlq_n_u32(v, Bits)};
  }
  TINYRANK_INLINE vector_words masked_xor(std::uint32_t mask, std::uint32_t bits) const noexcept {
    return (*this & broadcast(mask)) ^ broadcast(bits);
  }
  TINYRANK_INLINE vector_words masked_or(std::uint32_t mask, std::uint32_t bits) const noexcept {
    return (*this & broadcast(mask)) | broadcast(bits);
  }
  TINYRANK_INLINE floats to_float() const noexcept { return {vcvtq_f32_s32(vreinterpretq_s32_u32(v))}; }
  static TINYRANK_INLINE vector_words bits_of(floats x) noexcept { return {vreinterpretq_u32_f32(x.v)}; }
  TINYRANK_INLINE floats as_floats() const noexcept { return {vreinterpretq_f32_u32(v)}; }
  TINYRANK_INLINE floats look_up(const float* table) const noexcept {
    const uint32x4_t index = vandq_u32(v, vdupq_n_u32(31));
    float32x4_t x = vdupq_n_f32(table[vgetq_lane_u32(index, 0)]);
    x = vsetq_lane_f32(table[vgetq_lane_u32(index, 1)], x, 1);
    x = vsetq_lane_f32(table[vgetq_lane_u32(index, 2)], x, 2);
    x = vsetq_lane_f32(table[vgetq_lane_u32(index, 3)], x, 3);
    return {x};
  }
};

/// Lane i of exchange<H>(x) is lane i xor H of x; H is a power of two below the width.
template <std::size_t H>
TINYRANK_INLINE vector_f32 exchange(vector_f32 x) noexcept {
  if constexpr (H == 1) return {vrev64q_f32(x.v)};
  if constexpr (H == 2) return {vextq_f32(x.v, x.v, 2)};
}
TINYRANK_INLINE vector_f32 flip_signs(vector_f32 x, std::uint32_t bits) noexcept {
  static constexpr std::int32_t lanes[4] = {31, 30, 29, 28};
  const uint32x4_t moved = vshlq_u32(vdupq_n_u32(bits), vld1q_s32(lanes));
  const uint32x4_t signs = vandq_u32(moved, vdupq_n_u32(0x80000000u));
  return {vreinterpretq_f32_u32(veorq_u32(vreinterpretq_u32_f32(x.v), signs))};
}
#if defined(__aarch64__)
template <std::size_t H>
TINYRANK_INLINE vector_f64 exchange(vector_f64 x) noexcept {
  if constexpr (H == 1) return {vextq_f64(x.v, x.v, 1)};
}
TINYRANK_INLINE vector_f64 flip_signs(vector_f64 x, std::uint32_t bits) noexcept {
  static constexpr std::int64_t lanes[2] = {63, 62};
  const uint64x2_t moved = vshlq_u64(vdupq_n_u64(bits), vld1q_s64(lanes));
  const uint64x2_t signs = vandq_u64(moved, vdupq_n_u64(std::uint64_t{1} << 63));
  return {vreinterpretq_f64_u64(veorq_u64(vreinterpretq_u64_f64(x.v), signs))};
}
#endif
TINYRANK_INLINE vector_words shift_right(vector_words x, std::uint32_t by) noexcept {
  return {vshlq_u32(x.v, vdupq_n_s32(-static_cast<std::int32_t>(by)))};
}

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

#if defined(__aarch64__)
TINYRANK_INLINE void widen(vector_f32 x, vector_f64 (&out)[2]) noexcept {
  out[0] = {vcvt_f64_f32(vget_low_f32(x.v))};
  out[1] = {vcvt_high_f64_f32(x.v)};
}
#endif

using register_f32 = vector_f32;
using register_words = vector_words;
#if defined(__aarch64__)
using register_f64 = vector_f64;
#else
using register_f64 = scalar_register<double>;
#endif

}  // namespace
}  // namespace tinyrank
