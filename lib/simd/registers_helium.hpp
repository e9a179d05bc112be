// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

// Helium (the M-profile Vector Extension of Armv8.1-M): eight registers of four floats; double stays scalar.
// Its arithmetic rounds to nearest and flushes subnormal numbers, whatever FPSCR says.

#include <arm_mve.h>

#include <cstddef>
#include <cstdint>

#include "lib/simd/registers_scalar.hpp"

namespace tinyrank {
namespace {

struct vector_words;

struct vector_f32 {
  static constexpr std::size_t width = 4;
  using element = float;
  float32x4_t v;

  static TINYRANK_INLINE vector_f32 load(const float* from) noexcept { return {vld1q_f32(from)}; }
  static TINYRANK_INLINE vector_f32 broadcast(float value) noexcept { return {vdupq_n_f32(value)}; }
  TINYRANK_INLINE void store(float* to) const noexcept { vst1q_f32(to, v); }
  /// from[places], and to[places] = v, lane by lane.
  static TINYRANK_INLINE vector_f32 gather(const float* from, vector_words places) noexcept;
  TINYRANK_INLINE void scatter(float* to, vector_words places) const noexcept;
  /// Lane i takes lane i + 2, then lane 0 takes lane 1.
  TINYRANK_INLINE float tree_sum() const noexcept {
    return (vgetq_lane_f32(v, 0) + vgetq_lane_f32(v, 2)) + (vgetq_lane_f32(v, 1) + vgetq_lane_f32(v, 3));
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

/// a b + c for every lane, b from a core register.
TINYRANK_INLINE vector_f32 fma(vector_f32 a, float b, vector_f32 c) noexcept {
  return {vfmaq_n_f32(c.v, a.v, b)};
}

struct vector_words {
  static constexpr std::size_t width = 4;
  using floats = vector_f32;
  uint32x4_t v;

  static TINYRANK_INLINE vector_words load(const std::uint32_t* from) noexcept { return {vldrwq_u32(from)}; }
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
    return floats::gather(table, {vandq_u32(v, vdupq_n_u32(31))});
  }
};

TINYRANK_INLINE vector_f32 vector_f32::gather(const float* from, vector_words places) noexcept {
  return {vldrwq_gather_shifted_offset_f32(from, places.v)};
}
TINYRANK_INLINE void vector_f32::scatter(float* to, vector_words places) const noexcept {
  vstrwq_scatter_shifted_offset_f32(to, places.v, v);
}

// Lanes are not exchanged but loaded apart, which costs Helium nothing. (gcc 12 miscompiles vgetq_lane_u64
// next to vsetq_lane_u64, and may give vrev64 one register for source and result, which the architecture
// leaves undefined.)

/// part[p] = the lanes x[4 i + p], i < 4.
TINYRANK_INLINE void load_apart(const float* x, vector_f32* part) noexcept {
  const float32x4x4_t parts = vld4q_f32(x);
  part[0].v = parts.val[0];
  part[1].v = parts.val[1];
  part[2].v = parts.val[2];
  part[3].v = parts.val[3];
}
TINYRANK_INLINE void store_together(const vector_f32* part, float* x) noexcept {
  const float32x4x4_t parts = {{part[0].v, part[1].v, part[2].v, part[3].v}};
  vst4q_f32(x, parts);
}
TINYRANK_INLINE vector_f32 flip_signs(vector_f32 x, std::uint32_t bits) noexcept {
  static constexpr std::int32_t lanes[4] = {31, 30, 29, 28};
  const uint32x4_t moved = vshlq_u32(vdupq_n_u32(bits), vldrwq_s32(lanes));
  const uint32x4_t signs = vandq_u32(moved, vdupq_n_u32(0x80000000u));
  return {vreinterpretq_f32_u32(veorq_u32(vreinterpretq_u32_f32(x.v), signs))};
}
TINYRANK_INLINE vector_words shift_right(vector_words x, std::uint32_t by) noexcept {
  return {vshlq_r_u32(x.v, -static_cast<std::int32_t>(by))};
}

template <>
struct lane_signs<vector_f32> {
  uint32x4_t v;
  static TINYRANK_INLINE lane_signs load(const std::uint32_t* from) noexcept { return {vldrwq_u32(from)}; }
  TINYRANK_INLINE lane_signs doubled() const noexcept { return {vaddq_u32(v, v)}; }
  TINYRANK_INLINE vector_f32 flip(vector_f32 x) const noexcept {
    const uint32x4_t signs = vandq_u32(v, vdupq_n_u32(0x80000000u));
    return {vreinterpretq_f32_u32(veorq_u32(vreinterpretq_u32_f32(x.v), signs))};
  }
};

using register_f32 = vector_f32;
using register_f64 = scalar_register<double>;
using register_words = vector_words;

}  // namespace
}  // namespace tinyrank
