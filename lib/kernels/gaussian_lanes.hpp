// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

// gaussian() of random.hpp, lanes along the index. Written once over words of any width; the one-lane form is
// the public function, so the two cannot drift apart.

#include "lib/gaussian_table.hpp"
#include "lib/simd/pack.hpp"
#include "tinyrank/random.hpp"

namespace tinyrank {
namespace {

template <std::size_t Count, class Step>
TINYRANK_INLINE void for_each_of(Step step) noexcept {
#pragma GCC unroll 4
  for (std::size_t i = 0; i < Count; ++i) step(i);
}

/// x[i] = random_bits at the words places[i] = index + key0 of a stream with key1 keys[i]. One draw is a
/// chain of operations that wait for each other; the steps of `Count` streams are written side by side so
/// that they need not.
template <std::size_t Count, class Words>
TINYRANK_INLINE void random_words(const Words (&places)[Count], const Words (&keys)[Count],
                                  Words (&x)[Count]) noexcept {
  const auto constant = [](std::uint32_t value) TINYRANK_LAMBDA { return Words::broadcast(value); };
  for_each_of<Count>([&](std::size_t i) TINYRANK_LAMBDA {
    x[i] = (places[i] ^ places[i].template shifted_right<17>()) * constant(0xed5ad4bbu);
  });
  for_each_of<Count>([&](std::size_t i) TINYRANK_LAMBDA {
    x[i] = ((x[i] ^ x[i].template shifted_right<11>()) + keys[i]) * constant(0xac4c1b51u);
  });
  for_each_of<Count>([&](std::size_t i) TINYRANK_LAMBDA {
    x[i] = (x[i] ^ x[i].template shifted_right<15>()) * constant(0x31848babu);
  });
  for_each_of<Count>([&](std::size_t i) TINYRANK_LAMBDA { x[i] = x[i] ^ x[i].template shifted_right<14>(); });
}

/// z[i] = gaussian, the same way.
template <std::size_t Count, class Words>
TINYRANK_INLINE void gaussian_words(const Words (&places)[Count], const Words (&keys)[Count],
                                    typename Words::floats (&z)[Count]) noexcept {
  const auto constant = [](std::uint32_t value) TINYRANK_LAMBDA { return Words::broadcast(value); };
  using floats = typename Words::floats;
  Words x[Count], octave[Count];
  floats t[Count];
  random_words(places, keys, x);
  for_each_of<Count>([&](std::size_t i) TINYRANK_LAMBDA {
    // The lowest bit set makes p the midpoint of its cell, never 0; the top bit is the sign.
    const floats p = x[i].masked_or(0x7fffffffu, 1).to_float();
    const Words bits = Words::bits_of(p);
    octave[i] = bits.template shifted_right<23>();
    const floats f = bits.masked_or(0x007fffffu, 0x3f800000u).as_floats();
    t[i] = add(f, floats::broadcast(-1.5f));
    z[i] = octave[i].look_up(gaussian_table[5]);
  });
#pragma GCC unroll 5
  for (std::size_t k = 5; k > 0; --k) {
    for_each_of<Count>([&](std::size_t i) TINYRANK_LAMBDA {
      z[i] = fma(z[i], t[i], octave[i].look_up(gaussian_table[k - 1]));
    });
  }
  for_each_of<Count>([&](std::size_t i) TINYRANK_LAMBDA {
    z[i] = (Words::bits_of(z[i]) ^ (x[i] & constant(0x80000000u))).as_floats();
  });
}

}  // namespace
}  // namespace tinyrank
