// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT
#include "csv_layout.hpp"

#include <algorithm>
#include <cmath>
#include <string_view>
#include <unordered_set>
#include <utility>

#include "csv_cells.hpp"
#include "error.hpp"

namespace tinyrank::app {
namespace {

/// Names, and a frame of blank cells around a table, need no room: what is left is n x n.
struct extent {
  std::size_t rows = 0, columns = 0;  ///< up to the last cell that is not blank
};

extent extent_of(const csv_table& table) {
  extent used;
  for (std::size_t row = 0; row < table.row_count(); ++row) {
    for (std::size_t column = table.length(row); column-- > 0;) {
      if (table.cell(row, column).empty()) continue;
      used.rows = row + 1;
      used.columns = std::max(used.columns, column + 1);
      break;
    }
  }
  return used;
}

/// The square that is left without the names; n = 0 when it is none.
csv_layout square(const csv_table& table, const extent& used, std::size_t header, std::size_t names) {
  csv_layout layout;
  layout.first_row = header;
  layout.first_column = names;
  if (used.rows < header || used.columns < names) return layout;
  const std::size_t n = std::max(used.rows - header, used.columns - names);
  if (table.row_count() >= n + header && table.column_count() >= n + names) layout.n = n;
  return layout;
}

cell_value body_cell(const csv_table& table, const csv_layout& layout, std::size_t i, std::size_t j) {
  return parse_cell(table, layout.first_row + i, layout.first_column + j);
}

bool diagonal_fits(const csv_table& table, const csv_layout& layout, diagonal wanted) {
  for (std::size_t k = 0; k < layout.n; ++k) {
    const cell_value value = body_cell(table, layout, k, k);
    if (value.is_empty()) continue;
    if (value.kind != cell_kind::number || (wanted == diagonal::zero && value.number != 0)) return false;
  }
  return true;
}

bool has_text(const csv_table& table, const csv_layout& layout) {
  for (std::size_t i = 0; i < layout.n; ++i) {
    for (std::size_t j = 0; j < layout.n; ++j) {
      if (body_cell(table, layout, i, j).kind == cell_kind::text) return true;
    }
  }
  return false;
}

/// Most mirror images agree, or have a blank side. A list of few rows seldom looks so.
bool is_nearly_symmetric(const csv_table& table, const csv_layout& layout) {
  std::size_t agree = 0, differ = 0;
  for (std::size_t i = 0; i < layout.n; ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      const cell_value a = body_cell(table, layout, i, j), b = body_cell(table, layout, j, i);
      const bool both = a.kind == cell_kind::number && b.kind == cell_kind::number;
      const double difference = std::fabs(a.number - b.number);
      const bool same = !both || difference <= 1e-5 * std::max(std::fabs(a.number), std::fabs(b.number));
      ++(same ? agree : differ);
    }
  }
  return agree > differ || agree + differ == 0;
}

/// Cells of the first column, or of the first row, from the second on.
std::vector<std::string_view> names_from(const csv_table& table, bool header) {
  std::vector<std::string_view> names;
  const std::size_t count = header ? table.length(0) : table.row_count();
  for (std::size_t k = 1; k < count; ++k) names.push_back(header ? table.cell(0, k) : table.cell(k, 0));
  while (!names.empty() && names.back().empty()) names.pop_back();
  return names;
}

/// Whole numbers that go up by the same step; the first, and the step, or nothing.
std::optional<std::pair<double, double>> find_steps(const std::vector<std::string_view>& names) {
  std::vector<double> numbers;
  for (const std::string_view name : names) {
    const cell_value value = parse_cell(name);
    if (value.kind != cell_kind::number || value.number != std::floor(value.number)) return std::nullopt;
    numbers.push_back(value.number);
  }
  if (numbers.empty()) return std::nullopt;
  const double step = numbers.size() < 2 ? 1 : numbers[1] - numbers[0];
  for (std::size_t k = 1; k < numbers.size(); ++k) {
    if (numbers[k] - numbers[k - 1] != step || step <= 0) return std::nullopt;
  }
  return std::pair(numbers[0], step);
}

/// From 0 or 1 on.
bool is_a_count(const std::vector<std::string_view>& names) {
  const auto found = find_steps(names);
  return found && found->second == 1 && (found->first == 0 || found->first == 1);
}

bool are_whole_steps(const std::vector<std::string_view>& names) {
  return is_a_count(names) || (names.size() >= 3 && find_steps(names));
}

bool all_distinct(const std::vector<std::string_view>& names) {
  return std::unordered_set<std::string_view>(names.begin(), names.end()).size() == names.size();
}

std::string names_note(const std::vector<std::string_view>& names) {
  return "the numbers " + printable(names.front()) + " to " + printable(names.back()) +
         " of the first row and column are ";
}

enum class numbers_are : std::uint8_t { names, values, either };

/// For the same numbers in the first row and the first column.
numbers_are judge_numbers(const csv_table& table, const csv_layout& inner,
                          const std::vector<std::string_view>& names, diagonal wanted) {
  if (!all_distinct(names) || has_text(table, inner) || !diagonal_fits(table, inner, wanted))
    return numbers_are::values;
  bool all_known = true;
  for (std::size_t k = 0; k < inner.n; ++k) {
    all_known = all_known && !body_cell(table, inner, k, k).is_empty();
  }
  if (all_known || are_whole_steps(names)) return numbers_are::names;
  return numbers_are::either;
}

/// As many rows as columns: whether the first ones are names.
std::optional<csv_layout> find_names_on_both_sides(const csv_table& table, const extent& used,
                                                   diagonal wanted, std::string& note) {
  csv_layout inner = square(table, used, 1, 1);
  const std::vector<std::string_view> header = names_from(table, true), column = names_from(table, false);
  if (inner.n == 0 || is_number(table.cell(0, 0), table.has_decimal_comma())) return std::nullopt;
  std::size_t header_texts = 0, column_texts = 0;
  for (std::size_t k = 1; k <= inner.n; ++k) {
    header_texts += is_text(table, 0, k) ? 1U : 0U;
    column_texts += is_text(table, k, 0) ? 1U : 0U;
  }
  if (header_texts == inner.n && is_a_count(column)) {
    inner.has_row_numbers = true;
    inner.note = "the first column, of row numbers, is left out";
    return inner;
  }
  if (header_texts > 0 && (column_texts > 0 || header_texts == inner.n)) return inner;
  if (column_texts == inner.n) return inner;
  const auto is_value = [&](std::string_view name) { return is_number(name, table.has_decimal_comma()); };
  if (header_texts + column_texts > 0 || header.size() != inner.n || header != column ||
      !std::all_of(header.begin(), header.end(), is_value))
    return std::nullopt;
  switch (judge_numbers(table, inner, header, wanted)) {
    case numbers_are::names:
      inner.note = names_note(header) + "taken for names";
      return inner;
    case numbers_are::either:
      note = names_note(header) + "taken for values; names they would be beside a diagonal of 0";
      return std::nullopt;
    case numbers_are::values:
      break;
  }
  return std::nullopt;
}

void read_labels(const csv_table& table, csv_layout& layout) {
  if (layout.first_row == 0 && layout.first_column == 0) return;
  bool any_text = false;
  std::unordered_set<std::string_view> seen;
  for (std::size_t k = 0; k < layout.n; ++k) {
    const bool from_header = layout.first_row == 1;
    const std::size_t row = from_header ? 0 : k, column = from_header ? layout.first_column + k : 0;
    const std::string_view name = table.cell(row, column);
    if (name.empty()) table.fail(row, column, "a blank name");
    if (!seen.insert(name).second) table.fail(row, column, "two points have the name " + in_quotes(name));
    const bool named_twice = from_header && layout.first_column == 1 && !layout.has_row_numbers;
    if (named_twice && table.cell(1 + k, 0) != name) {
      table.fail(
          1 + k, 0,
          "the row is named " + in_quotes(table.cell(1 + k, 0)) + " but its column " + in_quotes(name));
    }
    any_text = any_text || is_text(table, row, column);
    layout.labels.emplace_back(name);
  }
  if (!any_text && layout.note.empty()) {
    layout.note = std::string("the numbers of the first ") + (layout.first_row == 1 ? "row" : "column") +
                  " are taken for names";
  }
}

/// Whether the rows have first, first + step, first + 2 step, ... cells, from row `from` on.
bool lengths_go(const csv_table& table, std::size_t from, std::size_t first, std::ptrdiff_t step) {
  auto expected = static_cast<std::ptrdiff_t>(first);
  for (std::size_t row = from; row < table.row_count(); ++row, expected += step) {
    if (static_cast<std::ptrdiff_t>(table.length(row)) != expected) return false;
  }
  return true;
}

/// As R prints a dist: names of all points but the last above, of all but the first beside.
std::optional<csv_layout> find_printed_dist(const csv_table& table) {
  const std::size_t points = table.row_count();
  if (points < 2 || table.length(0) + 1 != points || !lengths_go(table, 1, 2, 1)) return std::nullopt;
  for (std::size_t k = 1; k + 1 < points; ++k) {
    if (table.cell(0, k) != table.cell(k, 0)) return std::nullopt;
  }
  // Of two points these are two rows, of one number and two, unless they have names.
  const bool counts = table.cell(0, 0) == "1" && table.cell(1, 0) == "2";
  if (points == 2 && !counts && !is_text(table, 0, 0)) return std::nullopt;
  csv_layout layout;
  layout.n = points;
  layout.first_row = layout.first_column = 1;
  layout.shape = triangle::lower_below;
  layout.labels.emplace_back(table.cell(0, 0));
  for (std::size_t k = 1; k < points; ++k) layout.labels.emplace_back(table.cell(k, 0));
  return layout;
}

/// Rows of 1, 2, 3, ... or of ..., 3, 2, 1 cells; there are two or more.
std::optional<csv_layout> find_triangle(const csv_table& table, diagonal wanted) {
  const std::size_t rows = table.row_count();
  const bool lower = lengths_go(table, 0, 1, 1), upper = lengths_go(table, 0, rows, -1);
  if (!lower && !upper) return std::nullopt;
  csv_layout layout;
  bool has_diagonal = true;
  bool is_named = lower;
  for (std::size_t row = 0; row < rows; ++row) {
    const cell_value value = parse_cell(table, row, lower ? table.length(row) - 1 : 0);
    const bool zero = value.is_empty() || (value.kind == cell_kind::number && value.number == 0);
    has_diagonal = has_diagonal && (wanted == diagonal::any || zero);
    is_named = is_named && is_text(table, row, 0);
  }
  if (is_named) {
    // Each row is a name and what lies left of the diagonal.
    layout.n = rows;
    layout.first_column = 1;
    read_labels(table, layout);
  } else {
    layout.n = has_diagonal ? rows : rows + 1;
    layout.shape = has_diagonal ? (lower ? triangle::full : triangle::upper)
                                : (lower ? triangle::lower_below : triangle::upper_above);
  }
  layout.note = std::string("the rows are read as the ") + (lower ? "lower" : "upper") + " triangle of " +
                std::to_string(layout.n) + " points, " + (has_diagonal && !is_named ? "with" : "without") +
                " the diagonal";
  return layout;
}

/// Whether the rows below a header of text, with names or not, end at their diagonal or before it.
bool ends_at_the_diagonal(const csv_table& table) {
  return is_text(table, 0, table.length(0) - 1) && (lengths_go(table, 1, 1, 1) || lengths_go(table, 1, 2, 1));
}

/// The table as it would be listed: a cell of the first two columns is none that counts something.
bool has_no_indices(const csv_table& table, const csv_layout& layout) {
  for (std::size_t i = 0; i < layout.n; ++i) {
    for (std::size_t j = 0; j < 2 && j < layout.n; ++j) {
      const cell_value value = body_cell(table, layout, i, j);
      if (value.kind != cell_kind::number || value.number < 0 || value.number != std::floor(value.number))
        return true;
    }
  }
  return false;
}

/// A table whose rows could be those of a list.
bool is_rather_a_list(const csv_table& table, const csv_layout& layout, diagonal wanted) {
  if (layout.first_row == 1 && layout.first_column == 1 && !layout.has_row_numbers)
    return names_from(table, true) != names_from(table, false);
  const bool symmetric = is_nearly_symmetric(table, layout) || (layout.n == 2 && wanted == diagonal::any);
  if (has_text(table, layout) || !symmetric || !diagonal_fits(table, layout, wanted)) return true;
  if (layout.first_row == 0 && layout.first_column == 1)
    return !is_text(table, 0, 0) || !is_text(table, 1, 0);
  return wanted == diagonal::any && !has_no_indices(table, layout);
}

/// For names on one side: whether they are text, or `counting` is enough and they are numbers that count.
bool has_likely_names(const csv_table& table, const csv_layout& layout, bool counting) {
  if (layout.first_row == layout.first_column) return true;
  std::vector<std::string_view> names;
  bool any_text = false;
  for (std::size_t k = 0; k < layout.n; ++k) {
    const std::size_t row = layout.first_row == 1 ? 0 : k, column = layout.first_row == 1 ? k : 0;
    any_text = any_text || is_text(table, row, column);
    names.push_back(table.cell(row, column));
  }
  return any_text || (counting && are_whole_steps(names));
}

/// Whether rows of so many cells could be those of a list.
bool has_width_of_list(const csv_table& table, const extent& used, diagonal wanted) {
  const auto header = names_from(table, true), column = names_from(table, false);
  const bool has_row_numbers =
      !header.empty() && table.cell(0, 0).empty() && is_a_count(column) && header != column;
  const std::size_t skipped = has_row_numbers ? 1 : 0;
  const auto fits = [&](std::size_t width) {
    return used.columns <= width + skipped && width + skipped <= table.column_count();
  };
  return fits(3) || (fits(2) && wanted == diagonal::any);
}

std::optional<csv_layout> find_square(const csv_table& table, diagonal wanted) {
  const extent used = extent_of(table);
  const bool could_be_list = has_width_of_list(table, used, wanted);
  std::string note;
  std::vector<csv_layout> candidates;
  if (const auto named = find_names_on_both_sides(table, used, wanted, note)) candidates.push_back(*named);
  for (const auto& [header, names] : {std::pair(0, 0), std::pair(1, 0), std::pair(0, 1)}) {
    csv_layout layout =
        square(table, used, static_cast<std::size_t>(header), static_cast<std::size_t>(names));
    if (header == 0 && names == 0) layout.note = note;
    if (layout.n != 0) candidates.push_back(layout);
  }
  if (could_be_list) {
    std::erase_if(candidates,
                  [&](const csv_layout& layout) { return is_rather_a_list(table, layout, wanted); });
  }
  const auto fits = [&](const csv_layout& layout) {
    return diagonal_fits(table, layout, wanted) && !has_text(table, layout) &&
           (wanted == diagonal::zero || has_likely_names(table, layout, true));
  };
  auto found = std::find_if(candidates.begin(), candidates.end(), fits);
  // Of what does not fit the likeliest is the one to complain of.
  if (found == candidates.end()) {
    found = std::find_if(candidates.begin(), candidates.end(),
                         [&](const csv_layout& layout) { return has_likely_names(table, layout, false); });
  }
  if (found == candidates.end()) return std::nullopt;
  csv_layout layout = *found;
  read_labels(table, layout);
  return layout;
}

}  // namespace

std::optional<csv_layout> find_layout(const csv_table& table, diagonal wanted) {
  if (auto printed = find_printed_dist(table)) return printed;
  bool ragged = false;
  for (std::size_t row = 1; row < table.row_count(); ++row) {
    ragged = ragged || table.length(row) != table.length(0);
  }
  if (!ragged) return find_square(table, wanted);
  if (auto found = find_triangle(table, wanted)) return found;
  return ends_at_the_diagonal(table) ? find_square(table, wanted) : std::nullopt;
}

matrix_place place_of(const csv_layout& layout, std::size_t row, std::size_t column) {
  switch (layout.shape) {
    case triangle::full:
      return {row, column};
    case triangle::lower_below:
      return {row + 1, column};
    case triangle::upper:
      return {row, row + column};
    case triangle::upper_above:
      return {row, row + column + 1};
  }
  return {};
}

}  // namespace tinyrank::app
