// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

// The estimate that rectangular matrices measure, and what their sum does to a factor, wherever the matrices
// come from.

#include <cstring>

#include "lib/kernels/packed.hpp"
#include "lib/operators/packed_operator.hpp"
#include "tinyrank/operators/rectangular_dense.hpp"

namespace tinyrank {

/// What every operator of rectangular matrices asks of its sizes.
template <class T>
status check_rectangles(const rectangular_dense_sensing<T>& a) noexcept {
  if (!is_rectangular(a.rows, a.columns, a.n)) return status::dimension;
  if (a.measurement_count == 0) return status::measurement_count;
  const bool fits = rectangular_dense_elements<T>(a.rows, a.columns, a.measurement_count) != SIZE_MAX;
  return fits ? status::ok : status::size_overflow;
}

/// A part of a Source of packed_operator.hpp.
///
/// M and sum_i w_i B_i are row by row in the pass over the B_i. Before and after it they are wanted by
/// columns: L stands at the beginning of the columns of U, aligned, R does not and is read number by number.
template <class T>
struct rectangular_estimate {
  static std::size_t entry_count(const rectangular_dense_sensing<T>& a) noexcept {
    return a.rows * a.columns;
  }

  /// use(k, last) for pieces of the columns of M, so many that runs of a row are whole lines.
  template <class Use>
  static void for_column_pieces(std::uint32_t workers, std::size_t columns, Use use) noexcept {
    constexpr std::size_t piece = 32;
    parallel_for(workers, (columns + piece - 1) / piece, [&](std::size_t p, std::uint32_t) {
      use(p * piece, (p + 1) * piece < columns ? (p + 1) * piece : columns);
    });
  }

  static void form_estimate(const rectangular_dense_sensing<T>& a, const workspace<T>& how,
                            factor_view<const T> u, const packed_scratch<T>& scratch) noexcept {
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

  static void apply_sum(const rectangular_dense_sensing<T>& a, const workspace<T>& how,
                        const packed_scratch<T>& scratch, T scale, factor_view<const T> v,
                        factor_view<T> out) noexcept {
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
    const auto& dots = table_for<packed_kernels<T>>(how.kernels->isa);
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

}  // namespace tinyrank
