// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

// What solvers do otherwise with a factor that stands for a rectangular or a complex matrix. An operator of
// such a shape has a table of it. U U^T needs none, so that a program without such an operator links nothing.

#include "tinyrank/detail/small_matrices.hpp"
#include "tinyrank/sensing.hpp"

namespace tinyrank {

/// Functions that are null are those of U U^T. `rows`: of factor_shape.
template <class T>
struct factor_geometry {
  /// <Z_u, Z_v> of the matrices that two factors stand for.
  T (*product)(std::size_t rows, factor_view<const T> u, factor_view<const T> v) = nullptr;

  /// v := the part of the normalised v of positive eigenvalues, where an iteration that finds the largest by
  /// magnitude leaves both signs; image: of v, its norm.
  void (*take_negative_off)(factor_view<T> v, factor_view<const T> image, T norm) = nullptr;

  /// q := orthonormal columns of the same tangent space of matrices.
  void (*orthonormalise)(std::size_t rows, factor_view<T> q) = nullptr;
  /// x := the part of x that moves the matrix; q as above, x of its shape.
  void (*take_gauge_off)(std::size_t rows, factor_view<T> q, T* x) = nullptr;

  /// As in orthonormal.hpp.
  void (*orthonormalise_column)(factor_view<T> q, std::size_t c) = nullptr;
  /// As in block_iteration.hpp; small: for twice the columns.
  void (*rotate_to_ritz)(factor_view<T> basis, factor_view<T> image, const small_matrices<T>& small,
                         bool largest_first) = nullptr;

  // As in preconditioner.hpp and cholesky.hpp, in as many numbers.
  T (*form_gram)(factor_view<const T> u, T* gram) = nullptr;
  bool (*cholesky)(T* gram, std::size_t r) = nullptr;
  void (*solve)(const T* l, factor_view<T> g, bool backward) = nullptr;
};

}  // namespace tinyrank
