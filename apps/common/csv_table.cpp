// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT
#include "csv_table.hpp"

#include <algorithm>
#include <utility>

#include "error.hpp"
#include "input_file.hpp"

namespace tinyrank::app {

/// Cuts the text into cells; a quoted cell is unquoted in place, which only ever makes it shorter.
class csv_parser {
 public:
  explicit csv_parser(csv_table& table)
      : table_(table), at_(table.text_.data()), end_(table.text_.data() + table.text_.size()) {
    constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
    if (std::string_view(at_, table.text_.size()).starts_with(byte_order_mark)) at_ += byte_order_mark.size();
  }

  void parse() {
    while (at_ != end_) parse_row();
  }

 private:
  [[noreturn]] void fail(std::size_t line, const std::string& what) const {
    throw file_error(table_.path_ + ":" + std::to_string(line), what);
  }

  static bool is_blank(char symbol) { return symbol == ' ' || symbol == '\t'; }
  static bool is_line_end(char symbol) { return symbol == '\n' || symbol == '\r'; }

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
    const std::size_t first_cell = table_.cells_.size();
    for (;;) {
      table_.cells_.push_back(parse_cell());
      if (at_ == end_ || is_line_end(*at_)) break;
      ++at_;
    }
    end_line();
    const std::size_t width = table_.cells_.size() - first_cell;
    if (first_cell == 0) width_ = width;
    if (width != width_) {
      fail(first_line, "a row of " + std::to_string(width) + (width == 1 ? " cell" : " cells") +
                           "; the rows before it have " + std::to_string(width_));
    }
    table_.lines_.push_back(first_line);
  }

  std::string_view parse_cell() {
    skip_blanks();
    if (at_ != end_ && *at_ == '"') return parse_quoted();
    const char* const begin = at_;
    while (at_ != end_ && *at_ != ',' && !is_line_end(*at_)) {
      if (*at_ == '"') fail(line_, "a quote inside a cell that does not start with one");
      ++at_;
    }
    const char* stop = at_;
    while (stop != begin && is_blank(stop[-1])) --stop;
    return {begin, static_cast<std::size_t>(stop - begin)};
  }

  std::string_view parse_quoted() {
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
    skip_blanks();
    if (at_ != end_ && *at_ != ',' && !is_line_end(*at_)) fail(line_, "text after a closing quote");
    return {begin, static_cast<std::size_t>(out - begin)};
  }

  csv_table& table_;
  char* at_;
  char* end_;
  std::size_t line_ = 1;
  std::size_t width_ = 0;
};

csv_table::csv_table(std::string path) : path_(std::move(path)) {
  const input_file file(path_);
  if (file.size() > text_.max_size()) throw file_error(path_, "is too large for this machine");
  text_.resize(static_cast<std::size_t>(file.size()));
  file.read_exact(0, text_.data(), text_.size());
  if (std::find(text_.begin(), text_.end(), '\0') != text_.end()) {
    throw file_error(path_, "holds a NUL byte, so it is not a text file in UTF-8");
  }
  csv_parser(*this).parse();
  if (lines_.empty()) throw file_error(path_, "is empty");
}

void csv_table::fail(std::size_t row, std::size_t column, std::string_view what) const {
  const std::string place =
      path_ + ":" + std::to_string(line(row)) + ": column " + std::to_string(column + 1);
  throw file_error(place, what);
}

}  // namespace tinyrank::app
