// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

// Rows of the factor that are shorter than a pack: single ones, in as few registers as hold them, and several
// side by side, of which each lane has one. What an instruction set lacks stays plain C++.

#include <cstddef>

#include "lib/simd/pack.hpp"

namespace tinyrank {
namespace {

/// `Columns` neighbours in a row.
template <class T, std::size_t Columns>
struct row_piece {
  T v[Columns];

  static TINYRANK_INLINE row_piece load(const T* from) noexcept {
    row_piece x;
    for (std::size_t c = 0; c < Columns; ++c) x.v[c] = from[c];
    return x;
  }
  TINYRANK_INLINE void store(T* to) const noexcept {
    for (std::size_t c = 0; c < Columns; ++c) to[c] = v[c];
  }
  friend TINYRANK_INLINE row_piece operator-(const row_piece& a, const row_piece& b) noexcept {
    row_piece x;
    for (std::size_t c = 0; c < Columns; ++c) x.v[c] = a.v[c] - b.v[c];
    return x;
  }
  /// to + w * this and to - w * this, rounded once.
  TINYRANK_INLINE row_piece times_plus(T w, const row_piece& to) const noexcept {
    row_piece x;
    for (std::size_t c = 0; c < Columns; ++c) x.v[c] = exact_fma(w, v[c], to.v[c]);
    return x;
  }
  TINYRANK_INLINE row_piece taken_from(T w, const row_piece& to) const noexcept { return times_plus(-w, to); }
};

/// The rows that a member of each of `together` places names, `Columns` neighbours of each:
///   using lanes = register of `together` numbers;
///   static rows load<Member>(const T* from, const Place* places, stride)   from + places[i].*Member * stride
///   friend rows operator-(rows, rows)
///   lanes (columns(&out))[Columns]   lane i of out[c] is column c of row i
template <class T, std::size_t Columns>
struct rows_together;

/// How many rows stand side by side, and 1 where there is no rows_together.
template <class T>
inline constexpr std::size_t rows_side_by_side = 1;

/// Whether there are rows_together of three columns, and a piece of them.
template <class T>
inline constexpr bool has_three_columns = false;

/// Columns of the widest piece.
template <class T>
inline constexpr std::size_t widest_piece = 1;

}  // namespace
}  // namespace tinyrank

#if defined(TINYRANK_ISA_avx2) || defined(TINYRANK_ISA_avx512)
#include "lib/simd/short_rows_x86.hpp"
#elif defined(TINYRANK_ISA_neon) || defined(TINYRANK_ISA_sve)
#include "lib/simd/short_rows_neon.hpp"
#elif defined(TINYRANK_ISA_helium)
#include "lib/simd/short_rows_helium.hpp"
#endif
