// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT
#include "rectangular_table.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "csv_cells.hpp"
#include "csv_list.hpp"
#include "csv_table.hpp"
#include "error.hpp"
#include "npy.hpp"
#include "placed_values.hpp"
#include "tinyrank/views.hpp"

namespace tinyrank::app {
namespace {

/// One side of the matrix: numbers from 0 on, or names.
struct side {
  const char* what = "";  ///< "row", "column"
  std::size_t count = 0;
  std::vector<std::string> names = {};
  std::vector<std::pair<std::size_t, std::size_t>> places = {};  ///< row and column of each name in the file

  [[nodiscard]] std::string name_of(std::size_t k) const {
    return k < names.size() ? in_quotes(names[k]) : std::to_string(k);
  }
};

struct rectangle {
  side rows{"row"}, columns{"column"};
  placed_values values;  ///< i is the row; j: the column, until `merge`
};

/// The numbers of a side, where they all are whole, or names in the order in which they come first.
std::vector<std::uint32_t> number_side(const csv_table& table, const std::vector<std::size_t>& data_rows,
                                       std::size_t column, side& of, placed_values& values) {
  std::vector<std::uint64_t> ids;
  for (const std::size_t row : data_rows) {
    if (const auto number = whole_number(table, row, column)) ids.push_back(*number);
  }
  if (ids.size() == data_rows.size()) {
    placed_values one;
    one.path = values.path;
    number_ids(one, ids);
    of.count = one.n;
    of.names = std::move(one.labels);
    for (const std::string& note : one.notes)
      values.notes.push_back(std::string("of the ") + of.what + "s, " + note);
    return {ids.begin(), ids.end()};
  }
  std::vector<std::uint32_t> numbers;
  std::unordered_map<std::string_view, std::uint32_t> seen;
  for (const std::size_t row : data_rows) {
    const std::string_view name = table.cell(row, column);
    if (name.empty()) table.fail(row, column, "a blank name or index");
    const auto [found, is_new] = seen.try_emplace(name, static_cast<std::uint32_t>(seen.size()));
    if (is_new) {
      of.names.emplace_back(name);
      of.places.emplace_back(row, column);
    }
    numbers.push_back(found->second);
  }
  of.count = seen.size();
  return numbers;
}

void read_triples(const csv_table& table, const list_rows& at, rectangle& read) {
  placed_values& values = read.values;
  values.is_list = true;
  values.has_values = at.width == 3;
  std::vector<std::size_t> data_rows;
  for (std::size_t row = at.first_row; row < table.row_count(); ++row) {
    if (!table.is_blank(row)) data_rows.push_back(row);
  }
  const std::vector<std::uint32_t> rows = number_side(table, data_rows, at.first_column, read.rows, values);
  const std::vector<std::uint32_t> columns =
      number_side(table, data_rows, at.first_column + 1, read.columns, values);
  std::size_t unknown = 0;
  reserve_values(values, data_rows.size());
  for (std::size_t k = 0; k < data_rows.size(); ++k) {
    const std::size_t column = at.first_column + at.width - 1;
    const cell_value value = values.has_values ? read_value(table, data_rows[k], column) : cell_value{};
    if (values.has_values && value.is_empty()) {
      ++unknown;
      continue;
    }
    values.all.push_back({rows[k], columns[k], value.number, data_rows[k], column});
  }
  if (unknown != 0) {
    values.notes.push_back(std::to_string(unknown) + (unknown == 1 ? " row" : " rows") + " without a value " +
                           (unknown == 1 ? "is" : "are") + " left out");
  }
}

/// Refuses a name that a side has twice.
void require_distinct(const csv_table& table, const side& of) {
  std::unordered_map<std::string_view, std::size_t> seen;
  for (std::size_t k = 0; k < of.names.size(); ++k) {
    const auto [first, is_new] = seen.try_emplace(of.names[k], k);
    if (is_new) continue;
    const auto [row, column] = of.places[first->second];
    table.fail(of.places[k].first, of.places[k].second,
               std::string("the ") + of.what + " " + in_quotes(of.names[k]) + " is there already, at " +
                   table.place(row, column));
  }
}

/// A blank corner between different whole numbers, such as years and numbers of persons.
bool has_numbers_for_names(const csv_table& table) {
  if (!table.cell(0, 0).empty() || table.row_count() < 2 || table.column_count() < 2) return false;
  std::unordered_set<std::uint64_t> row, column;
  for (std::size_t k = 1; k < table.column_count(); ++k) {
    const auto number = whole_number(table, 0, k);
    if (!number || !row.insert(*number).second) return false;
  }
  for (std::size_t k = 1; k < table.row_count(); ++k) {
    const auto number = whole_number(table, k, 0);
    if (!number || !column.insert(*number).second) return false;
  }
  return true;
}

void read_table_with_holes(const csv_table& table, rectangle& read) {
  const std::size_t width = table.column_count();
  bool has_header = false, has_names = false;
  for (std::size_t column = 1; column < width; ++column) has_header = has_header || is_text(table, 0, column);
  if (!has_header && has_numbers_for_names(table)) {
    has_header = has_names = true;
    read.values.notes.emplace_back("the first row and column, of whole numbers, are taken for names");
  }
  if (has_header && table.cell(0, 0).empty()) has_names = true;
  const std::size_t first_row = has_header ? 1 : 0;
  if (table.row_count() == first_row) table.fail("has a header and nothing below it");
  for (std::size_t row = first_row; row < table.row_count(); ++row)
    has_names = has_names || is_text(table, row, 0);
  const std::size_t first_column = has_names ? 1 : 0;
  if (width == first_column) table.fail("has names and nothing beside them");
  std::vector<std::size_t> data_rows;
  for (std::size_t row = first_row; row < table.row_count(); ++row) {
    if (table.is_blank(row)) continue;
    data_rows.push_back(row);
  }
  read.rows.count = data_rows.size();
  read.columns.count = width - first_column;
  if (has_names) {
    for (const std::size_t row : data_rows) {
      read.rows.names.emplace_back(table.cell(row, 0));
      read.rows.places.emplace_back(row, 0);
    }
    require_distinct(table, read.rows);
  }
  if (has_header) {
    for (std::size_t column = first_column; column < width; ++column) {
      read.columns.names.emplace_back(table.cell(0, column));
      read.columns.places.emplace_back(0, column);
    }
    require_distinct(table, read.columns);
  }
  std::uint64_t known = 0;
  for (const std::size_t row : data_rows) {
    for (std::size_t column = first_column; column < width; ++column)
      known += table.cell(row, column).empty() ? 0U : 1U;
  }
  reserve_values(read.values, known);
  for (std::size_t k = 0; k < data_rows.size(); ++k) {
    for (std::size_t column = first_column; column < width; ++column) {
      const cell_value value = read_value(table, data_rows[k], column);
      if (value.is_empty()) continue;
      read.values.all.push_back({static_cast<std::uint32_t>(k),
                                 static_cast<std::uint32_t>(column - first_column), value.number,
                                 data_rows[k], column});
    }
  }
}

/// One name on both sides is more likely a symmetric matrix than two things.
void refuse_shared_names(const csv_table& table, const rectangle& read) {
  std::unordered_map<std::string_view, std::size_t> seen;
  if (read.rows.places.empty() || read.columns.places.empty()) return;
  for (std::size_t k = 0; k < read.rows.names.size(); ++k) seen.emplace(read.rows.names[k], k);
  for (std::size_t k = 0; k < read.columns.names.size(); ++k) {
    const std::string& name = read.columns.names[k];
    const auto row = seen.find(name);
    if (is_number(name) || row == seen.end()) continue;
    const auto [line, cell] = read.rows.places[row->second];
    table.fail(read.columns.places[k].first, read.columns.places[k].second,
               in_quotes(name) + " is a column here and a row at " + table.place(line, cell) +
                   "; names must differ (--sensing entries:FILE is for a symmetric matrix)");
  }
}

void read_array(const std::string& path, rectangle& read) {
  const npy_file file(path);
  if (file.shape().size() != 2)
    throw file_error(path, "shape " + file.shape_text() + " is not (rows, columns)");
  read.rows.count = file.shape()[0];
  read.columns.count = file.shape()[1];
  const std::vector<double> numbers = file.read_numbers();
  reserve_values(read.values, numbers.size());
  for (std::size_t j = 0; j < read.rows.count; ++j) {
    for (std::size_t k = 0; k < read.columns.count; ++k) {
      const double value = numbers[j * read.columns.count + k];
      if (!std::isfinite(value)) continue;
      read.values.all.push_back({static_cast<std::uint32_t>(j), static_cast<std::uint32_t>(k), value, j, k});
    }
  }
  // No place of an array has several values, of which there would be something to say.
  read.values.fail = [path](const placed_value& at, const std::string& what) {
    throw file_error(path, "element [" + std::to_string(at.row) + ", " + std::to_string(at.column) +
                               "]: " + what + ": " + exact_text(at.value));
  };
}

void require_known(const rectangle& read, const side& of, std::uint32_t placed_value::*index) {
  std::vector<bool> seen(of.count, false);
  for (const placed_value& each : read.values.all) seen[each.*index] = true;
  const auto unseen = std::find(seen.begin(), seen.end(), false);
  if (unseen == seen.end()) return;
  throw file_error(read.values.path, std::string(of.what) + " " +
                                         of.name_of(static_cast<std::size_t>(unseen - seen.begin())) +
                                         " has no known value, so nothing can be said of it; leave it out");
}

}  // namespace

template <class T>
rectangular_values<T> read_rectangular_values(const std::string& path,
                                              const std::optional<value_range>& range) {
  rectangle read;
  placed_values& values = read.values;
  values.path = path;
  std::optional<csv_table> table;
  if (is_array_file(path)) {
    read_array(path, read);
  } else {
    table.emplace(path);
    values.place = [&](std::size_t row, std::size_t column) { return table->place(row, column); };
    values.fail = [&](const placed_value& at, const std::string& what) {
      table->fail(at.row, at.column, what + ": " + in_quotes(table->cell(at.row, at.column)));
    };
    const bool is_list = table->column_count() <= 3 ? !table->cell(0, 0).empty()
                                                    : table->column_count() == 4 && table->cell(0, 0).empty();
    const list_rows at = is_list ? find_list(*table, 2, true, values) : list_rows{};
    at.width != 0 ? read_triples(*table, at, read) : read_table_with_holes(*table, read);
  }
  if (table) refuse_shared_names(*table, read);
  if (values.all.empty()) throw file_error(path, "has no known value");
  constexpr double largest = std::numeric_limits<T>::max();
  for (const placed_value& each : values.all) {
    if (std::fabs(each.value) > largest) values.fail(each, "too large for single precision");
    if (range && values.has_values && (each.value < range->low || each.value > range->high))
      values.fail(each, "outside --range " + exact_text(range->low) + "," + exact_text(range->high));
  }
  require_known(read, read.rows, &placed_value::i);
  require_known(read, read.columns, &placed_value::j);
  require_dimension(path, read.rows.count + read.columns.count);

  rectangular_values<T> found;
  found.rows = read.rows.count;
  found.columns = read.columns.count;
  std::vector<std::uint32_t> counts;
  if (values.has_values) {
    // As rows of [L; R], in which no place is another's mirror image.
    values.n = found.rows + found.columns;
    for (std::size_t k = 0; k < found.rows; ++k) values.labels.push_back(read.rows.name_of(k));
    for (std::size_t k = 0; k < found.columns; ++k) values.labels.push_back(read.columns.name_of(k));
    for (placed_value& each : values.all) each.j += static_cast<std::uint32_t>(found.rows);
    merge_places(values, &counts);
    for (placed_value& each : values.all) each.j -= static_cast<std::uint32_t>(found.rows);
  }
  // Nothing is refused from here on.
  table.reset();
  const bool weighted =
      std::any_of(counts.begin(), counts.end(), [&](std::uint32_t count) { return count != counts[0]; });
  found.pairs.reserve(values.all.size());
  found.values.reserve(values.has_values ? values.all.size() : 0);
  for (std::size_t k = 0; k < values.all.size(); ++k) {
    found.pairs.push_back({values.all[k].i, values.all[k].j});
    if (values.has_values) found.values.push_back(static_cast<T>(values.all[k].value));
    if (weighted) found.weights.push_back(static_cast<T>(counts[k]));
  }
  found.row_names = std::move(read.rows.names);
  found.column_names = std::move(read.columns.names);
  found.note = note_of(values);
  return found;
}

template rectangular_values<float> read_rectangular_values(const std::string&,
                                                           const std::optional<value_range>&);
template rectangular_values<double> read_rectangular_values(const std::string&,
                                                            const std::optional<value_range>&);

}  // namespace tinyrank::app
