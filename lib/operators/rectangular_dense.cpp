// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "tinyrank/operators/rectangular_dense.hpp"

#include <cstring>

#include "lib/operators/packed_batch.hpp"
#include "lib/operators/stored_rows.hpp"

namespace tinyrank {
namespace {

/// use(k, last) for pieces of the columns of M, so many that runs of a row are whole lines.
template <class Use>
void for_column_pieces(std::uint32_t workers, std::size_t columns, Use use) noexcept {
  constexpr std::size_t piece = 32;
  parallel_for(workers, (columns + piece - 1) / piece, [&](std::size_t p, std::uint32_t) {
    use(p * piece, (p + 1) * piece < columns ? (p + 1) * piece : columns);
  });
}

/// M and sum_i w_i B_i are row by row in the pass over the B_i. Before and after it they are wanted by
/// columns: L stands at the beginning of the columns of U, aligned, R does not and is read number by number.
template <class T>
struct stored_rectangles : stored_rows<T, rectangular_dense_sensing<T>, stored_rectangles<T>> {
  using descriptor = rectangular_dense_sensing<T>;

  static std::size_t stride(const descriptor& a) noexcept { return rectangular_stride<T>(a.rows, a.columns); }
  static const T* first_row(const descriptor& a) noexcept { return a.matrices; }
  static packed_scratch<T> place(const descriptor& a, arena& memory, execution_plan plan) noexcept {
    return layout_rectangular_scratch<T>(memory, a.rows, a.columns, plan);
  }
  static std::size_t entry_count(const descriptor& a) noexcept { return a.rows * a.columns; }

  static void form_estimate(const descriptor& a, const workspace<T>& how, factor_view<const T> u,
                            const packed_scratch<T>& scratch) noexcept {
    const std::size_t rows = a.rows, columns = a.columns, side = padded<T>(rows);
    for (std::size_t k = rows * columns; k < scratch.entries; ++k) scratch.gram[k] = 0;
    for_column_pieces(workers_for(how.plan, rows * columns * u.rank), columns,
                      [&](std::size_t first, std::size_t last) {
                        for (std::size_t k = first; k < last; ++k) {
                          // What follows L in a column of U ends up past the rows of M, and is not read.
                          T* const column = scratch.symmetric + k * side;
                          std::memset(column, 0, side * sizeof(T));
                          for (std::size_t c = 0; c < u.rank; ++c) {
                            how.kernels->scaled_add(u(rows + k, c), u.column(c), column, column, side);
                          }
                        }
                        for (std::size_t j = 0; j < rows; ++j) {
                          for (std::size_t k = first; k < last; ++k) {
                            scratch.gram[j * columns + k] = scratch.symmetric[k * side + j];
                          }
                        }
                      });
  }

  static void apply_sum(const descriptor& a, const workspace<T>& how, const packed_scratch<T>& scratch,
                        T scale, factor_view<const T> v, factor_view<T> out) noexcept {
    const std::size_t rows = a.rows, columns = a.columns, side = padded<T>(rows);
    const T half = T(0.5) * scale;  // of A_i = [0, B_i; B_i^T, 0] / 2
    for_column_pieces(workers_for(how.plan, rows * columns), columns,
                      [&](std::size_t first, std::size_t last) {
                        for (std::size_t j = 0; j < rows; ++j) {
                          for (std::size_t k = first; k < last; ++k) {
                            scratch.symmetric[k * side + j] = half * scratch.sums[j * columns + k];
                          }
                        }
                        for (std::size_t k = first; k < last; ++k) {
                          for (std::size_t j = rows; j < side; ++j) scratch.symmetric[k * side + j] = 0;
                        }
                      });
    const auto& products = table_for<factor_kernels<T>>(how.kernels->isa);
    const auto& dots = stored_rectangles::kernels(how.kernels->isa);
    parallel_for(workers_for(how.plan, 2 * rows * columns * v.rank), v.rank,
                 [&](std::size_t c, std::uint32_t) {
                   T* const column = out.column(c);
                   // The padding of the first half comes where the second is then written.
                   products.symmetric_times(scratch.symmetric, columns, side, v.column(c) + rows, 1, column);
                   dots.dot_rows(scratch.symmetric, side, columns, v.column(c), side, column + rows);
                   for (std::size_t j = rows + columns; j < out.stride; ++j) column[j] = 0;
                 });
  }
};

}  // namespace

template <class T>
status make_operator(const rectangular_dense_sensing<T>& a, sensing_operator<T>& out) noexcept {
  if (!is_rectangular(a.rows, a.columns, a.n)) return status::dimension;
  if (a.measurement_count == 0) return status::measurement_count;
  if (rectangular_dense_elements<T>(a.rows, a.columns, a.measurement_count) == SIZE_MAX) {
    return status::size_overflow;
  }
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
