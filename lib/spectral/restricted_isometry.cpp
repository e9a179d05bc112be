// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "tinyrank/restricted_isometry.hpp"

#include <initializer_list>

#include "lib/dense_algebra/block_iteration.hpp"
#include "lib/kernels/tables.hpp"

namespace tinyrank {
namespace {

/// Z = sum_c s_c v_c v_c^T of Frobenius norm 1.
template <class T>
struct low_rank {
  factor_view<T> vectors;
  double* weights;
};

template <class T>
void copy(low_rank<T> from, low_rank<T> to) noexcept {
  for (std::size_t k = 0; k < from.vectors.rank * from.vectors.stride; ++k) {
    to.vectors.data[k] = from.vectors.data[k];
  }
  for (std::size_t c = 0; c < from.vectors.rank; ++c) to.weights[c] = from.weights[c];
}

void normalise(double* weights, std::size_t count) noexcept {
  const double norm = square_root(dot(weights, weights, count));
  for (std::size_t c = 0; c < count; ++c) weights[c] = norm > 0 ? weights[c] / norm : 0;
}

template <class T>
struct search {
  const sensing_operator<T>& a;
  const workspace<T>& how;
  const isometry_memory<T>& memory;

  /// measured := A(Z) unscaled; returns ||A(Z)||^2 = (1/m) sum_i <A_i, Z>^2.
  double measure(low_rank<T> z) const noexcept {
    const std::size_t m = a.measurement_count;
    const factor_view<T> half{memory.half, z.vectors.n, z.vectors.rank, z.vectors.stride};
    for (const bool positive : {true, false}) {
      // measure() takes U U^T only: the two signs apart.
      for (std::size_t c = 0; c < half.rank; ++c) {
        const double weight = positive ? z.weights[c] : -z.weights[c];
        const T size = weight > 0 ? static_cast<T>(square_root(weight)) : T(0);
        for (std::size_t j = 0; j < half.stride; ++j) half.column(c)[j] = size * z.vectors.column(c)[j];
      }
      a.measure(how, half, positive ? memory.measured : memory.part);
    }
    double squares = 0;
    for (std::size_t i = 0; i < m; ++i) {
      memory.measured[i] -= memory.part[i];
      squares += static_cast<double>(memory.measured[i]) * static_cast<double>(memory.measured[i]);
    }
    return squares / static_cast<double>(m);
  }

  /// Z := P_r(sign A^*A(Z) + shift Z), scaled; `measured` is that of Z.
  void ascend(low_rank<T> z, double sign, double shift) const noexcept {
    const std::size_t n = z.vectors.n, stride = z.vectors.stride, r = z.vectors.rank;
    const std::size_t b = isometry_block(n, r);
    const factor_view<T> basis{memory.basis, n, b, stride}, image{memory.image, n, b, stride};
    draw_block(basis, 1);
    for (std::size_t c = 0; c < r; ++c) {
      for (std::size_t j = 0; j < n; ++j) basis(j, c) = z.vectors(j, c);
    }
    const double scale = sign / static_cast<double>(a.measurement_count);
    constexpr double accuracy = 1e-2;
    constexpr std::uint32_t most_steps = 30;
    iterate_block(basis, image, memory.small, r, accuracy, most_steps,
                  [&](factor_view<const T> v, factor_view<T> out) {
                    a.adjoint_times(how, memory.measured, v, out);
                    for (std::size_t k = 0; k < b * stride; ++k) out.data[k] *= static_cast<T>(scale);
                    for (std::size_t c = 0; c < r; ++c) {
                      for (std::size_t d = 0; d < b; ++d) {
                        const double inner = static_cast<double>(dot<T>(z.vectors.column(c), v.column(d), n));
                        const T size = static_cast<T>(shift * z.weights[c] * inner);
                        for (std::size_t j = 0; j < n; ++j) out(j, d) += size * z.vectors(j, c);
                      }
                    }
                  });
    for (std::size_t c = 0; c < r; ++c) {
      for (std::size_t j = 0; j < n; ++j) z.vectors(j, c) = basis(j, c);
      z.weights[c] = memory.small.values[c];
    }
    normalise(z.weights, r);
  }
};

template <class T>
status check_operator_and_plan(const sensing_operator<T>& a, execution_plan plan) noexcept {
  if (a.n == 0 || a.n > largest_dimension) return status::dimension;
  if (a.measurement_count == 0) return status::measurement_count;
  if (a.functions.measure == nullptr || a.functions.adjoint_times == nullptr) return status::operator_data;
  return check_plan(plan);
}

status check_buffer(const std::byte* buffer, std::size_t bytes, std::size_t needed) noexcept {
  if (needed == SIZE_MAX) return status::size_overflow;
  if (buffer == nullptr) return status::arena_null;
  if (reinterpret_cast<std::uintptr_t>(buffer) % arena_alignment != 0) return status::arena_misaligned;
  return bytes < needed ? status::arena_too_small : status::ok;
}

}  // namespace

template <class T>
status restricted_isometry_bound(isometry_bound& out, const sensing_operator<T>& a,
                                 const isometry_options<T>& options, std::byte* buffer,
                                 std::size_t bytes) noexcept {
  if (const status made = check_operator_and_plan(a, options.plan); made != status::ok) return made;
  const std::size_t r = options.rank, n = a.n, stride = padded<T>(n);
  if (r == 0 || r > n || options.samples == 0) return status::rank;
  const std::size_t needed = isometry_bytes(a, options);
  if (const status made = check_buffer(buffer, bytes, needed); made != status::ok) return made;
  arena room(buffer, needed);
  const std::size_t columns = isometry_block(n, r), scratch_size = scratch_bytes(a, columns, options.plan);
  const isometry_memory<T> memory = layout_isometry<T>(room, n, a.measurement_count, scratch_size, options);
  workspace<T> how;
  const status execution_made =
      make_workspace(how, a, columns, options.plan, options.isa, memory.operator_scratch, scratch_size);
  if (execution_made != status::ok) return execution_made;

  const search<T> look{a, how, memory};
  const low_rank<T> z{{memory.vectors, n, r, stride}, memory.weights};
  const low_rank<T> up{{memory.largest, n, r, stride}, memory.largest_weights};
  const low_rank<T> down{{memory.smallest, n, r, stride}, memory.smallest_weights};
  isometry_bound made;
  for (std::uint32_t sample = 0; sample < options.samples; ++sample) {
    draw_block(z.vectors, options.seed + sample);
    orthonormalise(z.vectors);
    const random_stream stream = make_stream(options.seed + sample, random_purpose::power_iteration, r);
    for (std::size_t c = 0; c < r; ++c) {
      z.weights[c] = static_cast<double>(gaussian(stream, static_cast<std::uint32_t>(c)));
    }
    normalise(z.weights, r);
    const double value = look.measure(z);
    if (sample == 0 || value > made.largest) {
      made.largest = value;
      copy(z, up);
    }
    if (sample == 0 || value < made.smallest) {
      made.smallest = value;
      copy(z, down);
    }
  }
  made.sampled_largest = made.largest;
  made.sampled_smallest = made.smallest;

  copy(up, z);
  for (std::uint32_t k = 0; k < options.ascents; ++k) {
    look.measure(z);
    look.ascend(z, 1, 0);
    const double value = look.measure(z);
    if (!(value > made.largest)) break;
    made.largest = value;
  }
  copy(down, z);
  for (std::uint32_t k = 0; k < options.ascents; ++k) {
    look.measure(z);
    // Above every eigenvalue that counts, so that the quadratic form to be enlarged is convex.
    look.ascend(z, -1, 2 * made.largest);
    const double value = look.measure(z);
    if (!(value < made.smallest)) break;
    made.smallest = value;
  }
  const double above = made.largest - 1, below = 1 - made.smallest;
  made.delta = above > below ? above : below;
  out = made;
  return status::ok;
}

template <class T>
status isometry_deviation(double& out, const sensing_operator<T>& a, factor_view<const T> factor,
                          const spectral_options<T>& options, std::byte* buffer, std::size_t bytes) noexcept {
  if (const status made = check_operator_and_plan(a, options.plan); made != status::ok) return made;
  if (factor.n != a.n) return status::dimension;
  if (factor.rank == 0 || options.count != 1) return status::rank;
  if (!(options.tolerance >= 0) || options.tolerance - options.tolerance != 0) return status::tolerance;
  const std::size_t needed = deviation_bytes(a, factor.rank, options);
  if (const status made = check_buffer(buffer, bytes, needed); made != status::ok) return made;
  arena room(buffer, needed);
  const std::size_t n = a.n, stride = padded<T>(n), b = block_columns(n, options);
  const std::size_t columns = b > factor.rank ? b : factor.rank;
  const std::size_t scratch_size = scratch_bytes(a, columns, options.plan);
  const deviation_memory<T> memory = layout_deviation<T>(room, n, a.measurement_count, scratch_size, options);
  workspace<T> how;
  const status execution_made =
      make_workspace(how, a, columns, options.plan, options.isa, memory.operator_scratch, scratch_size);
  if (execution_made != status::ok) return execution_made;

  a.measure(how, factor, memory.measured);
  const T per_measurement = T(1) / static_cast<T>(a.measurement_count);
  const factor_view<T> basis{memory.basis, n, b, stride}, image{memory.image, n, b, stride};
  draw_block(basis, options.seed);
  iterate_block(basis, image, memory.small, 1, static_cast<double>(options.tolerance), options.step_limit,
                [&](factor_view<const T> v, factor_view<T> into) {
                  a.adjoint_times(how, memory.measured, v, into);
                  for (std::size_t k = 0; k < b * stride; ++k) into.data[k] *= per_measurement;
                  for (std::size_t c = 0; c < factor.rank; ++c) {
                    for (std::size_t d = 0; d < b; ++d) {
                      const T inner = dot<T>(factor.column(c), v.column(d), n);
                      for (std::size_t j = 0; j < n; ++j) into(j, d) -= inner * factor(j, c);
                    }
                  }
                });
  out = memory.small.values[0] < 0 ? -memory.small.values[0] : memory.small.values[0];
  return status::ok;
}

template status restricted_isometry_bound(isometry_bound&, const sensing_operator<float>&,
                                          const isometry_options<float>&, std::byte*, std::size_t) noexcept;
template status restricted_isometry_bound(isometry_bound&, const sensing_operator<double>&,
                                          const isometry_options<double>&, std::byte*, std::size_t) noexcept;
template status isometry_deviation(double&, const sensing_operator<float>&, factor_view<const float>,
                                   const spectral_options<float>&, std::byte*, std::size_t) noexcept;
template status isometry_deviation(double&, const sensing_operator<double>&, factor_view<const double>,
                                   const spectral_options<double>&, std::byte*, std::size_t) noexcept;

}  // namespace tinyrank
