// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>

#include "csv_table.hpp"
#include "placed_values.hpp"

namespace tinyrank::app {

/// Where a list has its rows.
struct list_rows {
  std::size_t first_row = 0;     ///< 1 when there is a header
  std::size_t first_column = 0;  ///< 1 beside the row numbers that data frames write
  std::size_t width = 0;         ///< columns of the list
};

/// Finds the rows of a list of `indices` indices or names, and a value, which `may_lack_value`. The first row
/// is a header when none of its cells is a number, and the last does not start like one. A first column
/// below a blank corner that counts from 0 or 1 is left out, and so are blank columns at the end. Errors:
/// input_error for rows of another width and for a header over names which other rows have too.
list_rows find_list(const csv_table& table, std::size_t indices, bool may_lack_value, placed_values& notes);

/// Reads a list i,j,value, or i,j: indices (number_ids), or names, in the order in which they come first, as
/// soon as one is no whole number. Rows without a value are left out, which a note says. `values` has path,
/// place and fail. Errors: input_error.
void read_list(const csv_table& table, bool may_lack_value, placed_values& values);

}  // namespace tinyrank::app
