// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT
#include "read_values.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <memory>
#include <string_view>

#include "csv_cells.hpp"
#include "csv_list.hpp"
#include "error.hpp"
#include "matrix_market.hpp"
#include "npy.hpp"

namespace tinyrank::app {
namespace {

/// The words for nothing that somebody may have meant otherwise.
bool is_usual(std::string_view word) {
  constexpr std::array<std::string_view, 6> usual = {"NA", "NaN", "nan", "#N/A", "NULL", "null"};
  return std::find(usual.begin(), usual.end(), word) != usual.end();
}

void read_table(const csv_table& table, const csv_layout& layout, placed_values& values) {
  values.n = layout.n;
  values.labels = layout.labels;
  if (!layout.note.empty()) values.notes.push_back(layout.note);
  std::map<std::string, std::size_t> words;
  const std::size_t rows = std::min(table.row_count(), layout.first_row + layout.n);
  std::uint64_t known = 0;
  for (std::size_t row = layout.first_row; row < rows; ++row) {
    for (std::size_t column = layout.first_column; column < table.length(row); ++column)
      known += table.cell(row, column).empty() ? 0U : 1U;
  }
  reserve_values(values, known);
  for (std::size_t row = layout.first_row; row < rows; ++row) {
    for (std::size_t column = layout.first_column; column < table.length(row); ++column) {
      const cell_value value = read_value(table, row, column);
      if (value.kind == cell_kind::unknown && !is_usual(table.cell(row, column)))
        ++words[std::string(table.cell(row, column))];
      if (value.is_empty()) continue;
      const matrix_place at = place_of(layout, row - layout.first_row, column - layout.first_column);
      values.all.push_back(
          {static_cast<std::uint32_t>(at.i), static_cast<std::uint32_t>(at.j), value.number, row, column});
    }
  }
  for (const auto& [word, count] : words) {
    values.notes.push_back(std::to_string(count) + (count == 1 ? " cell " : " cells ") + in_quotes(word) +
                           (count == 1 ? " is" : " are") + " taken for unknown");
  }
}

void read_csv(placed_values& values, diagonal wanted, bool may_lack_value) {
  const auto table = std::make_shared<const csv_table>(values.path);
  values.place = [table](std::size_t row, std::size_t column) { return table->place(row, column); };
  values.fail = [table](const placed_value& at, const std::string& what) {
    table->fail(at.row, at.column, what + ": " + in_quotes(table->cell(at.row, at.column)));
  };
  if (table->has_decimal_comma()) values.notes.emplace_back("commas are taken for decimal points");
  if (const auto layout = find_layout(*table, wanted)) {
    require_dimension(values.path, layout->n);
    read_table(*table, *layout, values);
  } else {
    read_list(*table, may_lack_value, values);
  }
}

void read_market(placed_values& values) {
  const market_matrix read = read_matrix_market(values.path);
  if (read.rows != read.columns) {
    throw file_error(values.path, std::to_string(read.rows) + " x " + std::to_string(read.columns) +
                                      " is no symmetric matrix (MatrixMarket)");
  }
  require_dimension(values.path, read.rows);
  values.n = read.rows;
  values.has_values = read.has_values;
  values.is_list = !read.has_values;
  reserve_values(values, read.entries.size());
  for (const market_matrix::entry& each : read.entries) {
    if (std::isnan(each.value)) continue;
    values.all.push_back({static_cast<std::uint32_t>(each.row), static_cast<std::uint32_t>(each.column),
                          each.value, each.line, 0});
  }
  const std::string path = values.path;
  values.place = [](std::size_t line, std::size_t) { return "line " + std::to_string(line); };
  values.fail = [path](const placed_value& at, const std::string& what) {
    throw file_error(path + ":" + std::to_string(at.row),
                     what + ": " + exact_text(at.value) + " (MatrixMarket)");
  };
}

std::uint64_t known_count(const std::vector<double>& cells) {
  return static_cast<std::uint64_t>(
      std::count_if(cells.begin(), cells.end(), [](double cell) { return std::isfinite(cell); }));
}

/// Rows i, j, value.
void read_array_list(const std::vector<double>& cells, placed_values& values) {
  constexpr double largest = 9007199254740992.0;
  values.is_list = true;
  std::vector<std::uint64_t> ids;
  for (std::size_t row = 0; row < cells.size() / 3; ++row) {
    for (const std::size_t column : {0U, 1U}) {
      const double index = cells[3 * row + column];
      if (!(index >= 0 && index <= largest) || index != std::floor(index))
        values.fail({0, 0, index, row, column}, "an index must be a whole number from 0 on");
      ids.push_back(static_cast<std::uint64_t>(index));
    }
  }
  number_ids(values, ids);
  reserve_values(values, cells.size() / 3);
  for (std::size_t row = 0; row < cells.size() / 3; ++row) {
    const double value = cells[3 * row + 2];
    if (!std::isfinite(value)) continue;
    values.all.push_back({static_cast<std::uint32_t>(ids[2 * row]),
                          static_cast<std::uint32_t>(ids[2 * row + 1]), value, row, 2});
  }
}

void read_array_square(const std::vector<double>& cells, placed_values& values) {
  reserve_values(values, known_count(cells));
  for (std::size_t k = 0; k < cells.size(); ++k) {
    if (!std::isfinite(cells[k])) continue;
    const std::size_t i = k / values.n, j = k % values.n;
    values.all.push_back({static_cast<std::uint32_t>(i), static_cast<std::uint32_t>(j), cells[k], i, j});
  }
}

/// n with n(n-1)/2 = count, or 0.
std::size_t points_of_pairs(std::size_t count) {
  auto n = static_cast<std::size_t>((1 + std::sqrt(1 + 8 * static_cast<double>(count))) / 2);
  while (n * (n - 1) / 2 < count) ++n;
  return n * (n - 1) / 2 == count ? n : 0;
}

bool has_zero_diagonal(const std::vector<double>& cells, std::size_t n) {
  for (std::size_t k = 0; k < n; ++k) {
    if (std::isfinite(cells[k * (n + 1)]) && cells[k * (n + 1)] != 0) return false;
  }
  return true;
}

void read_array(placed_values& values, diagonal wanted) {
  const npy_file file(values.path);
  const auto shape = file.shape();
  const std::string path = values.path;
  const bool is_vector = shape.size() == 1;
  values.place = [is_vector](std::size_t row, std::size_t column) {
    return "[" + std::to_string(row) + (is_vector ? "" : ", " + std::to_string(column)) + "]";
  };
  const auto place = values.place;
  values.fail = [path, place](const placed_value& at, const std::string& what) {
    throw file_error(path, "element " + place(at.row, at.column) + ": " + what + ": " + exact_text(at.value));
  };
  if (shape.size() == 2 && shape[0] == shape[1]) {
    require_dimension(path, shape[0]);
    const std::vector<double> cells = file.read_numbers();
    if (shape[0] == 3 && wanted == diagonal::zero && !has_zero_diagonal(cells, 3))
      return read_array_list(cells, values);
    values.n = shape[0];
    return read_array_square(cells, values);
  }
  if (shape.size() == 2 && shape[1] == 3) return read_array_list(file.read_numbers(), values);
  const std::size_t n = shape.size() == 1 && wanted == diagonal::zero ? points_of_pairs(shape[0]) : 0;
  if (n == 0) {
    throw file_error(path, "shape " + file.shape_text() + " is neither (n, n) nor (m, 3), rows i, j, value" +
                               (wanted == diagonal::zero ? ", nor (n(n-1)/2,)" : ""));
  }
  require_dimension(path, n);
  const std::vector<double> cells = file.read_numbers();
  values.n = n;
  reserve_values(values, known_count(cells));
  std::size_t k = 0;
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = i + 1; j < n; ++j, ++k) {
      if (!std::isfinite(cells[k])) continue;
      values.all.push_back({static_cast<std::uint32_t>(i), static_cast<std::uint32_t>(j), cells[k], k, 0});
    }
  }
}

}  // namespace

placed_values read_values(const std::string& path, diagonal wanted, bool may_lack_value) {
  placed_values values;
  values.path = path;
  if (is_array_file(path)) {
    read_array(values, wanted);
  } else if (is_matrix_market(path)) {
    read_market(values);
  } else {
    read_csv(values, wanted, may_lack_value);
  }
  return values;
}

}  // namespace tinyrank::app
