// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT
#include "distance_table.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "csv_cells.hpp"
#include "csv_table.hpp"
#include "error.hpp"

namespace tinyrank::app {
namespace {

/// The distance in a cell, or nothing when it is blank.
std::optional<double> read_distance(const csv_table& table, std::size_t row, std::size_t column) {
  const std::string_view cell = table.cell(row, column);
  const cell_value value = parse_cell(cell);
  switch (value.kind) {
    case cell_kind::blank:
      return std::nullopt;
    case cell_kind::text:
      table.fail(row, column, "not a number: " + in_quotes(cell) + " (leave an unknown distance blank)");
    case cell_kind::out_of_range:
      table.fail(row, column, "out of the range of a double: " + in_quotes(cell));
    case cell_kind::not_finite:
      table.fail(row, column, "a distance must be finite, not " + in_quotes(cell));
    case cell_kind::number:
      break;
  }
  if (value.number < 0) table.fail(row, column, "a distance must not be negative: " + in_quotes(cell));
  return value.number == 0 ? 0.0 : value.number;
}

struct square_layout {
  std::size_t n;
  std::size_t first_row;     ///< 1 when there is a header row, else 0
  std::size_t first_column;  ///< 1 when there is a column of names, else 0
};

bool counts_from(const csv_table& table, std::size_t start) {
  for (std::size_t k = 1; k < table.row_count(); ++k) {
    const std::string number = std::to_string(start + k - 1);
    if (table.cell(0, k) != number || table.cell(k, 0) != number) return false;
  }
  return true;
}

/// For as many rows as columns: rules a) and b) of the header.
bool has_names_on_both_sides(const csv_table& table) {
  if (is_number(table.cell(0, 0)) || table.row_count() < 2) return false;
  std::size_t header_names = 0;
  std::size_t column_names = 0;
  const auto is_name = [](std::string_view cell) { return parse_cell(cell).kind == cell_kind::text; };
  for (std::size_t k = 1; k < table.row_count(); ++k) {
    if (is_name(table.cell(0, k))) ++header_names;
    if (is_name(table.cell(k, 0))) ++column_names;
  }
  const std::size_t all = table.row_count() - 1;
  if (header_names == all || column_names == all || (header_names > 0 && column_names > 0)) return true;
  return (counts_from(table, 0) || counts_from(table, 1)) && !table.cell(1, 1).empty();
}

std::optional<square_layout> find_square(const csv_table& table) {
  const std::size_t rows = table.row_count();
  const std::size_t columns = table.column_count();
  if (rows == columns) {
    if (has_names_on_both_sides(table)) return square_layout{rows - 1, 1, 1};
    return square_layout{rows, 0, 0};
  }
  if (rows == columns + 1) return square_layout{columns, 1, 0};
  if (columns == rows + 1) return square_layout{rows, 0, 1};
  return std::nullopt;
}

bool diagonal_is_zero(const csv_table& table, const square_layout& layout) {
  for (std::size_t k = 0; k < layout.n; ++k) {
    const cell_value value = parse_cell(table.cell(layout.first_row + k, layout.first_column + k));
    if (value.kind != cell_kind::blank && (value.kind != cell_kind::number || value.number != 0))
      return false;
  }
  return true;
}

bool is_symmetric(const csv_table& table, const square_layout& layout) {
  for (std::size_t i = 0; i < layout.n; ++i) {
    for (std::size_t j = 0; j < layout.n; ++j) {
      const cell_value value = parse_cell(table.cell(layout.first_row + i, layout.first_column + j));
      const cell_value mirror = parse_cell(table.cell(layout.first_row + j, layout.first_column + i));
      if (value.kind == cell_kind::blank) continue;
      if (value.kind != cell_kind::number) return false;
      if (mirror.kind == cell_kind::number && mirror.number != value.number) return false;
    }
  }
  return true;
}

void read_names(const csv_table& table, const square_layout& layout, distance_table& result) {
  if (layout.first_row == 0 && layout.first_column == 0) return;
  std::unordered_map<std::string_view, std::size_t> seen;
  for (std::size_t k = 0; k < layout.n; ++k) {
    const bool from_header = layout.first_row == 1;
    const std::size_t row = from_header ? 0 : k;
    const std::size_t column = from_header ? layout.first_column + k : 0;
    const std::string_view name = table.cell(row, column);
    if (name.empty()) table.fail(row, column, "a blank name");
    if (!seen.emplace(name, k).second) table.fail(row, column, "two points have the name " + in_quotes(name));
    if (from_header && layout.first_column == 1 && table.cell(1 + k, 0) != name) {
      table.fail(
          1 + k, 0,
          "the row is named " + in_quotes(table.cell(1 + k, 0)) + " but its column " + in_quotes(name));
    }
    result.labels.emplace_back(name);
  }
}

distance_table read_square(const csv_table& table, const square_layout& layout) {
  distance_table result;
  const std::size_t n = layout.n;
  result.n = n;
  if (n < 2) return result;
  read_names(table, layout, result);
  const double unknown = std::numeric_limits<double>::quiet_NaN();
  std::vector<double> upper(n * n, unknown);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) {
      const std::size_t row = layout.first_row + i;
      const std::size_t column = layout.first_column + j;
      const std::optional<double> distance = read_distance(table, row, column);
      if (!distance) continue;
      if (i == j && *distance != 0) {
        table.fail(row, column, "the diagonal must be 0 or blank, not " + in_quotes(table.cell(row, column)));
      }
      double& known = upper[std::min(i, j) * n + std::max(i, j)];
      if (i > j && !std::isnan(known) && known != *distance) {
        table.fail(row, column,
                   "asymmetric: " + in_quotes(table.cell(row, column)) + " here, but " +
                       in_quotes(table.cell(layout.first_row + j, layout.first_column + i)) + " at line " +
                       std::to_string(table.line(layout.first_row + j)) + ", column " +
                       std::to_string(layout.first_column + i + 1));
      }
      known = *distance;
    }
  }
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = i + 1; j < n; ++j) {
      const double distance = upper[i * n + j];
      if (std::isnan(distance)) continue;
      result.entries.push_back({static_cast<std::uint32_t>(i), static_cast<std::uint32_t>(j), distance});
    }
  }
  return result;
}

/// Turns the first two columns of a list into point numbers.
class point_numbers {
 public:
  point_numbers(const csv_table& table, std::size_t first_row) : table_(table), first_row_(first_row) {
    for (std::size_t row = first_row; row < table.row_count() && indices_; ++row) {
      indices_ = is_number(table.cell(row, 0)) && is_number(table.cell(row, 1));
    }
  }

  std::uint32_t operator()(std::size_t row, std::size_t column, distance_table& result) {
    return indices_ ? index(row, column, result) : name(row, column, result);
  }

  [[nodiscard]] bool knows(std::string_view name) const { return numbers_.contains(name); }

 private:
  std::uint32_t index(std::size_t row, std::size_t column, distance_table& result) const {
    const std::string_view cell = table_.cell(row, column);
    const std::uint64_t value = read_index(table_, row, column);
    // Each row names two points, so more points than this cannot all appear.
    const std::uint64_t limit = 2 * std::uint64_t{table_.row_count() - first_row_};
    if (value >= std::min<std::uint64_t>(limit, UINT32_MAX)) {
      table_.fail(row, column,
                  "the index " + in_quotes(cell) + " is too large for a list of " +
                      std::to_string(limit / 2) + (limit == 2 ? " row" : " rows") +
                      ", where every index from 0 has to occur");
    }
    result.n = std::max(result.n, static_cast<std::size_t>(value) + 1);
    return static_cast<std::uint32_t>(value);
  }

  std::uint32_t name(std::size_t row, std::size_t column, distance_table& result) {
    const std::string_view cell = table_.cell(row, column);
    if (cell.empty()) table_.fail(row, column, "a blank name");
    const auto [place, is_new] = numbers_.try_emplace(cell, static_cast<std::uint32_t>(result.n));
    if (is_new) {
      result.labels.emplace_back(cell);
      ++result.n;
    }
    return place->second;
  }

  const csv_table& table_;
  std::size_t first_row_;
  bool indices_ = true;
  std::unordered_map<std::string_view, std::uint32_t> numbers_;
};

distance_table read_list(const csv_table& table) {
  const bool has_header = parse_cell(table.cell(0, 2)).kind == cell_kind::text &&
                          !is_number(table.cell(0, 0)) && !is_number(table.cell(0, 1));
  const std::size_t first_row = has_header ? 1 : 0;
  struct row_entry {
    distance_table::entry pair;
    std::size_t row;
  };
  distance_table result;
  point_numbers number_of(table, first_row);
  std::vector<row_entry> rows;
  rows.reserve(table.row_count());
  for (std::size_t row = first_row; row < table.row_count(); ++row) {
    const std::uint32_t i = number_of(row, 0, result);
    const std::uint32_t j = number_of(row, 1, result);
    const std::optional<double> distance = read_distance(table, row, 2);
    if (!distance) table.fail(row, 2, "the distance is blank (leave out the row of an unknown pair)");
    if (i != j) {
      rows.push_back({{std::min(i, j), std::max(i, j), *distance}, row});
    } else if (*distance != 0) {
      table.fail(row, 2, "the distance of a point to itself must be 0, not " + in_quotes(table.cell(row, 2)));
    }
  }
  // A first row of data with a mistyped distance must not pass as a header.
  if (has_header && (number_of.knows(table.cell(0, 0)) || number_of.knows(table.cell(0, 1)))) {
    static_cast<void>(read_distance(table, 0, 2));
  }
  std::sort(rows.begin(), rows.end(), [](const row_entry& a, const row_entry& b) {
    return std::tie(a.pair.i, a.pair.j, a.row) < std::tie(b.pair.i, b.pair.j, b.row);
  });
  for (const row_entry& entry : rows) {
    if (!result.entries.empty() && result.entries.back().i == entry.pair.i &&
        result.entries.back().j == entry.pair.j) {
      if (result.entries.back().distance == entry.pair.distance) continue;
      table.fail(entry.row, 2,
                 "the pair " + in_quotes(table.cell(entry.row, 0)) + ", " +
                     in_quotes(table.cell(entry.row, 1)) + " was given another distance before");
    }
    result.entries.push_back(entry.pair);
  }
  return result;
}

distance_table read_either(const csv_table& table) {
  const std::optional<square_layout> square = find_square(table);
  if (table.column_count() != 3) {
    if (square) return read_square(table, *square);
    throw file_error(table.path(),
                     std::to_string(table.row_count()) + " rows of " + std::to_string(table.column_count()) +
                         " comma-separated cells are neither a square table nor a list i,j,distance");
  }
  const bool two_numbers =
      table.row_count() == 2 && (is_number(table.cell(0, 0)) || is_number(table.cell(1, 0)));
  const bool diagonal = square && !two_numbers && diagonal_is_zero(table, *square);
  if (diagonal && is_symmetric(table, *square)) return read_square(table, *square);
  try {
    return read_list(table);
  } catch (const input_error&) {
    // A zero diagonal says what was meant, so the complaint is about the table and not about a list.
    if (diagonal) return read_square(table, *square);
    throw;
  }
}

}  // namespace

distance_table read_distance_table(const std::string& path) {
  const csv_table table(path);
  distance_table result = read_either(table);
  if (result.n < 2) throw file_error(path, "has fewer than 2 points");
  if (result.entries.empty()) throw file_error(path, "has no known distance");
  std::vector<bool> connected(result.n, false);
  for (const distance_table::entry& entry : result.entries) connected[entry.i] = connected[entry.j] = true;
  const auto lonely = std::find(connected.begin(), connected.end(), false);
  if (lonely != connected.end()) {
    const auto point = static_cast<std::size_t>(lonely - connected.begin());
    const std::string name = result.labels.empty() ? std::to_string(point) : in_quotes(result.labels[point]);
    throw file_error(path, "point " + name + " has no known distance to any other point");
  }
  return result;
}

}  // namespace tinyrank::app
