// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

// Sixteen words of random bits as signs: the uppermost bit of every word is the sign of its lane, and
// doubling the words brings up the next.

#include <cstddef>
#include <cstdint>

#include "lib/simd/pack.hpp"

namespace tinyrank {
namespace {

/// The signs of one pack after another, from words of which there is one for each lane.
template <class T>
struct pack_signs {
  using P = pack<T>;
  using lane = lane_signs<std::remove_reference_t<decltype(P::r[0])>>;
  lane s[P::registers];

  static TINYRANK_INLINE pack_signs load(const std::uint32_t* words) noexcept {
    pack_signs x;
#pragma GCC unroll 16
    for (std::size_t i = 0; i < P::registers; ++i) x.s[i] = lane::load(words + i * (P::lanes / P::registers));
    return x;
  }
  TINYRANK_INLINE void next() noexcept {
#pragma GCC unroll 16
    for (lane& one : s) one = one.doubled();
  }
  TINYRANK_INLINE P flip(const P& x) const noexcept {
    return P::each(typename P::indices{}, [&](std::size_t i) TINYRANK_LAMBDA { return s[i].flip(x.r[i]); });
  }
};

}  // namespace
}  // namespace tinyrank
