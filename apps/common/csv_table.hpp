// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tinyrank::app {

/// A rectangular table of text cells from a comma-separated file.
///
/// Quoting as in RFC 4180: "a,b", "say ""so""", line breaks inside quotes. A UTF-8 byte order mark, CRLF and
/// lone CR line ends are accepted; lines without any text are skipped; blanks and tabs around a cell are
/// dropped unless quoted. Every cell is a view into one copy of the file.
class csv_table {
 public:
  /// Reads the file. Errors: input_error "FILE:LINE: what" when it cannot be read, is empty, is not text
  /// (a NUL byte), has a broken quote, or rows of different lengths. Memory: the file and 16 bytes per cell.
  explicit csv_table(std::string path);

  [[nodiscard]] const std::string& path() const noexcept { return path_; }
  [[nodiscard]] std::size_t row_count() const noexcept { return lines_.size(); }
  [[nodiscard]] std::size_t column_count() const noexcept { return cells_.size() / lines_.size(); }
  [[nodiscard]] std::string_view cell(std::size_t row, std::size_t column) const noexcept {
    return cells_[row * column_count() + column];
  }

  /// The line of the file, from 1, on which a row starts.
  [[nodiscard]] std::size_t line(std::size_t row) const noexcept { return lines_[row]; }

  /// Throws the input_error "FILE:LINE: column N: what" for a cell.
  [[noreturn]] void fail(std::size_t row, std::size_t column, std::string_view what) const;

 private:
  friend class csv_parser;
  std::string path_;
  std::vector<char> text_;
  std::vector<std::string_view> cells_;
  std::vector<std::size_t> lines_;
};

}  // namespace tinyrank::app
