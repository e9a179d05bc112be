// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "tinyrank/operators/dense.hpp"

#include "lib/c_api/translate.hpp"

namespace {

template <class T>
struct translate_dense {
  tinyrank::dense_sensing<T> operator()(const tinyrank_dense& a) const noexcept {
    return {a.n, a.measurement_count, static_cast<const T*>(a.rows)};
  }
};

}  // namespace

TINYRANK_C_OPERATOR(dense)
