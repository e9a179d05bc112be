// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "arguments.hpp"
#include "tinyrank/detail/index_pair.hpp"

namespace tinyrank::app {

/// Known entries of a rows x columns matrix, in the order in which the file has them first.
template <class T>
struct rectangular_values {
  std::size_t rows = 0, columns = 0;
  std::vector<index_pair> pairs;  ///< row, column
  std::vector<T> values;          ///< one for each pair, or none when the file has no such column
  std::vector<T> weights;         ///< how often each entry was given, where that differs; or none
  std::vector<std::string> row_names, column_names;  ///< or none
  std::string note;                                  ///< one line on what was decided, or ""

  template <class Visit>
  void each_member(Visit visit) {
    visit(rows, columns, pairs, values, weights, row_names, column_names, note);
  }
};

/// Reads known entries of a matrix of any shape:
///  - rows row,column,value, or row,column: three or two cells each, the first of which is not blank. Rows
///    and columns are counted from 0 each, or from 1, which the note says, or have names, as soon as one of
///    that side is no whole number;
///  - a table with holes: any other number of cells, or a blank corner. What is blank or NA is unknown. The
///    first row is a header of names when one of its cells after the first is text; the first column holds
///    names when the header's first cell is blank or one of its own cells is text; both do where whole
///    numbers stand beside a blank corner, which the note says;
///  - an npy file, or a member of an npz file, of shape (rows, columns), NaN and infinity unknown.
/// An entry that is given several times is one measurement, the mean of them (merge_places).
///
/// Errors: input_error that names the file, row and cell, for text, a number out of range, too large for T or
/// outside `range`, and what csv_list.hpp refuses; for two rows or columns of one name, and one name on both
/// sides; for a row or a column without any known value. Cost: O(m log m).
template <class T>
rectangular_values<T> read_rectangular_values(const std::string& path,
                                              const std::optional<value_range>& range);

}  // namespace tinyrank::app
