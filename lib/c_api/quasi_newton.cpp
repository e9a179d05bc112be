// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "tinyrank/quasi_newton.hpp"

#include "lib/c_api/translate.hpp"

namespace {

template <class T>
void choose_quasi_newton(const typename tinyrank::c_api::types<T>::options& given,
                         const tinyrank::descent_options<T>& shared,
                         tinyrank::c_api::method_options<T>& chosen) noexcept {
  chosen.choose(tinyrank::quasi_newton_options<T>(shared, given.history, given.quasi_newton_damping_ratio));
}

}  // namespace

extern "C" const tinyrank_method_f32* tinyrank_quasi_newton_f32() {
  static constexpr tinyrank_method_f32 method{choose_quasi_newton<float>};
  return &method;
}
extern "C" const tinyrank_method_f64* tinyrank_quasi_newton_f64() {
  static constexpr tinyrank_method_f64 method{choose_quasi_newton<double>};
  return &method;
}
