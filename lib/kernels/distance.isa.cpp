// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "lib/kernels/distance.hpp"

#include "lib/kernels/short_row_kernels.hpp"

namespace tinyrank {
namespace {

template <class T>
T squared_distance(const T* first, const T* second, std::size_t rank, std::size_t stride) noexcept {
  if (rank < virtual_lanes<T>) return measure_two_rows<row_measure::squared_distance>(first, second, rank);
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
void squared_distances(const T* u, std::size_t rank, const index_pair* pairs, std::size_t count, T* out) {
  const std::size_t stride = row_stride<T>(rank);
  if constexpr (has_short_rows<T>) {
    if (rank < virtual_lanes<T>) {
      return measure_short_rows<row_measure::squared_distance, &index_pair::first, &index_pair::second>(
          u, rank, pairs, count, out);
    }
  }
  for (std::size_t i = 0; i < count; ++i) {
    out[i] = squared_distance(u + pairs[i].first * stride, u + pairs[i].second * stride, rank, stride);
  }
}

template <class T>
T accumulate_pairs(const T* w, const T* v, std::size_t rank, const index_pair* pairs, std::size_t count,
                   T* sum, T squares) {
  const std::size_t stride = row_stride<T>(rank);
  if constexpr (has_short_rows<T>) {
    if (rank < virtual_lanes<T>) {
      return spread_short_rows(w, rank, pairs, count, squares,
                               [=](auto known, T weight, std::size_t one, std::size_t other) TINYRANK_LAMBDA {
                                 spread_difference<known.value>(weight, v + one, v + other, rank, sum + one,
                                                                sum + other);
                               });
    }
  }
  for (std::size_t i = 0; i < count; ++i) {
    squares += w[i] * w[i];
    const std::size_t one = pairs[i].first * stride, other = pairs[i].second * stride;
    const T *first = v + one, *second = v + other;
    T *to_first = sum + one, *to_second = sum + other;
    if (tuning::avoids_packs || rank < virtual_lanes<T>) {
      for (std::size_t c = 0; c < rank; ++c) {
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
  return squares;
}

template <class T>
constexpr distance_kernels<T> table_of(family<distance_kernels<T>>) noexcept {
  return {squared_distances<T>, accumulate_pairs<T>};
}

}  // namespace

TINYRANK_DEFINE_TABLES(distance_kernels)

}  // namespace tinyrank
