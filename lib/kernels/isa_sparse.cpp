// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

// An entry touches two scattered elements of every column, so these are scalar loops; they are in the table
// for its fused multiply-add.

#include "lib/kernels/sparse.hpp"
#include "lib/simd/exact_fma.hpp"

namespace tinyrank {
namespace {

template <class T>
T row_product(const T* u, std::size_t stride, std::size_t r, std::size_t first, std::size_t second) noexcept {
  T sum = 0;
  for (std::size_t c = 0; c < r; ++c) sum = exact_fma(u[c * stride + first], u[c * stride + second], sum);
  return sum;
}

/// sum += w (e_first e_second^T + e_second e_first^T) V
template <class T>
void accumulate_both(T w, const T* v, std::size_t stride, std::size_t r, std::size_t first,
                     std::size_t second, T* sum) noexcept {
  for (std::size_t c = 0; c < r; ++c) {
    const T* column = v + c * stride;
    T* out = sum + c * stride;
    out[first] = exact_fma(w, column[second], out[first]);
    out[second] = exact_fma(w, column[first], out[second]);
  }
}

template <class T>
void entry_values(const T* u, std::size_t stride, std::size_t r, const index_pair* pairs, std::size_t count,
                  T* out) {
  for (std::size_t i = 0; i < count; ++i) out[i] = row_product(u, stride, r, pairs[i].first, pairs[i].second);
}

template <class T>
void accumulate_entries(const T* w, const T* v, std::size_t stride, std::size_t r, const index_pair* pairs,
                        std::size_t count, T* sum) {
  for (std::size_t i = 0; i < count; ++i) {
    accumulate_both(T(0.5) * w[i], v, stride, r, pairs[i].first, pairs[i].second, sum);
  }
}

template <class T>
void sparse_values(const T* u, std::size_t stride, std::size_t r, const std::size_t* offsets,
                   const sparse_entry<T>* entries, std::size_t count, T* out) {
  for (std::size_t i = 0; i < count; ++i) {
    T sum = 0;
    for (std::size_t e = offsets[i]; e < offsets[i + 1]; ++e) {
      const sparse_entry<T> entry = entries[e];
      const T weight = entry.row == entry.column ? entry.value : entry.value + entry.value;
      sum = exact_fma(weight, row_product(u, stride, r, entry.row, entry.column), sum);
    }
    out[i] = sum;
  }
}

template <class T>
void accumulate_sparse(const T* w, const T* v, std::size_t stride, std::size_t r, const std::size_t* offsets,
                       const sparse_entry<T>* entries, std::size_t count, T* sum) {
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t e = offsets[i]; e < offsets[i + 1]; ++e) {
      const sparse_entry<T> entry = entries[e];
      const T weight = w[i] * entry.value;
      // On the diagonal both halves fall on one place.
      accumulate_both(entry.row == entry.column ? T(0.5) * weight : weight, v, stride, r, entry.row,
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
