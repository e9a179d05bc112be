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

}  // namespace

template <>
const gaussian_vector_kernels<float> isa_tables<gaussian_vector_kernels<float>>::TINYRANK_ISA = {
    gaussian_vector<float>};
template <>
const gaussian_vector_kernels<double> isa_tables<gaussian_vector_kernels<double>>::TINYRANK_ISA = {
    gaussian_vector<double>};

}  // namespace tinyrank
