// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

// random_bits() of random.hpp, lanes along the index, for words of any width.

#include <cstddef>
#include <cstdint>

#include "lib/simd/pack.hpp"
#include "tinyrank/random.hpp"

namespace tinyrank {
namespace {

alignas(64) constexpr std::uint32_t lane_numbers[16] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};

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

}  // namespace
}  // namespace tinyrank
