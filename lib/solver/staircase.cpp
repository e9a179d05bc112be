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

template <class T>
[[gnu::noinline]] status check_staircase(const sensing_operator<T>& a, const T* y,
                                         const staircase_options<T>& options, const std::byte* buffer,
                                         std::size_t bytes) noexcept {
  if (a.n == 0 || a.n > largest_dimension) return status::dimension;
  if (options.rank_limit > a.n) return status::rank;
  const quasi_newton_options<T> inner = inner_options(columns_of(a, options), options);
  const status arguments = check_arguments(a, y, inner, method_of(inner));
  if (arguments != status::ok) return arguments;
  const std::size_t needed = staircase_bytes(a, options);
  if (needed == SIZE_MAX) return status::size_overflow;
  if (buffer == nullptr) return status::arena_null;
  if (reinterpret_cast<std::uintptr_t>(buffer) % arena_alignment != 0) return status::arena_misaligned;
  return bytes < needed ? status::arena_too_small : status::ok;
}

}  // namespace

template <class T>
status init_operator(staircase<T>& run, const sensing_operator<T>& a, const T* y,
                     const staircase_options<T>& options, std::byte* buffer, std::size_t bytes) noexcept {
  if (const status refused = check_staircase(a, y, options, buffer, bytes); refused != status::ok)
    return refused;
  const T squares = dot(y, y, a.measurement_count);
  if (squares < smallest_energy<T> || !is_finite(squares)) return status::measurements;
  const staircase_columns columns = columns_of(a, options);
  workspace<T> how;
  const status made =
      make_workspace(how, a, columns.factor + columns.probes, options.plan, options.isa, buffer, bytes);
  if (made != status::ok) return made;

  // `a` may be a part of the run that is made: in its place, because a second one would be too much for a
  // small stack.
  const sensing_operator<T> sensing = a;
  ::new (&run) staircase<T>{};
  run.options = options;
  run.columns = columns;
  const quasi_newton_options<T> inner = inner_options(columns, options);
  arena memory(buffer, bytes);
  // Padding stays zero.
  std::memset(buffer, 0, staircase_bytes(sensing, options));
  run.memory =
      layout_staircase<T>(memory, sensing.n, sensing.measurement_count, how.scratch_bytes, columns, inner);
  run.inner.sensing = sensing;
  run.inner.options = inner;
  run.inner.method = &method_of(inner);
  run.inner.memory = run.memory.descent;
  run.inner.state = run.memory.state;
  run.inner.how = how;
  run.inner.how.scratch = run.memory.descent.operator_scratch;
  run.inner.y = y;
  run.inner.factor = columns_at(run.inner.memory.factor, run, 0, 0);
  descent_report<T>& report = run.inner.report;
  report.zero_loss = report.loss = squares * T(0.25) / number<T>(sensing.measurement_count);
  const T relative = options.relative_tolerance * report.zero_loss;
  run.inner.stop_loss = options.tolerance > relative ? options.tolerance : relative;
  run.report.zero_loss = report.zero_loss;
  run.report.isa = how.kernels->isa;
  run.report.arena_bytes = memory.used();
  run.null_dimension = count_null_space(run);
  run.report.loss = report.zero_loss;
  run.factor = run.kept = run.inner.factor;
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
