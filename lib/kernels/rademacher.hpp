// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include "lib/kernels/tables.hpp"
#include "tinyrank/random.hpp"

namespace tinyrank {

/// Kernels over rows of signs that are drawn at every use. s_ik = rademacher_sign(streams[i], k), +1 or -1;
/// `count` as in packed.hpp, z zero-padded. Padding of g is written with what would be the signs behind a
/// row. Cost: one random word for 32 signs, then an addition for each sign of a dot, and of an accumulation;
/// nothing but z and g is read.
template <class T>
struct rademacher_kernels {
  /// e_i = sum_k s_ik z[k] for i < rows.
  void (*dot_rows)(const random_stream* streams, std::size_t rows, const T* z, std::size_t count, T* e);

  /// g[k] += s_ik w[i], row after row.
  void (*accumulate_rows)(const random_stream* streams, std::size_t rows, const T* w, T* g,
                          std::size_t count);

  /// Both: e_i = dot - y[i]; g[k] += s_ik e_i; returns loss + sum_i e_i^2, row after row.
  T(*residual_accumulate_rows)
  (const random_stream* streams, std::size_t rows, const T* z, const T* y, T* g, std::size_t count, T loss);

  /// out[k] = s_k for k < count.
  void (*sign_row)(random_stream stream, T* out, std::size_t count);
};
TINYRANK_DECLARE_TABLES(rademacher_kernels)

}  // namespace tinyrank
