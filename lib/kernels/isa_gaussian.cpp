// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "lib/kernels/gaussian.hpp"
#include "lib/kernels/gaussian_lanes.hpp"

namespace tinyrank {
namespace {

using words = register_words;
using floats = words::floats;

/// Streams that are drawn together: the loads of the table are shared. And whether the bits of the next draw
/// are made beside the normal numbers of this one, so that a processor has two short chains to overlap
/// instead of one long one.
#if defined(TINYRANK_ISA_avx512)
template <class T>
inline constexpr std::size_t side_by_side = sizeof(T) == sizeof(float) ? 4 : 2;
inline constexpr bool draws_ahead = true;
#else
template <class T>
inline constexpr std::size_t side_by_side = 1;  // the table alone takes more registers than there are
#if defined(TINYRANK_ISA_avx2)
inline constexpr bool draws_ahead = true;
#else
inline constexpr bool draws_ahead = false;
#endif
#endif

/// The first `count` lanes of x, widened.
template <class T>
TINYRANK_INLINE void store_lanes(floats x, T* out, std::size_t count = words::width) noexcept {
  if constexpr (sizeof(T) == sizeof(float)) {
    if (count == words::width) return x.store(out);
  }
  alignas(64) float narrow[words::width];
  x.store(narrow);
  for (std::size_t l = 0; l < count; ++l) out[l] = static_cast<T>(narrow[l]);
}

/// Draws from `Count` streams at indices that count up.
template <std::size_t Count>
struct counting_draw {
  words places[Count], keys[Count], bits[draws_ahead ? Count : 1];

  /// From the indices `first`, one for each lane.
  TINYRANK_INLINE counting_draw(const random_stream* streams, words first) noexcept {
    for (std::size_t i = 0; i < Count; ++i) {
      places[i] = first + words::broadcast(streams[i].key0);
      keys[i] = words::broadcast(streams[i].key1);
    }
    if constexpr (draws_ahead) random_words(places, keys, bits);
  }
  TINYRANK_INLINE void next(floats (&z)[Count]) noexcept {
    if constexpr (draws_ahead) {
      words now[Count];
      for (std::size_t i = 0; i < Count; ++i) now[i] = bits[i];
      advance();
      random_words(places, keys, bits);
      normal_of_words(now, z);
    } else {
      gaussian_words(places, keys, z);
      advance();
    }
  }
  TINYRANK_INLINE void advance() noexcept {
    for (std::size_t i = 0; i < Count; ++i) {
      places[i] = places[i] + words::broadcast(static_cast<std::uint32_t>(words::width));
    }
  }
};

/// use(k) for whole registers below count; then, once, for the one that is cut. Two loops, because a register
/// that may be cut costs the whole loop its place for the table.
template <class Whole, class Cut>
TINYRANK_INLINE void for_each_register(std::size_t count, Whole whole, Cut cut) noexcept {
  std::size_t k = 0;
  for (; k + words::width <= count; k += words::width) whole(k);
  if (k < count) cut(k, count - k);
}

template <class T>
void gaussian_vector(random_stream stream, T* out, std::size_t count) {
  counting_draw<1> draw(&stream, words::load(lane_numbers));
  floats z[1];
  for_each_register(
      count,
      [&](std::size_t k) TINYRANK_LAMBDA {
        draw.next(z);
        store_lanes(z[0], out + k);
      },
      [&](std::size_t k, std::size_t left) {
        draw.next(z);
        store_lanes(z[0], out + k, left);
      });
}

/// x times scale. As fma(x, scale, -0) it is one correctly rounded operation with the sign of x.
TINYRANK_INLINE floats scaled(floats x, floats scale) noexcept {
  return fma(x, scale, floats::broadcast(-0.0f));
}

template <std::size_t Rows, class T>
TINYRANK_INLINE void gaussian_block(const random_stream* streams, std::size_t n, float diagonal_scale,
                                    float off_diagonal_scale, T* out, std::size_t stride) noexcept {
  counting_draw<Rows> draw(streams, words::load(lane_numbers));
  const floats off_diagonal = floats::broadcast(off_diagonal_scale);
  for_each_register(
      stride,
      [&](std::size_t k) TINYRANK_LAMBDA {
        floats z[Rows];
        draw.next(z);
#pragma GCC unroll 4
        for (std::size_t i = 0; i < Rows; ++i) store_lanes(scaled(z[i], off_diagonal), out + i * stride + k);
      },
      [&](std::size_t k, std::size_t left) {
        floats z[Rows];
        draw.next(z);
        for (std::size_t i = 0; i < Rows; ++i)
          store_lanes(scaled(z[i], off_diagonal), out + i * stride + k, left);
      });
  const floats diagonal = floats::broadcast(diagonal_scale);
  std::size_t place = 0;
  for (std::size_t j = 0; j < n; j += words::width) {
    alignas(64) std::uint32_t places[words::width] = {};
    const std::size_t left = n - j < words::width ? n - j : words::width;
    for (std::size_t l = 0; l < left; ++l, place += j + l + 1) places[l] = static_cast<std::uint32_t>(place);
    floats z[Rows];
    words at[Rows], keys[Rows];
    for (std::size_t i = 0; i < Rows; ++i) {
      at[i] = words::load(places) + words::broadcast(streams[i].key0);
      keys[i] = words::broadcast(streams[i].key1);
    }
    gaussian_words(at, keys, z);
    for (std::size_t i = 0; i < Rows; ++i) {
      alignas(64) float narrow[words::width];
      scaled(z[i], diagonal).store(narrow);
      for (std::size_t l = 0; l < left; ++l) out[i * stride + places[l]] = static_cast<T>(narrow[l]);
    }
  }
  for (std::size_t i = 0; i < Rows; ++i) {
    for (std::size_t k = place - n; k < stride; ++k) out[i * stride + k] = 0;
  }
}

template <class T>
void gaussian_rows(const random_stream* streams, std::size_t rows, std::size_t n, float diagonal_scale,
                   float off_diagonal_scale, T* out, std::size_t stride) {
  constexpr std::size_t together = side_by_side<T>;
  std::size_t i = 0;
  for (; i + together <= rows; i += together) {
    gaussian_block<together>(streams + i, n, diagonal_scale, off_diagonal_scale, out + i * stride, stride);
  }
  for (; i < rows; ++i) {
    gaussian_block<1>(streams + i, n, diagonal_scale, off_diagonal_scale, out + i * stride, stride);
  }
}

}  // namespace

template <>
const gaussian_kernels<float> isa_tables<gaussian_kernels<float>>::TINYRANK_ISA = {gaussian_vector<float>,
                                                                                   gaussian_rows<float>};
template <>
const gaussian_kernels<double> isa_tables<gaussian_kernels<double>>::TINYRANK_ISA = {gaussian_vector<double>,
                                                                                     gaussian_rows<double>};

}  // namespace tinyrank
