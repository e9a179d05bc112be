// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstddef>

#include "tinyrank/arena.hpp"
#include "tinyrank/detail/small_matrices.hpp"
#include "tinyrank/views.hpp"

namespace tinyrank {

template <class T>
struct isometry_memory {
  T *basis = nullptr, *image = nullptr;       ///< n x b: the block iteration's
  T* vectors = nullptr;                       ///< n x r: orthonormal columns v_c of Z = sum_c s_c v_c v_c^T
  T* half = nullptr;                          ///< n x r: the columns of one sign, as measure() wants them
  T *largest = nullptr, *smallest = nullptr;  ///< n x r: the worst random Z on either side
  T *measured = nullptr, *part = nullptr;     ///< m: <A_i, Z>, and those of one sign
  double *weights = nullptr, *largest_weights = nullptr, *smallest_weights = nullptr;  ///< r: s_c
  small_matrices<double> small;
  std::byte* operator_scratch = nullptr;
};

/// Columns of the block: r and two more, at most n.
[[nodiscard]] constexpr std::size_t isometry_block(std::size_t n, std::size_t rank) noexcept {
  return rank >= n || n - rank < 2 ? n : rank + 2;
}

template <class T, class Options>
constexpr isometry_memory<T> layout_isometry(arena& memory, std::size_t n, std::size_t measurement_count,
                                             std::size_t operator_scratch_bytes,
                                             const Options& options) noexcept {
  isometry_memory<T> placed;
  const std::size_t b = isometry_block(n, options.rank), r = options.rank, stride = padded<T>(n);
  placed.basis = memory.take<T>(stride, b);
  placed.image = memory.take<T>(stride, b);
  placed.vectors = memory.take<T>(stride, r);
  placed.half = memory.take<T>(stride, r);
  placed.largest = memory.take<T>(stride, r);
  placed.smallest = memory.take<T>(stride, r);
  placed.measured = memory.take<T>(measurement_count);
  placed.part = memory.take<T>(measurement_count);
  placed.weights = memory.take<double>(r);
  placed.largest_weights = memory.take<double>(r);
  placed.smallest_weights = memory.take<double>(r);
  placed.small = layout_small_matrices<double>(memory, b);
  placed.operator_scratch = memory.take<std::byte>(operator_scratch_bytes);
  return placed;
}

template <class T>
struct deviation_memory {
  T *basis = nullptr, *image = nullptr;
  T* measured = nullptr;
  small_matrices<double> small;
  std::byte* operator_scratch = nullptr;
};

template <class T, class Options>
constexpr deviation_memory<T> layout_deviation(arena& memory, std::size_t n, std::size_t measurement_count,
                                               std::size_t operator_scratch_bytes,
                                               const Options& options) noexcept {
  deviation_memory<T> placed;
  const std::size_t b = block_columns(n, options);
  placed.basis = memory.take<T>(padded<T>(n), b);
  placed.image = memory.take<T>(padded<T>(n), b);
  placed.measured = memory.take<T>(measurement_count);
  placed.small = layout_small_matrices<double>(memory, b);
  placed.operator_scratch = memory.take<std::byte>(operator_scratch_bytes);
  return placed;
}

}  // namespace tinyrank
