// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "tinyrank/staircase.hpp"

#include <new>

#include "lib/kernels/tables.hpp"
#include "lib/solver/checks.hpp"
#include "lib/solver/staircase_answer.hpp"
#include "lib/solver/staircase_descent.hpp"

namespace tinyrank {
namespace {

/// What the checks find out.
template <class T>
struct checked_staircase {
  const staircase_columns columns;
  const quasi_newton_options<T> inner;
  const sensing_operator<T> sensing;  ///< a copy, because the caller's may be a part of the run
  workspace<T> how;
  T squares = 0;  ///< sum_i y_i^2
  std::size_t arena_bytes = 0;
};

// Not inlined, nor `place_staircase`: a call's variables would stay on a small stack beside those of the
// first look.

template <class T>
[[gnu::noinline]] status check_staircase(const sensing_operator<T>& a, const T* y,
                                         const staircase_options<T>& options, std::byte* buffer,
                                         std::size_t bytes, checked_staircase<T>& found) noexcept {
  if (a.n == 0 || a.n > largest_dimension) return status::dimension;
  if (options.rank_limit > largest_rank(a.shape, a.n)) return status::rank;
  const status arguments = check_arguments(a, y, found.inner, method_of(found.inner));
  if (arguments != status::ok) return arguments;
  if (options.spent >= a.measurement_count) return status::measurement_count;
  // As staircase_bytes, which would work it all out again.
  const std::size_t scratch = scratch_bytes(a, found.columns.factor + found.columns.probes, options.plan);
  found.arena_bytes = measured_bytes([&](arena& memory) {
    layout_staircase<T>(memory, a.n, a.measurement_count, scratch, found.columns, found.inner);
  });
  if (found.arena_bytes == SIZE_MAX) return status::size_overflow;
  if (buffer == nullptr) return status::arena_null;
  if (reinterpret_cast<std::uintptr_t>(buffer) % arena_alignment != 0) return status::arena_misaligned;
  if (bytes < found.arena_bytes) return status::arena_too_small;
  found.squares = dot(y, y, a.measurement_count);
  if (found.squares < smallest_energy<T> || !is_finite(found.squares)) return status::measurements;
  return make_workspace(found.how, a, found.columns.factor + found.columns.probes, options.plan, options.isa,
                        buffer, bytes);
}

/// The run without its first look.
template <class T>
[[gnu::noinline]] void place_staircase(staircase<T>& run, const checked_staircase<T>& found, const T* y,
                                       const staircase_options<T>& options, std::byte* buffer) noexcept {
  // They may be a part of the run.
  const staircase_options<T> given = options;
  ::new (&run) staircase<T>{};
  run.options = given;
  run.columns = found.columns;
  arena memory(buffer, found.arena_bytes);
  // Padding stays zero.
  std::memset(buffer, 0, found.arena_bytes);
  run.memory = layout_staircase<T>(memory, found.sensing.n, found.sensing.measurement_count,
                                   found.how.scratch_bytes, found.columns, found.inner);
  descent<T>& inner = run.inner;
  inner.sensing = found.sensing;
  inner.options = found.inner;
  inner.method = &method_of(found.inner);
  inner.memory = run.memory.descent;
  inner.state = run.memory.state;
  inner.how = found.how;
  inner.how.scratch = inner.memory.operator_scratch;
  inner.y = y;
  inner.factor = columns_at(inner.memory.factor, run, 0, 0);
  run.factor = run.kept = inner.factor;
  const T zero_loss = found.squares * T(0.25) / number<T>(found.sensing.measurement_count);
  inner.report.zero_loss = inner.report.loss = run.report.zero_loss = run.report.loss = zero_loss;
  const T relative = given.relative_tolerance * zero_loss;
  inner.stop_loss = given.tolerance > relative ? given.tolerance : relative;
  run.report.isa = found.how.kernels->isa;
  run.report.arena_bytes = found.arena_bytes;
}

}  // namespace

template <class T>
status init_operator(staircase<T>& run, const sensing_operator<T>& a, const T* y,
                     const staircase_options<T>& options, std::byte* buffer, std::size_t bytes) noexcept {
  const staircase_columns columns = columns_of(a, options);
  checked_staircase<T> found{columns, inner_options(columns, options), a, {}};
  const status made = check_staircase(a, y, options, buffer, bytes, found);
  if (made != status::ok) return made;
  place_staircase(run, found, y, options, buffer);
  run.null_dimension = count_null_space(run);
  run.informative = found.sensing.measurement_count - run.options.spent;
  begin_look(run);
  return status::ok;
}

template <class T>
outcome step(staircase<T>& run) noexcept {
  if (run.report.result != outcome::running) return run.report.result;
  ++run.report.passes;
  switch (run.phase) {
    case staircase_phase::signs:
      step_signs(run);
      break;
    case staircase_phase::spectrum:
      step_spectrum(run);
      break;
    case staircase_phase::scale:
      step_scale(run);
      break;
    case staircase_phase::append:
      step_append(run);
      break;
    case staircase_phase::descend:
    case staircase_phase::refit:
    case staircase_phase::lighten:
    case staircase_phase::trim:
      step_descent(run);
      break;
    case staircase_phase::look:
    case staircase_phase::exhaust:
      step_look(run);
      break;
    case staircase_phase::restore:
      step_restore(run);
      break;
    case staircase_phase::certify:
      step_certificate(run);
      break;
    case staircase_phase::base:
      step_base(run);
      break;
    case staircase_phase::freedom:
      step_freedom(run);
      break;
    case staircase_phase::ended:
      break;
  }
  if (run.phase != staircase_phase::ended && run.report.passes >= run.options.pass_limit)
    end(run, outcome::iteration_limit);
  return run.report.result;
}

template <class T>
outcome run_to_end(staircase<T>& run) noexcept {
  while (step(run) == outcome::running) {
  }
  return run.report.result;
}

template <class T>
outcome stop(staircase<T>& run) noexcept {
  if (run.report.result == outcome::running) end(run, outcome::stopped);
  return run.report.result;
}

template status init_operator(staircase<float>&, const sensing_operator<float>&, const float*,
                              const staircase_options<float>&, std::byte*, std::size_t) noexcept;
template status init_operator(staircase<double>&, const sensing_operator<double>&, const double*,
                              const staircase_options<double>&, std::byte*, std::size_t) noexcept;
template outcome step(staircase<float>&) noexcept;
template outcome step(staircase<double>&) noexcept;
template outcome run_to_end(staircase<float>&) noexcept;
template outcome run_to_end(staircase<double>&) noexcept;
template outcome stop(staircase<float>&) noexcept;
template outcome stop(staircase<double>&) noexcept;

}  // namespace tinyrank
