// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

// Fused multiply-add with one rounding on every target: the instruction where there is one, else exact
// emulation. libm's fma is not used: newlib 3.3's fmaf rounds twice, and a call into libm would tie our bits
// to its version.

#include <cstdint>
#include <cstring>

#include "lib/simd/arithmetic.hpp"
#include "lib/simd/fused.hpp"

// Whether the processor has the instruction, for float and for double. The standard's macros say so in gcc;
// clang, up to 19 at least, defines them for hardly any processor, so that each is asked in its own words.
// And no macro says it of the kernels that the library as one file compiles by pragmas.
#if defined(TINYRANK_ISA_avx2) || defined(TINYRANK_ISA_avx512) || defined(__FP_FAST_FMAF) || \
    defined(__FMA__) || defined(__FMA4__) || defined(__riscv_zfinx) ||                       \
    (defined(__ARM_FEATURE_FMA) && defined(__ARM_FP) && (__ARM_FP & 4)) ||                   \
    (defined(__riscv_flen) && __riscv_flen >= 32)
#define TINYRANK_FUSES_FLOAT 1
#else
#define TINYRANK_FUSES_FLOAT 0
#endif
#if defined(TINYRANK_ISA_avx2) || defined(TINYRANK_ISA_avx512) || defined(__FP_FAST_FMA) || \
    defined(__FMA__) || defined(__FMA4__) || defined(__riscv_zdinx) ||                      \
    (defined(__ARM_FEATURE_FMA) && defined(__ARM_FP) && (__ARM_FP & 8)) ||                  \
    (defined(__riscv_flen) && __riscv_flen >= 64)
#define TINYRANK_FUSES_DOUBLE 1
#else
#define TINYRANK_FUSES_DOUBLE 0
#endif

// Processors, or what a compiler may use of them, without arithmetic in double: software would do it.
#if (defined(__arm__) && !(defined(__ARM_FP) && (__ARM_FP & 8))) ||                                    \
    (defined(__riscv) && !(defined(__riscv_flen) && __riscv_flen >= 64) && !defined(__riscv_zdinx)) || \
    defined(__xtensa__)
#define TINYRANK_EMULATES_DOUBLE 1
#else
#define TINYRANK_EMULATES_DOUBLE 0
#endif

namespace tinyrank {

namespace {  // private copies: an instruction-set unit may export nothing weak

template <class To, class From>
inline To same_bits(From from) noexcept {
  static_assert(sizeof(To) == sizeof(From));
  To to;
  std::memcpy(&to, &from, sizeof to);
  return to;
}

namespace emulated {

/// x * y + z rounded once, in double arithmetic: the product of two floats is exact in double, their sum is
/// rounded to odd (Boldo & Melquiond 2008), and 53 >= 2 * 24 + 2 bits make the last rounding, to float,
/// correct; subnormals included.
inline float fma(float x, float y, float z) noexcept {
  const double product = static_cast<double>(x) * static_cast<double>(y);
  const double addend = static_cast<double>(z);
  double sum = product + addend;
  const double rest = sum - product;
  const double error = (product - (sum - rest)) + (addend - rest);
  std::uint64_t bits = same_bits<std::uint64_t>(sum);
  // A non-finite sum has a NaN or infinite error, and keeps its bits.
  if (error != 0 && error - error == 0 && (bits & 1) == 0) {
    const bool away = (error > 0) == (sum > 0);
    bits = away ? bits + 1 : bits - 1;
    sum = same_bits<double>(bits);
  }
  return static_cast<float>(sum);
}

/// The same in integer arithmetic, for processors that would emulate the doubles too: a tenth of the
/// instructions on a Cortex-M3.
inline float fma_by_integers(float x, float y, float z) noexcept {
  constexpr std::uint32_t fraction = (1u << 23) - 1, hidden = 1u << 23;
  const std::uint32_t bx = same_bits<std::uint32_t>(x), by = same_bits<std::uint32_t>(y),
                      bz = same_bits<std::uint32_t>(z);
  int ex = static_cast<int>(bx >> 23 & 0xff), ey = static_cast<int>(by >> 23 & 0xff),
      ez = static_cast<int>(bz >> 23 & 0xff);
  // Infinities, NaN and zero factors: the two-operation form is exact or has the same special value.
  if (ex == 0xff || ey == 0xff || ez == 0xff) return ez == 0xff && ex != 0xff && ey != 0xff ? z : x * y + z;
  if ((bx << 1) == 0 || (by << 1) == 0) return x * y + z;
  const auto normalise = [](int& exponent, std::uint32_t mantissa) {
    if (exponent != 0) return mantissa | hidden;
    if (mantissa == 0) return mantissa;
    const int shift = __builtin_clz(mantissa) - 8;
    exponent = 1 - shift;
    return mantissa << shift;
  };
  const std::uint32_t mx = normalise(ex, bx & fraction), my = normalise(ey, by & fraction),
                      mz = normalise(ez, bz & fraction);
  const auto shift_right_sticky = [](std::uint64_t value, int shift) {
    if (shift >= 64) return std::uint64_t{value != 0};
    if (shift == 0) return value;
    return value >> shift | std::uint64_t{(value << (64 - shift)) != 0};
  };

  // Terms as integers times 2^exponent: the product's leading one at bit 60 or 61, the addend's at 61, with
  // zeros enough below that a term which loses bits to its sticky one is far smaller than the other.
  std::uint64_t sum = std::uint64_t{mx << 7} * (my << 7), addend = std::uint64_t{mz} << 38;
  int exponent = ex + ey - 314;
  bool negative = ((bx ^ by) >> 31) != 0;
  if (mz != 0) {
    const int gap = exponent - (ez - 188);
    if (gap >= 0) {
      addend = shift_right_sticky(addend, gap);
    } else {
      sum = shift_right_sticky(sum, -gap);
      exponent = ez - 188;
    }
    if (negative == (bz >> 31 != 0)) {
      sum += addend;
    } else if (sum >= addend) {
      sum -= addend;
      if (sum == 0) return 0;
    } else {
      sum = addend - sum;
      negative = !negative;
    }
  }
  const int shift = __builtin_clzll(sum) - 1;  // leading one to bit 62, result bits 62..39
  sum <<= shift;
  int biased = exponent - shift + 189;
  if (biased < 1) {
    sum = shift_right_sticky(sum, 1 - biased);
    biased = 0;
  }
  const auto mantissa = static_cast<std::uint32_t>(sum >> 39);
  constexpr std::uint64_t half = std::uint64_t{1} << 38;
  const std::uint64_t tail = sum & (2 * half - 1);
  const bool up = tail > half || (tail == half && (mantissa & 1) != 0);
  // The mantissa's leading one adds 1 to a normal number's exponent field, and rounding up may carry into it.
  const std::uint32_t bits =
      biased >= 0xff
          ? 0x7f800000u
          : (static_cast<std::uint32_t>(biased == 0 ? 0 : biased - 1) << 23) + mantissa + (up ? 1 : 0);
  return same_bits<float>(bits | (negative ? 0x80000000u : 0u));
}

struct wide {
  std::uint64_t high = 0;
  std::uint64_t low = 0;
};

inline wide multiply(std::uint64_t a, std::uint64_t b) noexcept {
  const std::uint64_t a0 = a & 0xffffffffu, a1 = a >> 32, b0 = b & 0xffffffffu, b1 = b >> 32;
  const std::uint64_t middle = a1 * b0 + ((a0 * b0) >> 32);
  const std::uint64_t cross = a0 * b1 + (middle & 0xffffffffu);
  return {a1 * b1 + (middle >> 32) + (cross >> 32), (cross << 32) | ((a0 * b0) & 0xffffffffu)};
}

/// x >> shift, with every bit shifted out gathered in the lowest bit.
inline wide shift_right_sticky(wide x, int shift) noexcept {
  if (shift == 0) return x;
  if (shift >= 128) return {0, (x.high | x.low) != 0 ? 1u : 0u};
  wide y;
  bool lost;
  if (shift >= 64) {
    const int s = shift - 64;
    y.low = x.high >> s;
    lost = x.low != 0 || (s != 0 && (x.high << (64 - s)) != 0);
  } else {
    y.high = x.high >> shift;
    y.low = (x.low >> shift) | (x.high << (64 - shift));
    lost = (x.low << (64 - shift)) != 0;
  }
  if (lost) y.low |= 1;
  return y;
}

/// x * y + z rounded once (to nearest, ties to even), in integer arithmetic. NaN payloads are not preserved.
/// Two hundred instructions and more, which a caller with many of them should not repeat.
[[gnu::noinline]] inline double fma(double x, double y, double z) noexcept {
  constexpr std::uint64_t fraction = (std::uint64_t{1} << 52) - 1;
  const std::uint64_t bx = same_bits<std::uint64_t>(x), by = same_bits<std::uint64_t>(y),
                      bz = same_bits<std::uint64_t>(z);
  int ex = static_cast<int>((bx >> 52) & 0x7ff), ey = static_cast<int>((by >> 52) & 0x7ff),
      ez = static_cast<int>((bz >> 52) & 0x7ff);
  // Infinities, NaN and zero factors: the two-operation form is exact or has the same special value.
  if (ex == 0x7ff || ey == 0x7ff || ez == 0x7ff)
    return ez == 0x7ff && ex != 0x7ff && ey != 0x7ff ? z : x * y + z;
  if ((bx << 1) == 0 || (by << 1) == 0) return x * y + z;
  std::uint64_t mx = bx & fraction, my = by & fraction, mz = bz & fraction;
  const auto normalise = [](int& exponent, std::uint64_t& mantissa) {
    if (exponent != 0) {
      mantissa |= std::uint64_t{1} << 52;
      return;
    }
    exponent = 1;
    while (mantissa != 0 && (mantissa >> 52) == 0) mantissa <<= 1, --exponent;
  };
  normalise(ex, mx);
  normalise(ey, my);
  normalise(ez, mz);
  const bool sign_product = ((bx ^ by) >> 63) != 0, sign_z = (bz >> 63) != 0;

  // Both terms as 128-bit integers with value * 2^(exponent - const): the product has its leading one at bit
  // 123 or 124, the addend at bit 124, which leaves room for a carry and for 70 guard bits.
  wide product = multiply(mx << 10, my << 9);  // 105 or 106 bits + 19
  int exponent = ex + ey;                      // weight of bit 124 of the product: 2^(exponent - 2046 + 1)
  wide addend{mz << 8, 0};                     // leading one at bit 52 + 8 + 64 = 124
  const int exponent_z = ez + 1022;
  bool sign = sign_product;
  if (mz != 0) {
    const int gap = exponent - exponent_z;
    if (gap >= 0) {
      addend = shift_right_sticky(addend, gap);
    } else {
      product = shift_right_sticky(product, -gap);
      exponent = exponent_z;
    }
    if (sign_product == sign_z) {
      const std::uint64_t low = product.low + addend.low;
      product.high += addend.high + (low < product.low ? 1 : 0);
      product.low = low;
    } else {
      const bool swap =
          addend.high > product.high || (addend.high == product.high && addend.low > product.low);
      const wide& big = swap ? addend : product;
      const wide& small = swap ? product : addend;
      const wide difference{big.high - small.high - (big.low < small.low ? 1 : 0), big.low - small.low};
      if (swap) sign = sign_z;
      product = difference;
      if ((product.high | product.low) == 0) return 0.0;
    }
  }
  // Leading one to bit 126 (one below the top, where a sum may have carried), so that the 53 result bits are
  // 126..74.
  exponent += 2;
  if (product.high == 0) {
    product = shift_right_sticky({product.low, 0}, 1);
    exponent -= 63;
  }
  while ((product.high >> 62) == 0) {
    product.high = (product.high << 1) | (product.low >> 63);
    product.low <<= 1;
    --exponent;
  }
  int biased = exponent - 1022;
  if (biased < 1) {
    product = shift_right_sticky(product, 1 - biased);
    biased = 0;
  }
  std::uint64_t mantissa = product.high >> 10;
  const std::uint64_t half = std::uint64_t{1} << 9, tail = product.high & (2 * half - 1);
  const bool up = tail > half || (tail == half && (product.low != 0 || (mantissa & 1) != 0));
  std::uint64_t bits;
  if (biased >= 0x7ff) {
    bits = std::uint64_t{0x7ff} << 52;
  } else {
    // The mantissa's leading one adds 1 to a normal number's exponent field, and rounding up may carry into
    // it.
    bits = (static_cast<std::uint64_t>(biased == 0 ? 0 : biased - 1) << 52) + mantissa + (up ? 1 : 0);
  }
  return same_bits<double>(bits | (std::uint64_t{sign} << 63));
}

}  // namespace emulated

/// The instruction, where there is one.
inline float fused(float x, float y, float z) noexcept {
#if !defined(__clang__)
  return __builtin_fmaf(x, y, z);
#elif __has_builtin(__builtin_elementwise_fma)
  return __builtin_elementwise_fma(x, y, z);
#else
  return tinyrank_fused_f32(x, y, z);
#endif
}
inline double fused(double x, double y, double z) noexcept {
#if !defined(__clang__)
  return __builtin_fma(x, y, z);
#elif __has_builtin(__builtin_elementwise_fma)
  return __builtin_elementwise_fma(x, y, z);
#else
  return tinyrank_fused_f64(x, y, z);
#endif
}

inline float exact_fma(float x, float y, float z) noexcept {
#if TINYRANK_FUSES_FLOAT
  return fused(x, y, z);
#elif TINYRANK_EMULATES_DOUBLE
  return emulated::fma_by_integers(x, y, z);
#else
  return emulated::fma(x, y, z);
#endif
}

inline double exact_fma(double x, double y, double z) noexcept {
#if TINYRANK_FUSES_DOUBLE
  return fused(x, y, z);
#else
  return emulated::fma(x, y, z);
#endif
}

}  // namespace
}  // namespace tinyrank
