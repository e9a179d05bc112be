// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstddef>
#include <cstdint>

#include "tinyrank/export.hpp"
#include "tinyrank/views.hpp"

namespace tinyrank {

/// 64-bit FNV-1a hash of the n r elements of U, row by row, as little-endian bytes: the fingerprint of a run.
/// Padding and strides do not enter. Cost: O(n r).
template <class T>
[[nodiscard]] TINYRANK_API std::uint64_t factor_bits(factor_view<const T> factor) noexcept;

/// ||U U^T - X X^T||_F / ||X X^T||_F, accumulated in double without forming either matrix. truth: n x any
/// rank. Cost: O(n^2 (r + r*)).
template <class T>
[[nodiscard]] TINYRANK_API double relative_test_error(factor_view<const T> factor,
                                                      factor_view<const T> truth) noexcept;

/// ||U U^T - M||_F / ||M||_F for a full n x n row-major M. Cost: O(n^2 r).
template <class T>
[[nodiscard]] TINYRANK_API double relative_test_error_full(factor_view<const T> factor,
                                                           const double* truth) noexcept;

/// Singular values of U, largest first, by one-sided Jacobi rotations in double, which give small values to
/// high relative accuracy (Demmel & Veselic 1992). work: n * r doubles (row-major copy; on return the min(n,
/// r) leading scaled left singular vectors are its columns, when n >= r); sigma: min(n, r) doubles. Cost: O(n
/// r min(n, r)) per sweep, about six sweeps.
template <class T>
TINYRANK_API void singular_values(factor_view<const T> factor, double* work, double* sigma) noexcept;

/// A planted truth X: n x r*, X = Q diag(s) with Q orthonormal columns (Gaussian, then Gram-Schmidt twice)
/// and s from 1 down to 1/condition_number in equal steps, so ||X|| = 1. r* <= n; truth's padding is set to
/// zero. Bits: the same everywhere.
template <class T>
TINYRANK_API void draw_planted_truth(factor_view<T> truth, T condition_number, std::uint64_t seed) noexcept;

}  // namespace tinyrank
