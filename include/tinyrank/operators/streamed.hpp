// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "tinyrank/operators/dense.hpp"
#include "tinyrank/operators/dense_bf16.hpp"
#include "tinyrank/operators/dense_int8.hpp"
#include "tinyrank/operators/rank_one.hpp"

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
/// dense_int8_sensing<T> or rank_one_sensing<T>, whose `rows` or `vectors` is not looked at. A row is what it
/// is there; the scales of int8 stay in memory. The bits of every result are those of Stored. Cost of a
/// gradient: one pass over the rows, and what that of Stored costs.
template <class Stored>
struct streamed_sensing : Stored {
  row_source source = {};
};

/// Elements of a row of T, bf16 or int8.
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

/// Packed rows that are asked for at a time, at most: some 256 KB, which fit a second-level cache, but as
/// many as share a pass over the sum; one where memory is small. Never changes the bits.
[[nodiscard]] constexpr std::size_t streamed_rows(std::size_t row_bytes) noexcept {
  constexpr std::size_t bytes = std::size_t{1} << 18, fewest = 4, most = 256;
  if (drawn_block == 1) return 1;
  const std::size_t fit = bytes / row_bytes;
  return fit < fewest ? fewest : fit > most ? most : fit;
}

/// Exact scratch bytes; see sensing.hpp.
template <template <class> class Stored, class T>
[[nodiscard]] constexpr std::size_t scratch_bytes(const streamed_sensing<Stored<T>>& a, std::size_t rank,
                                                  execution_plan plan) noexcept {
  if constexpr (std::is_same_v<Stored<T>, rank_one_sensing<T>>) {
    return rank_one_scratch_bytes<T>(a.n, rank, plan, true);
  } else {
    const std::size_t entries = row_elements(a), bytes = sizeof(*a.rows) * entries;
    return packed_scratch_bytes<T>(a.n, entries, plan,
                                   (streamed_rows(bytes) * sizeof(*a.rows) + sizeof(T) - 1) / sizeof(T));
  }
}
template <template <class> class Stored, class T>
[[nodiscard]] constexpr std::size_t batch_scratch_bytes(const streamed_sensing<Stored<T>>& a,
                                                        std::size_t problems, execution_plan plan) noexcept {
  if constexpr (std::is_same_v<Stored<T>, rank_one_sensing<T>>) return rank_one_batch_bytes<T>(problems);
  if constexpr (std::is_same_v<Stored<T>, dense_sensing<T>>)
    return packed_batch_bytes<T>(row_elements(a), true, problems, plan);
  return 0;
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
