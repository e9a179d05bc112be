// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "tinyrank/operators/rademacher.hpp"

#include "lib/c_api/translate.hpp"

namespace {

template <class T>
struct translate_rademacher {
  tinyrank::rademacher_sensing<T> operator()(const tinyrank_rademacher& a) const noexcept {
    return {a.n, a.measurement_count, a.seed};
  }
};

}  // namespace

TINYRANK_C_OPERATOR(rademacher)
