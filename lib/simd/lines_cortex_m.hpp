// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

// Rows of floats on a Cortex-M4, M7, M33 or their like. Its 32 registers hold the sixteen lanes of a sum and
// eight entries of two rows, and one instruction loads eight; gcc 12 loads them one by one (7.6 instructions
// for an entry instead of 3).

#include <cstddef>
#include <cstdint>

#include "lib/simd/pack.hpp"

namespace tinyrank {
namespace {

// By what it has, not by its name: Armv7E-M and Armv8-M have the same unit. Not beside Helium, whose kernels
// are faster.
#if defined(__ARM_ARCH_PROFILE) && __ARM_ARCH_PROFILE == 'M' && defined(__ARM_FEATURE_FMA) && \
    defined(__ARM_FP) && (__ARM_FP & 4) && !defined(__ARM_FEATURE_MVE) && defined(TINYRANK_ISA_scalar)
inline constexpr bool has_float_lines = true;

/// sum_k a[k] z[k] over the virtual lanes, by the fixed tree; count is a positive multiple of 16.
[[gnu::noinline]] inline float dot_line(const float* a, const float* z, std::size_t count) noexcept {
  std::uint32_t bits;
  // clang-format off
  asm volatile(
      "vmov d0, %[zero], %[zero]\n"
      "vmov d1, %[zero], %[zero]\n"
      "vmov d2, %[zero], %[zero]\n"
      "vmov d3, %[zero], %[zero]\n"
      "vmov d4, %[zero], %[zero]\n"
      "vmov d5, %[zero], %[zero]\n"
      "vmov d6, %[zero], %[zero]\n"
      "vmov d7, %[zero], %[zero]\n"
      "1:\n"
      "vldmia %[z]!, {s16-s23}\n"
      "vldmia %[a]!, {s24-s31}\n"
      "vfma.f32 s0, s16, s24\n"
      "vfma.f32 s1, s17, s25\n"
      "vfma.f32 s2, s18, s26\n"
      "vfma.f32 s3, s19, s27\n"
      "vfma.f32 s4, s20, s28\n"
      "vfma.f32 s5, s21, s29\n"
      "vfma.f32 s6, s22, s30\n"
      "vfma.f32 s7, s23, s31\n"
      "vldmia %[z]!, {s16-s23}\n"
      "vldmia %[a]!, {s24-s31}\n"
      "vfma.f32 s8, s16, s24\n"
      "vfma.f32 s9, s17, s25\n"
      "vfma.f32 s10, s18, s26\n"
      "vfma.f32 s11, s19, s27\n"
      "vfma.f32 s12, s20, s28\n"
      "vfma.f32 s13, s21, s29\n"
      "vfma.f32 s14, s22, s30\n"
      "vfma.f32 s15, s23, s31\n"
      "subs %[count], #16\n"
      "bne 1b\n"
      "vadd.f32 s0, s0, s8\n"
      "vadd.f32 s1, s1, s9\n"
      "vadd.f32 s2, s2, s10\n"
      "vadd.f32 s3, s3, s11\n"
      "vadd.f32 s4, s4, s12\n"
      "vadd.f32 s5, s5, s13\n"
      "vadd.f32 s6, s6, s14\n"
      "vadd.f32 s7, s7, s15\n"
      "vadd.f32 s0, s0, s4\n"
      "vadd.f32 s1, s1, s5\n"
      "vadd.f32 s2, s2, s6\n"
      "vadd.f32 s3, s3, s7\n"
      "vadd.f32 s0, s0, s2\n"
      "vadd.f32 s1, s1, s3\n"
      "vadd.f32 s0, s0, s1\n"
      "vmov %[bits], s0\n"
      : [a] "+r"(a), [z] "+r"(z), [count] "+r"(count), [bits] "=r"(bits)
      : [zero] "r"(0)
      : "s0", "s1", "s2", "s3", "s4", "s5", "s6", "s7", "s8", "s9", "s10", "s11", "s12", "s13", "s14", "s15", "s16", "s17", "s18", "s19", "s20", "s21", "s22", "s23", "s24", "s25", "s26", "s27", "s28", "s29", "s30", "s31", "cc", "memory");
  // clang-format on
  return same_bits<float>(bits);
}

/// g[k] += weight a[k]; count is a positive multiple of 16.
[[gnu::noinline]] inline void accumulate_line(float weight, const float* a, float* g,
                                              std::size_t count) noexcept {
  // clang-format off
  asm volatile(
      "vmov s24, %[weight]\n"
      "1:\n"
      "vldmia %[g], {s0-s15}\n"
      "vldmia %[a]!, {s16-s23}\n"
      "vfma.f32 s0, s24, s16\n"
      "vfma.f32 s1, s24, s17\n"
      "vfma.f32 s2, s24, s18\n"
      "vfma.f32 s3, s24, s19\n"
      "vfma.f32 s4, s24, s20\n"
      "vfma.f32 s5, s24, s21\n"
      "vfma.f32 s6, s24, s22\n"
      "vfma.f32 s7, s24, s23\n"
      "vldmia %[a]!, {s16-s23}\n"
      "vfma.f32 s8, s24, s16\n"
      "vfma.f32 s9, s24, s17\n"
      "vfma.f32 s10, s24, s18\n"
      "vfma.f32 s11, s24, s19\n"
      "vfma.f32 s12, s24, s20\n"
      "vfma.f32 s13, s24, s21\n"
      "vfma.f32 s14, s24, s22\n"
      "vfma.f32 s15, s24, s23\n"
      "vstmia %[g]!, {s0-s15}\n"
      "subs %[count], #16\n"
      "bne 1b\n"
      : [a] "+r"(a), [g] "+r"(g), [count] "+r"(count)
      : [weight] "r"(same_bits<std::uint32_t>(weight))
      : "s0", "s1", "s2", "s3", "s4", "s5", "s6", "s7", "s8", "s9", "s10", "s11", "s12", "s13", "s14", "s15", "s16", "s17", "s18", "s19", "s20", "s21", "s22", "s23", "s24", "cc", "memory");
  // clang-format on
}

#else
inline constexpr bool has_float_lines = false;
#endif

}  // namespace
}  // namespace tinyrank
