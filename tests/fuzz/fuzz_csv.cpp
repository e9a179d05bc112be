// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

// Tables, lists and MatrixMarket: the first byte says as what the rest is read. What was read is whole:
// indices below their bounds, as many values as pairs, no number that is not finite.

#include <cmath>

#include "checks.hpp"
#include "coordinate_table.hpp"
#include "distance_table.hpp"
#include "matrix_market.hpp"
#include "memory_file.hpp"
#include "pauli_table.hpp"
#include "rectangular_table.hpp"

using namespace tinyrank::app;
using namespace tinyrank::fuzz;

namespace {

void require_note(const std::string& note, const std::string& path) {
  if (!note.empty()) require_line(note, path);
}

void read_distances(const std::string& path) {
  const distance_table table = read_distance_table(path);
  require(table.labels.empty() || table.labels.size() == table.n);
  const distance_table::entry* before = nullptr;
  for (const distance_table::entry& at : table.entries) {
    require(at.i < at.j && at.j < table.n && std::isfinite(at.distance) && at.distance >= 0);
    require(before == nullptr || before->i < at.i || (before->i == at.i && before->j < at.j));
    before = &at;
  }
  require_note(table.note, path);
}

void read_entries(const std::string& path) {
  const sampled_entries<float> table = read_sampled_entries<float>(path);
  require(!table.pairs.empty());
  require(table.values.empty() || table.values.size() == table.pairs.size());
  require(table.weights.empty() || table.weights.size() == table.pairs.size());
  require(table.labels.empty() || table.labels.size() == table.n);
  for (const auto& [i, j] : table.pairs) require(i < table.n && j < table.n);
  for (const float value : table.values) require(std::isfinite(value));
  for (const float weight : table.weights) require(std::isfinite(weight) && weight > 0);
  require_note(table.note, path);
}

void read_sparse(const std::string& path) {
  const sparse_matrices<double> table = read_sparse_matrices<double>(path);
  require(table.offsets.size() > 1 && table.offsets.front() == 0);
  require(table.offsets.back() == table.entries.size());
  for (std::size_t i = 1; i < table.offsets.size(); ++i) require(table.offsets[i - 1] <= table.offsets[i]);
  for (const auto& entry : table.entries) {
    require(entry.row < table.n && entry.column <= entry.row && std::isfinite(entry.value));
  }
  require_note(table.note, path);
}

void read_rectangular(const std::string& path) {
  const rectangular_values<float> table = read_rectangular_values<float>(path, value_range{-100, 100});
  require(!table.pairs.empty());
  require(table.values.empty() || table.values.size() == table.pairs.size());
  require(table.weights.empty() || table.weights.size() == table.pairs.size());
  require(table.row_names.empty() || table.row_names.size() == table.rows);
  require(table.column_names.empty() || table.column_names.size() == table.columns);
  for (const auto& [i, j] : table.pairs) require(i < table.rows && j < table.columns);
  for (const float value : table.values) require(value >= -100 && value <= 100);
  require_note(table.note, path);
}

void read_pauli(const std::string& path) {
  const pauli_values<float> table = read_pauli_strings<float>(path);
  require(table.qubits != 0 && (table.values.empty() || table.values.size() == table.strings.size()));
  for (const tinyrank::pauli_string& string : table.strings)
    require((string.x | string.z) >> table.qubits == 0);
}

void read_market(const std::string& path) {
  const market_matrix matrix = read_matrix_market(path);
  for (const auto& entry : matrix.entries) require(entry.row < matrix.rows && entry.column < matrix.columns);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t count) {
  if (count == 0) return 0;
  // By the digits 0 to 5.
  constexpr void (*readers[])(const std::string&) = {read_distances,   read_entries, read_sparse,
                                                     read_rectangular, read_pauli,   read_market};
  const memory_file file(bytes + 1, count - 1);
  const std::string path = memory_file::path();
  try {
    readers[bytes[0] % std::size(readers)](path);
  } catch (const input_error& error) {
    require_line(error.what(), path);
  }
  return 0;
}
