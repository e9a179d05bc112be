// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

// The rows of an operator that stores them as T, one after the other.

#include <cstddef>

#include "lib/kernels/packed.hpp"
#include "lib/operators/packed_operator.hpp"

namespace tinyrank {

/// What a Source of packed_operator.hpp says of its rows; the rest, first_row(descriptor) and
/// stride(descriptor), elements from one row to the next, are in `Own`, which inherits this.
template <class T, class Descriptor, class Own>
struct stored_rows {
  using descriptor = Descriptor;

  static const T* at(const descriptor& a, std::size_t first) noexcept {
    return Own::first_row(a) + first * Own::stride(a);
  }
  static const packed_kernels<T>& kernels(instruction_set isa) noexcept {
    return table_for<packed_kernels<T>>(isa);
  }
  static void dot(const descriptor& a, instruction_set isa, shard_range range, T*, const T* z,
                  T* y) noexcept {
    const std::size_t stride = Own::stride(a);
    kernels(isa).dot_rows(at(a, range.first), stride, range.count, z, stride, y);
  }
  static void accumulate(const descriptor& a, instruction_set isa, shard_range range, T*, const T* w,
                         T* sum) noexcept {
    const std::size_t stride = Own::stride(a);
    kernels(isa).accumulate_rows(at(a, range.first), stride, range.count, w, sum, stride);
  }
  static T residual_accumulate(const descriptor& a, instruction_set isa, shard_range range, T*, const T* z,
                               const T* y, T* sum) noexcept {
    const std::size_t stride = Own::stride(a);
    return kernels(isa).residual_accumulate_rows(at(a, range.first), stride, range.count, z, y, sum, stride,
                                                 T(0));
  }

  static constexpr bool expands = false;
  static const T* expand(const descriptor& a, instruction_set, std::size_t first, std::size_t, T*) noexcept {
    return at(a, first);
  }
  static const float* scales(const descriptor&, std::size_t) noexcept { return nullptr; }
};

}  // namespace tinyrank
