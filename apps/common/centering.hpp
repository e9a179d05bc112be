// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "tinyrank/detail/index_pair.hpp"

namespace tinyrank::app {

enum class centering_of : std::uint8_t { both, rows, columns };

/// mean + rows[j] + columns[k], fitted to known entries of a table. Of both sides each group of rows and
/// columns that known entries connect has one shift that could as well be on the other side: it is on the
/// columns, the rows of a group being 0 on the average of its entries. A side that is not fitted, and a row
/// or column without a known entry, is 0.
struct centering {
  centering_of fitted = centering_of::both;
  double mean = 0;
  std::vector<double> rows, columns;
  std::size_t spent = 0;  ///< independent unknowns: rows + columns - 1 where all are connected

  [[nodiscard]] double at(std::size_t j, std::size_t k) const noexcept { return mean + rows[j] + columns[k]; }
};

/// The least-squares fit; weights: of the squared residuals, 1 each where there are none, not all zero. Cost:
/// O(m) for one side; of both it takes as many passes over the m entries as conjugate gradients do to 1e-13,
/// a dozen or two, at most twice the shorter side.
template <class T>
centering fit_centering(centering_of which, std::size_t rows, std::size_t columns,
                        const std::vector<index_pair>& pairs, const std::vector<T>& values,
                        const std::vector<T>& weights);

}  // namespace tinyrank::app
