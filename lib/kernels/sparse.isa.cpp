// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "lib/kernels/sparse.hpp"

#include "lib/kernels/row_products.hpp"

namespace tinyrank {
namespace {

template <class T>
TINYRANK_INLINE T symmetric_weight(const sparse_entry<T>& entry) noexcept {
  return entry.row == entry.column ? entry.value : entry.value + entry.value;
}

/// The matrices' entries lie one after another, and are multiplied without regard to whose they are.
template <class T>
TINYRANK_INLINE void sparse_values_of_short_rows(const T* u, std::size_t rank, const std::size_t* offsets,
                                                 const sparse_entry<T>* entries, std::size_t count,
                                                 T* out) noexcept {
  constexpr std::size_t block = 64;
  T products[block], sum = 0;
  std::size_t i = 0;
  for (std::size_t first = offsets[0]; first < offsets[count]; first += block) {
    const std::size_t left = offsets[count] - first, end = first + (left < block ? left : block);
    measure_short_rows<row_measure::product, &sparse_entry<T>::row, &sparse_entry<T>::column>(
        u, rank, entries + first, end - first, products);
    for (std::size_t e = first; e < end;) {
      const std::size_t last = offsets[i + 1] < end ? offsets[i + 1] : end;
      for (; e < last; ++e) sum = exact_fma(symmetric_weight(entries[e]), products[e - first], sum);
      if (e < offsets[i + 1]) break;
      out[i++] = sum;
      sum = 0;
    }
  }
  for (; i < count; ++i) out[i] = 0;
}

template <class T>
void sparse_values(const T* u, std::size_t rank, const std::size_t* offsets, const sparse_entry<T>* entries,
                   std::size_t count, T* out) {
  const std::size_t stride = row_stride<T>(rank);
  if constexpr (has_short_rows<T>) {
    if (rank < virtual_lanes<T>) {
      return sparse_values_of_short_rows(u, rank, offsets, entries, count, out);
    }
  }
  for (std::size_t i = 0; i < count; ++i) {
    T sum = 0;
    for (std::size_t e = offsets[i]; e < offsets[i + 1]; ++e) {
      const sparse_entry<T> entry = entries[e];
      sum = exact_fma(symmetric_weight(entry),
                      row_product(u + entry.row * stride, u + entry.column * stride, rank), sum);
    }
    out[i] = sum;
  }
}

template <class T>
T accumulate_sparse(const T* w, const T* v, std::size_t rank, const std::size_t* offsets,
                    const sparse_entry<T>* entries, std::size_t count, T* sum, T squares) {
  const std::size_t stride = row_stride<T>(rank);
  // spread(weight, row, column): where the rows begin.
  const auto for_entries = [&](std::size_t apart, auto spread) TINYRANK_LAMBDA {
    for (std::size_t i = 0; i < count; ++i) {
      squares += w[i] * w[i];
      for (std::size_t e = offsets[i]; e < offsets[i + 1]; ++e) {
        const sparse_entry<T> entry = entries[e];
        const T weight = w[i] * entry.value;
        // On the diagonal both halves fall on one place.
        spread(entry.row == entry.column ? T(0.5) * weight : weight, entry.row * apart, entry.column * apart);
      }
    }
  };
  if constexpr (has_short_rows<T>) {
    if (rank < virtual_lanes<T>) {
      for_short_rank<T>(rank, [&](auto known) TINYRANK_LAMBDA {
        for_entries(known.value != 0 ? known.value : rank,
                    [=](T weight, std::size_t row, std::size_t column) TINYRANK_LAMBDA {
                      spread_product<known.value>(weight, v + row, v + column, rank, sum + row, sum + column);
                    });
      });
      return squares;
    }
  }
  for_entries(stride, [=](T weight, std::size_t row, std::size_t column)
                          TINYRANK_LAMBDA { accumulate_both(weight, v, rank, row, column, sum); });
  return squares;
}

template <class T>
constexpr sparse_kernels<T> table_of(family<sparse_kernels<T>>) noexcept {
  return {sparse_values<T>, accumulate_sparse<T>};
}

}  // namespace

TINYRANK_DEFINE_TABLES(sparse_kernels)

}  // namespace tinyrank
