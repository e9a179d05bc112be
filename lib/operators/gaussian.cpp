// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "lib/operators/packed_operator.hpp"
#include "lib/operators/packed_sources.hpp"

namespace tinyrank {
template <class T>
status make_operator(const gaussian_sensing<T>& a, sensing_operator<T>& out) noexcept {
  if (const status sizes = check_sizes(a.n, a.measurement_count); sizes != status::ok) return sizes;
  out = packed_operator<T, drawn_gaussian_rows<T>>::table(a);
  return status::ok;
}

template <class T>
status fill_gaussian_rows(std::size_t n, std::size_t first, std::size_t count, std::uint64_t seed,
                          gaussian_ensemble ensemble, T* rows, instruction_set isa) noexcept {
  if (n == 0 || n > largest_dimension) return status::dimension;
  if (dense_row_elements<T>(n, count) == SIZE_MAX) return status::size_overflow;
  if (rows == nullptr) return status::operator_data;
  const kernel_table<T>* kernels = find_kernels<T>(isa);
  if (kernels == nullptr) return status::instruction_set;
  draw_gaussian_rows(kernels->isa, n, first, count, seed, ensemble, rows);
  return status::ok;
}

template status make_operator(const gaussian_sensing<float>&, sensing_operator<float>&) noexcept;
template status make_operator(const gaussian_sensing<double>&, sensing_operator<double>&) noexcept;
template status fill_gaussian_rows(std::size_t, std::size_t, std::size_t, std::uint64_t, gaussian_ensemble,
                                   float*, instruction_set) noexcept;
template status fill_gaussian_rows(std::size_t, std::size_t, std::size_t, std::uint64_t, gaussian_ensemble,
                                   double*, instruction_set) noexcept;

}  // namespace tinyrank
