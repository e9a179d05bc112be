// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

// Packed rows of a narrow type; packed_operator.hpp says what a source offers.

#include "lib/operators/packed_batch.hpp"
#include "tinyrank/detail/quantized_rows.hpp"

namespace tinyrank {

/// Storage: the narrow type and its kernels,
///   using descriptor = ...;  using element = ...;
///   kernels(isa)                 the family's table
///   scales(descriptor, first)    of the rows from `first` on; null where rows stand for themselves
template <class T, class Storage>
struct quantized_rows {
  using descriptor = typename Storage::descriptor;
  using element = typename Storage::element;
  static constexpr T off_diagonal = 1;

  static packed_scratch<T> place(const descriptor& a, arena& memory, execution_plan plan) noexcept {
    return layout_packed_scratch<T>(memory, a.n, quantized_stride<element>(a.n), plan, 0);
  }
  static const element* at(const descriptor& a, shard_range range) noexcept {
    return a.rows + range.first * quantized_stride<element>(a.n);
  }
  static void dot(const descriptor& a, instruction_set isa, shard_range range, T*, const T* z,
                  T* y) noexcept {
    const std::size_t stride = quantized_stride<element>(a.n);
    Storage::kernels(isa).dot_rows(at(a, range), scales(a, range.first), stride, range.count, z, stride, y);
  }
  static void accumulate(const descriptor& a, instruction_set isa, shard_range range, T*, const T* w,
                         T* sum) noexcept {
    const std::size_t stride = quantized_stride<element>(a.n);
    Storage::kernels(isa).accumulate_rows(at(a, range), scales(a, range.first), stride, range.count, w, sum,
                                          stride);
  }
  static T residual_accumulate(const descriptor& a, instruction_set isa, shard_range range, T*, const T* z,
                               const T* y, T* sum) noexcept {
    const std::size_t stride = quantized_stride<element>(a.n);
    return Storage::kernels(isa).residual_accumulate_rows(at(a, range), scales(a, range.first), stride,
                                                          range.count, z, y, sum, stride, T(0));
  }

  static constexpr bool expands = true;
  static const T* expand(const descriptor& a, instruction_set isa, std::size_t first, std::size_t count,
                         T* buffer) noexcept {
    const std::size_t stride = quantized_stride<element>(a.n);
    for (std::size_t i = 0; i < count; ++i) {
      Storage::kernels(isa).widen_row(a.rows + (first + i) * stride, buffer + i * stride, stride);
    }
    return buffer;
  }
  static const float* scales(const descriptor& a, std::size_t first) noexcept {
    return Storage::scales(a, first);
  }
};

}  // namespace tinyrank
