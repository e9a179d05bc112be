// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "lib/kernels/gaussian.hpp"

#include "lib/operators/packed_operator.hpp"

namespace tinyrank {
namespace {

template <class T>
void draw_row(const gaussian_kernels<T>& kernels, std::size_t n, std::uint64_t i, std::uint64_t seed,
              gaussian_ensemble ensemble, T* row) noexcept {
  const bool isotropic = ensemble == gaussian_ensemble::isotropic;
  const random_stream stream = make_stream(seed, random_purpose::sensing, i);
  kernels.gaussian_row(stream, isotropic ? square_root_of_half : 1.0f, row, packed_stride<T>(n));
  for (std::size_t j = 0; j < n; ++j) {
    row[packed_index(j, j)] = static_cast<T>(gaussian_entry(seed, ensemble, i, j, j));
  }
  for (std::size_t k = packed_count(n); k < packed_stride<T>(n); ++k) row[k] = 0;
}

template <class T>
struct drawn_rows {
  using descriptor = gaussian_sensing<T>;
  static constexpr bool draws = true;

  template <class Use>
  static void rows(const descriptor& a, instruction_set isa, shard_range range, T* drawn, Use use) noexcept {
    for (std::size_t i = range.first; i < range.first + range.count; ++i) {
      draw_row(table_for<gaussian_kernels<T>>(isa), a.n, i, a.seed, a.ensemble, drawn);
      use(drawn, i, std::size_t{1});
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
  for (std::size_t i = 0; i < count; ++i) {
    draw_row(table_for<gaussian_kernels<T>>(kernels->isa), n, first + i, seed, ensemble,
             rows + i * packed_stride<T>(n));
  }
  return status::ok;
}

template status make_operator(const gaussian_sensing<float>&, sensing_operator<float>&) noexcept;
template status make_operator(const gaussian_sensing<double>&, sensing_operator<double>&) noexcept;
template status fill_gaussian_rows(std::size_t, std::size_t, std::size_t, std::uint64_t, gaussian_ensemble,
                                   float*, instruction_set) noexcept;
template status fill_gaussian_rows(std::size_t, std::size_t, std::size_t, std::uint64_t, gaussian_ensemble,
                                   double*, instruction_set) noexcept;

}  // namespace tinyrank
