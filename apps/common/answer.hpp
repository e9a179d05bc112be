// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cmath>
#include <string>
#include <vector>

#include "output.hpp"
#include "problem.hpp"

namespace tinyrank::app {

/// A factor as runs give it, n x rank row-major, that stands for the problem's matrix.
template <class T>
struct answer {
  const problem<T>& of;
  const std::vector<T>& factor;
  std::size_t rank = 0;
  double scale = 1;  ///< of the matrix, see unit_trace_scale
};

/// The distance between two points, rows of U.
template <class T>
double distance_at(factor_view<const T> u, std::size_t i, std::size_t j) {
  double squares = 0;
  for (std::size_t c = 0; c < u.rank; ++c) {
    const double apart = static_cast<double>(u(i, c)) - static_cast<double>(u(j, c));
    squares += apart * apart;
  }
  return std::sqrt(squares);
}

/// 1 / tr Z of a matrix that is not rectangular. Errors: input_error for one whose trace is 0.
template <class T>
double unit_trace_scale(const answer<T>& given);

/// Writes U, n x rank; [L; R], the rows of L before those of R; or W, n/2 x rank complex: as npy, or as CSV
/// where the name ends so, each times the root of the scale. Errors: input_error of the output.
template <class T>
void write_factor(output_file& out, const answer<T>& given);

/// Whether a matrix can be written there. Errors: input_error for a name that ends in neither .csv nor .npy.
void check_estimate_name(const std::string& path);

/// Writes the matrix, all of its entries, as npy or, with the names of rows and columns where there are any,
/// as CSV; where distances are measured, the table of all distances. What was taken off the measurements is
/// added, and what lies outside the problem's range clipped. Returns how many entries were. Errors: as above.
template <class T>
std::size_t write_estimate(output_file& out, const answer<T>& given);

}  // namespace tinyrank::app
