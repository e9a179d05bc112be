// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

// Short rows for NEON; of doubles on aarch64 alone.

#include <arm_neon.h>

#include <cstddef>

namespace tinyrank {
namespace {

template <>
struct row_piece<float, 2> {
  float32x2_t v;
  static TINYRANK_INLINE row_piece load(const float* from) noexcept { return {vld1_f32(from)}; }
  TINYRANK_INLINE void store(float* to) const noexcept { vst1_f32(to, v); }
  friend TINYRANK_INLINE row_piece operator-(row_piece a, row_piece b) noexcept {
    return {vsub_f32(a.v, b.v)};
  }
  TINYRANK_INLINE row_piece times_plus(float w, row_piece to) const noexcept {
    return {vfma_f32(to.v, v, vdup_n_f32(w))};
  }
  TINYRANK_INLINE row_piece taken_from(float w, row_piece to) const noexcept {
    return {vfms_f32(to.v, v, vdup_n_f32(w))};
  }
};
template <>
struct row_piece<float, 4> {
  float32x4_t v;
  static TINYRANK_INLINE row_piece load(const float* from) noexcept { return {vld1q_f32(from)}; }
  TINYRANK_INLINE void store(float* to) const noexcept { vst1q_f32(to, v); }
  friend TINYRANK_INLINE row_piece operator-(row_piece a, row_piece b) noexcept {
    return {vsubq_f32(a.v, b.v)};
  }
  TINYRANK_INLINE row_piece times_plus(float w, row_piece to) const noexcept {
    return {vfmaq_f32(to.v, v, vdupq_n_f32(w))};
  }
  TINYRANK_INLINE row_piece taken_from(float w, row_piece to) const noexcept {
    return {vfmsq_f32(to.v, v, vdupq_n_f32(w))};
  }
};

template <>
inline constexpr std::size_t rows_side_by_side<float> = 4;

template <>
inline constexpr std::size_t widest_piece<float> = 4;

struct four_floats {
  float32x4_t v;
  static TINYRANK_INLINE four_floats zero() noexcept { return {vdupq_n_f32(0)}; }
  TINYRANK_INLINE void store(float* to) const noexcept { vst1q_f32(to, v); }
};
TINYRANK_INLINE four_floats fma(four_floats a, four_floats b, four_floats c) noexcept {
  return {vfmaq_f32(c.v, a.v, b.v)};
}

/// Rows 0, 1 and 2, 3.
template <>
struct rows_together<float, 2> {
  using lanes = four_floats;
  float32x4_t r[2];

  template <auto Member, class Place>
  static TINYRANK_INLINE rows_together load(const float* from, const Place* places,
                                            std::size_t stride) noexcept {
    const auto two = [&](std::size_t i) TINYRANK_LAMBDA {
      return vcombine_f32(vld1_f32(from + places[i].*Member * stride),
                          vld1_f32(from + places[i + 1].*Member * stride));
    };
    return {{two(0), two(2)}};
  }
  friend TINYRANK_INLINE rows_together operator-(const rows_together& a, const rows_together& b) noexcept {
    return {{vsubq_f32(a.r[0], b.r[0]), vsubq_f32(a.r[1], b.r[1])}};
  }
  TINYRANK_INLINE void columns(lanes (&out)[2]) const noexcept {
    const float32x4x2_t apart = vuzpq_f32(r[0], r[1]);
    out[0] = {apart.val[0]};
    out[1] = {apart.val[1]};
  }
};

template <>
struct rows_together<float, 4> {
  using lanes = four_floats;
  float32x4_t r[4];

  template <auto Member, class Place>
  static TINYRANK_INLINE rows_together load(const float* from, const Place* places,
                                            std::size_t stride) noexcept {
    const auto one = [&](std::size_t i)
                         TINYRANK_LAMBDA { return vld1q_f32(from + places[i].*Member * stride); };
    return {{one(0), one(1), one(2), one(3)}};
  }
  friend TINYRANK_INLINE rows_together operator-(const rows_together& a, const rows_together& b) noexcept {
    return {{vsubq_f32(a.r[0], b.r[0]), vsubq_f32(a.r[1], b.r[1]), vsubq_f32(a.r[2], b.r[2]),
             vsubq_f32(a.r[3], b.r[3])}};
  }
  TINYRANK_INLINE void columns(lanes (&out)[4]) const noexcept {
    const float32x4x2_t a = vtrnq_f32(r[0], r[1]), b = vtrnq_f32(r[2], r[3]);
    out[0] = {vcombine_f32(vget_low_f32(a.val[0]), vget_low_f32(b.val[0]))};
    out[1] = {vcombine_f32(vget_low_f32(a.val[1]), vget_low_f32(b.val[1]))};
    out[2] = {vcombine_f32(vget_high_f32(a.val[0]), vget_high_f32(b.val[0]))};
    out[3] = {vcombine_f32(vget_high_f32(a.val[1]), vget_high_f32(b.val[1]))};
  }
};

#if defined(__aarch64__)
template <>
struct row_piece<double, 2> {
  float64x2_t v;
  static TINYRANK_INLINE row_piece load(const double* from) noexcept { return {vld1q_f64(from)}; }
  TINYRANK_INLINE void store(double* to) const noexcept { vst1q_f64(to, v); }
  friend TINYRANK_INLINE row_piece operator-(row_piece a, row_piece b) noexcept {
    return {vsubq_f64(a.v, b.v)};
  }
  TINYRANK_INLINE row_piece times_plus(double w, row_piece to) const noexcept {
    return {vfmaq_f64(to.v, v, vdupq_n_f64(w))};
  }
  TINYRANK_INLINE row_piece taken_from(double w, row_piece to) const noexcept {
    return {vfmsq_f64(to.v, v, vdupq_n_f64(w))};
  }
};

template <>
inline constexpr std::size_t rows_side_by_side<double> = 2;

template <>
inline constexpr std::size_t widest_piece<double> = 2;

struct two_doubles {
  float64x2_t v;
  static TINYRANK_INLINE two_doubles zero() noexcept { return {vdupq_n_f64(0)}; }
  TINYRANK_INLINE void store(double* to) const noexcept { vst1q_f64(to, v); }
};
TINYRANK_INLINE two_doubles fma(two_doubles a, two_doubles b, two_doubles c) noexcept {
  return {vfmaq_f64(c.v, a.v, b.v)};
}

template <>
struct rows_together<double, 2> {
  using lanes = two_doubles;
  float64x2_t r[2];

  template <auto Member, class Place>
  static TINYRANK_INLINE rows_together load(const double* from, const Place* places,
                                            std::size_t stride) noexcept {
    return {{vld1q_f64(from + places[0].*Member * stride), vld1q_f64(from + places[1].*Member * stride)}};
  }
  friend TINYRANK_INLINE rows_together operator-(const rows_together& a, const rows_together& b) noexcept {
    return {{vsubq_f64(a.r[0], b.r[0]), vsubq_f64(a.r[1], b.r[1])}};
  }
  TINYRANK_INLINE void columns(lanes (&out)[2]) const noexcept {
    out[0] = {vzip1q_f64(r[0], r[1])};
    out[1] = {vzip2q_f64(r[0], r[1])};
  }
};
#endif

}  // namespace
}  // namespace tinyrank
