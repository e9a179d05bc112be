// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

// An operator of the user's own, and the fused verb for one that has only the simple two.

#include "lib/operators/descriptor.hpp"

namespace tinyrank {
namespace {

/// Scratch for the residuals lies behind what the operator itself asked for.
template <class T>
T loss_and_gradient_of_two_verbs(const sensing_operator<T>& a, const workspace<T>& how,
                                 factor_view<const T> u, const T* y, factor_view<T> gradient) noexcept {
  workspace<T> own = how;
  own.scratch_bytes -= a.residual_bytes;
  T* const residual = reinterpret_cast<T*>(how.scratch + own.scratch_bytes);
  a.measure(own, u, residual);
  T squares = 0;
  for (std::size_t i = 0; i < a.measurement_count; ++i) {
    residual[i] -= y[i];
    squares += residual[i] * residual[i];
  }
  a.adjoint_times(own, residual, u, gradient);
  const T per_measurement = T(1) / static_cast<T>(a.measurement_count);
  for (std::size_t k = 0; k < gradient.rank * gradient.stride; ++k) gradient.data[k] *= per_measurement;
  return squares * (T(0.25) * per_measurement);
}

}  // namespace

template <class T>
status make_operator(const sensing_operator<T>& a, sensing_operator<T>& out) noexcept {
  if (const status sizes = check_sizes(a.n, a.measurement_count); sizes != status::ok) return sizes;
  if (a.functions.measure == nullptr || a.functions.adjoint_times == nullptr) return status::operator_data;
  if (a.measurement_count > SIZE_MAX / sizeof(T)) return status::size_overflow;
  out = a;
  if (a.functions.loss_and_gradient == nullptr) {
    out.functions.loss_and_gradient = loss_and_gradient_of_two_verbs<T>;
    out.residual_bytes = a.measurement_count * sizeof(T);
  }
  return status::ok;
}

template status make_operator(const sensing_operator<float>&, sensing_operator<float>&) noexcept;
template status make_operator(const sensing_operator<double>&, sensing_operator<double>&) noexcept;

}  // namespace tinyrank
