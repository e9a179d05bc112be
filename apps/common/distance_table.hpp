// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace tinyrank::app {

/// The known distances between n points.
struct distance_table {
  struct entry {
    std::uint32_t i;
    std::uint32_t j;
    double distance;
  };

  std::vector<std::string> labels;  ///< n names, or none when the file has none
  std::size_t n = 0;
  std::vector<entry> entries;  ///< i < j, sorted by (i, j), each pair once; distance finite and >= 0
};

/// Reads a comma-separated file of distances (quoting and line ends: csv_table.hpp; numbers with a point,
/// whatever the locale). It holds one of two layouts, told apart by these rules:
///
/// Square table: n rows of n cells; a blank cell is unknown, and one known half is enough. The diagonal is 0
/// or blank. It may have a header row of n names, a first column of n names, or both.
///  - One row more than columns: the first row is names. One column more: the first column is names.
///  - As many rows as columns: both are names when the top left cell is not a number and
///    a) all other cells of the first row, or all of the first column, or some in each, are not numbers, or
///    b) both count 0, 1, 2, ... or 1, 2, 3, ... and the cell right below and to the right of the top left is
///       not blank (as data frames write their row and column numbers).
///    Otherwise the table has no names.
///
/// List: rows of 3 cells i,j,distance; pairs that are unknown are left out. The first row is a header when
/// none of its cells is a number, the third is text (not "nan" or "inf"), and the first two are not names in
/// other rows. When all i and j are numbers they are indices from 0, and n is the largest plus 1; otherwise
/// all of them are names, numbered in order of first appearance. A row i,i,0 is allowed and says nothing; a
/// pair given twice, in either order, must have the same distance.
///
/// A file of 3 columns that has the shape of a square table (2, 3 or 4 rows) is one exactly when its diagonal
/// is 0 or blank, its other cells are numbers or blank, and it is symmetric; with 2 rows the names must not
/// be numbers either. A list that means something cannot look so: it would give a pair two distances, or
/// name a distance as a point.
///
/// Errors: input_error "FILE:LINE: column N: what" for a negative, infinite, NaN or non-numeric distance, an
/// asymmetric pair, a nonzero diagonal, rows of different lengths, a name that is blank or given to two
/// points, names of rows and columns that differ, a pair with two distances, an index that is not a whole
/// number, an index that never appears, or one beyond twice the number of rows; "FILE: what" when the file
/// is empty or unreadable, has fewer than 2 points, no known distance, or a point without any.
/// Cost: O(cells), and O(m log m) for a list of m rows. Memory: the file and about 100 bytes per cell at
/// worst.
distance_table read_distance_table(const std::string& path);

}  // namespace tinyrank::app
