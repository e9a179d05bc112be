// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include "lib/kernels/tables.hpp"
#include "tinyrank/detail/packed_scratch.hpp"

namespace tinyrank {

/// Problems of a group: as many as a tile of registers takes. Never changes the bits.
inline constexpr std::size_t batch_group = 4;

/// Kernels over a block of packed rows and a group of at most batch_group problems. The vectors of a group
/// (estimates, sums) are stored side by side, pack by pack: entry k of problem p at ((k / lanes) group + p)
/// lanes + k % lanes, lanes = virtual_lanes<T>. Every sum is taken in the order of the kernels for one
/// problem (packed.hpp), whatever the size of the group and wherever a row is cut into pieces.
template <class T>
struct batch_kernels {
  /// For rows i and problems p, the partial sums of <row i, z_p>, virtual_lanes<T> of them at
  /// partial[(i group + p) virtual_lanes<T>], go on over the entries first .. first + count - 1 (multiples of
  /// virtual_lanes<T>). When several groups take turns over one piece of rows, each prefetches its part of
  /// what comes next: here the next piece of these rows and of the estimates.
  void (*dot_piece)(const T* a, std::size_t stride, std::size_t rows, const T* z, std::size_t group,
                    std::size_t first, std::size_t count, T* partial, std::size_t turn, std::size_t turns);

  /// The residuals e_ip = <row i, z_p> - y_p[first + i] from those sums, as weights[i group + p]; losses[p]
  /// += e_ip^2, row after row. scales (or null): row i stands for scales[i] times what is stored; then e_ip
  /// takes one rounding after the dot, and its weight is scales[i] e_ip, as in quantized.hpp.
  void (*residuals)(const T* partial, std::size_t rows, std::size_t group, const float* scales,
                    const T* const* y, std::size_t first, T* weights, T* losses);

  /// g_p[k] += sum_i weights[i group + p] row_i[k], row after row, for first <= k < first + count. next: the
  /// rows that the next dot_piece takes, or these rows where nothing comes next; their part here is
  /// prefetched.
  void (*accumulate_piece)(const T* a, std::size_t stride, std::size_t rows, const T* weights, T* g,
                           std::size_t group, std::size_t first, std::size_t count, std::size_t turn,
                           std::size_t turns, const T* next);

  /// The bytes of T that a piece should take of a row: a multiple of 64.
  std::size_t piece_bytes;
};
TINYRANK_DECLARE_TABLES(batch_kernels)

}  // namespace tinyrank
