// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "lib/kernels/gaussian.hpp"

#include "lib/operators/packed_operator.hpp"

namespace tinyrank {
namespace {

/// Matrices first .. first + count - 1 of the ensemble, as packed rows.
template <class T>
void draw_rows(instruction_set isa, std::size_t n, std::uint64_t first, std::size_t count, std::uint64_t seed,
               gaussian_ensemble ensemble, T* rows) noexcept {
  const gaussian_kernels<T>& kernels = table_for<gaussian_kernels<T>>(isa);
  const bool isotropic = ensemble == gaussian_ensemble::isotropic;
  const std::size_t stride = packed_stride<T>(n);
  random_stream streams[drawn_block];
  for (std::size_t i = 0; i < count; i += drawn_block) {
    const std::size_t now = count - i < drawn_block ? count - i : drawn_block;
    for (std::size_t l = 0; l < now; ++l)
      streams[l] = make_stream(seed, random_purpose::sensing, first + i + l);
    kernels.gaussian_rows(streams, now, n, isotropic ? 1.0f : square_root_of_half,
                          isotropic ? square_root_of_half : 1.0f, rows + i * stride, stride);
  }
}

template <class T>
struct drawn_rows {
  using descriptor = gaussian_sensing<T>;
  static constexpr bool draws = true;

  template <class Use>
  static void rows(const descriptor& a, instruction_set isa, shard_range range, T* drawn, Use use) noexcept {
    for (std::size_t i = 0; i < range.count; i += drawn_block) {
      const std::size_t now = range.count - i < drawn_block ? range.count - i : drawn_block;
      draw_rows(isa, a.n, range.first + i, now, a.seed, a.ensemble, drawn);
      use(drawn, range.first + i, now);
    }
  }
};

}  // namespace

template <class T>
status make_operator(const gaussian_sensing<T>& a, sensing_operator<T>& out) noexcept {
  if (const status sizes = check_sizes(a.n, a.measurement_count); sizes != status::ok) return sizes;
  out = packed_operator<T, drawn_rows<T>>::table(a);
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
  draw_rows(kernels->isa, n, first, count, seed, ensemble, rows);
  return status::ok;
}

template status make_operator(const gaussian_sensing<float>&, sensing_operator<float>&) noexcept;
template status make_operator(const gaussian_sensing<double>&, sensing_operator<double>&) noexcept;
template status fill_gaussian_rows(std::size_t, std::size_t, std::size_t, std::uint64_t, gaussian_ensemble,
                                   float*, instruction_set) noexcept;
template status fill_gaussian_rows(std::size_t, std::size_t, std::size_t, std::uint64_t, gaussian_ensemble,
                                   double*, instruction_set) noexcept;

}  // namespace tinyrank
