// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

// What every operator asks of its descriptor, and the way back to it from the table.

#include "lib/dense_algebra/vectors.hpp"
#include "tinyrank/sensing.hpp"

namespace tinyrank {

template <class Descriptor, class T>
const Descriptor& descriptor_of(const sensing_operator<T>& a) noexcept {
  return *static_cast<const Descriptor*>(a.context);
}

inline status check_sizes(std::size_t n, std::size_t measurement_count) noexcept {
  if (n == 0 || n > largest_dimension) return status::dimension;
  if (measurement_count == 0) return status::measurement_count;
  return status::ok;
}

/// Of an operator on complex matrices of side d.
inline status check_complex_sizes(std::size_t d, std::size_t n, std::size_t measurement_count) noexcept {
  if (d > largest_dimension / 2 || n != 2 * d) return status::dimension;
  return check_sizes(n, measurement_count);
}

inline bool is_aligned(const void* data) noexcept {
  return reinterpret_cast<std::uintptr_t>(data) % arena_alignment == 0;
}

}  // namespace tinyrank
