// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "lib/kernels/distance.hpp"

#include "lib/kernels/tuning.hpp"
#include "lib/simd/exact_fma.hpp"
#include "lib/simd/pack.hpp"

namespace tinyrank {
namespace {

template <class T>
T squared_distance(const T* first, const T* second, std::size_t stride) noexcept {
  if (stride < virtual_lanes<T>) {
    T sum = 0;
    for (std::size_t c = 0; c < stride; ++c) {
      const T difference = first[c] - second[c];
      sum = exact_fma(difference, difference, sum);
    }
    return sum;
  }
  if constexpr (tuning::avoids_packs) {
    T lanes[virtual_lanes<T>] = {};
    for (std::size_t c = 0; c < stride; ++c) {
      const T difference = first[c] - second[c];
      T& lane = lanes[c % virtual_lanes<T>];
      lane = exact_fma(difference, difference, lane);
    }
    return tree_sum(lanes);
  }
  const pack<T> minus = pack<T>::broadcast(T(-1));
  pack<T> sum = pack<T>::broadcast(T(0));
  for (std::size_t c = 0; c < stride; c += virtual_lanes<T>) {
    const pack<T> difference = fma(minus, pack<T>::load(second + c), pack<T>::load(first + c));
    sum = fma(difference, difference, sum);
  }
  return sum.tree_sum();
}

template <class T>
void squared_distances(const T* u, std::size_t stride, const index_pair* pairs, std::size_t count, T* out) {
  for (std::size_t i = 0; i < count; ++i) {
    out[i] = squared_distance(u + pairs[i].first * stride, u + pairs[i].second * stride, stride);
  }
}

template <class T>
void accumulate_pairs(const T* w, const T* v, std::size_t stride, const index_pair* pairs, std::size_t count,
                      T* sum) {
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t one = pairs[i].first * stride, other = pairs[i].second * stride;
    const T *first = v + one, *second = v + other;
    T *to_first = sum + one, *to_second = sum + other;
    if (tuning::avoids_packs || stride < virtual_lanes<T>) {
      for (std::size_t c = 0; c < stride; ++c) {
        const T difference = first[c] - second[c];
        to_first[c] = exact_fma(w[i], difference, to_first[c]);
        to_second[c] = exact_fma(-w[i], difference, to_second[c]);
      }
      continue;
    }
    const pack<T> minus = pack<T>::broadcast(T(-1));
    const pack<T> weight = pack<T>::broadcast(w[i]), against = pack<T>::broadcast(-w[i]);
    for (std::size_t c = 0; c < stride; c += virtual_lanes<T>) {
      const pack<T> difference = fma(minus, pack<T>::load(second + c), pack<T>::load(first + c));
      fma(weight, difference, pack<T>::load(to_first + c)).store(to_first + c);
      fma(against, difference, pack<T>::load(to_second + c)).store(to_second + c);
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
