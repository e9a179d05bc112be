// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstddef>
#include <cstdint>

namespace tinyrank {

/// What the n rows of a factor U stand for. Verbs and descents see a real n x r matrix in every case; what
/// reads an answer, counts unknowns or takes inverses asks.
enum class factor_kind : std::int32_t {
  symmetric = 0,    ///< U itself: Z = U U^T, n x n
  rectangular = 1,  ///< U = [L; R]: M = L R^T,
                    ///< <A_i, U U^T> = <B_i, M> with A_i = [0, B_i; B_i^T, 0] / 2
  complex = 2,      ///< U = [P; Q], halves of W = P + iQ: Z = W W^H, n/2 x n/2 Hermitian,
                    ///< <A_i, U U^T> = tr(H_i Z) with A_i = [Re H_i, -Im H_i; Im H_i, Re H_i]
};

struct factor_shape {
  factor_kind kind = factor_kind::symmetric;
  std::size_t rows = 0;  ///< of L, where it is rectangular
};

/// A descriptor of another shape than symmetric says so by a constexpr member function shape().
template <class Sensing>
[[nodiscard]] constexpr factor_shape shape_of(const Sensing& a) noexcept {
  if constexpr (requires { a.shape(); }) {
    return a.shape();
  } else if constexpr (requires { factor_shape(a.shape); }) {
    return a.shape;
  } else {
    return {};
  }
}

/// The rank of the largest matrix.
[[nodiscard]] constexpr std::size_t largest_rank(factor_shape shape, std::size_t n) noexcept {
  switch (shape.kind) {
    case factor_kind::rectangular:
      return shape.rows < n - shape.rows ? shape.rows : n - shape.rows;
    case factor_kind::complex:
      return n / 2;
    case factor_kind::symmetric:
      break;
  }
  return n;
}

/// Real numbers that a matrix of rank k has: n k - k(k - 1)/2. Where it is rectangular, of n rows and columns
/// together, or complex, of n/2 each, k(n - k).
[[nodiscard]] constexpr std::uint64_t unknowns_of_rank(factor_shape shape, std::size_t n,
                                                       std::size_t rank) noexcept {
  const std::size_t most = largest_rank(shape, n);
  const std::uint64_t side = n, k = rank < most ? rank : most;
  return shape.kind == factor_kind::symmetric ? side * k - k * (k - 1) / 2 : k * (side - k);
}

}  // namespace tinyrank
