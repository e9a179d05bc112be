// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "csv_table.hpp"

namespace tinyrank::app {

/// What stands on the diagonal of a table: of distances 0 or nothing, of entries numbers.
enum class diagonal : std::uint8_t { zero, any };

/// Where the body of a table has which places of the matrix.
enum class triangle : std::uint8_t {
  full,         ///< row r has the places (r, 0), (r, 1), ..., as far as it goes
  lower_below,  ///< row r has (r + 1, 0), ..., (r + 1, r)
  upper,        ///< row r has (r, r), (r, r + 1), ...
  upper_above   ///< row r has (r, r + 1), (r, r + 2), ...
};

/// A table of a symmetric matrix: names and places.
struct csv_layout {
  std::size_t n = 0;
  std::size_t first_row = 0;     ///< 1 when there is a header row, else 0
  std::size_t first_column = 0;  ///< 1 when there is a column of names, else 0
  bool has_row_numbers = false;  ///< the first column is those of a data frame, and the names are above
  triangle shape = triangle::full;
  std::vector<std::string> labels;  ///< n, or none
  std::string note;                 ///< what was decided, or ""
};

/// The layout of a table, or nothing when it is none. A header is names, and so is a first column, when their
/// cells are no numbers; numbers are names only where these are the same to the right and below and
///  - the corner is not a number, and no other diagonal place is blank,
///  - or they count 0, 1, 2, ..., or 1, 2, 3, ..., or three or more of them go up by the same step,
/// which the note says, as it says that they are not. A header of n names over a square, or a column of n
/// names beside one, may be numbers where the diagonal then fits. Errors: input_error where names contradict
/// each other, are blank, or occur twice.
///
/// Beside a header of names a first column that counts from 0 or 1 is left out, as data frames write it.
///
/// Rows of 1, 2, 3, ... cells, or ..., 3, 2, 1, are a triangle, with or without its diagonal; so are the rows
/// that R prints for a dist.
///
/// A table of 3 columns, or 2, or one more beside row numbers, is a matrix, and not a list, when it has names
/// on both sides, or when its numbers are those of a symmetric matrix that no list would have.
std::optional<csv_layout> find_layout(const csv_table& table, diagonal wanted);

/// The place of a cell of the body, with i and j below n; nothing outside of the matrix.
struct matrix_place {
  std::size_t i = 0, j = 0;
};
matrix_place place_of(const csv_layout& layout, std::size_t body_row, std::size_t body_column);

}  // namespace tinyrank::app
