// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstddef>

#include "tinyrank/arena.hpp"
#include "tinyrank/detail/small_matrices.hpp"
#include "tinyrank/views.hpp"

namespace tinyrank {

/// Arrays of observe_subspaces, all double. One function measures and places them.
struct subspace_memory {
  double* work = nullptr;   ///< n r
  double* sigma = nullptr;  ///< min(n, r)
  double* truth = nullptr;  ///< n x r*: an orthonormal basis of X's columns
  double* left = nullptr;   ///< n x r*
  double* rest = nullptr;   ///< n r*
};

constexpr subspace_memory layout_subspaces(arena& memory, std::size_t n, std::size_t rank,
                                           std::size_t truth_rank) noexcept {
  subspace_memory placed;
  placed.work = memory.take<double>(n, rank > truth_rank ? rank : truth_rank);
  placed.sigma = memory.take<double>(n < rank ? n : rank);
  placed.truth = memory.take<double>(padded<double>(n), truth_rank);
  placed.left = memory.take<double>(padded<double>(n), truth_rank);
  placed.rest = memory.take<double>(n, truth_rank);
  return placed;
}

struct signal_memory {
  double* truth = nullptr;   ///< n x r*: V_X
  double* rows = nullptr;    ///< r x r*: W
  double* signal = nullptr;  ///< n x r*: U W
  double* work = nullptr;    ///< n r*
  double* sigma = nullptr;   ///< r*
  double* noise = nullptr;   ///< n x r
  double* basis = nullptr;   ///< n x b
  double* image = nullptr;   ///< n x b
  small_matrices<double> small;
};

/// Columns of the block iteration behind noise_norm.
[[nodiscard]] constexpr std::size_t noise_block(std::size_t n) noexcept {
  return n < 4 ? n : 4;
}

constexpr signal_memory layout_signal(arena& memory, std::size_t n, std::size_t rank,
                                      std::size_t truth_rank) noexcept {
  signal_memory placed;
  const std::size_t stride = padded<double>(n), b = noise_block(n);
  placed.truth = memory.take<double>(stride, truth_rank);
  placed.rows = memory.take<double>(padded<double>(rank), truth_rank);
  placed.signal = memory.take<double>(stride, truth_rank);
  placed.work = memory.take<double>(n, truth_rank);
  placed.sigma = memory.take<double>(truth_rank);
  placed.noise = memory.take<double>(stride, rank);
  placed.basis = memory.take<double>(stride, b);
  placed.image = memory.take<double>(stride, b);
  placed.small = layout_small_matrices<double>(memory, b);
  return placed;
}

}  // namespace tinyrank
