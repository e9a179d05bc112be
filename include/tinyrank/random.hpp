// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

#include "tinyrank/export.hpp"
#include "tinyrank/views.hpp"

namespace tinyrank {

/// What a stream of random numbers is for. Streams of different purposes share nothing, also under one seed.
enum class random_purpose : std::uint32_t {
  sensing = 1,
  initial_factor = 2,
  planted = 3,
  power_iteration = 4,
  test = 5,
  held_out = 6
};

/// A counter-based stream: every value is a function of (seed, purpose, stream, index) alone, so it does not
/// depend on the order of the draws, on the width of a register or on the number of threads.
struct random_stream {
  std::uint32_t key0 = 0;
  std::uint32_t key1 = 0;
};

/// The 64-bit finaliser of SplitMix (Steele, Lea, Flood, OOPSLA 2014, "mix variant 13").
[[nodiscard]] constexpr std::uint64_t mix64(std::uint64_t x) noexcept {
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
  return x ^ (x >> 31);
}

[[nodiscard]] constexpr random_stream make_stream(std::uint64_t seed, random_purpose purpose,
                                                  std::uint64_t stream) noexcept {
  std::uint64_t key = mix64(seed + 0x9e3779b97f4a7c15u);
  key = mix64(key ^ (stream + (static_cast<std::uint64_t>(purpose) << 56)));
  return {static_cast<std::uint32_t>(key), static_cast<std::uint32_t>(key >> 32)};
}

/// 32 random bits: three multiply-xorshift rounds on index + key0 (constants of Wellons' triple32 search),
/// with key1 added after the first. Integer arithmetic only.
[[nodiscard, gnu::always_inline]] constexpr std::uint32_t random_bits(random_stream stream,
                                                                      std::uint32_t index) noexcept {
  std::uint32_t x = index + stream.key0;
  x = (x ^ (x >> 17)) * 0xed5ad4bbu;
  x = (x ^ (x >> 11)) + stream.key1;
  x = x * 0xac4c1b51u;
  x = (x ^ (x >> 15)) * 0x31848babu;
  return x ^ (x >> 14);
}

/// A standard normal number, always a float, so that single and double precision runs see the same matrices.
///
/// z = sign * -Phi^-1(p), with the sign and p = (2k+1)/2^32 (30 bits k) taken from random_bits: one
/// polynomial of degree 5 per octave of p. |z - exact| <= 5e-6; |z| <= 6.3. One rounding per fma, no libm.
[[nodiscard]] TINYRANK_API float gaussian(random_stream stream, std::uint32_t index) noexcept;

/// The two laws of the Gaussian ensemble of symmetric sensing matrices.
enum class gaussian_ensemble : std::int32_t {
  /// A_jj ~ N(0, variance 1), A_jk = A_kj ~ N(0, variance 1/2): E<A,Z>^2 = ||Z||_F^2 (Tu et al., ICML 2016,
  /// footnote 2).
  isotropic = 0,
  /// Variances exchanged, as footnote 1 of arXiv 2106.15013 prints them: about 2 Id, so that mu acts like 2
  /// mu.
  as_printed = 1,
};

/// The float nearest to sqrt(1/2), by which the entries of variance 1/2 are scaled.
inline constexpr float square_root_of_half = 0.70710678f;

/// The entry (j, k), k <= j, of the sensing matrix A_i of the ensemble.
[[nodiscard]] TINYRANK_API float gaussian_entry(std::uint64_t seed, gaussian_ensemble ensemble,
                                                std::uint64_t i, std::size_t j, std::size_t k) noexcept;

/// +1 or -1, for 512 signs from sixteen words: sign `index` is -1 where bit 31 - (index / 16) % 32 of word
/// index % 16 of the sixteen is set. So neighbouring signs lie in neighbouring words, and a register of words
/// gives signs without moving bits between lanes.
[[nodiscard]] constexpr float rademacher_sign(random_stream stream, std::uint32_t index) noexcept {
  const std::uint32_t word = random_bits(stream, index / 512 * 16 + index % 16);
  return (word << index / 16 % 32) >> 31 == 0 ? 1.0f : -1.0f;
}

/// The entry (j, k), k <= j, of the Rademacher matrix A_i: +-1, off the diagonal times square_root_of_half.
[[nodiscard]] constexpr float rademacher_entry(std::uint64_t seed, std::uint64_t i, std::size_t j,
                                               std::size_t k) noexcept {
  const random_stream stream = make_stream(seed, random_purpose::sensing, i);
  const float sign = rademacher_sign(stream, static_cast<std::uint32_t>(packed_index(j, k)));
  return j == k ? sign : sign * square_root_of_half;
}

/// A keyed permutation of 0 .. 2^bits - 1 without a table: three rounds of x := (x multiplier + addend) mod
/// 2^bits, x := x xor (x >> shift), each of which can be undone.
struct keyed_permutation {
  std::uint32_t multiplier[3] = {1, 1, 1};  ///< odd
  std::uint32_t addend[3] = {0, 0, 0};
  std::uint32_t mask = 0;  ///< 2^bits - 1
  std::uint32_t shift = 1;

  [[nodiscard]] constexpr std::uint32_t operator()(std::uint32_t x) const noexcept {
    for (int round = 0; round < 3; ++round) {
      x = (x * multiplier[round] + addend[round]) & mask;
      x ^= x >> shift;
    }
    return x;
  }
};

/// The permutation of `count` values, a power of two up to 2^32, for a stream.
[[nodiscard]] constexpr keyed_permutation make_permutation(random_stream stream, std::size_t count) noexcept {
  keyed_permutation made;
  made.mask = static_cast<std::uint32_t>(count - 1);
  made.shift = (static_cast<std::uint32_t>(std::bit_width(count - 1)) + 2) / 2;
  for (std::uint32_t round = 0; round < 3; ++round) {
    made.multiplier[round] = random_bits(stream, 2 * round) | 1u;
    made.addend[round] = random_bits(stream, 2 * round + 1);
  }
  return made;
}

}  // namespace tinyrank
