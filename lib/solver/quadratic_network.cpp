// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "tinyrank/quadratic_network.hpp"

#include "lib/kernels/tables.hpp"
#include "lib/solver/automatic_scale.hpp"

namespace tinyrank {

template <class T>
status quadratic_network_step(quadratic_network_report<T>& report, const sensing_operator<T>& a,
                              const workspace<T>& how, const T* y,
                              const quadratic_network_options<T>& options, factor_view<T> factor,
                              T* work) noexcept {
  const T eta = options.step_size, radius = options.truncation_radius, tau = options.truth_energy;
  if (!(eta > 0) || eta - eta != 0) return status::step_size;
  if (!(radius >= 0) || radius - radius != 0) return status::tolerance;
  if (!(tau >= 0) || tau - tau != 0) return status::tolerance;
  if (a.functions.measure == nullptr || a.functions.adjoint_times == nullptr) return status::operator_data;
  const std::size_t m = a.measurement_count, elements = factor.rank * factor.stride;
  T* residual = work;
  const factor_view<T> gradient{work + padded<T>(m), factor.n, factor.rank, factor.stride};

  quadratic_network_report<T> made;
  a.measure(how, factor, residual);
  T squares = 0, sum = 0;
  for (std::size_t i = 0; i < m; ++i) {
    const bool kept = radius == 0 || residual[i] <= radius;
    const T error = residual[i] - y[i];
    squares += error * error;
    residual[i] = kept ? error : T(0);
    sum += residual[i];
    made.truncated += kept ? 0u : 1u;
  }
  made.loss = squares * (T(0.25) / static_cast<T>(m));
  if (options.rescale) {
    const T excess = tau > 0 ? dot(factor.data, factor.data, elements) - tau : sum / static_cast<T>(m);
    made.divisor = T(1) - eta * excess;
    if (!(made.divisor > 0)) return status::initial_scale;
  }
  a.adjoint_times(how, residual, factor, gradient);
  how.kernels->scaled_add(-eta / static_cast<T>(m), gradient.data, factor.data, factor.data, elements);
  if (options.rescale) {
    for (std::size_t k = 0; k < elements; ++k) factor.data[k] /= made.divisor;
  }
  report = made;
  return status::ok;
}

template status quadratic_network_step(quadratic_network_report<float>&, const sensing_operator<float>&,
                                       const workspace<float>&, const float*,
                                       const quadratic_network_options<float>&, factor_view<float>,
                                       float*) noexcept;
template status quadratic_network_step(quadratic_network_report<double>&, const sensing_operator<double>&,
                                       const workspace<double>&, const double*,
                                       const quadratic_network_options<double>&, factor_view<double>,
                                       double*) noexcept;

}  // namespace tinyrank
