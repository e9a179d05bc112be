// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

// Normal numbers of several streams, a register at a time and in order.

#include "lib/kernels/gaussian_lanes.hpp"
#include "lib/kernels/tuning.hpp"
#include "tinyrank/random.hpp"

namespace tinyrank {
namespace {

using words = register_words;
using floats = words::floats;

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
  words places[Count], keys[Count], bits[tuning::draws_ahead ? Count : 1];

  /// From the indices `first`, one for each lane.
  TINYRANK_INLINE counting_draw(const random_stream* streams, words first) noexcept {
    for (std::size_t i = 0; i < Count; ++i) {
      places[i] = first + words::broadcast(streams[i].key0);
      keys[i] = words::broadcast(streams[i].key1);
    }
    if constexpr (tuning::draws_ahead) random_words(places, keys, bits);
  }
  TINYRANK_INLINE void next(floats (&z)[Count]) noexcept {
    if constexpr (tuning::draws_ahead) {
      words now[Count];
      for (std::size_t i = 0; i < Count; ++i) now[i] = bits[i];
      advance();
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
    if constexpr (tuning::draws_ahead) random_words(places, keys, bits);
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

}  // namespace
}  // namespace tinyrank
