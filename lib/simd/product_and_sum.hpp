// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include "lib/simd/exact_fma.hpp"

namespace tinyrank {
namespace {

// -ffp-contract=fast makes clang's code generator fuse whatever the source says, and no macro tells. Its
// assembler can: a product and a sum are two instructions of four bytes and more, fused they are one of at
// most six, and then it is asked to skip -1 bytes; 0 of up to 134. Each set of kernels has it, for each may
// be compiled for a processor of its own.
#if defined(__clang__) && TINYRANK_FUSES_FLOAT && (defined(__SSE2__) || defined(__aarch64__))
#if defined(__SSE2__)
#define TINYRANK_REGISTER "+x"
#else
#define TINYRANK_REGISTER "+w"
#endif
[[gnu::noinline, gnu::used]] float product_and_sum(float x, float y, float z) noexcept {
  __asm__ volatile("771:" : TINYRANK_REGISTER(x), TINYRANK_REGISTER(y), TINYRANK_REGISTER(z));
  float sum = x * y + z;
  __asm__ volatile("772: .skip (772b - 771b - 71) / 64 /* compile tinyrank without -ffp-contract=fast */"
                   : TINYRANK_REGISTER(sum));
  return sum;
}
#undef TINYRANK_REGISTER
#else
[[gnu::noinline, maybe_unused]] float product_and_sum(float x, float y, float z) noexcept {
  return x * y + z;
}
#endif

}  // namespace
}  // namespace tinyrank
