// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tinyrank::app {

/// A table of text cells, separated by what its lines show: `;`, a tab, `,`, or blanks where there is none of
/// these.
///
/// The separator is the one that stands in the most lines, outside of quotes; a first line `sep=;`, as Excel
/// writes it, decides. Quoting as in RFC 4180: "a,b", "say ""so""", line breaks inside quotes. A UTF-8 byte
/// order mark, CRLF and lone CR line ends are accepted; lines without any text, and lines before the table
/// that start with "# ", are skipped; blanks around a cell are dropped unless quoted. Rows may differ in
/// length; a header that is one cell shorter than every row below it, as R writes it, gets a blank cell in
/// front. Every cell is a view into one copy of the file, in which a NUL ends it.
class csv_table {
 public:
  /// Reads the file. Errors: input_error "FILE:LINE: what" when it cannot be read, is empty, is not text in
  /// UTF-8 (a NUL byte), or has a broken quote. Memory: the file, 4 bytes per cell and 16 per row.
  explicit csv_table(std::string path);

  [[nodiscard]] std::size_t row_count() const noexcept { return rows_.empty() ? 0 : rows_.size() - 1; }

  /// Cells of the longest row.
  [[nodiscard]] std::size_t column_count() const noexcept { return width_; }

  /// Cells of this row, 0 below the last.
  [[nodiscard]] std::size_t length(std::size_t row) const noexcept {
    return row < row_count() ? rows_[row + 1].cell - rows_[row].cell : 0;
  }

  /// Blank beyond the end of its row, and below the last.
  [[nodiscard]] std::string_view cell(std::size_t row, std::size_t column) const noexcept {
    if (column >= length(row)) return {};
    return text_.data() + rows_[row].text + cells_[rows_[row].cell + column];
  }

  /// Whether none of its cells has text.
  [[nodiscard]] bool is_blank(std::size_t row) const noexcept {
    for (std::size_t column = 0; column < length(row); ++column) {
      if (!cell(row, column).empty()) return false;
    }
    return true;
  }

  /// Whether numbers have a decimal comma: some do, and none a point.
  [[nodiscard]] bool has_decimal_comma() const noexcept { return decimal_comma_; }

  /// The line of the file, from 1, on which a row starts.
  [[nodiscard]] std::size_t line(std::size_t row) const noexcept;

  /// "line 2, column 3"
  [[nodiscard]] std::string place(std::size_t row, std::size_t column) const;

  /// "cells separated by ','"
  [[nodiscard]] std::string separator_text() const;

  /// Throws the input_error "FILE:LINE: column N: what (cells separated by ',')" for a cell.
  [[noreturn]] void fail(std::size_t row, std::size_t column, std::string_view what) const;

  /// Throws the input_error "FILE:LINE: what (cells separated by ',')" for a row.
  [[noreturn]] void fail_row(std::size_t row, std::string_view what) const;

  /// Throws the input_error "FILE: what (cells separated by ',')".
  [[noreturn]] void fail(std::string_view what) const;

 private:
  friend class csv_parser;
  void complete_header();
  void find_decimal_comma();

  std::string path_;
  /// Where it starts in the text and in cells_.
  struct row_start {
    std::size_t text, cell;
  };
  /// A row that is not on the line after that of the row before it.
  struct row_line {
    std::size_t row, line;
  };
  std::vector<char> text_;
  std::vector<std::uint32_t> cells_;  ///< where each starts, from where its row does
  std::vector<row_start> rows_;       ///< and the end
  std::vector<row_line> lines_;
  std::size_t width_ = 0;
  char separator_ = ',';
  bool separates_ = false;  ///< whether any line has the separator
  bool decimal_comma_ = false;
};

}  // namespace tinyrank::app
