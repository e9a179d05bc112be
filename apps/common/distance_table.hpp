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
    double distance;  ///< or its square, as the file has it
  };

  std::vector<std::string> labels;  ///< n names, or none when the file has none
  std::size_t n = 0;
  std::vector<entry> entries;  ///< i < j, sorted by (i, j), each pair once; distance finite and >= 0
  std::string note;            ///< one line on what was decided, or ""

  template <class Visit>
  void each_member(Visit visit) {
    visit(labels, n, entries, note);
  }
};

/// Reads a file of distances, or of their squares, whichever the caller takes them for: what read_values.hpp
/// reads, a square table, a triangle or a list. The diagonal is 0 or unknown. A pair may be given in both
/// orders and several times; where it has several values they are replaced by their mean (merge_places).
/// Values of -1 are taken for unknown where no other is negative. What was decided is in the note.
///
/// A file of 3 columns that has the shape of a square table (2, 3 or 4 rows) is one when it has names on both
/// sides, or when its diagonal is 0 or unknown and most mirror images agree; with 2 rows the names must not
/// be numbers either. A list that means something seldom looks so.
///
/// Errors: input_error "FILE:LINE: column N: what" for a negative distance, text, a nonzero diagonal, names
/// that are blank, occur twice or contradict each other, and rows of different lengths that are no triangle;
/// "FILE: what" when the file is empty or unreadable, has fewer than 2 points, no known distance, or a point
/// without any. Cost: O(m log m) for m distances. Memory: the file and about 150 bytes per cell at worst.
distance_table read_distance_table(const std::string& path);

}  // namespace tinyrank::app
