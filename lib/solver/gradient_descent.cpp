// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "tinyrank/gradient_descent.hpp"

#include "lib/dense_algebra/orthonormal.hpp"
#include "lib/kernels/tables.hpp"
#include "lib/solver/automatic_scale.hpp"
#include "lib/solver/iteration.hpp"

namespace tinyrank {
namespace {

constexpr std::uint32_t most_step_reductions = 100;

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

// Not inlined, like `start` and `prepare`: a call's variables would stay on a small stack beside those of the
// first gradient.
template <class T>
[[gnu::noinline]] status check_arguments(const sensing_operator<T>& a, const T* y,
                                         const gradient_descent_options<T>& options) noexcept {
  if (a.n == 0 || a.n > largest_dimension) return status::dimension;
  if (a.measurement_count == 0) return status::measurement_count;
  if (a.measurement_count > SIZE_MAX / sizeof(T)) return status::size_overflow;
  if (a.functions.measure == nullptr || a.functions.adjoint_times == nullptr ||
      a.functions.loss_and_gradient == nullptr) {
    return status::operator_data;
  }
  if (options.rank == 0) return status::rank;
  const bool draws_orthonormal = options.law == initial_law::orthonormal && options.initial_factor == nullptr;
  if (draws_orthonormal && options.rank > a.n) return status::rank;
  if (!is_usable_scale(options.step_size)) return status::step_size;
  if (!is_usable_scale(options.initial_scale)) return status::initial_scale;
  if (!is_usable_scale(options.tolerance) || !is_usable_scale(options.relative_tolerance) ||
      !is_usable_scale(options.plateau_tolerance)) {
    return status::tolerance;
  }
  if (const status plan = check_plan(options.plan); plan != status::ok) return plan;
  if (y == nullptr || !all_finite(y, a.measurement_count)) return status::measurements;
  if (options.initial_factor != nullptr) {
    if (options.rank > SIZE_MAX / sizeof(T) / a.n) return status::size_overflow;
    if (!all_finite(options.initial_factor, a.n * options.rank)) return status::initial_factor;
  }
  return status::ok;
}

/// U_0 = alpha U, U with orthonormal columns; the identity when it is square.
template <class T>
void start_orthonormal(factor_view<T> u, std::uint64_t seed, T alpha) noexcept {
  for (std::size_t c = 0; c < u.rank; ++c) {
    T* column = u.column(c);
    const random_stream stream = make_stream(seed, random_purpose::initial_factor, c);
    for (std::size_t j = 0; j < u.stride; ++j) {
      column[j] = j == c ? T(1) : T(0);
      if (u.rank < u.n && j < u.n)
        column[j] = static_cast<T>(gaussian(stream, static_cast<std::uint32_t>(j)));
    }
  }
  if (u.rank < u.n) orthonormalise(u);
  for (std::size_t k = 0; k < u.rank * u.stride; ++k) u.data[k] *= alpha;
}

/// U_0 = alpha U, U_jc ~ N(0, variance 1/r); or the caller's.
template <class T>
[[gnu::noinline]] void start(factor_view<T> u, const gradient_descent_options<T>& options, T alpha) noexcept {
  if (options.law == initial_law::orthonormal && options.initial_factor == nullptr) {
    return start_orthonormal(u, options.seed, alpha);
  }
  const T scale = alpha / square_root(static_cast<T>(u.rank));
  for (std::size_t c = 0; c < u.rank; ++c) {
    T* column = u.column(c);
    const random_stream stream = make_stream(options.seed, random_purpose::initial_factor, c);
    for (std::size_t j = 0; j < u.n; ++j) {
      column[j] = options.initial_factor != nullptr
                      ? options.initial_factor[j * u.rank + c]
                      : scale * static_cast<T>(gaussian(stream, static_cast<std::uint32_t>(j)));
    }
    for (std::size_t j = u.n; j < u.stride; ++j) column[j] = 0;
  }
}

template <class T>
T evaluate(gradient_descent<T>& run, const factor_view<const T>& at) noexcept {
  const factor_view<T> gradient{run.memory.gradient, at.n, at.rank, at.stride};
  return run.sensing.loss_and_gradient(run.how, at, run.y, gradient);
}

/// Rounding alone moves a loss this small up and down by more than half.
template <class T>
T rounding_floor(const gradient_descent<T>& run) noexcept {
  constexpr T epsilon = sizeof(T) == sizeof(float) ? T(0x1p-23) : T(0x1p-52);
  return run.report.zero_loss * (T(64) * epsilon) * (T(64) * epsilon);
}

/// Two windows in a row that hardly lowered the loss, between whose ends the gradient did not grow: near a
/// saddle, where the loss is as flat, the gradient grows from window to window.
template <class T>
bool is_on_plateau(gradient_descent<T>& run) noexcept {
  constexpr T growth = 1.5;
  const std::uint32_t t = run.report.iterations;
  if (run.lowest_loss < run.window_loss * (T(1) - run.options.plateau_tolerance)) {
    run.window_loss = run.lowest_loss;
    run.window_start = t;
    run.window_gradient = 0;
  }
  const bool has_left_the_start = run.lowest_loss < T(0.5) * run.report.zero_loss;
  if (run.options.plateau_window == 0 || !has_left_the_start ||
      t - run.window_start < run.options.plateau_window) {
    return false;
  }
  const T gradient = dot(run.gradient.data, run.gradient.data, run.gradient.rank * run.gradient.stride);
  const bool flat = run.window_gradient > 0 && gradient <= growth * growth * run.window_gradient;
  run.window_start = t;
  run.window_gradient = gradient;
  return flat || gradient == 0;
}

template <class T>
outcome judge(gradient_descent<T>& run) noexcept {
  const gradient_descent_report<T>& report = run.report;
  constexpr T bound = 1000;
  const T first = run.first_loss > report.zero_loss ? run.first_loss : report.zero_loss;
  if (!is_finite(report.loss) || report.loss > bound * first) return outcome::diverged;
  if (report.loss <= run.stop_loss) return outcome::recovered;
  if (is_on_plateau(run)) return outcome::plateau;
  if (report.iterations >= run.options.iteration_limit) return outcome::iteration_limit;
  return outcome::running;
}

template <class T>
void record(gradient_descent<T>& run, T loss) noexcept {
  run.report.loss = loss;
  const std::uint32_t t = run.report.iterations;
  if (loss < run.lowest_loss) run.lowest_loss = loss;
  if (run.options.trace != nullptr && run.options.trace_capacity != 0) {
    run.options.trace[t % run.options.trace_capacity] = {t, loss, run.report.step_size};
  }
  run.report.result = judge(run);
}

/// All of init but the first gradient.
template <class T>
[[gnu::noinline]] status prepare(gradient_descent<T>& run, const sensing_operator<T>& a, const T* y,
                                 const gradient_descent_options<T>& options, std::byte* buffer,
                                 std::size_t bytes) noexcept {
  if (const status arguments = check_arguments(a, y, options); arguments != status::ok) return arguments;
  const std::size_t needed = gradient_descent_bytes(a, options);
  if (needed == SIZE_MAX) return status::size_overflow;
  if (buffer == nullptr) return status::arena_null;
  if (reinterpret_cast<std::uintptr_t>(buffer) % arena_alignment != 0) return status::arena_misaligned;
  if (bytes < needed) return status::arena_too_small;

  const T squares = dot(y, y, a.measurement_count);
  const bool needs_alpha = options.initial_scale == automatic && options.initial_factor == nullptr;
  const bool needs_mu = options.step_size == automatic;
  const bool all_zero = is_all_zero(y, a.measurement_count);
  if (!is_finite(squares) || (all_zero && (needs_alpha || needs_mu))) return status::measurements;
  // Below this the squares of small residuals vanish, and a loss of 0 would mean nothing.
  if (!all_zero && squares < smallest_energy<T>) return status::measurements;

  arena memory(buffer, needed);
  const std::size_t scratch_size = scratch_bytes(a, options.rank, options.plan);
  const gradient_descent_memory<T> placed =
      layout_gradient_descent<T>(memory, a.n, a.measurement_count, scratch_size, options);
  workspace<T> how;
  const status execution_made =
      make_workspace(how, a, options.rank, options.plan, options.isa, placed.operator_scratch, scratch_size);
  if (execution_made != status::ok) return execution_made;

  const factor_view<T> factor{placed.factor, a.n, options.rank, padded<T>(a.n)};
  T mu = options.step_size, alpha = options.initial_scale;
  if (needs_mu || needs_alpha) {
    const factor_view<T> vector{placed.factor, a.n, 1, factor.stride};
    const factor_view<T> image{placed.gradient, a.n, 1, factor.stride};
    const T leading = leading_eigenvalue(a, how, y, options.seed, vector, image);
    if (!(leading > 0) || !is_finite(leading)) return status::measurements;
    if (needs_mu) mu = T(0.25) / leading;
    if (needs_alpha) alpha = T(1e-3) * square_root(fitted_scale<T>(a, how, y, vector, placed.measured));
    if (!is_finite(mu) || !is_finite(alpha) || !(mu > 0) || (needs_alpha && !(alpha > 0))) {
      return status::measurements;
    }
  }
  if (options.initial_factor != nullptr) alpha = 0;
  start(factor, options, alpha);
  a.project(factor);

  // From here on nothing is refused. The run is made in its place, because a second one may be too much for a
  // small stack; `a` and `options` may be parts of it.
  run.sensing = a;
  run.options = options;
  run.memory = placed;
  run.how = how;
  run.y = y;
  run.factor = factor;
  run.gradient = {placed.gradient, factor.n, factor.rank, factor.stride};
  run.report = {};
  run.report.zero_loss = squares * T(0.25) / static_cast<T>(run.sensing.measurement_count);
  run.report.step_size = mu;
  run.report.initial_scale = alpha;
  run.report.isa = how.kernels->isa;
  run.report.arena_bytes = needed;
  const T relative = run.options.relative_tolerance * run.report.zero_loss;
  run.stop_loss = run.options.tolerance > relative ? run.options.tolerance : relative;
  run.window_gradient = 0;
  run.window_start = 0;
  return status::ok;
}

}  // namespace

template <class T>
status init_operator(gradient_descent<T>& run, const sensing_operator<T>& a, const T* y,
                     const gradient_descent_options<T>& options, std::byte* buffer,
                     std::size_t bytes) noexcept {
  if (const status prepared = prepare(run, a, y, options, buffer, bytes); prepared != status::ok) {
    return prepared;
  }
  const T loss = evaluate(run, run.factor);
  run.first_loss = run.lowest_loss = run.window_loss = loss;
  record(run, loss);
  return status::ok;
}

template <class T>
factor_view<T> propose(gradient_descent<T>& run) noexcept {
  const factor_view<const T> current = run.factor;
  T* next_data = run.memory.factor;
  if (run.memory.candidate != nullptr && current.data == run.memory.factor) next_data = run.memory.candidate;
  const factor_view<T> next{next_data, current.n, current.rank, current.stride};
  run.how.kernels->scaled_add(-run.report.step_size, run.gradient.data, current.data, next.data,
                              current.rank * current.stride);
  run.sensing.project(next);
  return next;
}

template <class T>
outcome decide(gradient_descent<T>& run, factor_view<T> next, T loss) noexcept {
  const bool may_retry = run.memory.candidate != nullptr;
  const bool grows = !is_finite(loss) || (loss > T(2) * run.lowest_loss && loss > rounding_floor(run));
  if (may_retry && grows && run.report.step_reductions < most_step_reductions) {
    run.report.step_size *= T(0.5);
    ++run.report.step_reductions;
    evaluate(run, run.factor);
    return run.report.result;
  }
  run.factor = next;
  ++run.report.iterations;
  record(run, loss);
  return run.report.result;
}

template <class T>
outcome step(gradient_descent<T>& run) noexcept {
  if (run.report.result != outcome::running) return run.report.result;
  const factor_view<T> next = propose(run);
  return decide(run, next, evaluate<T>(run, next));
}

template <class T>
outcome run_to_end(gradient_descent<T>& run) noexcept {
  while (step(run) == outcome::running) {
  }
  return run.report.result;
}

template status init_operator(gradient_descent<float>&, const sensing_operator<float>&, const float*,
                              const gradient_descent_options<float>&, std::byte*, std::size_t) noexcept;
template status init_operator(gradient_descent<double>&, const sensing_operator<double>&, const double*,
                              const gradient_descent_options<double>&, std::byte*, std::size_t) noexcept;
template factor_view<float> propose(gradient_descent<float>&) noexcept;
template factor_view<double> propose(gradient_descent<double>&) noexcept;
template outcome decide(gradient_descent<float>&, factor_view<float>, float) noexcept;
template outcome decide(gradient_descent<double>&, factor_view<double>, double) noexcept;
template outcome step(gradient_descent<float>&) noexcept;
template outcome step(gradient_descent<double>&) noexcept;
template outcome run_to_end(gradient_descent<float>&) noexcept;
template outcome run_to_end(gradient_descent<double>&) noexcept;

}  // namespace tinyrank
