// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "tinyrank/operators/generated_complex_rank_one.hpp"

#include "lib/c_api/translate.hpp"
#include "tinyrank/operators/rank_one.hpp"

namespace {

template <class T>
struct translate_generated_complex_rank_one {
  tinyrank::generated_complex_rank_one_sensing<T> operator()(
      const tinyrank_generated_complex_rank_one& a) const noexcept {
    return {a.dimension, a.measurement_count, a.seed, static_cast<tinyrank::rank_one_form>(a.form)};
  }
};

}  // namespace

TINYRANK_C_OPERATOR(generated_complex_rank_one)
