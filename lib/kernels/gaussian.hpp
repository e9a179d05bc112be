// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include "lib/kernels/tables.hpp"

namespace tinyrank {

/// Kernels that draw sensing matrices of the Gaussian ensemble.
template <class T>
struct gaussian_kernels {
  /// out[k] = scale * gaussian(stream, k) for k < count, in float, then widened.
  void (*gaussian_row)(random_stream stream, float scale, T* out, std::size_t count);
};
TINYRANK_DECLARE_TABLES(gaussian_kernels)

}  // namespace tinyrank
