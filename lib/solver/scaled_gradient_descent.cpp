// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "tinyrank/scaled_gradient_descent.hpp"

#include <cstring>

#include "lib/solver/preconditioner.hpp"

namespace tinyrank {
template <class T>
status check_scaled_gradient_descent(const descent_options<T>& options) noexcept {
  const auto& own = static_cast<const scaled_gradient_descent_options<T>&>(options);
  const bool fine =
      own.damping >= 0 && is_finite(own.damping) && own.damping_ratio > 0 && is_finite(own.damping_ratio);
  return fine ? status::ok : status::damping;
}

template <class T>
void propose_scaled_gradient_descent(descent<T>& run, factor_view<T> next) noexcept {
  const auto& own = *static_cast<const scaled_gradient_descent_state<T>*>(run.state);
  const factor_view<T> gradient{run.memory.gradient, next.n, next.rank, next.stride};
  const T lambda = own.damping == automatic ? damping_by_loss(own.damping_ratio, run) : own.damping;
  if (!factorise_gram(run, lambda, own.gram)) {
    // Only an infinite matrix has no Cholesky factor by now, and its inverse is zero.
    if (next.data != run.factor.data) {
      std::memcpy(next.data, run.factor.data, next.rank * next.stride * sizeof(T));
    }
    return;
  }
  solve(run, own.gram, gradient, false);
  solve(run, own.gram, gradient, true);
  run.how.kernels->scaled_add(-run.report.step_size, gradient.data, run.factor.data, next.data,
                              next.rank * next.stride);
}

template status check_scaled_gradient_descent(const descent_options<float>&) noexcept;
template status check_scaled_gradient_descent(const descent_options<double>&) noexcept;
template void propose_scaled_gradient_descent(descent<float>&, factor_view<float>) noexcept;
template void propose_scaled_gradient_descent(descent<double>&, factor_view<double>) noexcept;

}  // namespace tinyrank
