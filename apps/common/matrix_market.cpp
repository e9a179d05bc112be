// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT
#include "matrix_market.hpp"

#include <algorithm>
#include <charconv>
#include <limits>
#include <string_view>

#include "csv_cells.hpp"
#include "error.hpp"
#include "input_file.hpp"

namespace tinyrank::app {
namespace {

constexpr std::string_view banner = "%%MatrixMarket";

bool is_blank_letter(char symbol) {
  return symbol == ' ' || symbol == '\t' || symbol == '\r';
}

class market_parser {
 public:
  market_parser(const std::string& path, std::string_view text) : path_(path), rest_(text) {}

  market_matrix parse() {
    read_header();
    if (!next_line()) fail("the sizes are missing");
    made_.rows = whole("rows", 1);
    made_.columns = whole("columns", 1);
    const std::size_t count = is_array_ ? stored_in_array() : whole("entries", 0);
    end_line();
    // Each entry takes a line of two bytes at least.
    made_.entries.reserve(std::min(count, rest_.size() / 2 + 1));
    is_array_ ? read_array() : read_coordinates(count);
    if (next_line()) fail("there are more than the " + std::to_string(count) + " entries that are announced");
    return std::move(made_);
  }

 private:
  [[noreturn]] void fail(const std::string& what) const {
    throw file_error(path_ + ":" + std::to_string(line_number_), what + " (MatrixMarket)");
  }

  void read_header() {
    take_line();
    (void)word();
    std::string what = lower(word()), format = lower(word()), field = lower(word()), symmetry = lower(word());
    if (what != "matrix" || (format != "coordinate" && format != "array"))
      fail("neither 'matrix coordinate' nor 'matrix array': " + in_quotes(line_));
    is_array_ = format == "array";
    made_.has_values = field != "pattern";
    if (field != "real" && field != "double" && field != "integer" && (field != "pattern" || is_array_))
      fail("the field " + in_quotes(field) + " is not real, integer or pattern");
    made_.is_symmetric = symmetry == "symmetric";
    if (!made_.is_symmetric && symmetry != "general")
      fail("the symmetry " + in_quotes(symmetry) + " is not general or symmetric");
  }

  [[nodiscard]] std::size_t stored_in_array() const {
    std::size_t count = 0;
    if (made_.is_symmetric && made_.rows != made_.columns) fail("symmetric, but not square");
    if (__builtin_mul_overflow(made_.rows, made_.columns, &count)) fail("too large for this machine");
    return made_.is_symmetric ? (count - made_.rows) / 2 + made_.rows : count;
  }

  void read_array() {
    for (std::size_t column = 0; column < made_.columns; ++column) {
      for (std::size_t row = made_.is_symmetric ? column : 0; row < made_.rows; ++row) {
        if (!next_line()) fail("the file ends before its last entry");
        made_.entries.push_back({row, column, number(), line_number_});
        end_line();
      }
    }
  }

  void read_coordinates(std::size_t count) {
    for (std::size_t k = 0; k < count; ++k) {
      if (!next_line())
        fail("the file ends after " + std::to_string(k) + " of " + std::to_string(count) + " entries");
      const std::size_t row = whole("row", 1), column = whole("column", 1);
      if (row > made_.rows || column > made_.columns) {
        fail("the entry " + std::to_string(row) + ", " + std::to_string(column) + " is outside of " +
             std::to_string(made_.rows) + " x " + std::to_string(made_.columns));
      }
      made_.entries.push_back({row - 1, column - 1, made_.has_values ? number() : 0, line_number_});
      end_line();
    }
  }

  /// The next line that has any text; false at the end of the file.
  bool next_line() {
    while (!rest_.empty()) {
      take_line();
      skip_blanks();
      if (!line_.empty() && line_[0] != '%') return true;
    }
    return false;
  }

  void take_line() {
    const std::size_t end = std::min(rest_.find('\n'), rest_.size());
    line_ = rest_.substr(0, end);
    rest_.remove_prefix(std::min(end + 1, rest_.size()));
    ++line_number_;
  }

  void skip_blanks() {
    while (!line_.empty() && is_blank_letter(line_.front())) line_.remove_prefix(1);
  }

  std::string_view word() {
    skip_blanks();
    const auto end =
        static_cast<std::size_t>(std::find_if(line_.begin(), line_.end(), is_blank_letter) - line_.begin());
    const std::string_view found = line_.substr(0, end);
    line_.remove_prefix(end);
    return found;
  }

  static std::string lower(std::string_view text) {
    std::string result(text);
    for (char& symbol : result) {
      if (symbol >= 'A' && symbol <= 'Z') symbol = static_cast<char>(symbol - 'A' + 'a');
    }
    return result;
  }

  std::size_t whole(const std::string& what, std::size_t lowest) {
    const std::string_view text = word();
    std::size_t value = 0;
    const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || stop != text.data() + text.size() || value < lowest)
      fail(what + ": a whole number from " + std::to_string(lowest) + " on, not " + in_quotes(text));
    return value;
  }

  double number() {
    const std::string_view text = word();
    const cell_value value = parse_cell(text);
    if (value.kind == cell_kind::unknown) return std::numeric_limits<double>::quiet_NaN();
    if (value.kind == cell_kind::number) return value.number;
    fail((value.kind == cell_kind::out_of_range ? "out of the range of a double: " : "not a number: ") +
         in_quotes(text));
  }

  void end_line() {
    skip_blanks();
    if (!line_.empty()) fail("unexpected text: " + in_quotes(line_));
  }

  const std::string& path_;
  std::string_view rest_, line_;
  std::size_t line_number_ = 0;
  bool is_array_ = false;
  market_matrix made_;
};

}  // namespace

bool is_matrix_market(const std::string& path) {
  const input_file file(path);
  std::string start(banner.size(), ' ');
  if (file.size() < start.size()) return false;
  file.read_exact(0, start.data(), start.size());
  return start == banner;
}

market_matrix read_matrix_market(const std::string& path) {
  const input_file file(path);
  std::string text;
  if (file.size() > text.max_size()) throw file_error(path, "is too large for this machine");
  text.resize(static_cast<std::size_t>(file.size()));
  file.read_exact(0, text.data(), text.size());
  return market_parser(path, text).parse();
}

}  // namespace tinyrank::app
