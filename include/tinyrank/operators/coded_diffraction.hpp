// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

#include "tinyrank/detail/diffraction_scratch.hpp"
#include "tinyrank/export.hpp"
#include "tinyrank/factor_shape.hpp"
#include "tinyrank/random.hpp"
#include "tinyrank/sensing.hpp"

namespace tinyrank {

enum class diffraction_transform : std::int32_t {
  fourier = 0,   ///< F_kj = exp(-2 pi i k j / N)
  hadamard = 1,  ///< F_kj = (-1)^popcount(k and j)
};

/// N: the smallest power of two with room for d entries; 0 where d is 0 or too large.
[[nodiscard]] constexpr std::size_t diffraction_length(std::size_t d) noexcept {
  return d == 0 || d > largest_dimension / 2 ? 0 : std::bit_ceil(d);
}

/// Coded diffraction patterns: squared moduli of the transform of a masked signal (Candes, Li &
/// Soltanolkotabi, Appl. Comput. Harmon. Anal. 39, 2015, arXiv 1310.3240), Z = W W^H of side d = `dimension`:
///
///   y_{l N + k} = sum over the columns w of W of |(F D_l w)_k|^2,  k < N = diffraction_length(d)
///
/// with w filled up with zeros to N, and D_l diagonal, D_jj = i^diffraction_turns(seed, l, j) one of 1, i,
/// -1, -i. F is not normalised: its entries have modulus 1, and the N measurements of a mask add up to
/// N tr(Z). With U = [P; Q], W = P + iQ (factor_shape.hpp), the operator is real, n = 2 d.
///
/// measurement_count: N for each mask; where it is no multiple, the last mask has the first of its k. With
/// masks at random
///
///   E tr(H Z) H = Z - diag(Z) + tr(Z) I
///
/// so that entries on the diagonal are seen in their sum alone: a low rank has to fill them in. Some 6 masks
/// and more are enough for r = 1. Cost of a gradient: 2 m r log2(N) butterflies; no d x d matrix, nothing
/// stored.
template <class T>
struct coded_diffraction_sensing {
  static constexpr bool concurrent = true;  ///< see batch_operator

  std::size_t dimension = 0;
  std::size_t measurement_count = 0;
  std::uint64_t seed = 1;
  diffraction_transform transform = diffraction_transform::fourier;
  std::size_t n = 2 * dimension;
  std::size_t first_mask = 0;  ///< of all, where these are a part of them

  [[nodiscard]] static constexpr factor_shape shape() noexcept { return {factor_kind::complex, 0}; }
};

/// Quarter turns of 16 neighbouring entries of a mask: entry j of mask l is turned by bits 2 (j % 16) and the
/// next of word j / 16.
[[nodiscard]] constexpr std::uint32_t diffraction_word(random_stream mask, std::size_t word) noexcept {
  return random_bits(mask, static_cast<std::uint32_t>(word));
}
[[nodiscard]] constexpr random_stream diffraction_mask(std::uint64_t seed, std::size_t l) noexcept {
  return make_stream(seed, random_purpose::sensing, l);
}
[[nodiscard]] constexpr std::uint32_t diffraction_turns(std::uint64_t seed, std::size_t l,
                                                        std::size_t j) noexcept {
  return diffraction_word(diffraction_mask(seed, l), j / 16) >> (2 * (j % 16)) & 3;
}

/// Exact scratch bytes; see sensing.hpp.
template <class T>
[[nodiscard]] constexpr std::size_t scratch_bytes(const coded_diffraction_sensing<T>& a, std::size_t rank,
                                                  execution_plan plan) noexcept {
  return measured_bytes([=](arena& memory) {
    layout_diffraction_scratch<T>(memory, a.n, diffraction_length(a.n / 2), rank, plan,
                                  a.transform == diffraction_transform::fourier);
  });
}

/// See sensing.hpp. Errors: dimension (0, too large, or an n that is not twice it), measurement_count,
/// operator_data (a transform that is none). Cost: O(1). Bits: the same on every instruction set and for any
/// number of threads; the unit of parallel work is a mask.
template <class T>
[[nodiscard]] TINYRANK_API status make_operator(const coded_diffraction_sensing<T>& a,
                                                sensing_operator<T>& out) noexcept;

}  // namespace tinyrank
