// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

// Kernels over pairs of rows of the factor. A pair touches two scattered elements of every column, so these
// are scalar loops; they are in the table for its fused multiply-add.

#include "lib/kernels/distance.hpp"
#include "lib/simd/exact_fma.hpp"

namespace tinyrank {
namespace {

template <class T>
void squared_distances(const T* u, std::size_t stride, std::size_t r, const index_pair* pairs,
                       std::size_t count, T* out) {
  for (std::size_t i = 0; i < count; ++i) {
    const T* first = u + pairs[i].first;
    const T* second = u + pairs[i].second;
    T sum = 0;
    for (std::size_t c = 0; c < r; ++c) {
      const T difference = first[c * stride] - second[c * stride];
      sum = exact_fma(difference, difference, sum);
    }
    out[i] = sum;
  }
}

template <class T>
void accumulate_pairs(const T* w, const T* v, std::size_t stride, std::size_t r, const index_pair* pairs,
                      std::size_t count, T* sum) {
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t first = pairs[i].first, second = pairs[i].second;
    for (std::size_t c = 0; c < r; ++c) {
      const T* column = v + c * stride;
      T* out = sum + c * stride;
      const T difference = column[first] - column[second];
      out[first] = exact_fma(w[i], difference, out[first]);
      out[second] = exact_fma(-w[i], difference, out[second]);
    }
  }
}

}  // namespace

template <>
const distance_kernels<float> isa_tables<distance_kernels<float>>::TINYRANK_ISA = {squared_distances<float>,
                                                                                   accumulate_pairs<float>};
template <>
const distance_kernels<double> isa_tables<distance_kernels<double>>::TINYRANK_ISA = {
    squared_distances<double>, accumulate_pairs<double>};

}  // namespace tinyrank
