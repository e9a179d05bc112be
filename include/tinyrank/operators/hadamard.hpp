// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

#include "tinyrank/detail/hadamard_scratch.hpp"
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
///                        S  entry k goes to slot draw_hadamard(n, seed).slots(k) of P =
///                           hadamard_slot_count(n); the other slots are 0
///                        H  Walsh-Hadamard transform, entries +-1: H_st = (-1)^popcount(s and t)
///                        R  keeps the m rows hadamard_row(a, draw, i)
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

/// Exact scratch bytes; see sensing.hpp.
template <class T>
[[nodiscard]] constexpr std::size_t scratch_bytes(const hadamard_sensing<T>& a, std::size_t,
                                                  execution_plan plan) noexcept {
  return measured_bytes(
      [=](arena& memory) { layout_hadamard_scratch<T>(memory, a.n, a.measurement_count, plan); });
}

/// See sensing.hpp. Errors: dimension, measurement_count (0, or above P), size_overflow, operator_data (a
/// given row is not below P). Cost: O(1), O(m) with given rows. Bits: the same on every instruction
/// set and for any number of threads.
template <class T>
[[nodiscard]] TINYRANK_API status make_operator(const hadamard_sensing<T>& a,
                                                sensing_operator<T>& out) noexcept;

}  // namespace tinyrank
