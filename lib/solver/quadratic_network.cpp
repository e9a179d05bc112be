// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "tinyrank/quadratic_network.hpp"

#include <limits>

#include "lib/dense_algebra/vectors.hpp"
#include "lib/kernels/tables.hpp"

namespace tinyrank {

template <class T>
status check_quadratic_network(const descent_options<T>& options) noexcept {
  const auto& own = static_cast<const quadratic_network_options<T>&>(options);
  const T radius = own.truncation_radius, tau = own.truth_energy;
  const bool fine = radius >= 0 && is_finite(radius) && tau >= 0 && is_finite(tau);
  return fine ? status::ok : status::tolerance;
}

template <class T>
T evaluate_quadratic_network(descent<T>& run, factor_view<const T> at) noexcept {
  constexpr T infinity = std::numeric_limits<T>::infinity();
  auto& own = *static_cast<quadratic_network_state<T>*>(run.state);
  const std::size_t m = run.sensing.measurement_count;
  const T radius = own.truncation_radius, tau = own.truth_energy;
  T* residual = own.residual;
  run.sensing.measure(run.how, at, residual);
  T squares = 0, sum = 0;
  own.truncated = 0;
  for (std::size_t i = 0; i < m; ++i) {
    const bool kept = radius == 0 || residual[i] <= radius;
    const T error = residual[i] - run.y[i];
    squares += error * error;
    residual[i] = kept ? error : T(0);
    sum += residual[i];
    own.truncated += kept ? 0u : 1u;
  }
  own.divisor = 1;
  if (own.rescale) {
    const T excess = tau > 0 ? dot(at.data, at.data, at.rank * at.stride) - tau : sum / static_cast<T>(m);
    own.divisor = T(1) - run.report.step_size * excess;
  }
  run.sensing.adjoint_times(run.how, residual, at, {run.memory.gradient, at.n, at.rank, at.stride});
  return own.divisor > 0 ? squares * (T(0.25) / static_cast<T>(m)) : infinity;
}

template <class T>
void propose_quadratic_network(descent<T>& run, factor_view<T> next) noexcept {
  const quadratic_network_state<T>& own = network_state(run);
  const std::size_t elements = next.rank * next.stride;
  const T step = -run.report.step_size / static_cast<T>(run.sensing.measurement_count);
  run.how.kernels->scaled_add(step, run.gradient.data, run.factor.data, next.data, elements);
  if (own.rescale) {
    for (std::size_t k = 0; k < elements; ++k) next.data[k] /= own.divisor;
  }
}

template status check_quadratic_network(const descent_options<float>&) noexcept;
template status check_quadratic_network(const descent_options<double>&) noexcept;
template float evaluate_quadratic_network(descent<float>&, factor_view<const float>) noexcept;
template double evaluate_quadratic_network(descent<double>&, factor_view<const double>) noexcept;
template void propose_quadratic_network(descent<float>&, factor_view<float>) noexcept;
template void propose_quadratic_network(descent<double>&, factor_view<double>) noexcept;

}  // namespace tinyrank
