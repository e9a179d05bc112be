// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstdint>

namespace tinyrank {

/// Two indices below n: an entry of a matrix, or two points.
struct index_pair {
  std::uint32_t first = 0;
  std::uint32_t second = 0;
};

/// One entry of a sparse symmetric matrix.
template <class T>
struct sparse_entry {
  std::uint32_t row = 0;
  std::uint32_t column = 0;
  T value = 0;
};

}  // namespace tinyrank
