// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

// What the numbers need of a target, asked by the compiler's own macros.

// Bits are those of float and double arithmetic. x87's registers keep more of both, and what the optimiser
// keeps in them decides what is rounded, and how often.
#if defined(__FLT_EVAL_METHOD__) && __FLT_EVAL_METHOD__ != 0
#error "tinyrank: this target computes in more digits than are written; on i386 say -msse2 -mfpmath=sse"
#endif

#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "tinyrank: this target is big-endian; entries are cut out of words, low byte first"
#endif
