// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstddef>
#include <string>

namespace tinyrank::bench {

/// Version, vector instructions and compiler flags of Eigen as it is compiled here.
std::string eigen_name();

/// y = A x; A: rows x columns, row-major. One thread, as Eigen's matrix-vector products are.
template <class T>
void eigen_times(std::size_t rows, std::size_t columns, const T* a, const T* x, T* y);

/// g = A^T e.
template <class T>
void eigen_transposed_times(std::size_t rows, std::size_t columns, const T* a, const T* e, T* g);

/// B = A U, then G = A^T B. A: m x n, rows `stride` apart; U and G: n x r by columns, `stride` apart; B: m x
/// r, row-major. Eigen spreads products of matrices over this many threads.
template <class T>
void eigen_two_products(int threads, std::size_t m, std::size_t n, std::size_t r, std::size_t stride,
                        const T* a, const T* u, T* b, T* g);

}  // namespace tinyrank::bench
