// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "tinyrank/sensing.hpp"

namespace tinyrank {

template <class T>
status make_operator(const sensing_operator<T>& a, sensing_operator<T>& out) noexcept {
  if (a.n == 0 || a.n > largest_dimension) return status::dimension;
  if (a.measurement_count == 0) return status::measurement_count;
  if (a.measure == nullptr || a.adjoint_times == nullptr || a.loss_and_gradient == nullptr) {
    return status::operator_data;
  }
  out = a;
  return status::ok;
}

template status make_operator(const sensing_operator<float>&, sensing_operator<float>&) noexcept;
template status make_operator(const sensing_operator<double>&, sensing_operator<double>&) noexcept;

}  // namespace tinyrank
