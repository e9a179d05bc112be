// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "error.hpp"
#include "npy.hpp"
#include "processes.hpp"
#include "tinyrank/operators/dense.hpp"

namespace tinyrank::app {

inline std::string whole_number(double count) {
  return std::to_string(static_cast<std::size_t>(count));
}

/// n of n(n+1)/2 entries; 0 when there is none.
inline std::size_t dimension_of_packed(std::size_t entries) {
  auto n = static_cast<std::size_t>((std::sqrt(8.0 * static_cast<double>(entries) + 1.0) - 1.0) / 2.0);
  while (packed_count(n) < entries) ++n;
  return packed_count(n) == entries ? n : 0;
}

/// The elements of an operator's storage, unless they are SIZE_MAX.
inline std::size_t require_addressable(const std::string& name, std::size_t n, std::size_t elements) {
  if (n > largest_dimension) throw input_error(name + ": n is above " + std::to_string(largest_dimension));
  if (elements == SIZE_MAX) throw input_error(name + ": n and m are too large for this machine's addresses");
  return elements;
}

/// An npy file of symmetric matrices, whole or packed.
struct matrix_file {
  explicit matrix_file(const std::string& path) : file(path) {
    const auto shape = file.shape();
    whole = shape.size() == 3 && shape[1] == shape[2];
    n = whole ? shape[1] : shape.size() == 2 ? dimension_of_packed(shape[1]) : 0;
    if (n == 0) {
      throw file_error(path, "shape " + file.shape_text() +
                                 " is neither (m, n, n) nor (m, n(n+1)/2), the lower triangles row by row");
    }
  }

  npy_file file;
  bool whole = false;
  std::size_t n = 0;
};

/// Calls keep(i, packed) for every matrix, in order: `packed` has packed_stride<T>(n) elements, padded with
/// 0, and is where place(i) said.
template <class T, class Place, class Keep>
void read_matrices(const matrix_file& from, const std::function<void(const std::string&)>& note, Place place,
                   Keep keep) {
  const std::size_t m = from.file.row_count(), group = from.file.suggested_rows();
  const std::size_t size = from.file.row_size();
  std::vector<T> buffer(group * size);
  std::size_t symmetrised = 0;
  for (std::size_t first = 0; first < m; first += group) {
    const std::size_t count = std::min(group, m - first);
    from.file.copy_rows(first, count, std::span<T>(buffer.data(), count * size));
    for (std::size_t i = 0; i < count; ++i) {
      const T* matrix = buffer.data() + i * size;
      T* packed = place(first + i);
      if (!from.whole) {
        pack_row_from_packed(from.n, matrix, packed);
      } else if (!pack_row_from_full(from.n, matrix, packed)) {
        ++symmetrised;
      }
      keep(first + i, packed);
    }
  }
  double counts[] = {static_cast<double>(symmetrised), static_cast<double>(m)};
  processes::add_up(counts);
  if (counts[0] != 0) {
    note(printable(from.file.path()) + ": " + whole_number(counts[0]) + " of " + whole_number(counts[1]) +
         " matrices are not symmetric; (A + A^T)/2 is used, which measures the same");
  }
}

}  // namespace tinyrank::app
