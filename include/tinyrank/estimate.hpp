// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

// The matrix that a factor stands for, by its shape: Z = U U^T, M = L R^T or Z = W W^H (factor_shape.hpp).

#include <cstddef>

#include "tinyrank/export.hpp"
#include "tinyrank/factor_shape.hpp"
#include "tinyrank/views.hpp"

namespace tinyrank {

struct matrix_size {
  std::size_t rows = 0;
  std::size_t columns = 0;
};

/// Of the matrix behind a factor of n rows.
[[nodiscard]] constexpr matrix_size matrix_size_of(factor_shape shape, std::size_t n) noexcept {
  if (shape.kind == factor_kind::rectangular) return {shape.rows, n - shape.rows};
  return shape.kind == factor_kind::complex ? matrix_size{n / 2, n / 2} : matrix_size{n, n};
}

struct matrix_entry {
  double real = 0;
  double imaginary = 0;
};

/// The entry (j, k) of the matrix. No check. Cost: O(r), in double.
template <class T>
[[nodiscard]] TINYRANK_API matrix_entry estimate_at(factor_shape shape, factor_view<const T> factor,
                                                    std::size_t j, std::size_t k) noexcept;

/// ||M_U - M_X||_F / ||M_X||_F of the matrices that two factors of one shape stand for. No check; NaN for
/// X = 0. Cost: O(rows columns (r + rank of X)), in double.
template <class T>
[[nodiscard]] TINYRANK_API double relative_test_error(factor_shape shape, factor_view<const T> factor,
                                                      factor_view<const T> truth) noexcept;

/// Numbers of double that fidelity works in.
[[nodiscard]] constexpr std::size_t fidelity_work(std::size_t rank, std::size_t truth_rank) noexcept {
  return 8 * rank * truth_rank + 2 * (rank < truth_rank ? rank : truth_rank);
}

/// F = (tr sqrt(sqrt(rho) sigma sqrt(rho)))^2 of the states rho = W W^H / tr, sigma = X X^H / tr of two
/// complex factors (Jozsa 1994): the square of the sum of the singular values of W^H X, over both traces; 1
/// for equal states. work: fidelity_work(factor.rank, truth.rank) numbers. No check; NaN for a factor of 0.
/// Cost: O(n r r*).
template <class T>
[[nodiscard]] TINYRANK_API double fidelity(factor_view<const T> factor, factor_view<const T> truth,
                                           double* work) noexcept;

}  // namespace tinyrank
