// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

// A run of an operator's measurements as an operator of its own, for processes that share them.

#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <vector>

#include "catalogue/operators.hpp"

namespace tinyrank::catalogue {

/// Whether there are matrices to share: Hadamard's operator is one transform, whose rows come with it, and a
/// function that gives rows has no part; who has a file opens a part of it.
template <class T>
constexpr bool has_parts(const hadamard_sensing<T>&) noexcept {
  return false;
}
template <class Stored>
constexpr bool has_parts(const streamed_sensing<Stored>&) noexcept {
  return false;
}
template <class Sensing>
constexpr bool has_parts(const Sensing&) noexcept {
  return true;
}

/// Measurements that stay together in the shards: those of a mask.
template <class T>
constexpr std::size_t measured_together(const coded_diffraction_sensing<T>& a) noexcept {
  return diffraction_length(a.dimension);
}
template <class Sensing>
constexpr std::size_t measured_together(const Sensing&) noexcept {
  return 1;
}

/// Measurements first .. first + count - 1 of `a`, whose storage it points into; offsets: room for a sparse
/// operator's.
template <class Sensing>
Sensing part_of(Sensing a, std::size_t first, std::size_t count, std::vector<std::size_t>& offsets) {
  a.measurement_count = count;
  if constexpr (requires { a.first_measurement; }) a.first_measurement += first;
  if constexpr (requires { a.first_mask; }) a.first_mask += first / measured_together(a);
  if constexpr (requires { a.pairs; }) a.pairs += first;
  if constexpr (requires { a.strings; }) a.strings += first;
  if constexpr (requires { a.scales; }) a.scales += first;
  if constexpr (requires { a.rows + first, a.rows[0]; }) a.rows += first * row_elements(a);
  if constexpr (requires { a.matrices; }) a.matrices += first * row_elements(a);
  if constexpr (requires { a.vectors; }) a.vectors += vector_count(a.form, first) * row_elements(a);
  if constexpr (requires { a.left; }) {
    using element = std::remove_cvref_t<decltype(a.left[0])>;
    a.left += first * padded<element>(a.rows);
    a.right += first * padded<element>(a.columns);
  }
  if constexpr (requires { a.offsets; }) {
    offsets.assign(a.offsets + first, a.offsets + first + count + 1);
    a.entries += offsets.front();
    for (std::size_t i = count + 1; i-- > 0;) offsets[i] -= offsets.front();
    a.offsets = offsets.data();
  }
  return a;
}

}  // namespace tinyrank::catalogue
