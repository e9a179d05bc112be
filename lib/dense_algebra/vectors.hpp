// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstddef>
#include <cstdint>

namespace tinyrank {

/// The distance from 1 to the next number.
template <class T>
inline constexpr T epsilon = sizeof(T) == sizeof(float) ? T(0x1p-23) : T(0x1p-52);

/// Whether there may be values at x: not null, aligned to its type. A Cortex-M4 takes a hard fault where
/// an address of floats is no multiple of 4.
template <class T>
bool is_placed(const T* x) noexcept {
  return x != nullptr && reinterpret_cast<std::uintptr_t>(x) % alignof(T) == 0;
}

/// Neither infinite nor NaN.
template <class T>
bool is_finite(T x) noexcept {
  return x - x == 0;
}

template <class T>
bool all_finite(const T* x, std::size_t count) noexcept {
  for (std::size_t i = 0; i < count; ++i) {
    if (!is_finite(x[i])) return false;
  }
  return true;
}

// With -fno-math-errno this is the processor's instruction (or the run-time library's correctly rounded
// routine).
inline float square_root(float x) noexcept {
  return __builtin_sqrtf(x);
}
inline double square_root(double x) noexcept {
  return __builtin_sqrt(x);
}

template <class T>
T dot(const T* a, const T* b, std::size_t count) noexcept {
  T sum = 0;
  for (std::size_t i = 0; i < count; ++i) sum += a[i] * b[i];
  return sum;
}

/// The same product, summed as eight sums of every eighth term: a processor that waits for each addition to
/// end waits an eighth as often. For whole factors; `dot` stays where a sum's order is in the bits of what a
/// plain descent and a drawn truth are. Zeros behind the vectors change nothing.
template <class T>
T blocked_dot(const T* a, const T* b, std::size_t count) noexcept;

/// x := x + factor a.
template <class T>
void add_multiple(T factor, const T* a, T* x, std::size_t count) noexcept {
  for (std::size_t i = 0; i < count; ++i) x[i] += factor * a[i];
}

template <class T>
void divide(T* x, T by, std::size_t count) noexcept {
  for (std::size_t i = 0; i < count; ++i) x[i] /= by;
}

}  // namespace tinyrank
