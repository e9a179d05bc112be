// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "tinyrank/operators/generated_bilinear.hpp"

#include "lib/c_api/translate.hpp"

namespace {

template <class T>
struct translate_generated_bilinear {
  tinyrank::generated_bilinear_sensing<T> operator()(const tinyrank_generated_bilinear& a) const noexcept {
    return {.rows = a.rows, .columns = a.columns, .measurement_count = a.measurement_count, .seed = a.seed};
  }
};

}  // namespace

TINYRANK_C_OPERATOR(generated_bilinear)
