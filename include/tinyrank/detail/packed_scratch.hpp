// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

// Scratch of the operators that sum packed matrices, alone and in a batch. One function each measures and
// places it.

#include <cstddef>

#include "tinyrank/detail/shards.hpp"

namespace tinyrank {

/// Matrices that a generated operator draws at a time: a block shares its passes over the estimate and the
/// sum. One where memory is small. Never changes the bits.
inline constexpr std::size_t drawn_block = SIZE_MAX > 0xffffffffu ? 4 : 1;

template <class T>
struct packed_scratch {
  T* gram = nullptr;        ///< packed U U^T with doubled off-diagonals
  T* sums = nullptr;        ///< shard_buffer_count packed sums
  T* losses = nullptr;      ///< one per shard
  T* symmetric = nullptr;   ///< A^*(w), full, n x padded<T>(n); of rectangles see below
  T* drawn = nullptr;       ///< drawn_elements for each worker, when rows are drawn
  std::size_t entries = 0;  ///< of a packed matrix, with the padding of its rows
  std::size_t drawn_elements = 0;
};

template <class T>
constexpr packed_scratch<T> layout_packed_scratch(arena& memory, std::size_t n, std::size_t entries,
                                                  execution_plan plan, std::size_t drawn_rows) noexcept {
  packed_scratch<T> scratch;
  scratch.entries = entries;
  scratch.drawn_elements = entries * drawn_rows;
  scratch.gram = memory.take<T>(entries);
  scratch.sums = memory.take<T>(entries, shard_buffer_count(plan));
  scratch.losses = memory.take<T>(plan.shards);
  scratch.symmetric = memory.take<T>(padded<T>(n), n);
  if (drawn_rows != 0) scratch.drawn = memory.take<T>(scratch.drawn_elements, worker_count(plan));
  return scratch;
}

template <class T>
[[nodiscard]] constexpr std::size_t packed_scratch_bytes(std::size_t n, std::size_t entries,
                                                         execution_plan plan,
                                                         std::size_t drawn_rows) noexcept {
  return measured_bytes(
      [=](arena& memory) { layout_packed_scratch<T>(memory, n, entries, plan, drawn_rows); });
}

/// Of matrices B_i, rows x columns, that are not packed: `gram` is M = L R^T, and `symmetric` holds M, then
/// sum_i w_i B_i, by columns, columns x padded<T>(rows).
template <class T>
constexpr packed_scratch<T> layout_rectangular_scratch(arena& memory, std::size_t rows, std::size_t columns,
                                                       execution_plan plan) noexcept {
  packed_scratch<T> scratch;
  scratch.entries = padded<T>(rows * columns);
  scratch.gram = memory.take<T>(scratch.entries);
  scratch.sums = memory.take<T>(scratch.entries, shard_buffer_count(plan));
  scratch.losses = memory.take<T>(plan.shards);
  scratch.symmetric = memory.take<T>(padded<T>(rows), columns);
  return scratch;
}

template <class T>
[[nodiscard]] constexpr std::size_t rectangular_scratch_bytes(std::size_t rows, std::size_t columns,
                                                              execution_plan plan) noexcept {
  return measured_bytes([=](arena& memory) { layout_rectangular_scratch<T>(memory, rows, columns, plan); });
}

/// The same with drawn_rows of their rows for each worker, at the end.
template <class T>
constexpr packed_scratch<T> layout_drawn_rectangles(arena& memory, std::size_t rows, std::size_t columns,
                                                    execution_plan plan, std::size_t drawn_rows) noexcept {
  packed_scratch<T> scratch = layout_rectangular_scratch<T>(memory, rows, columns, plan);
  scratch.drawn_elements = scratch.entries * drawn_rows;
  scratch.drawn = memory.take<T>(scratch.drawn_elements, worker_count(plan));
  return scratch;
}

template <class T>
[[nodiscard]] constexpr std::size_t drawn_rectangles_bytes(std::size_t rows, std::size_t columns,
                                                           execution_plan plan,
                                                           std::size_t drawn_rows) noexcept {
  return measured_bytes(
      [=](arena& memory) { layout_drawn_rectangles<T>(memory, rows, columns, plan, drawn_rows); });
}

/// Rows that a batch works on at a time: enough to share the passes over the problems' estimates and sums,
/// few enough to stay in the caches. Never changes the bits.
inline constexpr std::size_t batch_rows = SIZE_MAX > 0xffffffffu ? 32 : 4;

/// What is one for each problem comes first; what each worker has for itself begins with shard_sums.
template <class T>
struct packed_batch_scratch {
  packed_scratch<T>* sets = nullptr;  ///< that of each problem
  T** sums = nullptr;
  T** losses = nullptr;
  std::size_t* counts = nullptr;
  const T** measured = nullptr;
  T* estimates = nullptr;     ///< packed U U^T of each problem, interleaved
  T* shard_sums = nullptr;    ///< a packed sum for each problem, interleaved
  T* shard_losses = nullptr;  ///< one for each problem
  T* partial = nullptr;       ///< partial sums of batch_rows dots of each problem
  T* weights = nullptr;       ///< batch_rows residuals of each problem
  T* rows = nullptr;          ///< batch_rows packed rows, unless they are stored as T
};

template <class T>
constexpr packed_batch_scratch<T> layout_packed_batch_scratch(arena& memory, std::size_t entries,
                                                              bool expands, std::size_t problems,
                                                              execution_plan plan) noexcept {
  packed_batch_scratch<T> scratch;
  const std::size_t workers = worker_count(plan);
  // Products of `problems` could wrap before take() sees them.
  const std::size_t most = SIZE_MAX / (batch_rows * virtual_lanes<T>) / 1024;
  const std::size_t each = problems > most ? SIZE_MAX : problems,
                    all = problems > most ? SIZE_MAX : problems * workers;
  scratch.sets = memory.take<packed_scratch<T>>(each);
  scratch.sums = memory.take<T*>(each);
  scratch.losses = memory.take<T*>(each);
  scratch.counts = memory.take<std::size_t>(each);
  scratch.measured = memory.take<const T*>(each);
  scratch.estimates = memory.take<T>(entries, each);
  scratch.shard_sums = memory.take<T>(entries, all);
  scratch.shard_losses = memory.take<T>(all);
  scratch.partial = memory.take<T>(batch_rows * virtual_lanes<T>, all);
  scratch.weights = memory.take<T>(batch_rows, all);
  if (expands) scratch.rows = memory.take<T>(entries, batch_rows * workers);
  return scratch;
}

template <class T>
[[nodiscard]] constexpr std::size_t packed_batch_bytes(std::size_t entries, bool expands,
                                                       std::size_t problems, execution_plan plan) noexcept {
  return measured_bytes(
      [=](arena& memory) { layout_packed_batch_scratch<T>(memory, entries, expands, problems, plan); });
}

}  // namespace tinyrank
