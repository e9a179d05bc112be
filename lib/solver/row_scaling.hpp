// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

// The verbs of diag(s) A, and of A itself where there is no s.

#include "tinyrank/recovery.hpp"

namespace tinyrank {

template <class T>
const row_scaling<T>& scaling_of(const sensing_operator<T>& a) noexcept {
  return *static_cast<const row_scaling<T>*>(a.context);
}

/// What A's own verbs work with, and the m numbers behind it.
template <class T>
struct scaling_workspace {
  workspace<T> inner;
  T* numbers;

  scaling_workspace(const row_scaling<T>& a, const workspace<T>& how) noexcept : inner(how) {
    inner.scratch_bytes -= a.measurement_count * sizeof(T);
    numbers = reinterpret_cast<T*>(how.scratch + inner.scratch_bytes);
  }
};

template <class T>
void measure_scaled(const sensing_operator<T>& table, const workspace<T>& how, factor_view<const T> u,
                    T* y) noexcept {
  const row_scaling<T>& a = scaling_of(table);
  ++*a.passes;
  a.inner.measure(scaling_workspace<T>(a, how).inner, u, y);
  if (a.scale == nullptr) return;
  for (std::size_t i = 0; i < a.measurement_count; ++i) y[i] *= a.scale[i];
}

template <class T>
void adjoint_times_scaled(const sensing_operator<T>& table, const workspace<T>& how, const T* w,
                          factor_view<const T> v, factor_view<T> out) noexcept {
  const row_scaling<T>& a = scaling_of(table);
  const scaling_workspace<T> mine(a, how);
  ++*a.passes;
  if (a.scale == nullptr) return a.inner.adjoint_times(mine.inner, w, v, out);
  for (std::size_t i = 0; i < a.measurement_count; ++i) mine.numbers[i] = a.scale[i] * w[i];
  a.inner.adjoint_times(mine.inner, mine.numbers, v, out);
}

template <class T>
T loss_and_gradient_scaled(const sensing_operator<T>& table, const workspace<T>& how, factor_view<const T> u,
                           const T* y, factor_view<T> gradient) noexcept {
  const row_scaling<T>& a = scaling_of(table);
  const scaling_workspace<T> mine(a, how);
  ++*a.passes;
  if (a.scale == nullptr) return a.inner.loss_and_gradient(mine.inner, u, y, gradient);
  ++*a.passes;
  a.inner.measure(mine.inner, u, mine.numbers);
  T squares = 0;
  for (std::size_t i = 0; i < a.measurement_count; ++i) {
    const T residual = a.scale[i] * mine.numbers[i] - y[i];
    squares += residual * residual;
    mine.numbers[i] = a.scale[i] * residual;
  }
  a.inner.adjoint_times(mine.inner, mine.numbers, u, gradient);
  const T per_measurement = T(1) / static_cast<T>(a.measurement_count);
  for (std::size_t k = 0; k < gradient.rank * gradient.stride; ++k) gradient.data[k] *= per_measurement;
  return squares * (T(0.25) * per_measurement);
}

template <class T>
void project_scaled(const sensing_operator<T>& table, factor_view<T> u) noexcept {
  scaling_of(table).inner.project(u);
}

template <class T>
std::size_t scaled_scratch_bytes(const sensing_operator<T>& table, std::size_t rank,
                                 execution_plan plan) noexcept {
  const row_scaling<T>& a = scaling_of(table);
  return row_scaling_bytes<T>(scratch_bytes(a.inner, rank, plan), a.measurement_count);
}

/// `a` must outlive the table.
template <class T>
void make_scaled(const row_scaling<T>& a, sensing_operator<T>& out) noexcept {
  out = {};
  out.n = a.n;
  out.measurement_count = a.measurement_count;
  out.context = &a;
  out.functions = {scaled_scratch_bytes<T>, measure_scaled<T>, adjoint_times_scaled<T>,
                   loss_and_gradient_scaled<T>,
                   a.inner.functions.project != nullptr ? project_scaled<T> : nullptr};
  out.shape = a.inner.shape;
  out.geometry = a.inner.geometry;
}

}  // namespace tinyrank
