// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace tinyrank::app {

/// Whether the file starts as MatrixMarket does. Errors: input_error when it cannot be read.
bool is_matrix_market(const std::string& path);

/// What a MatrixMarket file holds. Counts are from 0.
struct market_matrix {
  struct entry {
    std::size_t row = 0, column = 0;
    double value = 0;  ///< NaN of an array: unknown
    std::size_t line = 0;
  };
  std::size_t rows = 0, columns = 0;
  bool is_symmetric = false;  ///< each entry stands for its mirror image, too
  bool has_values = true;     ///< false: a pattern
  std::vector<entry> entries;
};

/// Reads `matrix coordinate` or `matrix array`, real, double, integer or pattern, general or symmetric.
/// Errors: input_error "FILE:LINE: what". Memory: the file and 32 bytes for each entry.
market_matrix read_matrix_market(const std::string& path);

}  // namespace tinyrank::app
