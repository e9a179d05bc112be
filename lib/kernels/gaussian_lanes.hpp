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

template <class Words>
TINYRANK_INLINE Words random_words(random_stream stream, Words index) noexcept {
  const auto constant = [](std::uint32_t value) TINYRANK_LAMBDA { return Words::broadcast(value); };
  Words x = index + constant(stream.key0);
  x = (x ^ x.template shifted_right<17>()) * constant(0xed5ad4bbu);
  x = (x ^ x.template shifted_right<11>()) + constant(stream.key1);
  x = x * constant(0xac4c1b51u);
  x = (x ^ x.template shifted_right<15>()) * constant(0x31848babu);
  return x ^ x.template shifted_right<14>();
}

template <class Words>
TINYRANK_INLINE typename Words::floats gaussian_words(random_stream stream, Words index) noexcept {
  const auto constant = [](std::uint32_t value) TINYRANK_LAMBDA { return Words::broadcast(value); };
  using floats = typename Words::floats;
  const Words x = random_words(stream, index);
  // The lowest bit set makes p the midpoint of its cell, never 0; the top bit is the sign.
  const floats p = ((x & constant(0x7fffffffu)) | constant(1)).to_float();
  const Words bits = Words::bits_of(p);
  const Words octave = bits.template shifted_right<23>();
  const floats f = ((bits & constant(0x007fffffu)) | constant(0x3f800000u)).as_floats();
  const floats t = add(f, floats::broadcast(-1.5f));
  floats z = octave.look_up(gaussian_table[5]);
  z = fma(z, t, octave.look_up(gaussian_table[4]));
  z = fma(z, t, octave.look_up(gaussian_table[3]));
  z = fma(z, t, octave.look_up(gaussian_table[2]));
  z = fma(z, t, octave.look_up(gaussian_table[1]));
  z = fma(z, t, octave.look_up(gaussian_table[0]));
  return (Words::bits_of(z) ^ (x & constant(0x80000000u))).as_floats();
}

}  // namespace
}  // namespace tinyrank
