// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

// Kernels over packed rows of a narrow type.

#include "lib/kernels/packed_kernels.hpp"
#include "lib/kernels/quantized.hpp"

namespace tinyrank {
namespace {

template <class T, class S>
struct stored {
  using element = typename S::element;
  using rows_of = packed_rows<T, S>;

  static void dot_rows(const element* a, const float* scales, std::size_t stride, std::size_t rows,
                       const T* z, std::size_t count, T* e) {
    rows_of{a, scales, stride}.dot(rows, z, count, e);
  }
  static void accumulate_rows(const element* a, const float* scales, std::size_t stride, std::size_t rows,
                              const T* w, T* g, std::size_t count) {
    rows_of{a, scales, stride}.accumulate(rows, w, g, count);
  }
  static T residual_accumulate_rows(const element* a, const float* scales, std::size_t stride,
                                    std::size_t rows, const T* z, const T* y, T* g, std::size_t count,
                                    T loss) {
    return rows_of{a, scales, stride}.residual_accumulate(rows, z, y, g, count, loss);
  }
  static void widen_row(const element* a, T* out, std::size_t count) {
    for (std::size_t k = 0; k < count; k += rows_of::line) {
      pack<T> ak[S::packs];
      S::load(a + k, ak);
      for (std::size_t p = 0; p < S::packs; ++p) ak[p].store(out + k + p * pack<T>::lanes);
    }
  }
  static constexpr quantized_kernels<T, element> table{dot_rows, accumulate_rows, residual_accumulate_rows,
                                                       widen_row};
};

}  // namespace
}  // namespace tinyrank
