// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT
#include "csv_table.hpp"

#include <algorithm>
#include <cstdint>
#include <new>
#include <utility>

#include "csv_cells.hpp"
#include "csv_separator.hpp"
#include "error.hpp"
#include "input_file.hpp"
#include "memory.hpp"

namespace tinyrank::app {

/// Cuts the text into cells; a quoted cell is unquoted in place, which only ever makes it shorter.
class csv_parser {
 public:
  explicit csv_parser(csv_table& table)
      : table_(table), at_(table.text_.data()), end_(table.text_.data() + table.text_.size() - 1) {}

  void parse() {
    skip("\xef\xbb\xbf");
    while (starts_with("# ") || starts_with("#\n")) skip_line();
    choose_separator();
    reserve();
    while (at_ != end_) parse_row();
    table_.rows_.push_back({0, table_.cells_.size()});
  }

 private:
  [[noreturn]] void fail(std::size_t line, const std::string& what) const {
    throw file_error(table_.path_ + ":" + std::to_string(line), what + " (" + table_.separator_text() + ")");
  }

  [[nodiscard]] std::string_view rest() const { return {at_, static_cast<std::size_t>(end_ - at_)}; }
  [[nodiscard]] bool starts_with(std::string_view what) const { return rest().starts_with(what); }
  void skip(std::string_view what) {
    if (starts_with(what)) at_ += what.size();
  }
  void skip_line() {
    while (at_ != end_ && !is_line_end(*at_)) ++at_;
    end_line();
  }

  /// Room for all cells at once: vectors that grow would have half of it beside.
  void reserve() {
    const std::string_view text = rest();
    const auto lines = static_cast<std::size_t>(std::count_if(text.begin(), text.end(), is_line_end)) + 1;
    const auto cells =
        static_cast<std::size_t>(std::count(text.begin(), text.end(), table_.separator_)) + lines;
    const std::uint64_t bytes =
        std::uint64_t{cells} * sizeof table_.cells_[0] + std::uint64_t{lines} * sizeof table_.rows_[0];
    require_memory(table_.path_, bytes);
    try {
      // One more for a header without its first cell, and one for the end.
      table_.cells_.reserve(cells + 1);
      table_.rows_.reserve(lines + 1);
    } catch (const std::bad_alloc&) {
      refuse_memory(table_.path_, bytes);
    }
  }

  /// By Excel's line `sep=;`, or by what the lines show.
  void choose_separator() {
    constexpr std::string_view told = "sep=";
    if (starts_with(told) && rest().size() > told.size() + 1 && is_line_end(at_[told.size() + 1])) {
      table_.separator_ = at_[told.size()];
      table_.separates_ = true;
      skip_line();
      return;
    }
    const char found = find_separator(rest());
    table_.separates_ = found != '\0';
    table_.separator_ = found != '\0' ? found : ',';
  }

  /// A tab that separates is no blank.
  [[nodiscard]] bool is_blank(char symbol) const {
    return (symbol == ' ' || symbol == '\t') && (symbol != table_.separator_ || symbol == ' ');
  }
  static bool is_line_end(char symbol) { return symbol == '\n' || symbol == '\r'; }
  [[nodiscard]] bool by_blanks() const { return table_.separator_ == ' '; }
  [[nodiscard]] bool ends_cell(char symbol) const {
    return is_line_end(symbol) || (by_blanks() ? is_blank(symbol) : symbol == table_.separator_);
  }

  void skip_blanks() {
    while (at_ != end_ && is_blank(*at_)) ++at_;
  }

  void end_line() {
    if (at_ == end_) return;
    if (*at_ == '\r' && at_ + 1 != end_ && at_[1] == '\n') ++at_;
    ++at_;
    ++line_;
  }

  void parse_row() {
    const std::size_t first_line = line_;
    skip_blanks();
    if (at_ == end_ || is_line_end(*at_)) {
      end_line();
      return;
    }
    const std::size_t row = table_.rows_.size(), first_cell = table_.cells_.size();
    if (row == 0 || table_.line(row - 1) + 1 != first_line) table_.lines_.push_back({row, first_line});
    const char* const row_begin = at_;
    table_.rows_.push_back({static_cast<std::size_t>(row_begin - table_.text_.data()), first_cell});
    for (;;) {
      const found_cell cell = parse_cell();
      const auto offset = static_cast<std::uint64_t>(cell.begin - row_begin);
      if (offset > UINT32_MAX) fail(first_line, "a row of more than 4 GB");
      table_.cells_.push_back(static_cast<std::uint32_t>(offset));
      // Blanks may follow the last cell.
      if (by_blanks()) skip_blanks();
      const bool is_last = at_ == end_ || is_line_end(*at_);
      if (is_last) {
        end_line();
      } else if (!by_blanks()) {
        ++at_;
      }
      // What ends the cell was looked at.
      *cell.end = '\0';
      if (is_last) break;
    }
    table_.width_ = std::max(table_.width_, table_.cells_.size() - first_cell);
  }

  struct found_cell {
    const char* begin;
    char* end;
  };

  found_cell parse_cell() {
    skip_blanks();
    if (at_ != end_ && *at_ == '"') return parse_quoted();
    const char* const begin = at_;
    while (at_ != end_ && !ends_cell(*at_)) {
      if (*at_ == '"') fail(line_, "a quote inside a cell that does not start with one");
      ++at_;
    }
    char* stop = at_;
    while (stop != begin && is_blank(stop[-1])) --stop;
    return {begin, stop};
  }

  found_cell parse_quoted() {
    const std::size_t first_line = line_;
    char* const begin = ++at_;
    char* out = begin;
    for (;; ++at_) {
      if (at_ == end_) fail(first_line, "a quote that is never closed");
      if (*at_ == '"') {
        if (at_ + 1 == end_ || at_[1] != '"') break;
        ++at_;
      }
      if (*at_ == '\n' || (*at_ == '\r' && (at_ + 1 == end_ || at_[1] != '\n'))) ++line_;
      *out++ = *at_;
    }
    ++at_;
    const char* const close = at_;
    skip_blanks();
    const bool at_end = at_ == end_ || ends_cell(*at_) || (by_blanks() && at_ != close);
    if (!at_end) fail(line_, "text after a closing quote");
    return {begin, out};
  }

  csv_table& table_;
  char* at_;
  char* end_;
  std::size_t line_ = 1;
};

csv_table::csv_table(std::string path) : path_(std::move(path)) {
  const input_file file(path_);
  if (file.size() >= text_.max_size()) throw file_error(path_, "is too large for this machine");
  require_memory(path_, file.size());
  const auto size = static_cast<std::size_t>(file.size());
  text_.resize(size + 1);
  file.read_exact(0, text_.data(), size);
  const auto nul = std::find(text_.begin(), text_.end(), '\0');
  if (nul != text_.end() - 1) {
    const auto line = 1 + std::count(text_.begin(), nul, '\n');
    throw file_error(path_ + ":" + std::to_string(line),
                     "holds a NUL byte, so it is not a text file in UTF-8");
  }
  csv_parser(*this).parse();
  if (row_count() == 0) throw file_error(path_, "is empty");
  complete_header();
  find_decimal_comma();
}

void csv_table::complete_header() {
  // With one cell each it would be a dist of two points.
  if (row_count() < 2 || width_ < 3 || length(0) + 1 != width_ || is_number(cell(0, 0))) return;
  for (std::size_t row = 1; row < row_count(); ++row) {
    if (length(row) != width_) return;
  }
  // The end of the first cell is a blank one.
  cells_.insert(cells_.begin(), cells_[0] + static_cast<std::uint32_t>(cell(0, 0).size()));
  for (std::size_t row = 1; row < rows_.size(); ++row) ++rows_[row].cell;
}

std::size_t csv_table::line(std::size_t row) const noexcept {
  const auto after =
      std::upper_bound(lines_.begin(), lines_.end(), row,
                       [](std::size_t wanted, const row_line& each) { return wanted < each.row; });
  return after[-1].line + (row - after[-1].row);
}

void csv_table::find_decimal_comma() {
  if (separator_ == ',') return;
  const auto has = [&](char point) {
    for (std::size_t row = 0; row < row_count(); ++row) {
      for (std::size_t column = 0; column < length(row); ++column) {
        const std::string_view text = cell(row, column);
        if (text.find(point) != std::string_view::npos && is_number(text, point == ',')) return true;
      }
    }
    return false;
  };
  decimal_comma_ = has(',') && !has('.');
}

std::string csv_table::place(std::size_t row, std::size_t column) const {
  return "line " + std::to_string(line(row)) + ", column " + std::to_string(column + 1);
}

std::string csv_table::separator_text() const {
  if (!separates_) return "no separator seen";
  switch (separator_) {
    case ' ':
      return "cells separated by blanks";
    case '\t':
      return "cells separated by tabs";
    default:
      return "cells separated by " + in_quotes(std::string_view(&separator_, 1));
  }
}

void csv_table::fail(std::size_t row, std::size_t column, std::string_view what) const {
  const std::string place =
      path_ + ":" + std::to_string(line(row)) + ": column " + std::to_string(column + 1);
  throw file_error(place, std::string(what) + " (" + separator_text() + ")");
}

void csv_table::fail_row(std::size_t row, std::string_view what) const {
  throw file_error(path_ + ":" + std::to_string(line(row)),
                   std::string(what) + " (" + separator_text() + ")");
}

void csv_table::fail(std::string_view what) const {
  throw file_error(path_, std::string(what) + " (" + separator_text() + ")");
}

}  // namespace tinyrank::app
