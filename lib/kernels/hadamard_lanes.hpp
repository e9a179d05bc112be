// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

// The Walsh-Hadamard transform over registers. Levels are grouped so that data is loaded and stored once for
// three or more of them; grouping changes neither the pairs nor their order, hence no bit.

#include "lib/kernels/hadamard.hpp"
#include "lib/simd/pack.hpp"

namespace tinyrank {
namespace {

template <class T>
struct wide_register_for;
template <>
struct wide_register_for<float> {
  using type = register_f32;
};
template <>
struct wide_register_for<double> {
  using type = register_f64;
};
template <class T>
using wide_register = typename wide_register_for<T>::type;

template <std::size_t H, class T>
struct pair_signs {
  T lane[16];
  constexpr pair_signs() : lane{} {
    for (std::size_t i = 0; i < 16; ++i) lane[i] = (i & H) != 0 ? T(-1) : T(1);
  }
};

/// The levels H, 2H, .. below the width, between lanes. The upper lane of a pair wants a - b, which is
/// a + (-1) b in one fma.
template <std::size_t H, class R>
TINYRANK_INLINE R lane_levels(R x) noexcept {
  if constexpr (H < R::width) {
    alignas(64) static constexpr pair_signs<H, typename R::element> signs;
    return lane_levels<2 * H>(fma(x, R::load(signs.lane), exchange<H>(x)));
  } else {
    return x;
  }
}

/// `Levels` levels between whole registers x[p], p < 2^Levels.
template <std::size_t Levels, class R>
TINYRANK_INLINE void register_levels(R* x) noexcept {
#pragma GCC unroll 4
  for (std::size_t level = 0; level < Levels; ++level) {
#pragma GCC unroll 16
    for (std::size_t p = 0; p < (std::size_t{1} << Levels); ++p) {
      const std::size_t q = p | std::size_t{1} << level;
      if (q == p) continue;
      const R sum = add(x[p], x[q]);
      x[q] = subtract(x[p], x[q]);
      x[p] = sum;
    }
  }
}

template <std::size_t Levels, class T>
TINYRANK_INLINE void merge_levels(T* x, std::size_t h, std::size_t columns) noexcept {
  using R = wide_register<T>;
  constexpr std::size_t parts = std::size_t{1} << Levels;
  for (std::size_t i = 0; i < columns; i += R::width) {
    R part[parts];
#pragma GCC unroll 8
    for (std::size_t p = 0; p < parts; ++p) part[p] = R::load(x + p * h + i);
    register_levels<Levels>(part);
#pragma GCC unroll 8
    for (std::size_t p = 0; p < parts; ++p) part[p].store(x + p * h + i);
  }
}

template <class T>
void merge_blocks(T* x, std::size_t h, std::size_t levels, std::size_t columns) {
  if (levels == 3) return merge_levels<3>(x, h, columns);
  if (levels == 2) return merge_levels<2>(x, h, columns);
  merge_levels<1>(x, h, columns);
}

/// Levels first, 2 first, .. of x[0..count), each a whole number of registers.
template <class T>
TINYRANK_INLINE void remaining_levels(T* x, std::size_t first, std::size_t count) noexcept {
  std::size_t levels = 0;
  for (std::size_t h = first; h < count; h *= 2) ++levels;
  for (std::size_t h = first; levels > 0;) {
    // Four are two and two rather than three and one, which would load everything for one addition.
    const std::size_t now = levels == 4 || levels == 2 ? 2 : levels < 3 ? 1 : 3;
    for (std::size_t group = 0; group < count; group += h << now) merge_blocks(x + group, h, now, h);
    h <<= now;
    levels -= now;
  }
}

/// Whether lanes are loaded apart instead of exchanged.
template <class R>
inline constexpr bool loads_apart = requires(typename R::element* x, R* part) {
  load_apart(x, part);
};

/// Elements of which first_levels makes all levels.
template <class T>
inline constexpr std::size_t first_block = (loads_apart<wide_register<T>> ? 4 : 8) * wide_register<T>::width;

template <class T>
TINYRANK_INLINE void first_levels(T* x) noexcept {
  using R = wide_register<T>;
  if constexpr (loads_apart<R>) {
    R part[4];
    load_apart(x, part);
    register_levels<2>(part);
    store_together(part, x);
#pragma GCC unroll 4
    for (std::size_t p = 0; p < 4; ++p) part[p] = R::load(x + p * R::width);
    register_levels<2>(part);
#pragma GCC unroll 4
    for (std::size_t p = 0; p < 4; ++p) part[p].store(x + p * R::width);
  } else {
    R part[8];
#pragma GCC unroll 8
    for (std::size_t p = 0; p < 8; ++p) part[p] = lane_levels<1>(R::load(x + p * R::width));
    register_levels<3>(part);
#pragma GCC unroll 8
    for (std::size_t p = 0; p < 8; ++p) part[p].store(x + p * R::width);
  }
}

template <class T>
void transform(T* x, std::size_t count) {
  constexpr std::size_t start = first_block<T>;
  if (count < start) {
    for (std::size_t h = 1; h < count; h *= 2) {
      for (std::size_t i = 0; i < count; ++i) {
        if ((i & h) != 0) continue;
        const T a = x[i], b = x[i + h];
        x[i] = a + b;
        x[i + h] = a - b;
      }
    }
    return;
  }
  const std::size_t block = count < transform_block<T> ? count : transform_block<T>;
  for (std::size_t b = 0; b < count; b += block) {
    for (std::size_t i = 0; i < block; i += start) first_levels(x + b + i);
    remaining_levels(x + b, start, block);
  }
  remaining_levels(x, block, count);
}

}  // namespace
}  // namespace tinyrank
