// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT
#include "coordinate_table.hpp"

#include <algorithm>
#include <limits>
#include <numeric>
#include <tuple>

#include "csv_cells.hpp"
#include "csv_table.hpp"
#include "error.hpp"
#include "tinyrank/operators/distances.hpp"
#include "tinyrank/views.hpp"

namespace tinyrank::app {
namespace {

std::size_t first_data_row(const csv_table& table) {
  for (std::size_t column = 0; column < table.column_count(); ++column) {
    if (parse_cell(table.cell(0, column)).kind != cell_kind::text) return 0;
  }
  if (table.row_count() == 1) throw file_error(table.path(), "has no entry");
  return 1;
}

template <class T>
T read_value(const csv_table& table, std::size_t row, std::size_t column) {
  const std::string_view cell = table.cell(row, column);
  const cell_value value = parse_cell(cell);
  switch (value.kind) {
    case cell_kind::blank:
      table.fail(row, column, "the value is blank");
    case cell_kind::text:
      table.fail(row, column, "not a number: " + in_quotes(cell));
    case cell_kind::out_of_range:
      table.fail(row, column, "out of the range of a double: " + in_quotes(cell));
    case cell_kind::not_finite:
      table.fail(row, column, "a value must be finite, not " + in_quotes(cell));
    case cell_kind::number:
      break;
  }
  constexpr double largest = std::numeric_limits<T>::max();
  if (value.number > largest || value.number < -largest) {
    table.fail(row, column, "too large for single precision: " + in_quotes(cell));
  }
  return static_cast<T>(value.number);
}

/// An index below `limit`, which is what a list of this many rows can mean.
std::uint32_t read_index_below(const csv_table& table, std::size_t row, std::size_t column,
                               std::uint64_t limit, std::size_t data_rows) {
  const std::uint64_t value = read_index(table, row, column);
  if (value < limit && value < UINT32_MAX) return static_cast<std::uint32_t>(value);
  table.fail(row, column,
             "the index " + in_quotes(table.cell(row, column)) + " is too large for a list of " +
                 std::to_string(data_rows) + (data_rows == 1 ? " row" : " rows") +
                 ", where every index from 0 has to occur");
}

/// The two indices of an entry; n grows with them.
class matrix_indices {
 public:
  matrix_indices(const csv_table& table, std::size_t data_rows)
      : table_(table), data_rows_(data_rows), seen_(2 * data_rows, false) {}

  index_pair read(std::size_t row, std::size_t column) {
    return {read_one(row, column), read_one(row, column + 1)};
  }

  /// n, when every row of the matrix has an entry.
  [[nodiscard]] std::size_t require_all() const {
    const auto end = seen_.begin() + static_cast<std::ptrdiff_t>(n_);
    const auto unseen = std::find(seen_.begin(), end, false);
    if (unseen == end) return n_;
    throw file_error(table_.path(),
                     "row " + std::to_string(unseen - seen_.begin()) +
                         " of the matrix has no entry, so nothing is known of it (indices count from 0)");
  }

 private:
  std::uint32_t read_one(std::size_t row, std::size_t column) {
    // Each row names two indices, so larger ones than this cannot all appear.
    const std::uint32_t index = read_index_below(table_, row, column, seen_.size(), data_rows_);
    if (index >= largest_dimension) {
      table_.fail(
          row, column,
          "the index " + std::to_string(index) + " makes n larger than " + std::to_string(largest_dimension));
    }
    n_ = std::max(n_, std::size_t{index} + 1);
    seen_[index] = true;
    return index;
  }

  const csv_table& table_;
  std::size_t data_rows_;
  std::vector<bool> seen_;
  std::size_t n_ = 0;
};

std::tuple<std::uint32_t, std::uint32_t> place_of(index_pair pair) {
  return {std::max(pair.first, pair.second), std::min(pair.first, pair.second)};
}

template <class T>
void refuse_two_values(const csv_table& table, std::size_t first_row, const sampled_entries<T>& read) {
  std::vector<std::size_t> order(read.pairs.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return std::tuple_cat(place_of(read.pairs[a]), std::tuple(a)) <
           std::tuple_cat(place_of(read.pairs[b]), std::tuple(b));
  });
  for (std::size_t k = 1; k < order.size(); ++k) {
    const std::size_t before = order[k - 1], here = order[k];
    if (place_of(read.pairs[before]) != place_of(read.pairs[here]) ||
        read.values[before] == read.values[here]) {
      continue;
    }
    const std::size_t row = first_row + here;
    table.fail(row, 2,
               "the entry " + std::to_string(read.pairs[here].first) + ", " +
                   std::to_string(read.pairs[here].second) + " of a symmetric matrix is " +
                   in_quotes(table.cell(row, 2)) + " here, but " +
                   in_quotes(table.cell(first_row + before, 2)) + " at line " +
                   std::to_string(table.line(first_row + before)));
  }
}

/// An entry of the file, on its way to its place.
template <class T>
struct listed_entry {
  std::uint32_t measurement;
  index_pair at;
  T value;
  std::size_t row;
};

/// Refuses what is no mirror image of the entry before it at the same place.
template <class T>
void require_mirror(const csv_table& table, const listed_entry<T>& before, const listed_entry<T>& here,
                    bool is_third) {
  const std::string what = "the entry " + std::to_string(here.at.first) + ", " +
                           std::to_string(here.at.second) + " of measurement " +
                           std::to_string(here.measurement);
  if (is_third || before.at.first == here.at.first) table.fail(here.row, 1, what + " is given twice");
  if (before.value != here.value) {
    table.fail(here.row, 3,
               what + ", a symmetric matrix, is " + in_quotes(table.cell(here.row, 3)) +
                   ", but its mirror image " + in_quotes(table.cell(before.row, 3)) + " at line " +
                   std::to_string(table.line(before.row)));
  }
}

}  // namespace

template <class T>
sampled_entries<T> read_sampled_entries(const std::string& path) {
  const csv_table table(path);
  const std::size_t width = table.column_count();
  if (width != 2 && width != 3) {
    throw file_error(path, "the rows have " + std::to_string(width) + (width == 1 ? " cell" : " cells") +
                               ", not row,column,value or row,column");
  }
  const std::size_t first_row = first_data_row(table), count = table.row_count() - first_row;
  sampled_entries<T> result;
  matrix_indices indices(table, count);
  for (std::size_t row = first_row; row < table.row_count(); ++row) {
    result.pairs.push_back(indices.read(row, 0));
    if (width == 3) result.values.push_back(read_value<T>(table, row, 2));
  }
  if (width == 3) refuse_two_values(table, first_row, result);
  result.n = indices.require_all();
  return result;
}

template <class T>
sparse_matrices<T> read_sparse_matrices(const std::string& path) {
  const csv_table table(path);
  const std::size_t width = table.column_count();
  if (width != 4) {
    throw file_error(path, "the rows have " + std::to_string(width) + (width == 1 ? " cell" : " cells") +
                               ", not measurement,row,column,value");
  }
  const std::size_t first_row = first_data_row(table), count = table.row_count() - first_row;
  std::vector<listed_entry<T>> listed;
  listed.reserve(count);
  matrix_indices indices(table, count);
  for (std::size_t row = first_row; row < table.row_count(); ++row) {
    // Each measurement needs a row.
    const std::uint32_t measurement = read_index_below(table, row, 0, count, count);
    listed.push_back({measurement, indices.read(row, 1), read_value<T>(table, row, 3), row});
  }
  std::sort(listed.begin(), listed.end(), [](const listed_entry<T>& a, const listed_entry<T>& b) {
    return std::tuple_cat(std::tuple(a.measurement), place_of(a.at), std::tuple(a.row)) <
           std::tuple_cat(std::tuple(b.measurement), place_of(b.at), std::tuple(b.row));
  });

  sparse_matrices<T> result;
  result.n = indices.require_all();
  std::size_t at_this_place = 0;
  for (std::size_t k = 0; k < count; ++k) {
    const listed_entry<T>& here = listed[k];
    const bool same_place = k > 0 && listed[k - 1].measurement == here.measurement &&
                            place_of(listed[k - 1].at) == place_of(here.at);
    at_this_place = same_place ? at_this_place + 1 : 1;
    if (same_place) {
      require_mirror(table, listed[k - 1], here, at_this_place > 2);
      continue;
    }
    if (here.measurement > result.offsets.size()) break;
    if (here.measurement == result.offsets.size()) result.offsets.push_back(result.entries.size());
    const auto [row, column] = place_of(here.at);
    result.entries.push_back({row, column, here.value});
  }
  const std::size_t m = listed.back().measurement + std::size_t{1};
  if (result.offsets.size() != m) {
    throw file_error(path, "measurement " + std::to_string(result.offsets.size()) +
                               " has no entry (measurements count from 0; one entry of value 0 says that "
                               "the matrix is zero)");
  }
  result.offsets.push_back(result.entries.size());
  return result;
}

template sampled_entries<float> read_sampled_entries(const std::string&);
template sampled_entries<double> read_sampled_entries(const std::string&);
template sparse_matrices<float> read_sparse_matrices(const std::string&);
template sparse_matrices<double> read_sparse_matrices(const std::string&);

}  // namespace tinyrank::app
