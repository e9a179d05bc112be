// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "lib/kernels/entries.hpp"

#include "lib/kernels/row_products.hpp"

namespace tinyrank {
namespace {

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

}  // namespace

template <>
const entries_kernels<float> isa_tables<entries_kernels<float>>::TINYRANK_ISA = {entry_values<float>,
                                                                                 accumulate_entries<float>};
template <>
const entries_kernels<double> isa_tables<entries_kernels<double>>::TINYRANK_ISA = {
    entry_values<double>, accumulate_entries<double>};

}  // namespace tinyrank
