// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "tinyrank/operators/distances.hpp"
#include "tinyrank/operators/sparse.hpp"

namespace tinyrank::app {

/// Known entries of a symmetric n x n matrix, in the order of the file.
template <class T>
struct sampled_entries {
  std::size_t n = 0;
  std::vector<index_pair> pairs;
  std::vector<T> values;  ///< one for each pair, or none when the file has no such column
};

/// Reads a comma-separated list of entries (quoting and line ends: csv_table.hpp), rows `row,column,value`
/// or `row,column`. Indices count from 0, either triangle will do, and n is the largest index plus 1. The
/// first row is a header when none of its cells is a number. Every other row is one measurement; an entry
/// may be repeated, in either order, with the same value.
///
/// Errors: input_error "FILE:LINE: column N: what" for an index that is not a whole number or is beyond twice
/// the number of rows, a value that is blank, no number, not finite or too large for T, and an entry with two
/// values; "FILE: what" when the file is empty or unreadable, has another number of columns, no entry, or
/// none in some row of the matrix, of which nothing is known then. Cost: O(m log m).
template <class T>
sampled_entries<T> read_sampled_entries(const std::string& path);

/// Sparse symmetric matrices as sparse_sensing takes them: sorted, each entry once, from the lower triangle.
template <class T>
struct sparse_matrices {
  std::size_t n = 0;
  std::vector<std::size_t> offsets;
  std::vector<sparse_entry<T>> entries;
};

/// Reads sparse symmetric matrices A_i from rows `measurement,row,column,value`, in any order. All three
/// indices count from 0; n and m are the largest plus 1; header as above. An entry off the diagonal stands
/// for its mirror image too, which may be given as well, with the same value.
///
/// Errors: as above; also for an entry given twice, mirror images that differ, and a measurement without any
/// entry (one of value 0 says that a matrix is zero). Cost: O(nnz log nnz).
template <class T>
sparse_matrices<T> read_sparse_matrices(const std::string& path);

}  // namespace tinyrank::app
