// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT
#include "csv_cells.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <string>
#include <system_error>

#include "error.hpp"

namespace tinyrank::app {
namespace {

/// Beside what from_chars takes for NaN or infinity.
constexpr std::array<std::string_view, 10> words_for_nothing = {"na",   "n/a",  "#n/a",    "#nv", "<na>",
                                                                "null", "none", "missing", "-",   "?"};

bool is_word_for_nothing(std::string_view cell) {
  constexpr std::size_t longest = 8;
  if (cell.size() > longest) return false;
  std::string lower(cell);
  for (char& symbol : lower) {
    if (symbol >= 'A' && symbol <= 'Z') symbol = static_cast<char>(symbol - 'A' + 'a');
  }
  return std::find(words_for_nothing.begin(), words_for_nothing.end(), lower) != words_for_nothing.end();
}

cell_value parse_with_point(std::string_view cell) {
  const bool plus = cell.size() > 1 && cell[0] == '+' && cell[1] != '-';
  const char* const end = cell.data() + cell.size();
  double number = 0;
  const auto [stop, error] = std::from_chars(cell.data() + (plus ? 1 : 0), end, number);
  if (stop != end) return {is_word_for_nothing(cell) ? cell_kind::unknown : cell_kind::text, 0};
  if (error != std::errc{}) return {cell_kind::out_of_range, 0};
  if (!std::isfinite(number)) return {cell_kind::unknown, 0};
  return {cell_kind::number, number};
}

}  // namespace

cell_value parse_cell(std::string_view cell, bool decimal_comma) {
  if (cell.empty()) return {cell_kind::blank, 0};
  const std::size_t comma = decimal_comma ? cell.find(',') : std::string_view::npos;
  if (comma == std::string_view::npos) return parse_with_point(cell);
  std::string with_point(cell);
  with_point[comma] = '.';
  return parse_with_point(with_point);
}

cell_value parse_cell(const csv_table& table, std::size_t row, std::size_t column) {
  return parse_cell(table.cell(row, column), table.has_decimal_comma());
}

cell_value read_value(const csv_table& table, std::size_t row, std::size_t column) {
  const cell_value value = parse_cell(table, row, column);
  const std::string_view cell = table.cell(row, column);
  if (value.kind == cell_kind::text) {
    table.fail(row, column, "not a number: " + in_quotes(cell) + " (leave what is unknown blank)");
  }
  if (value.kind == cell_kind::out_of_range) {
    table.fail(row, column, "out of the range of a double: " + in_quotes(cell));
  }
  return value;
}

bool is_text(const csv_table& table, std::size_t row, std::size_t column) {
  return parse_cell(table, row, column).kind == cell_kind::text;
}

bool is_number(std::string_view cell, bool decimal_comma) {
  return parse_cell(cell, decimal_comma).kind == cell_kind::number;
}

std::optional<std::uint64_t> whole_number(const csv_table& table, std::size_t row, std::size_t column) {
  constexpr double largest = 9007199254740992.0;
  const std::string_view cell = table.cell(row, column);
  const cell_value value = parse_cell(table, row, column);
  if (value.kind != cell_kind::number || !(value.number >= 0 && value.number <= largest) ||
      value.number != std::floor(value.number))
    return std::nullopt;
  const bool has_digits_alone = cell.find_first_not_of("0123456789") == std::string_view::npos;
  const bool has_point = cell.find_first_of(".,") != std::string_view::npos;
  if (has_point || (has_digits_alone && (cell.size() == 1 || cell[0] != '0')))
    return static_cast<std::uint64_t>(value.number);
  return std::nullopt;
}

std::uint64_t read_index(const csv_table& table, std::size_t row, std::size_t column) {
  if (const std::optional<std::uint64_t> index = whole_number(table, row, column)) return *index;
  table.fail(row, column,
             "an index must be a whole number from 0 on, not " + in_quotes(table.cell(row, column)));
}

}  // namespace tinyrank::app
