// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

// What the library is compiled for, each 0 or 1. The compiler says it, because flags decide (Debian's armhf,
// for one, has no NEON unless told), and CMake asks the compiler by way of this file, so that all agree.

// gcc for Windows keeps the stack to 16 bytes, and wide registers on it as if it were kept to 32 or 64 (its
// bug 54412): AVX ends in a fault there, unless the compiler is patched as Debian's is. clang's does not.
#if defined(_WIN32) && defined(__GNUC__) && !defined(__clang__)
#define TINYRANK_TARGET_NARROW_STACK 1
#else
#define TINYRANK_TARGET_NARROW_STACK 0
#endif

// AVX2 and AVX-512, of which the processor says when the program runs whether it has them. tinyrank.cpp, the
// library in one file, compiles them by pragmas of gcc and clang (__EDG__ are compilers that only look like
// gcc), unless TINYRANK_ONLY_SCALAR says that they are not worth their size.
#if defined(__x86_64__) && !TINYRANK_TARGET_NARROW_STACK && \
    !(defined(TINYRANK_ONE_FILE) && (defined(TINYRANK_ONLY_SCALAR) || defined(__EDG__)))
#define TINYRANK_TARGET_X86_64 1
#else
#define TINYRANK_TARGET_X86_64 0
#endif

// SVE with registers of a size that the flags say. By gcc 12 that is 256 or 512 bits, by clang 128, too.
#if defined(__ARM_FEATURE_SVE_BITS) && \
    (__ARM_FEATURE_SVE_BITS == 128 || __ARM_FEATURE_SVE_BITS == 256 || __ARM_FEATURE_SVE_BITS == 512)
#define TINYRANK_TARGET_SVE 1
#else
#define TINYRANK_TARGET_SVE 0
#endif

#if defined(__ARM_NEON) && defined(__ARM_FEATURE_FMA) && !(defined(TINYRANK_ONE_FILE) && TINYRANK_TARGET_SVE)
#define TINYRANK_TARGET_NEON 1
#else
#define TINYRANK_TARGET_NEON 0
#endif

#if defined(__ARM_FEATURE_MVE) && (__ARM_FEATURE_MVE & 2)
#define TINYRANK_TARGET_HELIUM 1
#else
#define TINYRANK_TARGET_HELIUM 0
#endif

// Vectors of RISC-V, by a compiler whose vector types can be multiplied and added in one: clang 17.
#if defined(__clang__) && defined(__riscv_v_min_vlen) && __riscv_v_min_vlen >= 128 && \
    defined(__riscv_v_elen_fp) && __riscv_v_elen_fp >= 64 && __has_builtin(__builtin_elementwise_fma)
#define TINYRANK_TARGET_RVV 1
#else
#define TINYRANK_TARGET_RVV 0
#endif

// A Cortex-M, or a RISC-V of 32 bits: little flash and stack, and no cache to fill. WebAssembly, too: each of
// its multiply-adds is a dozen instructions, and a page loads them all.
#if (defined(__ARM_ARCH_PROFILE) && __ARM_ARCH_PROFILE == 'M') || \
    (defined(__riscv) && __riscv_xlen == 32) || defined(__wasm32__)
#define TINYRANK_TARGET_MICROCONTROLLER 1
#else
#define TINYRANK_TARGET_MICROCONTROLLER 0
#endif

// Whether NEON, RVV, or plain C++ on such a target, has 32 registers for a tile rather than 16.
#if defined(__aarch64__) || defined(__ARM_FEATURE_MVE) || TINYRANK_TARGET_RVV
#define TINYRANK_TARGET_32_REGISTERS 1
#else
#define TINYRANK_TARGET_32_REGISTERS 0
#endif

// Plain C++, which runs anywhere. tinyrank.cpp, the library in one file, has the kernels of one instruction
// set.
#if defined(TINYRANK_ONE_FILE) && \
    (TINYRANK_TARGET_NEON || TINYRANK_TARGET_HELIUM || TINYRANK_TARGET_RVV || TINYRANK_TARGET_SVE)
#define TINYRANK_TARGET_PLAIN 0
#else
#define TINYRANK_TARGET_PLAIN 1
#endif

/// The rest of the arguments where condition is 1, nothing where it is 0.
#define TINYRANK_WHERE(condition, ...) TINYRANK_WHERE_EXPANDED(condition, __VA_ARGS__)
#define TINYRANK_WHERE_EXPANDED(condition, ...) TINYRANK_WHERE_##condition(__VA_ARGS__)
#define TINYRANK_WHERE_0(...)
#define TINYRANK_WHERE_1(...) __VA_ARGS__
