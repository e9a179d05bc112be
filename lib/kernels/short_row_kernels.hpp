// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

// Measuring pairs of rows that are shorter than a pack: several pairs side by side, one in each lane, column
// after column. So every sum has the order, and the bits, of a plain loop over the columns.

#include <cstddef>
#include <type_traits>

#include "lib/kernels/tuning.hpp"
#include "lib/simd/short_rows.hpp"
#include "tinyrank/detail/index_pair.hpp"
#include "tinyrank/detail/pair_scratch.hpp"

namespace tinyrank {
namespace {

template <class T>
inline constexpr bool has_short_rows = rows_side_by_side<T> > 1;

/// use(std::integral_constant): the rank, or 0 where it is known at run time alone.
template <class T, class Use>
TINYRANK_INLINE void for_short_rank(std::size_t rank, Use use) noexcept {
  switch (rank) {
    case 1:
      return use(std::integral_constant<std::size_t, 1>{});
    case 2:
      return use(std::integral_constant<std::size_t, 2>{});
    case 3:
      return use(std::integral_constant<std::size_t, 3>{});
    case 4:
      return use(std::integral_constant<std::size_t, 4>{});
    default:
      break;
  }
  if constexpr (!tuning::microcontroller) {
    switch (rank) {
      case 5:
        return use(std::integral_constant<std::size_t, 5>{});
      case 6:
        return use(std::integral_constant<std::size_t, 6>{});
      case 7:
        return use(std::integral_constant<std::size_t, 7>{});
      case 8:
        return use(std::integral_constant<std::size_t, 8>{});
      default:
        break;
    }
    if constexpr (virtual_lanes<T> <= 8) return;
  }
  use(std::integral_constant<std::size_t, 0>{});
}

enum class row_measure { product, squared_distance };

template <row_measure What, class T>
TINYRANK_INLINE T measure_two_rows(const T* x, const T* y, std::size_t columns) noexcept {
  T sum = 0;
  for (std::size_t c = 0; c < columns; ++c) {
    if constexpr (What == row_measure::product) {
      sum = exact_fma(x[c], y[c], sum);
    } else {
      const T difference = x[c] - y[c];
      sum = exact_fma(difference, difference, sum);
    }
  }
  return sum;
}

/// sum += the measures of `Columns` columns from `u` on, but those before `from` and from `to` on.
template <row_measure What, auto First, auto Second, std::size_t Columns, class T, class Place>
TINYRANK_INLINE void add_columns(const T* u, std::size_t rank, const Place* places, std::size_t from,
                                 std::size_t to, typename rows_together<T, Columns>::lanes& sum) noexcept {
  using rows = rows_together<T, Columns>;
  const rows first = rows::template load<First>(u, places, rank);
  const rows second = rows::template load<Second>(u, places, rank);
  typename rows::lanes x[Columns], y[Columns];
  if constexpr (What == row_measure::product) {
    first.columns(x);
    second.columns(y);
  } else {
    (first - second).columns(x);
  }
#pragma GCC unroll 4
  for (std::size_t k = 0; k < Columns; ++k) {
    if (k >= from && k < to) sum = fma(x[k], What == row_measure::product ? y[k] : x[k], sum);
  }
}

template <row_measure What, auto First, auto Second, std::size_t Known, class T, class Place>
TINYRANK_INLINE void measure_rows_of(const T* u, std::size_t given, const Place* places, std::size_t count,
                                     T* out) noexcept {
  constexpr std::size_t together = rows_side_by_side<T>;
  const std::size_t rank = Known != 0 ? Known : given;
  std::size_t i = 0;
  if constexpr (Known != 1) {
    constexpr bool narrow = Known == 2 || Known == 3 || sizeof(T) == sizeof(double);
    constexpr std::size_t columns = Known == 3 && has_three_columns<T> ? 3 : narrow ? 2 : 4;
    for (; i + together <= count; i += together) {
      auto sum = rows_together<T, columns>::lanes::zero();
      std::size_t c = 0;
#pragma GCC unroll 4
      for (; c + columns <= rank; c += columns) {
        add_columns<What, First, Second, columns>(u + c, rank, places + i, 0, columns, sum);
      }
      if (c < rank) {
        // The last columns come with some before them: nothing behind a row is read.
        const std::size_t before = rank < columns ? 0 : columns - (rank - c);
        add_columns<What, First, Second, columns>(u + c - before, rank, places + i, before, before + rank - c,
                                                  sum);
      }
      sum.store(out + i);
    }
  }
  for (; i < count; ++i) {
    out[i] = measure_two_rows<What>(u + places[i].*First * rank, u + places[i].*Second * rank, rank);
  }
}

/// out_i = <u_First, u_Second> or ||u_First - u_Second||^2 for each place, of rows below a pack.
template <row_measure What, auto First, auto Second, class T, class Place>
void measure_short_rows(const T* u, std::size_t rank, const Place* places, std::size_t count,
                        T* out) noexcept {
  for_short_rank<T>(rank, [=](auto known) TINYRANK_LAMBDA {
    measure_rows_of<What, First, Second, known.value>(u, rank, places, count, out);
  });
}

/// Columns of the widest piece that fits.
template <class T>
constexpr std::size_t piece_of(std::size_t columns) noexcept {
  if (columns == 3 && has_three_columns<T>) return 3;
  std::size_t widest = widest_piece<T>;
  while (widest > columns) widest /= 2;
  return widest;
}

/// use(column, piece) for the pieces that make up a row: row_piece<T, Columns>* null.
template <std::size_t Columns, class T, class Use>
TINYRANK_INLINE void for_known_pieces(std::size_t first, Use use) noexcept {
  if constexpr (Columns > 0) {
    constexpr std::size_t width = piece_of<T>(Columns);
    use(first, static_cast<row_piece<T, width>*>(nullptr));
    for_known_pieces<Columns - width, T>(first + width, use);
  }
}
template <std::size_t Known, class T, class Use>
TINYRANK_INLINE void for_pieces(std::size_t rank, Use use) noexcept {
  if constexpr (Known != 0) {
    for_known_pieces<Known, T>(0, use);
  } else {
    constexpr std::size_t width = piece_of<T>(4);
    std::size_t c = 0;
    for (; c + width <= rank; c += width) use(c, static_cast<row_piece<T, width>*>(nullptr));
    if constexpr (width > 2) {
      if (c + 2 <= rank) {
        use(c, static_cast<row_piece<T, 2>*>(nullptr));
        c += 2;
      }
    }
    if (c < rank) use(c, static_cast<row_piece<T, 1>*>(nullptr));
  }
}

/// What may have been stored a few pairs ago.
template <class Piece, class T>
TINYRANK_INLINE Piece load_sum(const T* from) noexcept {
  if constexpr (requires { Piece::load_stored(from); }) {
    return Piece::load_stored(from);
  } else {
    return Piece::load(from);
  }
}

/// sum_first += w (v_first - v_second), and the same from sum_second.
template <std::size_t Known, class T>
TINYRANK_INLINE void spread_difference(T w, const T* first, const T* second, std::size_t rank, T* to_first,
                                       T* to_second) noexcept {
  for_pieces<Known, T>(rank, [=](std::size_t c, auto* made_of) TINYRANK_LAMBDA {
    using piece = std::remove_pointer_t<decltype(made_of)>;
    const piece difference = piece::load(first + c) - piece::load(second + c);
    difference.times_plus(w, load_sum<piece>(to_first + c)).store(to_first + c);
    difference.taken_from(w, load_sum<piece>(to_second + c)).store(to_second + c);
  });
}

/// sum_first += w v_second, then sum_second += w v_first.
template <std::size_t Known, class T>
TINYRANK_INLINE void spread_product(T w, const T* first, const T* second, std::size_t rank, T* to_first,
                                    T* to_second) noexcept {
  for_pieces<Known, T>(rank, [=](std::size_t c, auto* made_of) TINYRANK_LAMBDA {
    using piece = std::remove_pointer_t<decltype(made_of)>;
    piece::load(second + c).times_plus(w, load_sum<piece>(to_first + c)).store(to_first + c);
    piece::load(first + c).times_plus(w, load_sum<piece>(to_second + c)).store(to_second + c);
  });
}

/// spread(known rank, w_i, where the rows of pair i begin) for every pair, in order; returns
/// squares + w_i^2 + ..., one after the other.
template <class T, class Spread>
TINYRANK_INLINE T spread_short_rows(const T* w, std::size_t rank, const index_pair* pairs, std::size_t count,
                                    T squares, Spread spread) noexcept {
  for_short_rank<T>(rank, [&](auto known) TINYRANK_LAMBDA {
    const std::size_t apart = known.value != 0 ? known.value : rank;
    for (std::size_t i = 0; i < count; ++i) {
      squares += w[i] * w[i];
      spread(known, w[i], pairs[i].first * apart, pairs[i].second * apart);
    }
  });
  return squares;
}

}  // namespace
}  // namespace tinyrank
