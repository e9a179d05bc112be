// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

// What a run is refused for, before anything of it is made.

#include "lib/dense_algebra/vectors.hpp"
#include "tinyrank/descent.hpp"

namespace tinyrank {

template <class T>
bool is_usable_scale(T x) noexcept {
  return x >= 0 && is_finite(x);
}

template <class T>
bool is_all_zero(const T* x, std::size_t count) noexcept {
  for (std::size_t i = 0; i < count; ++i) {
    if (x[i] != 0) return false;
  }
  return true;
}

/// The smallest normal number over the square of the rounding error.
template <class T>
constexpr T smallest_energy = sizeof(T) == sizeof(float) ? T(0x1p-80) : T(0x1p-918);

/// Whether the power iteration is needed.
template <class T>
bool needs_scale(const descent_options<T>& options, const descent_method<T>& method) noexcept {
  return needs_initial_scale(options) || options.step_size == automatic || needs_gamma(options, method);
}

// Not inlined, like `start` and `prepare`: a call's variables would stay on a small stack beside those of the
// first gradient.
template <class T>
[[gnu::noinline]] status check_arguments(const sensing_operator<T>& a, const T* y,
                                         const descent_options<T>& options,
                                         const descent_method<T>& method) noexcept {
  if (a.n == 0 || a.n > largest_dimension) return status::dimension;
  if (a.measurement_count == 0) return status::measurement_count;
  if (a.measurement_count > SIZE_MAX / sizeof(T)) return status::size_overflow;
  if (a.functions.measure == nullptr || a.functions.adjoint_times == nullptr ||
      a.functions.loss_and_gradient == nullptr) {
    return status::operator_data;
  }
  if (options.rank == 0) return status::rank;
  if (options.law != initial_law::gaussian && options.law != initial_law::orthonormal)
    return status::initial_factor;
  const bool draws_orthonormal = options.law == initial_law::orthonormal && options.initial_factor == nullptr;
  if (draws_orthonormal && options.rank > a.n) return status::rank;
  if (!is_usable_scale(options.step_size)) return status::step_size;
  if (!is_usable_scale(options.initial_scale)) return status::initial_scale;
  if (!is_usable_scale(options.tolerance) || !is_usable_scale(options.relative_tolerance) ||
      !is_usable_scale(options.plateau_tolerance)) {
    return status::tolerance;
  }
  if (method.check != nullptr) {
    if (const status own = method.check(options); own != status::ok) return own;
  }
  if (const status plan = check_plan(options.plan); plan != status::ok) return plan;
  if (!is_placed(y) || !all_finite(y, a.measurement_count)) return status::measurements;
  if (options.initial_factor != nullptr) {
    if (options.rank > SIZE_MAX / sizeof(T) / a.n) return status::size_overflow;
    if (!is_placed(options.initial_factor) || !all_finite(options.initial_factor, a.n * options.rank))
      return status::initial_factor;
  }
  return status::ok;
}

/// What check_run finds out.
template <class T>
struct checked_run {
  std::size_t arena_bytes = 0;
  bool needs_scale = false;  ///< the power iteration
  T squares = 0;             ///< sum_i y_i^2
  workspace<T> how;          ///< its scratch is not placed yet
};

/// Every refusal of init_operator but those of the power iteration; of the buffer nothing is read or written.
template <class T>
[[gnu::noinline]] status check_run(const sensing_operator<T>& a, const T* y,
                                   const descent_options<T>& options, const descent_method<T>& method,
                                   std::byte* buffer, std::size_t bytes, checked_run<T>& found) noexcept {
  const status arguments = check_arguments(a, y, options, method);
  if (arguments != status::ok) return arguments;
  found.arena_bytes = descent_bytes(a, options, method);
  if (found.arena_bytes == SIZE_MAX) return status::size_overflow;
  if (buffer == nullptr) return status::arena_null;
  if (reinterpret_cast<std::uintptr_t>(buffer) % arena_alignment != 0) return status::arena_misaligned;
  if (bytes < found.arena_bytes) return status::arena_too_small;

  found.squares = dot(y, y, a.measurement_count);
  found.needs_scale = needs_scale(options, method);
  // Below this the squares of small residuals vanish, and a loss of 0 would mean nothing; but zeros alone ask
  // for no more than a start.
  const bool tiny = found.squares < smallest_energy<T>;
  if (tiny && (found.needs_scale || !is_all_zero(y, a.measurement_count))) return status::measurements;
  if (!is_finite(found.squares)) return status::measurements;
  return make_workspace(found.how, a, options.rank, options.plan, options.isa, buffer, bytes);
}

}  // namespace tinyrank
