// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

// What the generated operators draw their vectors with.

#include <cstddef>

#include "lib/kernels/gaussian_vector.hpp"
#include "tinyrank/views.hpp"

namespace tinyrank {

/// `count` vectors of normal numbers, padded<T>(entries) apart and zero from `entries` on: vector i is from
/// the sensing stream first + i * step. Static, which keeps it as small as it is in one file alone.
template <std::size_t step, class T>
static void draw_vectors(instruction_set isa, std::size_t entries, std::uint64_t seed, std::size_t first,
                         std::size_t count, T* out) noexcept {
  const std::size_t stride = padded<T>(entries);
  for (std::size_t i = 0; i < count; ++i) {
    T* vector = out + i * stride;
    const random_stream stream = make_stream(seed, random_purpose::sensing, first + i * step);
    table_for<gaussian_vector_kernels<T>>(isa).gaussian_vector(stream, vector, stride);
    for (std::size_t j = entries; j < stride; ++j) vector[j] = 0;
  }
}

}  // namespace tinyrank
