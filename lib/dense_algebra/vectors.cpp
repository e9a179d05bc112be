// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "lib/dense_algebra/vectors.hpp"

#include "lib/kernels/targets.hpp"

namespace tinyrank {

template <class T>
T blocked_dot(const T* a, const T* b, std::size_t count) noexcept {
  T sums[8] = {};
  std::size_t i = 0;
#if !TINYRANK_TARGET_MICROCONTROLLER
  // In registers; a microcontroller has better uses for 200 bytes of flash.
  for (; i + 8 <= count; i += 8) {
    for (std::size_t k = 0; k < 8; ++k) sums[k] += a[i + k] * b[i + k];
  }
#endif
  for (; i < count; ++i) sums[i % 8] += a[i] * b[i];
  for (std::size_t half = 4; half != 0; half /= 2) {
    for (std::size_t k = 0; k < half; ++k) sums[k] += sums[k + half];
  }
  return sums[0];
}

template float blocked_dot(const float*, const float*, std::size_t) noexcept;
template double blocked_dot(const double*, const double*, std::size_t) noexcept;

}  // namespace tinyrank
