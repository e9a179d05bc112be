// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "tinyrank/scaled_gradient_descent.hpp"

#include "lib/c_api/translate.hpp"

namespace {

template <class T>
void choose_scaled_gradient_descent(const typename tinyrank::c_api::types<T>::options& given,
                                    const tinyrank::descent_options<T>& shared,
                                    tinyrank::c_api::method_options<T>& chosen) noexcept {
  chosen.choose(tinyrank::scaled_gradient_descent_options<T>{shared, given.damping, given.damping_ratio});
}

}  // namespace

extern "C" const tinyrank_method_f32* tinyrank_scaled_gradient_descent_f32() {
  static constexpr tinyrank_method_f32 method{choose_scaled_gradient_descent<float>};
  return &method;
}
extern "C" const tinyrank_method_f64* tinyrank_scaled_gradient_descent_f64() {
  static constexpr tinyrank_method_f64 method{choose_scaled_gradient_descent<double>};
  return &method;
}
