// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include "lib/kernels/tables.hpp"
#include "tinyrank/random.hpp"

namespace tinyrank {

/// The kernel that draws vectors of normal numbers, in float, then widened.
template <class T>
struct gaussian_vector_kernels {
  /// out[k] = gaussian(stream, k) for k < count.
  void (*gaussian_vector)(random_stream stream, T* out, std::size_t count);
};
TINYRANK_DECLARE_TABLES(gaussian_vector_kernels)

}  // namespace tinyrank
