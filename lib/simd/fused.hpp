// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

namespace tinyrank {

#if defined(__clang__) && !__has_builtin(__builtin_elementwise_fma)
// clang's __builtin_fma is a call of libm where that may set errno: on bare metal, without -fno-math-errno.
// The intrinsic under it never is, where the instruction is there.
extern "C" float tinyrank_fused_f32(float, float, float) noexcept __asm__("llvm.fma.f32");
extern "C" double tinyrank_fused_f64(double, double, double) noexcept __asm__("llvm.fma.f64");
#endif

}  // namespace tinyrank
