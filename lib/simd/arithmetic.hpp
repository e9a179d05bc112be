// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

// Flags that change arithmetic, each refused by its name. CMake gives flags against all of them;
// tinyrank.cpp, the library in one file, is compiled by whatever flags a program has. What no macro tells,
// pragmas at the top of that file undo, or else lib/environment.cpp finds it.

#if defined(__FAST_MATH__)
#error "tinyrank promises the same bits everywhere: compile it without -ffast-math, -Ofast"
#elif defined(__FINITE_MATH_ONLY__) && __FINITE_MATH_ONLY__
#error "tinyrank tells what is not finite: compile it without -ffinite-math-only"
#elif defined(__ASSOCIATIVE_MATH__)
#error "tinyrank promises the same bits: compile it without -fassociative-math, -funsafe-math-optimizations"
#elif defined(__RECIPROCAL_MATH__)
#error "tinyrank promises the same bits everywhere: compile it without -freciprocal-math"
#elif defined(__NO_SIGNED_ZEROS__)
#error "tinyrank promises the same bits everywhere: compile it without -fno-signed-zeros"
#endif

// 0: a float is a float, a double a double; 16 and more say something of narrower types alone.
#ifdef __FLT_EVAL_METHOD__
#if __FLT_EVAL_METHOD__ < 0 || __FLT_EVAL_METHOD__ == 1 || __FLT_EVAL_METHOD__ == 2
#error "tinyrank promises the same bits: not x87, -mfpmath=387 or -mfpmath=both, but -msse2 -mfpmath=sse"
#endif
#endif

static_assert(0.1 - 0.1f != 0,
              "tinyrank computes in double, too: compile it without -fsingle-precision-constant");

#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "tinyrank: this target is big-endian; entries are cut out of words, low byte first"
#endif
