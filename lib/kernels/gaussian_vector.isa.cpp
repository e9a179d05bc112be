// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "lib/kernels/gaussian_vector.hpp"

#include "lib/kernels/gaussian_draws.hpp"

namespace tinyrank {
namespace {

template <class T>
void gaussian_vector(random_stream stream, T* out, std::size_t count) {
  counting_draw<1> draw(&stream, words::load(lane_numbers));
  floats z[1];
  for_each_register(
      count,
      [&](std::size_t k) TINYRANK_LAMBDA {
        draw.next(z);
        store_lanes(z[0], out + k);
      },
      [&](std::size_t k, std::size_t left) {
        draw.next(z);
        store_lanes(z[0], out + k, left);
      });
}

template <class T>
constexpr gaussian_vector_kernels<T> table_of(family<gaussian_vector_kernels<T>>) noexcept {
  return {gaussian_vector<T>};
}

}  // namespace

TINYRANK_DEFINE_TABLES(gaussian_vector_kernels)

}  // namespace tinyrank
