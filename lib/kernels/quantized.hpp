// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include "lib/kernels/tables.hpp"

namespace tinyrank {

/// Kernels over packed rows of bf16 or int8 (quantized.hpp says how they are stored). As the kernels of the
/// same names in packed.hpp, except that `count` is a multiple of the entries in 64 bytes, 32 or 64, and that
/// row i of int8 stands for scales[i] times its bytes: then e_i = scales[i] dot_i, less y_i in one rounding,
/// and its weight is scales[i] w_i, rounded.
template <class T, class Element>
struct quantized_kernels {
  void (*dot_rows)(const Element* a, const float* scales, std::size_t stride, std::size_t rows, const T* z,
                   std::size_t count, T* e);
  void (*accumulate_rows)(const Element* a, const float* scales, std::size_t stride, std::size_t rows,
                          const T* w, T* g, std::size_t count);
  T(*residual_accumulate_rows)
  (const Element* a, const float* scales, std::size_t stride, std::size_t rows, const T* z, const T* y, T* g,
   std::size_t count, T loss);
  /// out[k] = what is stored at entry k, without scale, for k < count.
  void (*widen_row)(const Element* a, T* out, std::size_t count);
};

// Two families, for a program seldom has both.
template <class T>
struct bf16_kernels : quantized_kernels<T, std::uint16_t> {};
template <class T>
struct int8_kernels : quantized_kernels<T, std::int8_t> {};
TINYRANK_DECLARE_TABLES(bf16_kernels)
TINYRANK_DECLARE_TABLES(int8_kernels)

}  // namespace tinyrank
