// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT
#include "csv_list.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "csv_cells.hpp"
#include "error.hpp"

namespace tinyrank::app {
namespace {

/// The row numbers of a data frame: below a blank corner, and names over the rest.
bool has_row_numbers(const csv_table& table) {
  if (table.row_count() < 2 || !table.cell(0, 0).empty()) return false;
  for (std::size_t column = 1; column < table.length(0); ++column) {
    if (parse_cell(table, 0, column).kind != cell_kind::text) return false;
  }
  const std::optional<std::uint64_t> first = whole_number(table, 1, 0);
  if (!first || *first > 1) return false;
  for (std::size_t row = 1; row < table.row_count(); ++row) {
    if (!table.is_blank(row) && whole_number(table, row, 0) != *first + row - 1) return false;
  }
  return true;
}

/// Columns without those at the end that no row uses.
std::size_t used_columns(const csv_table& table) {
  std::size_t used = 0;
  for (std::size_t row = 0; row < table.row_count(); ++row) {
    for (std::size_t column = table.length(row); column > used; --column) {
      if (!table.cell(row, column - 1).empty()) used = column;
    }
  }
  return used;
}

bool is_header(const csv_table& table, const list_rows& rows) {
  for (std::size_t k = 0; k < rows.width; ++k) {
    const cell_value value = parse_cell(table, 0, rows.first_column + k);
    if (value.kind == cell_kind::number || value.kind == cell_kind::out_of_range) return false;
  }
  const std::string_view last = table.cell(0, rows.first_column + rows.width - 1);
  // "5 km" is a mistake, not what the column is about.
  return parse_cell(last).kind == cell_kind::text && last.find_first_of("0123456789+-.") != 0;
}

/// The indices or names of the rows, two each.
class list_ids {
 public:
  list_ids(const csv_table& table, const list_rows& rows) : table_(table), rows_(rows) {
    ids_.reserve(2 * (table.row_count() - rows.first_row));
  }

  void add(std::size_t row) {
    for (const std::size_t k : {0U, 1U}) {
      const std::size_t column = rows_.first_column + k;
      const cell_kind kind = parse_cell(table_, row, column).kind;
      if (kind == cell_kind::blank) table_.fail(row, column, "a blank name or index");
      if (kind == cell_kind::unknown && !unknown_.is_known) unknown_ = cell_place{row, column, true};
      if (kind == cell_kind::number) any_number_ = true;
      const auto number = whole_number(table_, row, column);
      if (!number && !no_index_.is_known) no_index_ = cell_place{row, column, true};
      if (!no_index_.is_known) ids_.push_back(*number);
    }
  }

  /// What add() saw, as numbers from 0 on.
  std::vector<std::uint64_t> resolve(placed_values& values) {
    if (!no_index_.is_known) {
      number_ids(values, ids_);
      return std::move(ids_);
    }
    note_numbers_as_names(values);
    std::unordered_map<std::string_view, std::uint64_t> seen;
    ids_.clear();
    for (std::size_t row = rows_.first_row; row < table_.row_count(); ++row) {
      if (table_.is_blank(row)) continue;
      for (const std::size_t k : {0U, 1U}) {
        const std::string_view name = table_.cell(row, rows_.first_column + k);
        const auto [found, is_new] = seen.try_emplace(name, seen.size());
        if (is_new) values.labels.emplace_back(name);
        ids_.push_back(found->second);
      }
    }
    values.n = seen.size();
    require_dimension(values.path, values.n);
    refuse_mistyped_header(seen);
    note_header(values);
    return std::move(ids_);
  }

 private:
  /// A first row of data with a mistyped value must not pass as a header.
  void refuse_mistyped_header(const std::unordered_map<std::string_view, std::uint64_t>& seen) const {
    if (rows_.first_row == 0 || rows_.width < 3) return;
    const std::size_t value = rows_.first_column + 2;
    for (const std::size_t k : {0U, 1U}) {
      if (!seen.contains(table_.cell(0, rows_.first_column + k))) continue;
      table_.fail(0, value, "not a number: " + in_quotes(table_.cell(0, value)));
    }
  }

  /// One mistyped index makes names of all.
  void note_numbers_as_names(placed_values& values) const {
    if (!any_number_) return;
    if (unknown_.is_known) {
      table_.fail(unknown_.row, unknown_.column,
                  "no index or name: " + in_quotes(table_.cell(unknown_.row, unknown_.column)));
    }
    values.notes.push_back("the indices are taken for names, because " +
                           in_quotes(table_.cell(no_index_.row, no_index_.column)) + " at " +
                           table_.place(no_index_.row, no_index_.column) + " is no index");
  }

  void note_header(placed_values& values) const {
    if (rows_.first_row == 0) return;
    std::string words;
    for (std::size_t k = 0; k < rows_.width; ++k) {
      words += (k == 0 ? "" : ", ") + in_quotes(table_.cell(0, rows_.first_column + k));
    }
    values.notes.push_back("the first row, " + words + ", is taken for a header");
  }

  const csv_table& table_;
  const list_rows& rows_;
  /// Not std::optional, of which gcc 12 fears that it is read where it is empty.
  struct cell_place {
    std::size_t row = 0, column = 0;
    bool is_known = false;
  };
  cell_place no_index_, unknown_;  ///< the first that is no index; that is a word for nothing
  bool any_number_ = false;
  std::vector<std::uint64_t> ids_;
};

}  // namespace

list_rows find_list(const csv_table& table, std::size_t indices, bool may_lack_value, placed_values& values) {
  list_rows rows;
  for (std::size_t row = 0; row < table.row_count(); ++row) {
    const std::size_t length = table.length(row), wanted = table.length(0);
    if (length == wanted || table.is_blank(row)) continue;
    table.fail_row(row, "a row of " + std::to_string(length) + (length == 1 ? " cell" : " cells") +
                            "; the rows before it have " + std::to_string(wanted));
  }
  rows.first_column = has_row_numbers(table) ? 1 : 0;
  const std::size_t used = std::min(table.column_count(), std::max(used_columns(table), indices + 1));
  rows.width = used - rows.first_column;
  if (rows.width != indices + 1 && !(may_lack_value && rows.width == indices)) {
    rows.width = 0;
    return rows;
  }
  if (rows.first_column == 1) values.notes.emplace_back("the first column, of row numbers, is left out");
  rows.first_row = is_header(table, rows) ? 1 : 0;
  if (table.row_count() == rows.first_row) table.fail("has a header and nothing below it");
  return rows;
}

void read_list(const csv_table& table, bool may_lack_value, placed_values& values) {
  const list_rows rows = find_list(table, 2, may_lack_value, values);
  if (rows.width == 0) {
    const std::size_t count = table.row_count(), width = table.column_count();
    table.fail(std::to_string(count) + (count == 1 ? " row of " : " rows of ") + std::to_string(width) +
               (width == 1 ? " cell" : " cells") + ": neither a square or triangle nor a list i,j" +
               (may_lack_value ? " or i,j,value" : ",value"));
  }
  values.is_list = true;
  values.has_values = rows.width == 3;
  const std::size_t column = rows.first_column + rows.width - 1;
  reserve_values(values, table.row_count() - rows.first_row);
  list_ids ids(table, rows);
  for (std::size_t row = rows.first_row; row < table.row_count(); ++row) {
    if (table.is_blank(row)) continue;
    ids.add(row);
    const cell_value value = values.has_values ? read_value(table, row, column) : cell_value{};
    // No number is NaN. A point without a value is one, too.
    const double number = value.is_empty() ? std::numeric_limits<double>::quiet_NaN() : value.number;
    values.all.push_back({0, 0, number, row, column});
  }
  const std::vector<std::uint64_t> numbers = ids.resolve(values);
  for (std::size_t k = 0; k < values.all.size(); ++k) {
    values.all[k].i = static_cast<std::uint32_t>(numbers[2 * k]);
    values.all[k].j = static_cast<std::uint32_t>(numbers[2 * k + 1]);
  }
  const std::size_t unknown =
      std::erase_if(values.all, [](const placed_value& each) { return std::isnan(each.value); });
  if (unknown != 0) {
    values.notes.push_back(std::to_string(unknown) + (unknown == 1 ? " row" : " rows") + " without a value " +
                           (unknown == 1 ? "is" : "are") + " left out");
  }
}

}  // namespace tinyrank::app
