// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "tinyrank/operators/gaussian.hpp"

#include "lib/c_api/translate.hpp"

namespace {

template <class T>
struct translate_gaussian {
  tinyrank::gaussian_sensing<T> operator()(const tinyrank_gaussian& a) const noexcept {
    return {a.n, a.measurement_count, a.seed, static_cast<tinyrank::gaussian_ensemble>(a.ensemble)};
  }
};

}  // namespace

TINYRANK_C_OPERATOR(gaussian)
