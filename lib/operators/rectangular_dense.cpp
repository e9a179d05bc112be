// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "tinyrank/operators/rectangular_dense.hpp"

#include <cstring>

#include "lib/operators/packed_batch.hpp"
#include "lib/operators/rectangular_estimate.hpp"
#include "lib/operators/stored_rows.hpp"

namespace tinyrank {
namespace {

template <class T>
struct stored_rectangles : stored_rows<T, rectangular_dense_sensing<T>, stored_rectangles<T>>,
                           rectangular_estimate<T> {
  using descriptor = rectangular_dense_sensing<T>;

  static std::size_t stride(const descriptor& a) noexcept { return rectangular_stride<T>(a.rows, a.columns); }
  static const T* first_row(const descriptor& a) noexcept { return a.matrices; }
  static packed_scratch<T> place(const descriptor& a, arena& memory, execution_plan plan) noexcept {
    return layout_rectangular_scratch<T>(memory, a.rows, a.columns, plan);
  }
};

}  // namespace

template <class T>
status make_operator(const rectangular_dense_sensing<T>& a, sensing_operator<T>& out) noexcept {
  if (const status sizes = check_rectangles(a); sizes != status::ok) return sizes;
  if (a.matrices == nullptr || !is_aligned(a.matrices)) return status::operator_data;
  out = packed_operator<T, stored_rectangles<T>>::table(a);
  make_rectangular(out, a.rows);
  return status::ok;
}

template <class T>
void make_batch_operator(const rectangular_dense_sensing<T>& a, batch_operator<T>& out) noexcept {
  out = packed_batch<T, stored_rectangles<T>>::table(a);
}

template <class T>
status pack_rectangular_row(std::size_t rows, std::size_t columns, const T* matrix, T* row) noexcept {
  if (!is_rectangular(rows, columns, rows + columns)) return status::dimension;
  if (matrix == nullptr || row == nullptr) return status::operator_data;
  const std::size_t entries = rows * columns;
  std::memcpy(row, matrix, entries * sizeof(T));
  for (std::size_t k = entries; k < rectangular_stride<T>(rows, columns); ++k) row[k] = 0;
  return status::ok;
}

template status make_operator(const rectangular_dense_sensing<float>&, sensing_operator<float>&) noexcept;
template status make_operator(const rectangular_dense_sensing<double>&, sensing_operator<double>&) noexcept;
template void make_batch_operator(const rectangular_dense_sensing<float>&, batch_operator<float>&) noexcept;
template void make_batch_operator(const rectangular_dense_sensing<double>&, batch_operator<double>&) noexcept;
template status pack_rectangular_row(std::size_t, std::size_t, const float*, float*) noexcept;
template status pack_rectangular_row(std::size_t, std::size_t, const double*, double*) noexcept;

}  // namespace tinyrank
