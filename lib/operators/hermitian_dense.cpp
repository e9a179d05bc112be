// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "tinyrank/operators/hermitian_dense.hpp"

#include "lib/operators/hermitian_estimate.hpp"
#include "lib/operators/packed_batch.hpp"
#include "lib/operators/stored_rows.hpp"

namespace tinyrank {
namespace {

template <class T>
struct hermitian_rows : stored_rows<T, hermitian_dense_sensing<T>, hermitian_rows<T>>, hermitian_estimate<T> {
  using descriptor = hermitian_dense_sensing<T>;

  static std::size_t stride(const descriptor& a) noexcept { return hermitian_stride<T>(a.dimension); }
  static const T* first_row(const descriptor& a) noexcept { return a.rows; }
  static packed_scratch<T> place(const descriptor& a, arena& memory, execution_plan plan) noexcept {
    return layout_packed_scratch<T>(memory, a.n, stride(a), plan, 0);
  }
};

}  // namespace

template <class T>
status make_operator(const hermitian_dense_sensing<T>& a, sensing_operator<T>& out) noexcept {
  if (const status sizes = check_hermitian(a); sizes != status::ok) return sizes;
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
