// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

// Block power iteration with Rayleigh-Ritz (Saad, Numerical Methods for Large Eigenvalue Problems, section
// 5.2), for any symmetric matrix that can be applied to a block.

#include <cstddef>
#include <cstdint>

#include "lib/dense_algebra/orthonormal.hpp"
#include "lib/dense_algebra/small_eigen.hpp"
#include "tinyrank/detail/small_matrices.hpp"
#include "tinyrank/random.hpp"
#include "tinyrank/views.hpp"

namespace tinyrank {

struct block_outcome {
  std::uint32_t steps = 0;
  double residual = 0;
};

template <class T>
void draw_block(factor_view<T> block, std::uint64_t seed) noexcept {
  for (std::size_t c = 0; c < block.rank; ++c) {
    const random_stream stream = make_stream(seed, random_purpose::power_iteration, c);
    for (std::size_t j = 0; j < block.stride; ++j) {
      block.column(c)[j] =
          j < block.n ? static_cast<T>(gaussian(stream, static_cast<std::uint32_t>(j))) : T(0);
    }
  }
}

/// block := block v, v b x b; row: b numbers.
template <class T, class S>
void rotate_block(factor_view<T> block, const S* v, S* row) noexcept {
  const std::size_t b = block.rank;
  for (std::size_t j = 0; j < block.n; ++j) {
    for (std::size_t c = 0; c < b; ++c) row[c] = 0;
    for (std::size_t i = 0; i < b; ++i) {
      const S element = static_cast<S>(block(j, i));
      for (std::size_t c = 0; c < b; ++c) row[c] += element * v[i * b + c];
    }
    for (std::size_t c = 0; c < b; ++c) block(j, c) = static_cast<T>(row[c]);
  }
}

/// Entries (p, q), (p, q + 1), .. of project_onto: the sums wait for themselves, so several go together.
template <std::size_t Together, class T, class S>
void project_pairs(factor_view<T> basis, factor_view<T> image, const small_matrices<S>& small, std::size_t p,
                   std::size_t q) noexcept {
  S sums[Together] = {};
  for (std::size_t j = 0; j < basis.n; ++j) {
    const S x = static_cast<S>(basis(j, p)), y = static_cast<S>(image(j, p));
    for (std::size_t k = 0; k < Together; ++k) {
      sums[k] += S(0.5) * (x * static_cast<S>(image(j, q + k)) + static_cast<S>(basis(j, q + k)) * y);
    }
  }
  const std::size_t b = basis.rank;
  for (std::size_t k = 0; k < Together; ++k) {
    small.projected[p * b + q + k] = small.projected[(q + k) * b + p] = sums[k];
  }
}

/// small.projected := the symmetric part of basis^T image.
template <class T, class S>
void project_onto(factor_view<T> basis, factor_view<T> image, const small_matrices<S>& small) noexcept {
  constexpr std::size_t together = TINYRANK_TARGET_MICROCONTROLLER ? 1 : 4;
  for (std::size_t p = 0; p < basis.rank; ++p) {
    std::size_t q = 0;
    for (; q + together <= p + 1; q += together) project_pairs<together>(basis, image, small, p, q);
    if constexpr (together > 1) {
      for (; q <= p; ++q) project_pairs<1>(basis, image, small, p, q);
    }
  }
}

/// small.values := the eigenvalues that symmetric_eigen left, ordered by before(x, y), and small.vectors with
/// them.
template <class S, class Before>
void sort_eigenpairs(const small_matrices<S>& small, std::size_t b, Before before) noexcept {
  for (std::size_t c = 0; c < b; ++c) small.values[c] = small.projected[c * b + c];
  for (std::size_t c = 0; c + 1 < b; ++c) {
    std::size_t first = c;
    for (std::size_t q = c + 1; q < b; ++q) first = before(small.values[q], small.values[first]) ? q : first;
    if (first == c) continue;
    const S value = small.values[c];
    small.values[c] = small.values[first];
    small.values[first] = value;
    for (std::size_t i = 0; i < b; ++i) {
      const S element = small.vectors[i * b + c];
      small.vectors[i * b + c] = small.vectors[i * b + first];
      small.vectors[i * b + first] = element;
    }
  }
}

/// basis := the Ritz vectors of the matrix that has `image` of it, small.values their values, in order.
template <class T>
void rotate_to_ritz(factor_view<T> basis, factor_view<T> image, const small_matrices<T>& small,
                    bool largest_first) noexcept {
  project_onto(basis, image, small);
  symmetric_eigen(small.projected, small.vectors, basis.rank);
  sort_eigenpairs(small, basis.rank, [=](T x, T y) { return largest_first ? x > y : x < y; });
  rotate_block(basis, small.vectors, small.row);
}

/// The eigenpairs of largest magnitude of the symmetric matrix behind apply(block, image), which sets image
/// := M block. From the columns of `basis`; on return they are Ritz vectors, and small.values Ritz values, by
/// magnitude, largest first. Stops when ||M q_c - lambda_c q_c|| <= tolerance |lambda_0| for the first
/// `wanted` pairs, or after step_limit applications.
template <class T, class Apply>
block_outcome iterate_block(factor_view<T> basis, factor_view<T> image, const small_matrices<double>& small,
                            std::size_t wanted, double tolerance, std::uint32_t step_limit,
                            Apply apply) noexcept {
  const std::size_t b = basis.rank, n = basis.n;
  block_outcome made;
  orthonormalise(basis);
  for (;;) {
    apply(factor_view<const T>(basis), image);
    ++made.steps;
    project_onto(basis, image, small);
    symmetric_eigen(small.projected, small.vectors, b);
    sort_eigenpairs(small, b, [](double x, double y) { return x * x > y * y; });
    rotate_block(basis, small.vectors, small.row);
    rotate_block(image, small.vectors, small.row);
    double worst = 0;
    for (std::size_t c = 0; c < wanted; ++c) {
      double sum = 0;
      for (std::size_t j = 0; j < n; ++j) {
        const double apart =
            static_cast<double>(image(j, c)) - small.values[c] * static_cast<double>(basis(j, c));
        sum += apart * apart;
      }
      worst = sum > worst ? sum : worst;
    }
    const double leading = small.values[0] < 0 ? -small.values[0] : small.values[0];
    made.residual = leading > 0 ? square_root(worst) / leading : 0;
    if (!(made.residual > tolerance) || made.steps >= step_limit) return made;
    for (std::size_t c = 0; c < b; ++c) {
      for (std::size_t j = 0; j < n; ++j) basis(j, c) = image(j, c);
    }
    orthonormalise(basis);
  }
}

}  // namespace tinyrank
