// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT
#include "pauli_table.hpp"

#include <cmath>
#include <limits>
#include <map>
#include <string_view>
#include <utility>

#include "csv_cells.hpp"
#include "csv_table.hpp"
#include "error.hpp"

namespace tinyrank::app {
namespace {

bool has_letters_alone(std::string_view label) {
  return !label.empty() && label.find_first_not_of("IXYZ") == std::string_view::npos;
}

}  // namespace

template <class T>
pauli_values<T> read_pauli_strings(const std::string& path) {
  const csv_table table(path);
  const std::size_t width = table.column_count();
  if (width > 2) table.fail("rows of " + std::to_string(width) + " cells are not label,value or label");
  const bool may_be_header =
      !has_letters_alone(table.cell(0, 0)) && (width == 1 || parse_cell(table, 0, 1).kind == cell_kind::text);
  // A mistyped label beside others of its length is no header.
  const bool is_header =
      may_be_header &&
      (width == 2 || (table.row_count() > 1 && table.cell(0, 0).size() != table.cell(1, 0).size()));
  pauli_values<T> read;
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::size_t> seen;
  for (std::size_t row = is_header ? 1 : 0; row < table.row_count(); ++row) {
    const std::string_view label = table.cell(row, 0);
    if (label.empty() && table.cell(row, 1).empty()) continue;
    if (!has_letters_alone(label)) {
      table.fail(row, 0, "a label has the letters I, X, Y and Z, unlike " + in_quotes(label));
    }
    if (read.qubits == 0) read.qubits = label.size();
    if (label.size() != read.qubits) {
      table.fail(row, 0,
                 "the label " + in_quotes(label) + " has " + std::to_string(label.size()) +
                     " letters, the first one has " + std::to_string(read.qubits));
    }
    pauli_string string;
    if (parse_pauli_string(label.data(), label.size(), string) != status::ok) {
      table.fail(row, 0,
                 "a label of " + std::to_string(label.size()) + " letters; at most " +
                     std::to_string(largest_qubits) + " qubits can be handled");
    }
    const auto [first, is_new] = seen.try_emplace({string.x, string.z}, row);
    if (!is_new) {
      table.fail(
          row, 0,
          "the string " + in_quotes(label) + " is given twice, first at " + table.place(first->second, 0));
    }
    read.strings.push_back(string);
    if (width == 1) continue;
    const cell_value value = read_value(table, row, 1);
    if (value.kind != cell_kind::number) table.fail(row, 1, "the value is missing");
    if (std::fabs(value.number) > static_cast<double>(std::numeric_limits<T>::max()))
      table.fail(row, 1, "too large for single precision: " + in_quotes(table.cell(row, 1)));
    read.values.push_back(static_cast<T>(value.number));
  }
  if (read.strings.empty()) table.fail("has a header and nothing below it");
  return read;
}

template pauli_values<float> read_pauli_strings(const std::string&);
template pauli_values<double> read_pauli_strings(const std::string&);

}  // namespace tinyrank::app
