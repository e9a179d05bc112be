// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT
#include "coordinate_table.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <span>
#include <tuple>

#include "csv_cells.hpp"
#include "csv_list.hpp"
#include "error.hpp"
#include "matrix_market.hpp"
#include "memory.hpp"
#include "read_values.hpp"

namespace tinyrank::app {
namespace {

template <class T>
bool fits(double value) {
  constexpr double largest = std::numeric_limits<T>::max();
  return value >= -largest && value <= largest;
}

/// An entry of a list of matrices. In the order of the file.
struct placed_entry {
  std::uint64_t measurement = 0, row = 0, column = 0;
  double value = 0;
  std::size_t at = 0;  ///< row of the table, or line of the file
};

using place_in_list = std::tuple<std::uint64_t, std::uint64_t, std::uint64_t>;

place_in_list place_of(const placed_entry& each) {
  return {each.measurement, std::max(each.row, each.column), std::min(each.row, each.column)};
}

/// Indices from 1 on become such from 0 on.
void count_from_zero(std::vector<placed_entry>& listed, std::uint64_t placed_entry::*first,
                     std::uint64_t placed_entry::*second, const std::string& what,
                     std::vector<std::string>& notes) {
  const bool any_zero = std::any_of(listed.begin(), listed.end(), [&](const placed_entry& each) {
    return each.*first == 0 || each.*second == 0;
  });
  if (any_zero) return;
  for (placed_entry& each : listed) {
    --(each.*first);
    if (first != second) --(each.*second);
  }
  notes.push_back(what + " count from 1");
}

/// One entry for each place, the mean of those that are there.
void take_means(std::vector<placed_entry>& sorted, std::vector<std::string>& notes) {
  std::size_t kept = 0, differ = 0;
  for (std::size_t k = 0; k < sorted.size();) {
    const std::size_t begin = k;
    double low = sorted[k].value, high = low;
    for (; k < sorted.size() && place_of(sorted[k]) == place_of(sorted[begin]); ++k) {
      low = std::min(low, sorted[k].value);
      high = std::max(high, sorted[k].value);
    }
    double mean = 0;
    for (std::size_t j = begin; j < k; ++j) mean += sorted[j].value / static_cast<double>(k - begin);
    if (high - low > 1e-5 * std::max(std::fabs(low), std::fabs(high))) ++differ;
    sorted[kept] = sorted[begin];
    if (low != high) sorted[kept].value = std::clamp(mean, low, high);
    ++kept;
  }
  sorted.resize(kept);
  if (differ != 0) {
    notes.push_back(std::to_string(differ) + (differ == 1 ? " entry has" : " entries have") +
                    " several values, and the mean is taken");
  }
}

std::vector<placed_entry> read_listed(const std::string& path, const csv_table& table,
                                      std::vector<std::string>& notes) {
  placed_values told;
  const list_rows rows = find_list(table, 3, false, told);
  if (rows.width == 0) {
    table.fail("rows of " + std::to_string(table.column_count()) +
               (table.column_count() == 1 ? " cell" : " cells") + ", not measurement,row,column,value");
  }
  notes = told.notes;
  std::vector<placed_entry> listed;
  require_memory(path, std::uint64_t{table.row_count()} * sizeof(placed_entry));
  listed.reserve(table.row_count() - rows.first_row);
  for (std::size_t row = rows.first_row; row < table.row_count(); ++row) {
    const std::size_t first = rows.first_column;
    const cell_value value = read_value(table, row, first + 3);
    if (value.is_empty())
      table.fail(row, first + 3, "the value is missing: " + in_quotes(table.cell(row, first + 3)));
    listed.push_back({read_index(table, row, first), read_index(table, row, first + 1),
                      read_index(table, row, first + 2), value.number, row});
  }
  if (table.has_decimal_comma()) notes.emplace_back("commas are taken for decimal points");
  count_from_zero(listed, &placed_entry::measurement, &placed_entry::measurement, "measurements", notes);
  count_from_zero(listed, &placed_entry::row, &placed_entry::column, "rows and columns", notes);
  // Every index below the largest has to occur, so it is bounded by the rows of the list.
  const std::string list = " is too large for a list of " + std::to_string(listed.size()) +
                           (listed.size() == 1 ? " row" : " rows") + ", where every one has to occur";
  const std::uint64_t most = std::min<std::uint64_t>(2 * listed.size(), largest_dimension);
  for (const placed_entry& each : listed) {
    const auto refuse = [&](std::size_t k, const std::string& what) {
      const std::size_t column = rows.first_column + k;
      table.fail(each.at, column, (what + in_quotes(table.cell(each.at, column))).append(list));
    };
    if (each.measurement >= listed.size()) refuse(0, "the measurement ");
    if (each.row >= most) refuse(1, "the index ");
    if (each.column >= most) refuse(2, "the index ");
  }
  return listed;
}

/// m x n^2, row i being A_i: <A_i, Z> is the sum over its entries, which those of (A_i + A_i^T)/2 have, too.
std::vector<placed_entry> read_flattened(const std::string& path, std::vector<std::string>& notes) {
  const market_matrix read = read_matrix_market(path);
  const auto n = static_cast<std::size_t>(std::llround(std::sqrt(static_cast<double>(read.columns))));
  if (n * n != read.columns || read.is_symmetric || !read.has_values) {
    throw file_error(path,
                     std::to_string(read.rows) + " x " + std::to_string(read.columns) +
                         " is not m x n^2, general, with values: row i is A_i row by row (MatrixMarket)");
  }
  require_dimension(path, n);
  std::vector<placed_entry> listed;
  for (const market_matrix::entry& each : read.entries) {
    if (std::isnan(each.value))
      throw file_error(path + ":" + std::to_string(each.line), "the value is missing (MatrixMarket)");
    listed.push_back({each.row, each.column / n, each.column % n, each.value, each.line});
  }
  // Mirror images together, the lower one first; an array's zeros are entries, too.
  std::sort(listed.begin(), listed.end(), [](const placed_entry& a, const placed_entry& b) {
    return std::tuple(place_of(a), a.column) < std::tuple(place_of(b), b.column);
  });
  std::size_t kept = 0, skewed = 0;
  for (std::size_t k = 0; k < listed.size();) {
    const std::size_t begin = k;
    double lower = 0, upper = 0;
    for (; k < listed.size() && place_of(listed[k]) == place_of(listed[begin]); ++k) {
      (listed[k].row >= listed[k].column ? lower : upper) += listed[k].value;
    }
    listed[kept] = listed[begin];
    if (listed[begin].row == listed[begin].column) upper = lower;
    listed[kept].value = lower / 2 + upper / 2;
    skewed += std::fabs(lower - upper) > 1e-5 * std::max(std::fabs(lower), std::fabs(upper)) ? 1U : 0U;
    ++kept;
  }
  listed.resize(kept);
  if (skewed != 0) {
    notes.push_back(std::to_string(skewed) +
                    " pairs of mirror images differ; (A + A^T)/2 is used, which measures the same");
  }
  return listed;
}

/// The entries in the order of the operator; n and m are the largest indices plus 1.
template <class T>
sparse_matrices<T> arrange(const std::string& path, const std::vector<placed_entry>& sorted) {
  sparse_matrices<T> result;
  result.entries.reserve(sorted.size());
  std::vector<bool> seen;
  for (const placed_entry& each : sorted) {
    const auto [measurement, row, column] = place_of(each);
    if (measurement > result.offsets.size()) break;
    if (measurement == result.offsets.size()) result.offsets.push_back(result.entries.size());
    result.entries.push_back(
        {static_cast<std::uint32_t>(row), static_cast<std::uint32_t>(column), static_cast<T>(each.value)});
    result.n = std::max(result.n, static_cast<std::size_t>(row) + 1);
    seen.resize(result.n, false);
    seen[static_cast<std::size_t>(row)] = seen[static_cast<std::size_t>(column)] = true;
  }
  if (result.offsets.size() != sorted.back().measurement + 1) {
    throw file_error(path, "measurement " + std::to_string(result.offsets.size()) +
                               " has no entry (measurements count from 0; one entry of value 0 says that "
                               "the matrix is zero)");
  }
  const auto unseen = std::find(seen.begin(), seen.end(), false);
  if (unseen != seen.end()) {
    throw file_error(path,
                     "row " + std::to_string(unseen - seen.begin()) +
                         " of the matrix has no entry, so nothing is known of it (indices count from 0)");
  }
  result.offsets.push_back(result.entries.size());
  return result;
}

}  // namespace

template <class T>
sampled_entries<T> read_sampled_entries(const std::string& path) {
  placed_values values = read_values(path, diagonal::any, true);
  if (values.all.empty()) throw file_error(path, "has no known entry");
  for (const placed_value& each : values.all) {
    if (!fits<T>(each.value)) values.fail(each, "too large for single precision");
  }
  std::vector<std::uint32_t> counts;
  // Places alone are measurements whose values are elsewhere, one for each.
  if (values.has_values) merge_places(values, &counts);
  const std::size_t unseen = first_unseen(values, true);
  if (unseen != values.n) {
    throw file_error(path, "row " + printable(values.name_of(unseen)) +
                               " of the matrix has no entry, so nothing is known of it");
  }
  sampled_entries<T> result;
  result.n = values.n;
  result.labels = values.labels;
  result.note = note_of(values);
  result.pairs.reserve(values.all.size());
  result.values.reserve(values.has_values ? values.all.size() : 0);
  for (const placed_value& each : values.all) {
    result.pairs.push_back({each.i, each.j});
    if (values.has_values) result.values.push_back(static_cast<T>(each.value));
  }
  const auto different = [&](std::uint32_t count) { return count != counts.front(); };
  if (std::any_of(counts.begin(), counts.end(), different))
    result.weights.assign(counts.begin(), counts.end());
  return result;
}

template <class T>
sparse_matrices<T> read_sparse_matrices(const std::string& path) {
  std::vector<std::string> notes;
  std::vector<placed_entry> listed;
  std::optional<csv_table> table;
  if (is_matrix_market(path)) {
    listed = read_flattened(path, notes);
  } else {
    table.emplace(path);
    listed = read_listed(path, *table, notes);
    std::sort(listed.begin(), listed.end(), [](const placed_entry& a, const placed_entry& b) {
      return std::tuple(place_of(a), a.at) < std::tuple(place_of(b), b.at);
    });
    take_means(listed, notes);
  }
  if (listed.empty()) throw file_error(path, "has no entry");
  for (const placed_entry& each : listed) {
    if (fits<T>(each.value)) continue;
    const std::string what = "too large for single precision: " + exact_text(each.value);
    if (table) table->fail(each.at, table->column_count() - 1, what);
    throw file_error(path + ":" + std::to_string(each.at), what + " (MatrixMarket)");
  }
  table.reset();
  sparse_matrices<T> result = arrange<T>(path, listed);
  placed_values told;
  told.path = path;
  told.notes = notes;
  result.note = note_of(told);
  return result;
}

template sampled_entries<float> read_sampled_entries(const std::string&);
template sampled_entries<double> read_sampled_entries(const std::string&);
template sparse_matrices<float> read_sparse_matrices(const std::string&);
template sparse_matrices<double> read_sparse_matrices(const std::string&);

}  // namespace tinyrank::app
