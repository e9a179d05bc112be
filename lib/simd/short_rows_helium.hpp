// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

// Short rows for Helium, which gathers a column of four rows at once.

#include <arm_mve.h>

#include <cstddef>
#include <cstdint>

namespace tinyrank {
namespace {

template <>
struct row_piece<float, 4> {
  float32x4_t v;
  static TINYRANK_INLINE row_piece load(const float* from) noexcept { return {vld1q_f32(from)}; }
  TINYRANK_INLINE void store(float* to) const noexcept { vst1q_f32(to, v); }
  friend TINYRANK_INLINE row_piece operator-(row_piece a, row_piece b) noexcept {
    return {vsubq_f32(a.v, b.v)};
  }
  TINYRANK_INLINE row_piece times_plus(float w, row_piece to) const noexcept {
    return {vfmaq_n_f32(to.v, v, w)};
  }
  TINYRANK_INLINE row_piece taken_from(float w, row_piece to) const noexcept { return times_plus(-w, to); }
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

template <std::size_t Columns>
struct rows_together<float, Columns> {
  using lanes = four_floats;
  float32x4_t column[Columns];

  template <auto Member, class Place>
  static TINYRANK_INLINE rows_together load(const float* from, const Place* places,
                                            std::size_t stride) noexcept {
    constexpr auto apart = static_cast<std::uint32_t>(sizeof(Place));
    const uint32x4_t steps = vidupq_n_u32(0, 1) * apart;
    const uint32x4_t rows = vldrwq_gather_offset_u32(&(places->*Member), steps);
    const uint32x4_t at = vmulq_n_u32(rows, static_cast<std::uint32_t>(stride));
    rows_together x;
#pragma GCC unroll 4
    for (std::size_t c = 0; c < Columns; ++c) {
      x.column[c] = vldrwq_gather_shifted_offset_f32(from + c, at);
    }
    return x;
  }
  friend TINYRANK_INLINE rows_together operator-(const rows_together& a, const rows_together& b) noexcept {
    rows_together x;
#pragma GCC unroll 4
    for (std::size_t c = 0; c < Columns; ++c) x.column[c] = vsubq_f32(a.column[c], b.column[c]);
    return x;
  }
  TINYRANK_INLINE void columns(lanes (&out)[Columns]) const noexcept {
#pragma GCC unroll 4
    for (std::size_t c = 0; c < Columns; ++c) out[c] = {column[c]};
  }
};

}  // namespace
}  // namespace tinyrank
