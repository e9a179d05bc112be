// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "tinyrank/operators/bilinear.hpp"

#include "lib/c_api/translate.hpp"

namespace {

template <class T>
struct translate_bilinear {
  tinyrank::bilinear_sensing<T> operator()(const tinyrank_bilinear& a) const noexcept {
    return {a.rows, a.columns, a.measurement_count, static_cast<const T*>(a.left),
            static_cast<const T*>(a.right)};
  }
};

}  // namespace

TINYRANK_C_OPERATOR(bilinear)
