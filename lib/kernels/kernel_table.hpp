// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstddef>

#include "tinyrank/instruction_set.hpp"
#include "tinyrank/random.hpp"
#include "tinyrank/views.hpp"

namespace tinyrank {

/// The kernels of one instruction set for one element type: plain values, no state. `count` is a number of
/// packed entries, a multiple of virtual_lanes<T>; rows, z and g are zero-padded to it and 64-byte aligned;
/// nothing aliases. Nothing outside the shapes is read or written. Errors: none; preconditions are the
/// caller's. Bits: the same in every table.
template <class T>
struct kernel_table {
  /// e_i = sum_k a[i * stride + k] z[k] for i < rows. |error| <= (count / lanes + 5) eps sum_k |a_ik z_k|.
  void (*dot_rows)(const T* a, std::size_t stride, std::size_t rows, const T* z, std::size_t count, T* e);

  /// g[k] += sum_i w[i] a[i * stride + k], row after row.
  void (*accumulate_rows)(const T* a, std::size_t stride, std::size_t rows, const T* w, T* g,
                          std::size_t count);

  /// Both in one pass: e_i = dot - y[i]; g[k] += sum_i e_i a_ik; returns loss + sum_i e_i^2, row after row.
  /// Cost: 4 rows count flops; rows count sizeof(T) bytes streamed, as a block of rows stays in L2 between
  /// its two uses.
  T (*residual_accumulate_rows)
  (const T* a, std::size_t stride, std::size_t rows, const T* z, const T* y, T* g, std::size_t count, T loss);

  /// Rows first..last-1 of the packed Gram matrix U U^T, off-diagonals doubled. u: r columns, `stride` apart.
  void (*form_gram_rows)(const T* u, std::size_t stride, std::size_t r, std::size_t first, std::size_t last,
                         T* z);

  /// out_c[j] = sum_k s[k * stride + j] v_c[k] for j < stride and columns c < columns: S V for a full
  /// symmetric S (n x stride).
  void (*symmetric_times)(const T* s, std::size_t n, std::size_t stride, const T* v, std::size_t columns,
                          T* out);

  /// x[k] = fma(factor, b[k], x0[k]); x may be x0.
  void (*scaled_add)(T factor, const T* b, const T* x0, T* x, std::size_t count);

  /// x[k] += b[k].
  void (*add)(const T* b, T* x, std::size_t count);

  /// out[k] = scale * gaussian(stream, k) for k < count, in float, then widened.
  void (*gaussian_row)(random_stream stream, float scale, T* out, std::size_t count);
};

struct kernel_set {
  instruction_set isa;
  kernel_table<float> f32;
  kernel_table<double> f64;

  template <class T>
  [[nodiscard]] const kernel_table<T>& of() const noexcept {
    if constexpr (sizeof(T) == sizeof(float)) {
      return f32;
    } else {
      return f64;
    }
  }
};

/// The kernels of `isa` (automatic: the best usable), or null when it is not built in or not usable here.
const kernel_set* find_kernels(instruction_set isa) noexcept;

}  // namespace tinyrank
