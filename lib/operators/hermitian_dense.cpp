// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "tinyrank/operators/hermitian_dense.hpp"

#include "lib/operators/packed_batch.hpp"
#include "lib/operators/stored_rows.hpp"

namespace tinyrank {
namespace {

template <class T>
struct hermitian_rows : stored_rows<T, hermitian_dense_sensing<T>, hermitian_rows<T>> {
  using descriptor = hermitian_dense_sensing<T>;

  static std::size_t stride(const descriptor& a) noexcept { return hermitian_stride<T>(a.dimension); }
  static const T* first_row(const descriptor& a) noexcept { return a.rows; }
  static packed_scratch<T> place(const descriptor& a, arena& memory, execution_plan plan) noexcept {
    return layout_packed_scratch<T>(memory, a.n, stride(a), plan, 0);
  }
  static std::size_t entry_count(const descriptor& a) noexcept { return a.dimension * a.dimension; }

  static constexpr std::size_t piece_rows = 32;

  /// Z packed, what is off the diagonal doubled. The Gram matrix of U, which has its off-diagonals doubled,
  /// has the blocks P P^T, Q P^T and Q Q^T: Re Z = P P^T + Q Q^T, Im Z = Q P^T - P Q^T. It lies meanwhile
  /// where unpack writes later.
  static void form_estimate(const descriptor&, const workspace<T>& how, factor_view<const T> u,
                            const packed_scratch<T>& scratch) noexcept {
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

  static void apply_sum(const descriptor&, const workspace<T>& how, const packed_scratch<T>& scratch, T scale,
                        factor_view<const T> v, factor_view<T> out) noexcept {
    unpack(how, scale, v.n, scratch);
    multiply_symmetric(how, scratch.symmetric, v, out);
  }
};

}  // namespace

template <class T>
status make_operator(const hermitian_dense_sensing<T>& a, sensing_operator<T>& out) noexcept {
  if (const status sizes = check_complex_sizes(a.dimension, a.n, a.measurement_count); sizes != status::ok)
    return sizes;
  if (hermitian_row_elements<T>(a.dimension, a.measurement_count) == SIZE_MAX) return status::size_overflow;
  if (a.rows == nullptr || !is_aligned(a.rows)) return status::operator_data;
  out = packed_operator<T, hermitian_rows<T>>::table(a);
  make_complex(out);
  return status::ok;
}

template <class T>
void make_batch_operator(const hermitian_dense_sensing<T>& a, batch_operator<T>& out) noexcept {
  out = packed_batch<T, hermitian_rows<T>>::table(a);
}

template <class T>
bool pack_row_from_hermitian(std::size_t d, const T* full, T* row) noexcept {
  bool hermitian = true;
  for (std::size_t j = 0; j < d; ++j) {
    for (std::size_t k = 0; k <= j; ++k) {
      const T *const below = full + 2 * (j * d + k), *const above = full + 2 * (k * d + j);
      const bool same_real = below[0] == above[0], same_imaginary = below[1] == -above[1];
      hermitian = hermitian && same_real && same_imaginary;
      // Halving first cannot overflow, and is exact above the subnormals.
      row[hermitian_real_index(j, k)] = same_real ? below[0] : T(0.5) * below[0] + T(0.5) * above[0];
      if (k == j) continue;
      row[hermitian_imaginary_index(d, j, k)] =
          same_imaginary ? below[1] : T(0.5) * below[1] - T(0.5) * above[1];
    }
  }
  for (std::size_t k = d * d; k < hermitian_stride<T>(d); ++k) row[k] = 0;
  return hermitian;
}

template status make_operator(const hermitian_dense_sensing<float>&, sensing_operator<float>&) noexcept;
template status make_operator(const hermitian_dense_sensing<double>&, sensing_operator<double>&) noexcept;
template void make_batch_operator(const hermitian_dense_sensing<float>&, batch_operator<float>&) noexcept;
template void make_batch_operator(const hermitian_dense_sensing<double>&, batch_operator<double>&) noexcept;
template bool pack_row_from_hermitian(std::size_t, const float*, float*) noexcept;
template bool pack_row_from_hermitian(std::size_t, const double*, double*) noexcept;

}  // namespace tinyrank
