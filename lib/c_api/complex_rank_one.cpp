// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "tinyrank/operators/complex_rank_one.hpp"

#include "lib/c_api/translate.hpp"

namespace {

template <class T>
struct translate_complex_rank_one {
  tinyrank::complex_rank_one_sensing<T> operator()(const tinyrank_complex_rank_one& a) const noexcept {
    return {a.dimension, a.measurement_count, static_cast<const T*>(a.vectors),
            static_cast<tinyrank::rank_one_form>(a.form)};
  }
};

}  // namespace

TINYRANK_C_OPERATOR(complex_rank_one)
