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
      for_short_rank<T>(rank, [&](auto known) TINYRANK_LAMBDA {
        const std::size_t apart = known.value != 0 ? known.value : rank;
        for (std::size_t i = 0; i < count; ++i) {
          squares += w[i] * w[i];
          const std::size_t one = pairs[i].first * apart, other = pairs[i].second * apart;
          spread_product<known.value>(T(0.5) * w[i], v + one, v + other, rank, sum + one, sum + other);
        }
      });
      return squares;
    }
  }
  for (std::size_t i = 0; i < count; ++i) {
    squares += w[i] * w[i];
    accumulate_both(T(0.5) * w[i], v, rank, pairs[i].first * stride, pairs[i].second * stride, sum);
  }
  return squares;
}

}  // namespace

template <>
const entries_kernels<float> isa_tables<entries_kernels<float>>::TINYRANK_ISA = {entry_values<float>,
                                                                                 accumulate_entries<float>};
template <>
const entries_kernels<double> isa_tables<entries_kernels<double>>::TINYRANK_ISA = {
    entry_values<double>, accumulate_entries<double>};

}  // namespace tinyrank
