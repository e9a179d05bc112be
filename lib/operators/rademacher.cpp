// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "lib/operators/packed_operator.hpp"
#include "lib/operators/packed_sources.hpp"

namespace tinyrank {

template <class T>
status make_operator(const rademacher_sensing<T>& a, sensing_operator<T>& out) noexcept {
  if (const status sizes = check_sizes(a.n, a.measurement_count); sizes != status::ok) return sizes;
  out = packed_operator<T, drawn_signs<T>>::table(a);
  return status::ok;
}

template status make_operator(const rademacher_sensing<float>&, sensing_operator<float>&) noexcept;
template status make_operator(const rademacher_sensing<double>&, sensing_operator<double>&) noexcept;

}  // namespace tinyrank
