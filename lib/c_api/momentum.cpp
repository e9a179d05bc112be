// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "tinyrank/momentum.hpp"

#include "lib/c_api/translate.hpp"

namespace {

template <class T>
void choose(const typename tinyrank::c_api::types<T>::options& given,
            const tinyrank::descent_options<T>& shared, tinyrank::c_api::method_options<T>& chosen) noexcept {
  chosen.choose(tinyrank::momentum_options<T>{shared, given.momentum});
}

constexpr tinyrank_method_f32 single{choose<float>};
constexpr tinyrank_method_f64 twice{choose<double>};

}  // namespace

extern "C" const tinyrank_method_f32* tinyrank_momentum_f32() {
  return &single;
}
extern "C" const tinyrank_method_f64* tinyrank_momentum_f64() {
  return &twice;
}
