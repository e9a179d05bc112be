// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace tinyrank::app {

/// A value at a place of a symmetric matrix, and where in the file it stands, which reserve_values looks at.
struct placed_value {
  placed_value() = default;
  placed_value(std::uint32_t i_of, std::uint32_t j_of, double value_of, std::size_t row_of,
               std::size_t column_of) noexcept
      : i(i_of),
        j(j_of),
        value(value_of),
        row(static_cast<std::uint32_t>(row_of)),
        column(static_cast<std::uint32_t>(column_of)) {}

  std::uint32_t i = 0, j = 0;
  double value = 0;
  std::uint32_t row = 0, column = 0;
};

/// What a file says of a symmetric matrix, in the order of the file; a place may have several values.
struct placed_values {
  std::string path;
  std::size_t n = 0;
  std::vector<std::string> labels;  ///< n names, or none when the file has none
  std::vector<placed_value> all;
  bool is_list = false;            ///< else a table, each place and its mirror image at most once
  bool has_values = true;          ///< false: a list of places alone, whose values are 0
  std::vector<std::string> notes;  ///< what was decided, in words that follow "FILE: "

  std::function<std::string(std::size_t row, std::size_t column)> place;  ///< "line 2, column 3"

  /// Throws the input_error "PLACE: what: VALUE" for a value of the file.
  std::function<void(const placed_value& at, const std::string& what)> fail;

  [[nodiscard]] std::string name_of(std::size_t point) const {
    return point < labels.size() ? labels[point] : std::to_string(point);
  }
};

/// Room for so many values, and for what merge_places takes. Errors: input_error with the path when there is
/// none, or when they are more than 2^32 - 1.
void reserve_values(placed_values& values, std::uint64_t count);

/// One value for each place, mirror images being one, in the order in which they come first: their mean
/// where there are several, which a note says when they differ by more than rounding (1e-5 of the larger, or
/// 1e-12 of the largest of all). counts[k], when not null: how many values entry k is the mean of. Cost:
/// O(m log m). Memory: 8 bytes a value, and the counts.
void merge_places(placed_values& values, std::vector<std::uint32_t>* counts);

/// Indices of points or rows as a list gives them. They count from 0, or from 1, which a note says; others
/// are names, in their order. Sets n and the labels. ids: all that occur, one after the other, changed to
/// numbers from 0 on. Cost: O(m log m).
void number_ids(placed_values& values, std::span<std::uint64_t> ids);

/// As many digits as it takes.
std::string exact_text(double value);

/// "FILE: first; second": what was decided, or "".
std::string note_of(const placed_values& values);

/// Throws the input_error for n above what the operators take, before anything of that size is made.
void require_dimension(const std::string& path, std::size_t n);

/// The first number below n without a value, or, unless `alone` is enough, without one beside another number;
/// n when there is none.
std::size_t first_unseen(const placed_values& values, bool alone);

}  // namespace tinyrank::app
