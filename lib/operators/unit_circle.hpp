// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace tinyrank {

template <class T>
struct circle_point {
  T cosine, sine;
};

/// Numbers from 0 to 1, times 2^62: a microcontroller has no double precision, and emulated it takes 2 KB.
using fixed_point = std::uint64_t;
inline constexpr fixed_point fixed_one = std::uint64_t{1} << 62;

/// Up to 3 units too small.
inline fixed_point fixed_product(fixed_point a, fixed_point b) noexcept {
  const std::uint64_t a_high = a >> 32, a_low = static_cast<std::uint32_t>(a);
  const std::uint64_t b_high = b >> 32, b_low = static_cast<std::uint32_t>(b);
  return (a_high * b_high << 2) + (a_high * b_low >> 30) + (a_low * b_high >> 30);
}

/// [k]: 1 / (k (k + 1))
inline constexpr auto fixed_inverses = [] {
  std::array<fixed_point, 17> all{};
  for (std::size_t k = 1; k < all.size(); ++k) all[k] = fixed_one / (k * (k + 1));
  return all;
}();

/// 1 - x^2 / (k (k + 1)) (1 - x^2 / ((k + 2) (k + 3)) (1 - ..)) up to k + 14, k = `first`; square: x^2.
inline fixed_point fixed_series(fixed_point square, std::size_t first) noexcept {
  fixed_point sum = fixed_one;
  for (std::size_t k = first + 16; k > first;) {
    k -= 2;
    sum = fixed_one - fixed_product(fixed_product(square, sum), fixed_inverses[k]);
  }
  return sum;
}

/// The nearest float; x >= 2^-30.
inline float to_float(fixed_point x) noexcept {
  const int shift = 40 - std::countl_zero(static_cast<std::uint32_t>(x >> 32));
  const auto digits = static_cast<std::uint32_t>((x + (std::uint64_t{1} << (shift - 1))) >> shift);
  return static_cast<float>(digits) * std::bit_cast<float>(static_cast<std::uint32_t>(shift + 65) << 23);
}

/// Of the angle 2 pi j / length, 0 < j / length <= 1/8, by Taylor's series: what is left out is below 5e-18.
/// Floats are the doubles, rounded. length: a power of two.
template <class T>
circle_point<T> on_circle(std::uint32_t j, std::uint32_t length) noexcept {
  if constexpr (sizeof(T) == sizeof(float)) {
    constexpr fixed_point eighth = 3622009729038561421;  // pi / 4
    const fixed_point eighths = (fixed_one >> std::countr_zero(length)) * 8 * j;
    const fixed_point x = fixed_product(eighth, eighths), square = fixed_product(x, x);
    return {to_float(fixed_series(square, 1)), to_float(fixed_product(x, fixed_series(square, 2)))};
  } else {
    constexpr double two = 1.0 / 2, three = two / 3, four = three / 4, five = four / 5, six = five / 6,
                     seven = six / 7, eight = seven / 8, nine = eight / 9, ten = nine / 10, eleven = ten / 11,
                     twelve = eleven / 12, thirteen = twelve / 13, fourteen = thirteen / 14,
                     fifteen = fourteen / 15, sixteen = fifteen / 16, seventeen = sixteen / 17;
    constexpr double of_cosine[] = {sixteen, -fourteen, twelve, -ten, eight, -six, four, -two};
    constexpr double of_sine[] = {seventeen, -fifteen, thirteen, -eleven, nine, -seven, five, -three};
    const double t = static_cast<double>(j) / static_cast<double>(length);
    const double x = 6.28318530717958647693 * t, square = x * x;
    double cosine = 0, sine = 0;
    for (std::size_t k = 0; k < 8; ++k) {
      cosine = (cosine + of_cosine[k]) * square;
      sine = (sine + of_sine[k]) * square;
    }
    return {1 + cosine, x + x * sine};
  }
}

}  // namespace tinyrank
