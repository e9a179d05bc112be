// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "tinyrank/spectral.hpp"

#include "lib/dense_algebra/block_iteration.hpp"
#include "lib/kernels/tables.hpp"

namespace tinyrank {
namespace {

template <class T>
status check_arguments(const sensing_operator<T>& a, const T* y,
                       const spectral_options<T>& options) noexcept {
  if (a.n == 0 || a.n > largest_dimension) return status::dimension;
  if (a.measurement_count == 0) return status::measurement_count;
  if (a.functions.adjoint_times == nullptr) return status::operator_data;
  if (options.count == 0 || options.count > a.n) return status::rank;
  if (!(options.tolerance >= 0) || options.tolerance - options.tolerance != 0) return status::tolerance;
  if (!is_placed(y)) return status::measurements;
  for (std::size_t i = 0; i < a.measurement_count; ++i) {
    if (y[i] - y[i] != 0) return status::measurements;
  }
  return check_plan(options.plan);
}

}  // namespace

template <class T>
status leading_eigenvectors_operator(spectral_result<T>& result, const sensing_operator<T>& a, const T* y,
                                     const spectral_options<T>& options, std::byte* buffer,
                                     std::size_t bytes) noexcept {
  if (const status arguments = check_arguments(a, y, options); arguments != status::ok) return arguments;
  const std::size_t needed = spectral_bytes(a, options);
  if (needed == SIZE_MAX) return status::size_overflow;
  if (buffer == nullptr) return status::arena_null;
  if (reinterpret_cast<std::uintptr_t>(buffer) % arena_alignment != 0) return status::arena_misaligned;
  if (bytes < needed) return status::arena_too_small;

  arena memory(buffer, needed);
  const std::size_t b = block_columns(a.n, options);
  const std::size_t scratch_size = scratch_bytes(a, b, options.plan);
  const spectral_memory<T> placed = layout_spectral<T>(memory, a.n, scratch_size, options);
  workspace<T> how;
  const status execution_made =
      make_workspace(how, a, b, options.plan, options.isa, placed.operator_scratch, scratch_size);
  if (execution_made != status::ok) return execution_made;

  const factor_view<T> basis{placed.basis, a.n, b, padded<T>(a.n)};
  const factor_view<T> image{placed.image, a.n, b, padded<T>(a.n)};
  draw_block(basis, options.seed);
  const T per_measurement = T(1) / static_cast<T>(a.measurement_count);
  const double tolerance = static_cast<double>(options.tolerance);
  const block_outcome made =
      iterate_block(basis, image, placed.small, options.count, tolerance, options.step_limit,
                    [&](factor_view<const T> v, factor_view<T> out) {
                      a.adjoint_times(how, y, v, out);
                      for (std::size_t k = 0; k < out.rank * out.stride; ++k) out.data[k] *= per_measurement;
                    });
  result = {{placed.basis, a.n, options.count, padded<T>(a.n)},
            placed.small.values,
            made.steps,
            made.residual,
            made.residual <= tolerance};
  return status::ok;
}

template <class T>
void spectral_initialization(const spectral_result<T>& spectral, std::size_t rank, T scale,
                             T* initial_factor) noexcept {
  for (std::size_t c = 0; c < rank; ++c) {
    const bool found = c < spectral.vectors.rank && spectral.values[c] > 0;
    const T size = found ? scale * static_cast<T>(square_root(spectral.values[c])) : T(0);
    for (std::size_t j = 0; j < spectral.vectors.n; ++j) {
      initial_factor[j * rank + c] = found ? size * spectral.vectors(j, c) : T(0);
    }
  }
}

template <class T>
void power_step(const sensing_operator<T>& a, const workspace<T>& how, const T* y, T step_size,
                factor_view<T> factor, factor_view<T> image) noexcept {
  a.adjoint_times(how, y, factor, image);
  how.kernels->scaled_add(step_size / static_cast<T>(a.measurement_count), image.data, factor.data,
                          factor.data, factor.rank * factor.stride);
}

template status leading_eigenvectors_operator(spectral_result<float>&, const sensing_operator<float>&,
                                              const float*, const spectral_options<float>&, std::byte*,
                                              std::size_t) noexcept;
template status leading_eigenvectors_operator(spectral_result<double>&, const sensing_operator<double>&,
                                              const double*, const spectral_options<double>&, std::byte*,
                                              std::size_t) noexcept;
template void spectral_initialization(const spectral_result<float>&, std::size_t, float, float*) noexcept;
template void spectral_initialization(const spectral_result<double>&, std::size_t, double, double*) noexcept;
template void power_step(const sensing_operator<float>&, const workspace<float>&, const float*, float,
                         factor_view<float>, factor_view<float>) noexcept;
template void power_step(const sensing_operator<double>&, const workspace<double>&, const double*, double,
                         factor_view<double>, factor_view<double>) noexcept;

}  // namespace tinyrank
