// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "tinyrank/operators/dense.hpp"

#include <cstring>

#include "lib/operators/packed_batch.hpp"
#include "lib/operators/stored_rows.hpp"

namespace tinyrank {
namespace {

template <class T>
struct stored_packed : stored_rows<T, dense_sensing<T>, stored_packed<T>> {
  static constexpr T off_diagonal = 1;

  static std::size_t stride(const dense_sensing<T>& a) noexcept { return packed_stride<T>(a.n); }
  static const T* first_row(const dense_sensing<T>& a) noexcept { return a.rows; }
  static packed_scratch<T> place(const dense_sensing<T>& a, arena& memory, execution_plan plan) noexcept {
    return layout_packed_scratch<T>(memory, a.n, packed_stride<T>(a.n), plan, 0);
  }
};

}  // namespace

template <class T>
status make_operator(const dense_sensing<T>& a, sensing_operator<T>& out) noexcept {
  if (const status sizes = check_sizes(a.n, a.measurement_count); sizes != status::ok) return sizes;
  if (dense_row_elements<T>(a.n, a.measurement_count) == SIZE_MAX) return status::size_overflow;
  if (a.rows == nullptr || !is_aligned(a.rows)) return status::operator_data;
  out = packed_operator<T, stored_packed<T>>::table(a);
  return status::ok;
}

template <class T>
void make_batch_operator(const dense_sensing<T>& a, batch_operator<T>& out) noexcept {
  out = packed_batch<T, stored_packed<T>>::table(a);
}

template <class T>
bool pack_row_from_full(std::size_t n, const T* full, T* row) noexcept {
  bool symmetric = true;
  for (std::size_t j = 0; j < n; ++j) {
    for (std::size_t k = 0; k <= j; ++k) {
      const T below = full[j * n + k], above = full[k * n + j];
      symmetric = symmetric && below == above;
      // Halving first cannot overflow, and is exact above the subnormals.
      row[packed_index(j, k)] = below == above ? below : T(0.5) * below + T(0.5) * above;
    }
  }
  for (std::size_t k = packed_count(n); k < packed_stride<T>(n); ++k) row[k] = 0;
  return symmetric;
}

template <class T>
void pack_row_from_packed(std::size_t n, const T* packed, T* row) noexcept {
  std::memcpy(row, packed, packed_count(n) * sizeof(T));
  for (std::size_t k = packed_count(n); k < packed_stride<T>(n); ++k) row[k] = 0;
}

template status make_operator(const dense_sensing<float>&, sensing_operator<float>&) noexcept;
template status make_operator(const dense_sensing<double>&, sensing_operator<double>&) noexcept;
template void make_batch_operator(const dense_sensing<float>&, batch_operator<float>&) noexcept;
template void make_batch_operator(const dense_sensing<double>&, batch_operator<double>&) noexcept;
template bool pack_row_from_full(std::size_t, const float*, float*) noexcept;
template bool pack_row_from_full(std::size_t, const double*, double*) noexcept;
template void pack_row_from_packed(std::size_t, const float*, float*) noexcept;
template void pack_row_from_packed(std::size_t, const double*, double*) noexcept;

}  // namespace tinyrank
