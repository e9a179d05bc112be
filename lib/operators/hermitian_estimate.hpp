// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

// The estimate that packed Hermitian matrices measure, and what their sum does to a factor, wherever the
// matrices come from.

#include "lib/operators/packed_operator.hpp"
#include "tinyrank/operators/hermitian_dense.hpp"

namespace tinyrank {

/// What every operator of Hermitian matrices asks of its sizes.
template <class T>
status check_hermitian(const hermitian_dense_sensing<T>& a) noexcept {
  if (const status sizes = check_complex_sizes(a.dimension, a.n, a.measurement_count); sizes != status::ok)
    return sizes;
  const bool fits = hermitian_row_elements<T>(a.dimension, a.measurement_count) != SIZE_MAX;
  return fits ? status::ok : status::size_overflow;
}

/// A part of a Source of packed_operator.hpp.
template <class T>
struct hermitian_estimate {
  static std::size_t entry_count(const hermitian_dense_sensing<T>& a) noexcept {
    return a.dimension * a.dimension;
  }

  static constexpr std::size_t piece_rows = 32;

  /// Z packed, what is off the diagonal doubled. The Gram matrix of U, which has its off-diagonals doubled,
  /// has the blocks P P^T, Q P^T and Q Q^T: Re Z = P P^T + Q Q^T, Im Z = Q P^T - P Q^T. It lies meanwhile
  /// where unpack writes later.
  static void form_estimate(const hermitian_dense_sensing<T>&, const workspace<T>& how,
                            factor_view<const T> u, const packed_scratch<T>& scratch) noexcept {
    const std::size_t d = u.n / 2;
    const T* const blocks = scratch.symmetric;
    parallel_for(workers_for(how.plan, packed_count(u.n) * u.rank), (u.n + piece_rows - 1) / piece_rows,
                 [&](std::size_t piece, std::uint32_t) {
                   const std::size_t first = piece * piece_rows;
                   const std::size_t last = first + piece_rows < u.n ? first + piece_rows : u.n;
                   table_for<factor_kernels<T>>(how.kernels->isa)
                       .form_gram_rows(u.data, u.stride, u.rank, first, last, scratch.symmetric);
                 });
    parallel_for(workers_for(how.plan, d * d), d, [&](std::size_t j, std::uint32_t) {
      const T* const of_p = blocks + packed_index(j, 0);
      const T* const of_q = blocks + packed_index(d + j, 0);
      T* const real = scratch.gram + hermitian_real_index(j, 0);
      for (std::size_t k = 0; k <= j; ++k) real[k] = of_p[k] + of_q[d + k];
      if (j == 0) return;
      T* const imaginary = scratch.gram + hermitian_imaginary_index(d, j, 0);
      for (std::size_t k = 0; k < j; ++k) imaginary[k] = of_q[k] - blocks[packed_index(d + k, j)];
    });
    for (std::size_t k = d * d; k < scratch.entries; ++k) scratch.gram[k] = 0;
  }

  /// [Re G, -Im G; Im G, Re G] of the sums G.
  static void unpack(const workspace<T>& how, T scale, std::size_t n,
                     const packed_scratch<T>& scratch) noexcept {
    const std::size_t d = n / 2, stride = padded<T>(n);
    T* const full = scratch.symmetric;
    parallel_for(workers_for(how.plan, n * n), d, [&](std::size_t j, std::uint32_t) {
      T *const upper = full + j * stride, *const lower = full + (d + j) * stride;
      const T* const real = scratch.sums + hermitian_real_index(j, 0);
      for (std::size_t k = 0; k <= j; ++k) {
        const T entry = scale * real[k];
        upper[k] = lower[d + k] = full[k * stride + j] = full[(d + k) * stride + d + j] = entry;
      }
      upper[d + j] = lower[j] = 0;
      if (j != 0) {
        const T* const imaginary = scratch.sums + hermitian_imaginary_index(d, j, 0);
        for (std::size_t k = 0; k < j; ++k) {
          const T entry = scale * imaginary[k];
          lower[k] = full[k * stride + d + j] = entry;
          upper[d + k] = full[(d + k) * stride + j] = -entry;
        }
      }
      for (std::size_t k = n; k < stride; ++k) upper[k] = lower[k] = 0;
    });
  }

  static void apply_sum(const hermitian_dense_sensing<T>&, const workspace<T>& how,
                        const packed_scratch<T>& scratch, T scale, factor_view<const T> v,
                        factor_view<T> out) noexcept {
    unpack(how, scale, v.n, scratch);
    multiply_symmetric(how, scratch.symmetric, v, out);
  }
};

}  // namespace tinyrank
