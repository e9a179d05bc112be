// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include "lib/kernels/tables.hpp"
#include "tinyrank/random.hpp"

namespace tinyrank {

/// Elements that are transformed in one go, half of a small first-level cache.
template <class T>
inline constexpr std::size_t transform_block = 16384 / sizeof(T);

/// Kernels of the Walsh-Hadamard operator. The transform is that of
///
///   for h = 1, 2, 4, ..., count / 2 and each i with (i & h) == 0:
///     (x[i], x[i + h]) := (x[i] + x[i + h], x[i] - x[i + h])
///
/// and however the levels are grouped, each element goes through the same additions, so the bits are those of
/// this loop. Here `count` may be any power of two; arrays are 64-byte aligned.
template <class T>
struct hadamard_kernels {
  /// All levels of x[0..count). Cost: count log2(count) additions.
  void (*transform)(T* x, std::size_t count);

  /// The levels h, 2h, .. (`levels` of them, 1 to 3) for x[i + p h], i < columns, p < 2^levels. columns: a
  /// multiple of virtual_lanes<T>.
  void (*merge_blocks)(T* x, std::size_t h, std::size_t levels, std::size_t columns);

  /// x[k] := -x[k] where bit k % 32 of random_bits(signs, k / 32) is set; first is a multiple of 32, and last
  /// one of virtual_lanes<T>.
  void (*flip_signs)(random_stream signs, T* x, std::size_t first, std::size_t last);

  /// out[i] = permutation(first + i) for i < count <= capacity; capacity is a multiple of 16, and out is
  /// written up to there.
  void (*permute)(const keyed_permutation& permutation, std::uint32_t first, std::size_t capacity,
                  std::uint32_t* out);

  /// out[i] = slots[places[i]]. places, out and x need no alignment, here and below.
  void (*gather)(const T* slots, const std::uint32_t* places, std::size_t count, T* out);

  /// slots[places[i]] = x[i]; all places differ.
  void (*scatter)(const T* x, const std::uint32_t* places, std::size_t count, T* slots);

  /// slots[places[i]] += x[i]; all places differ.
  void (*scatter_add)(const T* x, const std::uint32_t* places, std::size_t count, T* slots);

  /// e[i] = scale e[i] - y[i] for any number of i, two roundings each; returns the sum of e_i^2, in virtual
  /// lanes.
  T (*scaled_residual)(T scale, const T* y, T* e, std::size_t count);
};
TINYRANK_DECLARE_TABLES(hadamard_kernels)

}  // namespace tinyrank
