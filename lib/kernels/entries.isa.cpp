// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "lib/kernels/entries.hpp"

#include "lib/kernels/row_products.hpp"

namespace tinyrank {
namespace {

template <class T>
void entry_values(const T* u, std::size_t rank, const index_pair* pairs, std::size_t count, T* out) {
  const std::size_t stride = row_stride<T>(rank);
  if constexpr (has_short_rows<T>) {
    if (rank < virtual_lanes<T>) {
      return measure_short_rows<row_measure::product, &index_pair::first, &index_pair::second>(u, rank, pairs,
                                                                                               count, out);
    }
  }
  for (std::size_t i = 0; i < count; ++i) {
    out[i] = row_product(u + pairs[i].first * stride, u + pairs[i].second * stride, rank);
  }
}

template <class T>
T accumulate_entries(const T* w, const T* v, std::size_t rank, const index_pair* pairs, std::size_t count,
                     T* sum, T squares) {
  const std::size_t stride = row_stride<T>(rank);
  if constexpr (has_short_rows<T>) {
    if (rank < virtual_lanes<T>) {
      return spread_short_rows(w, rank, pairs, count, squares,
                               [=](auto known, T weight, std::size_t one, std::size_t other) TINYRANK_LAMBDA {
                                 spread_product<known.value>(T(0.5) * weight, v + one, v + other, rank,
                                                             sum + one, sum + other);
                               });
    }
  }
  for (std::size_t i = 0; i < count; ++i) {
    squares += w[i] * w[i];
    accumulate_both(T(0.5) * w[i], v, rank, pairs[i].first * stride, pairs[i].second * stride, sum);
  }
  return squares;
}

template <class T>
constexpr entries_kernels<T> table_of(family<entries_kernels<T>>) noexcept {
  return {entry_values<T>, accumulate_entries<T>};
}

}  // namespace

TINYRANK_DEFINE_TABLES(entries_kernels)

}  // namespace tinyrank
