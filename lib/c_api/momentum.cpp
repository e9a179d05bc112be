// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "tinyrank/momentum.hpp"

#include "lib/c_api/translate.hpp"

namespace {

template <class T>
void choose_momentum(const typename tinyrank::c_api::types<T>::options& given,
                     const tinyrank::descent_options<T>& shared,
                     tinyrank::c_api::method_options<T>& chosen) noexcept {
  chosen.choose(tinyrank::momentum_options<T>{shared, given.momentum});
}

}  // namespace

extern "C" const tinyrank_method_f32* tinyrank_momentum_f32() {
  static constexpr tinyrank_method_f32 method{choose_momentum<float>};
  return &method;
}
extern "C" const tinyrank_method_f64* tinyrank_momentum_f64() {
  static constexpr tinyrank_method_f64 method{choose_momentum<double>};
  return &method;
}
