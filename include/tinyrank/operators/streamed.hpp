// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "tinyrank/operators/bilinear.hpp"
#include "tinyrank/operators/complex_rank_one.hpp"
#include "tinyrank/operators/dense.hpp"
#include "tinyrank/operators/dense_bf16.hpp"
#include "tinyrank/operators/dense_int8.hpp"
#include "tinyrank/operators/hermitian_dense.hpp"
#include "tinyrank/operators/rank_one.hpp"
#include "tinyrank/operators/rectangular_dense.hpp"

namespace tinyrank {

/// Where the rows of a streamed operator come from: a file, a flash chip, another machine.
///
/// read writes rows first .. first + count - 1, row_bytes apart, to `rows`, which is 64-byte aligned, and
/// returns `rows`; or it returns another place where they are, aligned alike, which stays as it is until the
/// next call with the same `rows`. Null: they cannot be had. What is computed of them is then NaN, and a run
/// ends, as diverged or where it was.
///
/// A pass asks for every row once; each thread for those of its own part, in order, into a buffer of its own,
/// so that read may be called by several at once. What it gives for a row never changes, and the padding is
/// zero.
struct row_source {
  const void* (*read)(void* context, std::size_t first, std::size_t count, std::size_t row_bytes,
                      void* rows) = nullptr;
  void* context = nullptr;
};

/// A stored operator whose rows are not in memory: Stored is dense_sensing<T>, dense_bf16_sensing<T>,
/// dense_int8_sensing<T>, hermitian_dense_sensing<T>, rectangular_dense_sensing<T>, rank_one_sensing<T>,
/// complex_rank_one_sensing<T> or bilinear_sensing<T>, whose pointer to them is not looked at. A row is what
/// it is there; the scales of int8 stay in memory. The bits of every result are those of Stored. Cost of a
/// gradient: one pass over the rows, and what that of Stored costs.
template <class Stored>
struct streamed_sensing : Stored {
  row_source source = {};
};

/// Of bilinear measurements there are two rows: b_i, from `source`, and c_i, from `right_source`.
template <class T>
struct streamed_sensing<bilinear_sensing<T>> : bilinear_sensing<T> {
  row_source source = {};
  row_source right_source = {};
};

namespace detail {
template <class Stored>
struct row_element;
template <template <class> class Stored, class T>
struct row_element<Stored<T>> {
  using type = T;
};
template <class T>
struct row_element<dense_bf16_sensing<T>> {
  using type = std::uint16_t;
};
template <class T>
struct row_element<dense_int8_sensing<T>> {
  using type = std::int8_t;
};
}  // namespace detail

/// What the rows of Stored are made of: T, or what it is rounded to.
template <class Stored>
using row_element = typename detail::row_element<Stored>::type;

/// Elements from one measurement's matrix, or vector, to the next, of T, bf16 or int8.
template <class T>
[[nodiscard]] constexpr std::size_t row_elements(const dense_sensing<T>& a) noexcept {
  return packed_stride<T>(a.n);
}
template <class T>
[[nodiscard]] constexpr std::size_t row_elements(const dense_bf16_sensing<T>& a) noexcept {
  return quantized_stride<std::uint16_t>(a.n);
}
template <class T>
[[nodiscard]] constexpr std::size_t row_elements(const dense_int8_sensing<T>& a) noexcept {
  return quantized_stride<std::int8_t>(a.n);
}
template <class T>
[[nodiscard]] constexpr std::size_t row_elements(const hermitian_dense_sensing<T>& a) noexcept {
  return hermitian_stride<T>(a.dimension);
}
template <class T>
[[nodiscard]] constexpr std::size_t row_elements(const rectangular_dense_sensing<T>& a) noexcept {
  return rectangular_stride<T>(a.rows, a.columns);
}
template <class T>
[[nodiscard]] constexpr std::size_t row_elements(const rank_one_sensing<T>& a) noexcept {
  return padded<T>(a.n);
}
template <class T>
[[nodiscard]] constexpr std::size_t row_elements(const complex_rank_one_sensing<T>& a) noexcept {
  return padded<T>(a.n);
}

/// Packed rows that are asked for at a time, at most: some 256 KB, which fit a second-level cache, but as
/// many as share a pass over the sum; one where memory is small. Never changes the bits.
[[nodiscard]] constexpr std::size_t streamed_rows(std::size_t row_bytes) noexcept {
  constexpr std::size_t bytes = std::size_t{1} << 18, fewest = 4, most = 256;
  if (drawn_block == 1) return 1;
  const std::size_t fit = bytes / row_bytes;
  return fit < fewest ? fewest : fit > most ? most : fit;
}

/// The place of so many rows, in rows of T.
template <template <class> class Stored, class T>
[[nodiscard]] constexpr std::size_t streamed_block_rows(const streamed_sensing<Stored<T>>& a) noexcept {
  constexpr std::size_t bytes = sizeof(row_element<Stored<T>>);
  return (streamed_rows(row_elements(a) * bytes) * bytes + sizeof(T) - 1) / sizeof(T);
}

/// Exact scratch bytes; see sensing.hpp.
template <template <class> class Stored, class T>
[[nodiscard]] constexpr std::size_t scratch_bytes(const streamed_sensing<Stored<T>>& a, std::size_t rank,
                                                  execution_plan plan) noexcept {
  if constexpr (std::is_same_v<Stored<T>, rank_one_sensing<T>>) {
    return rank_one_scratch_bytes<T>(a.n, rank, plan, true);
  } else if constexpr (std::is_same_v<Stored<T>, complex_rank_one_sensing<T>>) {
    return complex_rank_one_scratch_bytes<T>(a.n, rank, plan, true);
  } else if constexpr (std::is_same_v<Stored<T>, bilinear_sensing<T>>) {
    if (!is_rectangular(a.rows, a.columns, a.n)) return SIZE_MAX;
    return bilinear_scratch_bytes<T>(a.rows, a.columns, rank, plan, true);
  } else if constexpr (std::is_same_v<Stored<T>, rectangular_dense_sensing<T>>) {
    if (!is_rectangular(a.rows, a.columns, a.n)) return SIZE_MAX;
    return drawn_rectangles_bytes<T>(a.rows, a.columns, plan, streamed_block_rows(a));
  } else {
    return packed_scratch_bytes<T>(a.n, row_elements(a), plan, streamed_block_rows(a));
  }
}
template <template <class> class Stored, class T>
[[nodiscard]] constexpr std::size_t batch_scratch_bytes(const streamed_sensing<Stored<T>>& a,
                                                        std::size_t problems, execution_plan plan) noexcept {
  if constexpr (std::is_same_v<Stored<T>, rank_one_sensing<T>>) {
    return rank_one_batch_bytes<T>(problems);
  } else if constexpr (std::is_same_v<Stored<T>, complex_rank_one_sensing<T>>) {
    return complex_rank_one_batch_bytes<T>(problems);
  } else if constexpr (std::is_same_v<Stored<T>, bilinear_sensing<T>>) {
    return bilinear_batch_bytes<T>(problems);
  } else if constexpr (std::is_same_v<row_element<Stored<T>>, T>) {
    return packed_batch_bytes<T>(row_elements(a), true, problems, plan);
  } else {
    return 0;
  }
}

/// See sensing.hpp. Errors: dimension, measurement_count, size_overflow, operator_data (no read, or scales
/// that are null or not finite). Cost: O(1); of int8 O(m).
template <template <class> class Stored, class T>
[[nodiscard]] TINYRANK_API status make_operator(const streamed_sensing<Stored<T>>& a,
                                                sensing_operator<T>& out) noexcept;
/// Null functions for bf16 and int8, whose problems are taken one by one.
template <template <class> class Stored, class T>
TINYRANK_API void make_batch_operator(const streamed_sensing<Stored<T>>& a, batch_operator<T>& out) noexcept;

}  // namespace tinyrank
