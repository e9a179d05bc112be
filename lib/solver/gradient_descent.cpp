// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "tinyrank/gradient_descent.hpp"

#include "lib/kernels/tables.hpp"

namespace tinyrank {

template <class T>
void propose_gradient_descent(descent<T>& run, factor_view<T> next) noexcept {
  run.how.kernels->scaled_add(-run.report.step_size, run.gradient.data, run.factor.data, next.data,
                              next.rank * next.stride);
}

template void propose_gradient_descent(descent<float>&, factor_view<float>) noexcept;
template void propose_gradient_descent(descent<double>&, factor_view<double>) noexcept;

}  // namespace tinyrank
