// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

// SVE, with registers of exactly as many bits as -msve-vector-bits= says. Sizes that are known only at run
// time could not be members of a pack; and where the machine's registers have another size, these kernels are
// not used (lib/kernels/dispatch.cpp), for a lane more or less would be another sum.

#include <arm_neon.h>  // of short_rows_neon.hpp
#include <arm_sve.h>

#include <cstddef>
#include <cstdint>

#include "lib/simd/registers_scalar.hpp"

namespace tinyrank {
namespace {

#define TINYRANK_SVE_REGISTER __attribute__((arm_sve_vector_bits(__ARM_FEATURE_SVE_BITS)))
typedef svfloat32_t sve_f32 TINYRANK_SVE_REGISTER;
typedef svfloat64_t sve_f64 TINYRANK_SVE_REGISTER;
typedef svuint32_t sve_u32 TINYRANK_SVE_REGISTER;
typedef svuint64_t sve_u64 TINYRANK_SVE_REGISTER;
#undef TINYRANK_SVE_REGISTER

/// All lanes. An operation with it and _x needs no predicate in the instruction.
TINYRANK_INLINE svbool_t all_lanes() noexcept {
  return svptrue_b8();
}

/// Lane i of by_lane(first, step) is first + i * step.
TINYRANK_INLINE svuint32_t by_lane(std::uint32_t first, std::uint32_t step) noexcept {
  return svindex_u32(first, step);
}
TINYRANK_INLINE svuint64_t by_lane(std::uint64_t first, std::uint64_t step) noexcept {
  return svindex_u64(first, step);
}

/// Lane i takes lane i + width/2, and so on by halves; lane 0 has the sum. (An addition across the lanes
/// would take its own order, and make +0 of -0.)
template <std::size_t Half, class Lanes>
TINYRANK_INLINE auto halved(Lanes x) noexcept {
  const Lanes sum = svadd_x(all_lanes(), x, svext(x, x, Half));
  if constexpr (Half == 1) {
    return svlasta(svpfalse_b(), sum);
  } else {
    return halved<Half / 2>(sum);
  }
}

struct vector_f32 {
  static constexpr std::size_t width = sizeof(sve_f32) / sizeof(float);
  using element = float;
  sve_f32 v;

  static TINYRANK_INLINE vector_f32 load(const float* from) noexcept { return {svld1(all_lanes(), from)}; }
  static TINYRANK_INLINE vector_f32 broadcast(float value) noexcept { return {svdup_f32(value)}; }
  TINYRANK_INLINE void store(float* to) const noexcept { svst1(all_lanes(), to, v); }
  TINYRANK_INLINE float tree_sum() const noexcept { return halved<width / 2, svfloat32_t>(v); }
};

struct vector_f64 {
  static constexpr std::size_t width = sizeof(sve_f64) / sizeof(double);
  using element = double;
  sve_f64 v;

  static TINYRANK_INLINE vector_f64 load(const double* from) noexcept { return {svld1(all_lanes(), from)}; }
  static TINYRANK_INLINE vector_f64 broadcast(double value) noexcept { return {svdup_f64(value)}; }
  TINYRANK_INLINE void store(double* to) const noexcept { svst1(all_lanes(), to, v); }
  TINYRANK_INLINE double tree_sum() const noexcept { return halved<width / 2, svfloat64_t>(v); }
};

TINYRANK_INLINE vector_f32 add(vector_f32 a, vector_f32 b) noexcept {
  return {svadd_x(all_lanes(), a.v, b.v)};
}
TINYRANK_INLINE vector_f64 add(vector_f64 a, vector_f64 b) noexcept {
  return {svadd_x(all_lanes(), a.v, b.v)};
}
TINYRANK_INLINE vector_f32 subtract(vector_f32 a, vector_f32 b) noexcept {
  return {svsub_x(all_lanes(), a.v, b.v)};
}
TINYRANK_INLINE vector_f64 subtract(vector_f64 a, vector_f64 b) noexcept {
  return {svsub_x(all_lanes(), a.v, b.v)};
}
TINYRANK_INLINE vector_f32 fma(vector_f32 a, vector_f32 b, vector_f32 c) noexcept {
  return {svmla_x(all_lanes(), c.v, a.v, b.v)};
}
TINYRANK_INLINE vector_f64 fma(vector_f64 a, vector_f64 b, vector_f64 c) noexcept {
  return {svmla_x(all_lanes(), c.v, a.v, b.v)};
}

struct vector_words {
  static constexpr std::size_t width = vector_f32::width;
  using floats = vector_f32;
  sve_u32 v;

  static TINYRANK_INLINE vector_words load(const std::uint32_t* from) noexcept {
    return {svld1(all_lanes(), from)};
  }
  static TINYRANK_INLINE vector_words broadcast(std::uint32_t value) noexcept { return {svdup_u32(value)}; }
  TINYRANK_INLINE void store(std::uint32_t* to) const noexcept { svst1(all_lanes(), to, v); }
  friend TINYRANK_INLINE vector_words operator+(vector_words a, vector_words b) noexcept {
    return {svadd_x(all_lanes(), a.v, b.v)};
  }
  friend TINYRANK_INLINE vector_words operator*(vector_words a, vector_words b) noexcept {
    return {svmul_x(all_lanes(), a.v, b.v)};
  }
  friend TINYRANK_INLINE vector_words operator^(vector_words a, vector_words b) noexcept {
    return {sveor_x(all_lanes(), a.v, b.v)};
  }
  friend TINYRANK_INLINE vector_words operator&(vector_words a, vector_words b) noexcept {
    return {svand_x(all_lanes(), a.v, b.v)};
  }
  friend TINYRANK_INLINE vector_words operator|(vector_words a, vector_words b) noexcept {
    return {svorr_x(all_lanes(), a.v, b.v)};
  }
  template <int Bits>
  TINYRANK_INLINE vector_words shifted_right() const noexcept {
    return {svlsr_x(all_lanes(), v, std::uint32_t{Bits})};
  }
  template <int Bits>
  TINYRANK_INLINE vector_words shifted_left() const noexcept {
    return {svlsl_x(all_lanes(), v, std::uint32_t{Bits})};
  }
  TINYRANK_INLINE vector_words masked_xor(std::uint32_t mask, std::uint32_t bits) const noexcept {
    return (*this & broadcast(mask)) ^ broadcast(bits);
  }
  TINYRANK_INLINE vector_words masked_or(std::uint32_t mask, std::uint32_t bits) const noexcept {
    return (*this & broadcast(mask)) | broadcast(bits);
  }
  TINYRANK_INLINE floats to_float() const noexcept {
    return {svcvt_f32_x(all_lanes(), svreinterpret_s32(v))};
  }
  static TINYRANK_INLINE vector_words bits_of(floats x) noexcept { return {svreinterpret_u32(x.v)}; }
  TINYRANK_INLINE floats as_floats() const noexcept { return {svreinterpret_f32(v)}; }
  TINYRANK_INLINE floats look_up(const float* table) const noexcept {
    return {svld1_gather_index(all_lanes(), table, svand_x(all_lanes(), v, std::uint32_t{31}))};
  }
};

/// Lane i of exchange<H>(x) is lane i xor H of x; H is a power of two below the width.
template <std::size_t H>
TINYRANK_INLINE vector_f32 exchange(vector_f32 x) noexcept {
  const svuint32_t lanes = by_lane(std::uint32_t{0}, std::uint32_t{1});
  return {svtbl(x.v, sveor_x(all_lanes(), lanes, std::uint32_t{H}))};
}
template <std::size_t H>
TINYRANK_INLINE vector_f64 exchange(vector_f64 x) noexcept {
  const svuint64_t lanes = by_lane(std::uint64_t{0}, std::uint64_t{1});
  return {svtbl(x.v, sveor_x(all_lanes(), lanes, std::uint64_t{H}))};
}

/// x, negated in the lanes whose words have their highest bit set.
TINYRANK_INLINE vector_f32 negated_where(svuint32_t words, vector_f32 x) noexcept {
  const svuint32_t signs = svand_x(all_lanes(), words, std::uint32_t{0x80000000u});
  return {svreinterpret_f32(sveor_x(all_lanes(), svreinterpret_u32(x.v), signs))};
}
TINYRANK_INLINE vector_f64 negated_where(svuint64_t words, vector_f64 x) noexcept {
  const svuint64_t signs = svand_x(all_lanes(), words, std::uint64_t{1} << 63);
  return {svreinterpret_f64(sveor_x(all_lanes(), svreinterpret_u64(x.v), signs))};
}
TINYRANK_INLINE vector_f32 flip_signs(vector_f32 x, std::uint32_t bits) noexcept {
  const svuint32_t shifts = by_lane(std::uint32_t{31}, ~std::uint32_t{0});
  return negated_where(svlsl_x(all_lanes(), svdup_u32(bits), shifts), x);
}
TINYRANK_INLINE vector_f64 flip_signs(vector_f64 x, std::uint32_t bits) noexcept {
  const svuint64_t shifts = by_lane(std::uint64_t{63}, ~std::uint64_t{0});
  return negated_where(svlsl_x(all_lanes(), svdup_u64(bits), shifts), x);
}
TINYRANK_INLINE vector_words shift_right(vector_words x, std::uint32_t by) noexcept {
  return {svlsr_x(all_lanes(), x.v, by)};
}

template <>
struct lane_signs<vector_f32> {
  sve_u32 v;
  static TINYRANK_INLINE lane_signs load(const std::uint32_t* from) noexcept {
    return {svld1(all_lanes(), from)};
  }
  TINYRANK_INLINE lane_signs doubled() const noexcept { return {svadd_x(all_lanes(), v, v)}; }
  TINYRANK_INLINE vector_f32 flip(vector_f32 x) const noexcept { return negated_where(v, x); }
};
template <>
struct lane_signs<vector_f64> {
  sve_u64 v;
  static TINYRANK_INLINE lane_signs load(const std::uint32_t* from) noexcept {
    return {svlsl_x(all_lanes(), svld1uw_u64(all_lanes(), from), std::uint64_t{32})};
  }
  TINYRANK_INLINE lane_signs doubled() const noexcept { return {svadd_x(all_lanes(), v, v)}; }
  TINYRANK_INLINE vector_f64 flip(vector_f64 x) const noexcept { return negated_where(v, x); }
};

/// The conversion takes every second lane, so each is there twice.
TINYRANK_INLINE void widen(vector_f32 x, vector_f64 (&out)[2]) noexcept {
  out[0] = {svcvt_f64_x(all_lanes(), svzip1(x.v, x.v))};
  out[1] = {svcvt_f64_x(all_lanes(), svzip2(x.v, x.v))};
}

using register_f32 = vector_f32;
using register_f64 = vector_f64;
using register_words = vector_words;

}  // namespace
}  // namespace tinyrank
