// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

// What solvers do otherwise with a factor that stands for a rectangular or a complex matrix. An operator of
// such a shape has a table of it. U U^T needs none, so that a program without such an operator links nothing.

#include "lib/dense_algebra/vectors.hpp"
#include "tinyrank/detail/small_matrices.hpp"
#include "tinyrank/sensing.hpp"

namespace tinyrank {

template <class T>
using column_function = void(factor_view<T> q, std::size_t c);
template <class T>
using ritz_function = void(factor_view<T> basis, factor_view<T> image, const small_matrices<T>& small,
                           bool largest_first);

/// Functions that are null are those of U U^T. `rows`: of factor_shape.
template <class T>
struct factor_geometry {
  /// As unknowns_of_rank in factor_shape.hpp.
  std::uint64_t (*unknowns)(factor_shape shape, std::size_t n, std::size_t rank) = unknowns_of_rank;

  /// <Z_u, Z_v> of the matrices that two factors stand for.
  T (*product)(std::size_t rows, factor_view<const T> u, factor_view<const T> v) = nullptr;

  /// v := the part of the normalised v of positive eigenvalues, where an iteration that finds the largest by
  /// magnitude leaves both signs; image: of v, its norm.
  void (*take_negative_off)(factor_view<T> v, factor_view<const T> image, T norm) = nullptr;

  /// q := orthonormal columns of the same tangent space of matrices; null: one after the other, as below.
  void (*orthonormalise)(std::size_t rows, factor_view<T> q) = nullptr;
  /// x := the part of x that moves the matrix; q as above, x of its shape.
  void (*take_gauge_off)(std::size_t rows, factor_view<T> q, T* x) = nullptr;

  /// As in orthonormal.hpp.
  column_function<T>* orthonormalise_column = nullptr;
  /// As in block_iteration.hpp; small: for twice the columns.
  ritz_function<T>* rotate_to_ritz = nullptr;

  // As in preconditioner.hpp, in as many numbers.
  bool (*factorise_gram)(factor_view<const T> u, T lambda, T* gram) = nullptr;
  void (*solve)(const T* l, const factor_view<T>& g, bool backward) = nullptr;
};

/// <Z_u, Z_v> of the matrices that two factors stand for, in the operator's shape. Cost: O(n r_u r_v).
template <class T>
T matrix_inner_product(const sensing_operator<T>& a, factor_view<const T> u,
                       factor_view<const T> v) noexcept {
  if (a.geometry != nullptr) return a.geometry->product(a.shape.rows, u, v);
  T sum = 0;
  for (std::size_t c = 0; c < u.rank; ++c) {
    for (std::size_t d = 0; d < v.rank; ++d) {
      const T both = dot(u.column(c), v.column(d), u.n);
      sum += both * both;
    }
  }
  return sum;
}

}  // namespace tinyrank
