// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "tinyrank/operators/rank_one.hpp"

#include "lib/c_api/translate.hpp"

namespace {

template <class T>
struct translate_rank_one {
  tinyrank::rank_one_sensing<T> operator()(const tinyrank_rank_one& a) const noexcept {
    return {a.n, a.measurement_count, static_cast<const T*>(a.vectors),
            static_cast<tinyrank::rank_one_form>(a.form)};
  }
};

}  // namespace

TINYRANK_C_OPERATOR(rank_one)
