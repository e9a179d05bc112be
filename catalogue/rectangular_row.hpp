// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include "catalogue/row.hpp"

namespace tinyrank::catalogue {

/// What rows have in common whose U = [L; R] stands for M = L R^T: of n rows of U, L has the smaller half.
struct rectangular_row : operator_row {
  static constexpr std::size_t nearest_n(std::size_t n) noexcept { return n < 2 ? 0 : n; }
  static constexpr std::size_t rows_of(std::size_t n) noexcept { return n / 2; }
  static constexpr std::size_t columns_of(std::size_t n) noexcept { return n - n / 2; }

  /// The entry (j, k), k <= j, of A_i = [0, B_i; B_i^T, 0] / 2 from those of B_i.
  template <class Sensing, class OfB>
  static double embedded_entry(const Sensing& a, std::size_t j, std::size_t k, OfB of_b) noexcept {
    return k < a.rows && j >= a.rows ? of_b(k, j - a.rows) / 2 : 0;
  }
};

}  // namespace tinyrank::catalogue
