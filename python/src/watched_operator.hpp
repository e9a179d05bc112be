// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include <algorithm>
#include <utility>

#include "tinyrank/sensing.hpp"

namespace tinyrank::python {

/// An operator whose verbs ask first whether the run is over, and then write zeros. What comes before the
/// first factor, such as an estimate of the step size, is many passes that cannot be stopped otherwise. It is
/// referenced by the table, and refers to `inner`.
template <class T, class Watch>
class watched_operator {
 public:
  watched_operator(const sensing_operator<T>& inner, Watch& watch) : inner_(&inner), watch_(&watch) {}

  [[nodiscard]] sensing_operator<T> table() const {
    using operation = sensing_operator<T>;
    operation made = *inner_;
    made.context = this;
    made.functions.scratch_bytes = [](const operation& a, std::size_t rank, execution_plan plan) {
      return scratch_bytes(*of(a).inner_, rank, plan);
    };
    made.residual_bytes = 0;  // which the inner ones include
    made.functions.measure = [](const operation& a, const workspace<T>& how, factor_view<const T> u, T* y) {
      if (!of(a).watch_->is_over_before_begun()) return of(a).inner_->measure(how, u, y);
      std::fill(y, y + a.measurement_count, T(0));
    };
    made.functions.adjoint_times = [](const operation& a, const workspace<T>& how, const T* w,
                                      factor_view<const T> v, factor_view<T> out) {
      if (!of(a).watch_->is_over_before_begun()) return of(a).inner_->adjoint_times(how, w, v, out);
      std::fill(out.data, out.data + out.rank * out.stride, T(0));
    };
    made.functions.loss_and_gradient = [](const operation& a, const workspace<T>& how, factor_view<const T> u,
                                          const T* y, factor_view<T> gradient) {
      if (!of(a).watch_->is_over_before_begun()) return of(a).inner_->loss_and_gradient(how, u, y, gradient);
      std::fill(gradient.data, gradient.data + gradient.rank * gradient.stride, T(0));
      return T(0);
    };
    if (inner_->functions.project != nullptr) {
      made.functions.project = [](const operation& a, factor_view<T> u) { of(a).inner_->project(u); };
    }
    return made;
  }

 private:
  static const watched_operator& of(const sensing_operator<T>& a) {
    return *static_cast<const watched_operator*>(a.context);
  }

  const sensing_operator<T>* inner_;
  Watch* watch_;
};

}  // namespace tinyrank::python
