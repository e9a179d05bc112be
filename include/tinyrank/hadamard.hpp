// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

#include "tinyrank/export.hpp"
#include "tinyrank/random.hpp"
#include "tinyrank/sensing.hpp"

namespace tinyrank {

/// Randomised, subsampled Walsh-Hadamard transform of the packed matrix (a subsampled orthogonal transform
/// with random signs: Oymak, Recht, Soltanolkotabi, "Isometric sketching of any set via the restricted
/// isometry property", Information and Inference 7(4), 2018). With w(Z) the n(n+1)/2 packed entries of Z,
/// off-diagonals times sqrt(2), so that <w(A), w(Z)> = <A, Z>:
///
///   y = R H S D w(Z)     D  random signs, one for each packed entry
///                        S  entry k goes to slot hadamard_slot(k) of P = hadamard_slot_count(n), others are
///                        0 H  Walsh-Hadamard transform, entries +-1: H_st = (-1)^popcount(s and t) R  keeps
///                        the m rows hadamard_row(i)
///
/// With the library's 1/sqrt(m) that is sqrt(P/m) times rows of the orthonormal transform. Every A_i has
/// entries +-1 on the diagonal and +-sqrt(1/2) elsewhere, and over the signs E<A_i, Z>^2 = ||Z||_F^2.
///
/// Cost of a gradient, whatever m <= P: O(n^2 r + P log P). Memory: no stored operator; scratch O(P + m).
/// rows: not owned, read only, may be null: drawn from the seed, all different. Given rows should differ too;
/// one that is repeated is measured as often.
template <class T>
struct hadamard_sensing {
  static constexpr bool concurrent = true;  ///< see batch_operator

  std::size_t n = 0;
  std::size_t measurement_count = 0;  ///< 1..P
  std::uint64_t seed = 1;
  const std::uint32_t* rows = nullptr;  ///< m rows of the transform, each below P
};

/// P: the smallest power of two with room for n(n+1)/2 entries; SIZE_MAX when size_t has no such.
[[nodiscard]] constexpr std::size_t hadamard_slot_count(std::size_t n) noexcept {
  const std::size_t count = packed_count(n);
  constexpr std::size_t largest = SIZE_MAX / 2 + 1;
  return count > largest ? SIZE_MAX : std::bit_ceil(count);
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

/// Everything random about a Hadamard operator, from its seed.
///
/// Why entries are scattered: the Gram matrix of the A_i holds the Walsh coefficients of the set of used
/// slots, at row xor row. With the first slots used, rows 0 and P/2 are nearly equal. A permutation leaves
/// coefficients as small as a random set has; an affine map k -> (a k + b) mod P leaves some four times that,
/// and with an unlucky a the smallest eigenvalue is a third of the usual one.
struct hadamard_draw {
  random_stream signs;  ///< packed entry k is negated when bit k % 32 of random_bits(signs, k / 32) is set
  keyed_permutation slots;  ///< packed entry k goes to slot slots(k)
  keyed_permutation rows;   ///< measurement i is row rows(i) of the transform
};

[[nodiscard]] constexpr hadamard_draw draw_hadamard(std::size_t n, std::uint64_t seed) noexcept {
  // Streams that no drawn matrix of another operator uses: those are numbered by measurement.
  constexpr std::uint64_t first = std::uint64_t{1} << 48;
  const std::size_t count = hadamard_slot_count(n);
  return {make_stream(seed, random_purpose::sensing, first),
          make_permutation(make_stream(seed, random_purpose::sensing, first + 1), count),
          make_permutation(make_stream(seed, random_purpose::sensing, first + 2), count)};
}

/// The row of the transform that measurement i < m is.
template <class T>
[[nodiscard]] constexpr std::size_t hadamard_row(const hadamard_sensing<T>& a, const hadamard_draw& draw,
                                                 std::size_t i) noexcept {
  return a.rows != nullptr ? a.rows[i] : draw.rows(static_cast<std::uint32_t>(i));
}

/// The entry (j, k), k <= j, of A_i, one at a time: for checks and for other programs.
template <class T>
[[nodiscard]] constexpr T hadamard_entry(const hadamard_sensing<T>& a, std::size_t i, std::size_t j,
                                         std::size_t k) noexcept {
  const hadamard_draw draw = draw_hadamard(a.n, a.seed);
  const std::size_t entry = packed_index(j, k);
  const bool flipped =
      (random_bits(draw.signs, static_cast<std::uint32_t>(entry / 32)) >> entry % 32 & 1) != 0;
  const bool odd =
      std::popcount(hadamard_row(a, draw, i) & draw.slots(static_cast<std::uint32_t>(entry))) % 2 != 0;
  const T size = j == k ? T(1) : T(0.70710678118654752440);
  return flipped != odd ? -size : size;
}

/// Scratch of the Hadamard operator.
template <class T>
struct hadamard_scratch {
  T* packed = nullptr;  ///< packed U U^T with doubled off-diagonals; later the entries of A^*(w)
  T* slots = nullptr;   ///< P, transformed in place
  T* square = nullptr;  ///< m residuals; later A^*(w), full, n x padded<T>(n)
  T* losses = nullptr;  ///< one per shard
};

template <class T>
constexpr hadamard_scratch<T> layout_hadamard_scratch(arena& memory, std::size_t n,
                                                      std::size_t measurement_count,
                                                      execution_plan plan) noexcept {
  hadamard_scratch<T> scratch;
  const std::size_t stride = padded<T>(n);
  const std::size_t residual_rows = measurement_count / stride + (measurement_count % stride != 0 ? 1 : 0);
  scratch.packed = memory.take<T>(packed_stride<T>(n));
  scratch.slots = memory.take<T>(hadamard_slot_count(n));
  scratch.square = memory.take<T>(stride, residual_rows > n ? residual_rows : n);
  scratch.losses = memory.take<T>(plan.shards);
  return scratch;
}

/// Exact scratch bytes; SIZE_MAX when they overflow size_t. Usable in a constant expression.
template <class T>
[[nodiscard]] constexpr std::size_t scratch_bytes(const hadamard_sensing<T>& a, std::size_t,
                                                  execution_plan plan) noexcept {
  arena measuring;
  layout_hadamard_scratch<T>(measuring, a.n, a.measurement_count, plan);
  return measuring.overflowed() ? SIZE_MAX : measuring.used();
}

/// The function table; `a` is referenced, not copied, and must outlive it. Errors: dimension,
/// measurement_count (0, or above P), size_overflow, operator_data (a given row is not below P). Cost: O(1),
/// O(m) with given rows. Bits: the same on every instruction set and for any number of threads.
template <class T>
[[nodiscard]] TINYRANK_API status make_operator(const hadamard_sensing<T>& a,
                                                sensing_operator<T>& out) noexcept;

}  // namespace tinyrank
