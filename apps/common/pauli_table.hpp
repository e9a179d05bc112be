// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "tinyrank/operators/pauli.hpp"

namespace tinyrank::app {

template <class T>
struct pauli_values {
  std::size_t qubits = 0;
  std::vector<pauli_string> strings;  ///< in the order of the file
  std::vector<T> values;              ///< one for each, or none when the file has no such column

  template <class Visit>
  void each_member(Visit visit) {
    visit(qubits, strings, values);
  }
};

/// Reads Pauli strings and their expectation values: rows `label,value` or `label`, a label of the letters I,
/// X, Y and Z, one for each qubit, the first of which is the most significant bit of a row's index. The first
/// row is a header when its first cell is no label and its second, where there is one, no number.
///
/// Errors: input_error that names the file, row and cell, for another letter, a label of another length than
/// the first one's, a string given twice, and a value that is blank, no number or too large for T.
template <class T>
pauli_values<T> read_pauli_strings(const std::string& path);

}  // namespace tinyrank::app
