// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstddef>

#include "tinyrank/detail/small_matrices.hpp"
#include "tinyrank/quasi_newton.hpp"

namespace tinyrank {

/// Whether a factor's columns cost an operator little beside its matrices: it forms the n x n matrix
/// sum_i e_i A_i anyway.
template <class Sensing>
constexpr bool forms_matrix(const Sensing& a) noexcept {
  if constexpr (requires { a.forms_matrix; }) {
    return a.forms_matrix;
  } else {
    return false;
  }
}

/// How wide what a staircase works with is, in columns.
struct staircase_columns {
  std::size_t factor = 0;  ///< at most
  std::size_t probes = 0;  ///< of a pass that looks at the residual matrix
  std::size_t block = 0;   ///< of the Krylov space that is made of it
  std::size_t blocks = 0;
  std::size_t krylov = 0;  ///< all of them
  std::size_t small = 0;   ///< side of the small eigenproblems
};

template <class Sensing, class Options>
constexpr staircase_columns columns_of(const Sensing& a, const Options& options) noexcept {
  constexpr std::size_t most = 16, width = 8, passes = 2, blocks = 5;
  const std::size_t n = a.n;
  const factor_shape shape = shape_of(a);
  const bool is_complex = shape.kind == factor_kind::complex;
  const std::size_t vectors = is_complex ? n / 2 : n, top = largest_rank(shape, n);
  staircase_columns found;
  found.factor = options.rank_limit != 0 ? options.rank_limit : top < most ? top : most;
  const bool whole = (options.probes == 0 && forms_matrix(a)) || options.probes >= n || vectors <= width;
  const std::size_t narrow = options.probes != 0 ? options.probes : width;
  const std::size_t block = whole ? width : narrow;
  found.block = block < vectors ? block : vectors;
  found.probes = whole ? n : found.block;
  found.blocks = whole ? blocks : passes;
  found.krylov = found.block > vectors / found.blocks ? vectors : found.block * found.blocks;
  const std::size_t widest = found.factor > found.krylov ? found.factor : found.krylov;
  // Where that overflows, so do the bytes of the factor.
  found.small = is_complex ? 2 * widest : widest;
  return found;
}

/// Everything that a staircase keeps in the arena. One function measures and places it.
template <class T>
struct staircase_memory {
  descent_memory<T> descent;
  void* state = nullptr;         ///< of the quasi-Newton method
  T* kept = nullptr;             ///< the best factor so far; orthonormal columns at the end
  T* probed = nullptr;           ///< [U, eps B]
  T* probed_gradient = nullptr;  ///< G [U, eps B]
  T* basis = nullptr;            ///< of the Krylov space
  T* image = nullptr;            ///< G basis
  T* measured = nullptr;         ///< m values
  T* matrix = nullptr;           ///< G, where a pass gives all of it
  T* identity = nullptr;         ///< and what it is asked for
  small_matrices<T> small;
};

template <class T>
constexpr staircase_memory<T> layout_staircase(arena& memory, std::size_t n, std::size_t measurement_count,
                                               std::size_t operator_scratch_bytes,
                                               const staircase_columns& columns,
                                               const quasi_newton_options<T>& inner) noexcept {
  const std::size_t stride = padded<T>(n);
  const std::size_t probed = columns.factor + columns.probes;
  staircase_memory<T> placed;
  placed.kept = memory.take<T>(stride, columns.factor);
  placed.probed = memory.take<T>(stride, probed);
  placed.probed_gradient = memory.take<T>(stride, probed);
  placed.basis = memory.take<T>(stride, columns.krylov);
  placed.image = memory.take<T>(stride, columns.krylov);
  if (columns.probes == n) {
    placed.matrix = memory.take<T>(stride, n);
    placed.identity = memory.take<T>(stride, n);
  }
  placed.measured = memory.take<T>(measurement_count);
  placed.small = layout_small_matrices<T>(memory, columns.small);
  placed.descent =
      layout_descent<T>(memory, n, measurement_count, operator_scratch_bytes, inner, method_of(inner));
  placed.state = place_quasi_newton<T>(memory, n, measurement_count, inner);
  return placed;
}

}  // namespace tinyrank
