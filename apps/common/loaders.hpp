// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include <algorithm>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "npy.hpp"
#include "problem.hpp"

namespace tinyrank::app {

using listener = std::function<void(const std::string&)>;

/// What an operator is made from.
struct request {
  const sensing_argument& a;
  const std::string title;  ///< of its kind
  execution_plan plan;
  instruction_set isa;
  const listener& note;
};

// Rectangular and complex operators, from their files or keys. Errors: input_error.
template <class T>
void load_rectangular(problem<T>& made, const request& asked);
template <class T>
void load_rectangular_dense(problem<T>& made, const request& asked);
template <class T>
void load_bilinear(problem<T>& made, const request& asked);
template <class T, rank_one_form Form>
void load_complex_rank_one(problem<T>& made, const request& asked);
template <class T>
void load_phase(problem<T>& made, const request& asked);
template <class T>
void load_pauli(problem<T>& made, const request& asked);
template <class T>
void load_hermitian(problem<T>& made, const request& asked);

/// Rows of `size` numbers, each to `to` with `stride` elements from one to the next, padded with 0; where
/// `to` is null, only looks at them. Errors: input_error, as npy_file::copy_rows.
template <class T>
void read_padded_rows(const npy_file& file, std::size_t size, std::size_t stride, T* to) {
  const std::size_t rows = file.row_count(), group = file.suggested_rows();
  std::vector<T> buffer(group * size);
  for (std::size_t first = 0; first < rows; first += group) {
    const std::size_t count = std::min(group, rows - first);
    file.copy_rows(first, count, std::span<T>(buffer.data(), count * size));
    for (std::size_t i = 0; i < count && to != nullptr; ++i) {
      T* const row = to + (first + i) * stride;
      std::copy_n(buffer.data() + i * size, size, row);
      std::fill(row + size, row + stride, T(0));
    }
  }
}

/// Groups of indices below n that no pair connects.
std::size_t count_groups(std::size_t n, const std::vector<index_pair>& pairs);

}  // namespace tinyrank::app
