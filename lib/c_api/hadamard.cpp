// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "tinyrank/operators/hadamard.hpp"

#include "lib/c_api/translate.hpp"

namespace {

template <class T>
struct translate_hadamard {
  tinyrank::hadamard_sensing<T> operator()(const tinyrank_hadamard& a) const noexcept {
    return {a.n, a.measurement_count, a.seed, a.rows};
  }
};

}  // namespace

TINYRANK_C_OPERATOR(hadamard)
