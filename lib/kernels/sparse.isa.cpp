// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "lib/kernels/sparse.hpp"

#include "lib/kernels/row_products.hpp"

namespace tinyrank {
namespace {

template <class T>
void sparse_values(const T* u, std::size_t stride, const std::size_t* offsets, const sparse_entry<T>* entries,
                   std::size_t count, T* out) {
  for (std::size_t i = 0; i < count; ++i) {
    T sum = 0;
    for (std::size_t e = offsets[i]; e < offsets[i + 1]; ++e) {
      const sparse_entry<T> entry = entries[e];
      const T weight = entry.row == entry.column ? entry.value : entry.value + entry.value;
      sum = exact_fma(weight, row_product(u, stride, entry.row, entry.column), sum);
    }
    out[i] = sum;
  }
}

template <class T>
void accumulate_sparse(const T* w, const T* v, std::size_t stride, const std::size_t* offsets,
                       const sparse_entry<T>* entries, std::size_t count, T* sum) {
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t e = offsets[i]; e < offsets[i + 1]; ++e) {
      const sparse_entry<T> entry = entries[e];
      const T weight = w[i] * entry.value;
      // On the diagonal both halves fall on one place.
      accumulate_both(entry.row == entry.column ? T(0.5) * weight : weight, v, stride, entry.row,
                      entry.column, sum);
    }
  }
}

}  // namespace

template <>
const sparse_kernels<float> isa_tables<sparse_kernels<float>>::TINYRANK_ISA = {sparse_values<float>,
                                                                               accumulate_sparse<float>};
template <>
const sparse_kernels<double> isa_tables<sparse_kernels<double>>::TINYRANK_ISA = {sparse_values<double>,
                                                                                 accumulate_sparse<double>};

}  // namespace tinyrank
