// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "lib/kernels/sparse.hpp"

#include "lib/simd/exact_fma.hpp"
#include "lib/simd/pack.hpp"

namespace tinyrank {
namespace {

/// <u_first, u_second>
template <class T>
T row_product(const T* u, std::size_t stride, std::size_t first, std::size_t second) noexcept {
  const T *x = u + first * stride, *y = u + second * stride;
  if (stride < virtual_lanes<T>) {
    T sum = 0;
    for (std::size_t c = 0; c < stride; ++c) sum = exact_fma(x[c], y[c], sum);
    return sum;
  }
  pack<T> sum = pack<T>::broadcast(T(0));
  for (std::size_t c = 0; c < stride; c += virtual_lanes<T>) {
    sum = fma(pack<T>::load(x + c), pack<T>::load(y + c), sum);
  }
  return sum.tree_sum();
}

/// to += w x
template <class T>
void accumulate_row(T w, const T* x, std::size_t stride, T* to) noexcept {
  if (stride < virtual_lanes<T>) {
    for (std::size_t c = 0; c < stride; ++c) to[c] = exact_fma(w, x[c], to[c]);
    return;
  }
  const pack<T> weight = pack<T>::broadcast(w);
  for (std::size_t c = 0; c < stride; c += virtual_lanes<T>) {
    fma(weight, pack<T>::load(x + c), pack<T>::load(to + c)).store(to + c);
  }
}

/// sum += w (e_first e_second^T + e_second e_first^T) V
template <class T>
void accumulate_both(T w, const T* v, std::size_t stride, std::size_t first, std::size_t second,
                     T* sum) noexcept {
  accumulate_row(w, v + second * stride, stride, sum + first * stride);
  accumulate_row(w, v + first * stride, stride, sum + second * stride);
}

template <class T>
void entry_values(const T* u, std::size_t stride, const index_pair* pairs, std::size_t count, T* out) {
  for (std::size_t i = 0; i < count; ++i) out[i] = row_product(u, stride, pairs[i].first, pairs[i].second);
}

template <class T>
void accumulate_entries(const T* w, const T* v, std::size_t stride, const index_pair* pairs,
                        std::size_t count, T* sum) {
  for (std::size_t i = 0; i < count; ++i) {
    accumulate_both(T(0.5) * w[i], v, stride, pairs[i].first, pairs[i].second, sum);
  }
}

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
const sparse_kernels<float> isa_tables<sparse_kernels<float>>::TINYRANK_ISA = {
    entry_values<float>, accumulate_entries<float>, sparse_values<float>, accumulate_sparse<float>};
template <>
const sparse_kernels<double> isa_tables<sparse_kernels<double>>::TINYRANK_ISA = {
    entry_values<double>, accumulate_entries<double>, sparse_values<double>, accumulate_sparse<double>};

}  // namespace tinyrank
