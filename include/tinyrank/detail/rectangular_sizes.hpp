// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstddef>

#include "tinyrank/views.hpp"

namespace tinyrank {

/// Whether a descriptor's sizes are those of an M = L R^T, rows x columns, and its n is that of U = [L; R].
[[nodiscard]] constexpr bool is_rectangular(std::size_t rows, std::size_t columns, std::size_t n) noexcept {
  return rows != 0 && columns != 0 && n <= largest_dimension && rows < n && columns == n - rows;
}

}  // namespace tinyrank
