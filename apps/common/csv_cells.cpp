// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT
#include "csv_cells.hpp"

#include <charconv>
#include <cmath>
#include <system_error>

#include "error.hpp"

namespace tinyrank::app {

cell_value parse_cell(std::string_view cell) {
  if (cell.empty()) return {cell_kind::blank, 0};
  const bool plus = cell.size() > 1 && cell[0] == '+' && cell[1] != '-';
  const char* const end = cell.data() + cell.size();
  double number = 0;
  const auto [stop, error] = std::from_chars(cell.data() + (plus ? 1 : 0), end, number);
  if (stop != end || error == std::errc::invalid_argument) return {cell_kind::text, 0};
  if (error != std::errc{}) return {cell_kind::out_of_range, 0};
  if (!std::isfinite(number)) return {cell_kind::not_finite, 0};
  return {cell_kind::number, number};
}

bool is_number(std::string_view cell) {
  return parse_cell(cell).kind == cell_kind::number;
}

std::uint64_t read_index(const csv_table& table, std::size_t row, std::size_t column) {
  const std::string_view cell = table.cell(row, column);
  std::uint64_t value = 0;
  const char* const end = cell.data() + cell.size();
  const auto [stop, error] = std::from_chars(cell.data(), end, value);
  if (stop != end || error == std::errc::invalid_argument) {
    table.fail(row, column, "an index must be a whole number from 0 on, not " + in_quotes(cell));
  }
  return error == std::errc{} ? value : UINT64_MAX;
}

}  // namespace tinyrank::app
