// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include <immintrin.h>

#include "lib/simd/registers_scalar.hpp"

namespace tinyrank {
namespace {

// The tree below one 256-bit register: lane i takes lane i + 4, then i + 2, then i + 1 (half of that for
// double).
TINYRANK_INLINE float tree_sum_256(__m256 x) noexcept {
  const __m128 four = _mm_add_ps(_mm256_castps256_ps128(x), _mm256_extractf128_ps(x, 1));
  const __m128 two = _mm_add_ps(four, _mm_movehl_ps(four, four));
  return _mm_cvtss_f32(_mm_add_ss(two, _mm_shuffle_ps(two, two, 1)));
}
TINYRANK_INLINE double tree_sum_256(__m256d x) noexcept {
  const __m128d two = _mm_add_pd(_mm256_castpd256_pd128(x), _mm256_extractf128_pd(x, 1));
  return _mm_cvtsd_f64(_mm_add_sd(two, _mm_unpackhi_pd(two, two)));
}

}  // namespace
}  // namespace tinyrank
