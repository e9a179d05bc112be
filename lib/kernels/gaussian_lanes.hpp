// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

// gaussian() of random.hpp, lanes along the index. Written once over words of any width; the one-lane form is
// the public function, so the two cannot drift apart.

#include "lib/gaussian_table.hpp"
#include "lib/kernels/random_lanes.hpp"

namespace tinyrank {
namespace {

/// z[i] = the normal number of the random words x[i].
template <std::size_t Count, class Words>
TINYRANK_INLINE void normal_of_words(const Words (&x)[Count], typename Words::floats (&z)[Count]) noexcept {
  const auto constant = [](std::uint32_t value) TINYRANK_LAMBDA { return Words::broadcast(value); };
  using floats = typename Words::floats;
  Words octave[Count];
  floats t[Count];
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

/// z[i] = gaussian, for the words that random_words takes.
template <std::size_t Count, class Words>
TINYRANK_INLINE void gaussian_words(const Words (&places)[Count], const Words (&keys)[Count],
                                    typename Words::floats (&z)[Count]) noexcept {
  Words x[Count];
  random_words(places, keys, x);
  normal_of_words(x, z);
}

}  // namespace
}  // namespace tinyrank
