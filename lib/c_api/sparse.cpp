// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "tinyrank/operators/sparse.hpp"

#include "lib/c_api/translate.hpp"

namespace {

template <class Given, class T>
inline constexpr bool same_entry = sizeof(Given) == sizeof(tinyrank::sparse_entry<T>) &&
                                   offsetof(Given, column) == offsetof(tinyrank::sparse_entry<T>, column) &&
                                   offsetof(Given, value) == offsetof(tinyrank::sparse_entry<T>, value);
static_assert(same_entry<tinyrank_sparse_entry_f32, float> && same_entry<tinyrank_sparse_entry_f64, double>);

template <class T>
struct translate_sparse {
  tinyrank::sparse_sensing<T> operator()(const tinyrank_sparse& a) const noexcept {
    return {a.n, a.measurement_count, a.offsets, static_cast<const tinyrank::sparse_entry<T>*>(a.entries)};
  }
};

}  // namespace

TINYRANK_C_OPERATOR(sparse)
