// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "tinyrank/operators/distances.hpp"
#include "tinyrank/operators/sparse.hpp"

namespace tinyrank::app {

/// Known entries of a symmetric n x n matrix, in the order in which the file has them first.
template <class T>
struct sampled_entries {
  std::size_t n = 0;
  std::vector<index_pair> pairs;
  std::vector<T> values;            ///< one for each pair, or none when the file has no such column
  std::vector<T> weights;           ///< how often each entry was given, where that differs; or none
  std::vector<std::string> labels;  ///< n names, or none
  std::string note;                 ///< one line on what was decided, or ""

  template <class Visit>
  void each_member(Visit visit) {
    visit(n, pairs, values, weights, labels, note);
  }
};

/// Reads known entries: what read_values.hpp reads, a square table, a triangle with its diagonal or a list of
/// rows row,column,value. An entry may be given several times and with its mirror image: the mean is one
/// measurement (merge_places), whose weight says how many values it is the mean of. Or a list of rows
/// row,column, or a MatrixMarket pattern, each of which is a measurement whatever was before it.
///
/// Errors: input_error "FILE:LINE: column N: what" for text, a number out of range or too large for T, and
/// what read_values refuses; "FILE: what" when the file is empty or unreadable, has no known entry, or none
/// in some row of the matrix, of which nothing is known then. Cost: O(m log m).
template <class T>
sampled_entries<T> read_sampled_entries(const std::string& path);

/// Sparse symmetric matrices as sparse_sensing takes them: sorted, each entry once, from the lower triangle.
template <class T>
struct sparse_matrices {
  std::size_t n = 0;
  std::vector<std::size_t> offsets;
  std::vector<sparse_entry<T>> entries;
  std::string note;  ///< one line on what was decided, or ""

  template <class Visit>
  void each_member(Visit visit) {
    visit(n, offsets, entries, note);
  }
};

/// Reads sparse symmetric matrices A_i.
///  - Rows `measurement,row,column,value`, in any order, with or without a header. Measurements, and rows
///    with columns, count from 0, or from 1, which the note says; n and m are their numbers. An entry off the
///    diagonal stands for its mirror image too, which may be given as well; where their values, or several at
///    one place, differ, the mean is taken.
///  - MatrixMarket, coordinate, m x n^2: row i is A_i row by row, as scipy.sparse writes it. Entries are what
///    they are, mirror images included; of one that is not symmetric (A + A^T)/2 is used.
///
/// Errors: as above; also for a measurement without any entry (one of value 0 says that a matrix is zero).
/// Cost: O(nnz log nnz).
template <class T>
sparse_matrices<T> read_sparse_matrices(const std::string& path);

}  // namespace tinyrank::app
