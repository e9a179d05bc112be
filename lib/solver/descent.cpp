// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "tinyrank/descent.hpp"

#include <cstring>

#include "lib/kernels/tables.hpp"
#include "lib/solver/automatic_scale.hpp"
#include "lib/solver/checks.hpp"
#include "lib/solver/iteration.hpp"
#include "lib/solver/start.hpp"
#include "lib/solver/stopping.hpp"

namespace tinyrank {
namespace {

constexpr std::uint32_t most_step_reductions = 100;
/// Good iterations after which a halved step doubles: twice as many after each time that this was too soon,
/// of which there are fewer than 32 in as many iterations as can be counted.
constexpr std::uint32_t patience = 50;

/// All of init but the first gradient.
template <class T>
[[gnu::noinline]] status prepare(descent<T>& run, const sensing_operator<T>& a, const T* y,
                                 const descent_options<T>& options, const descent_method<T>& method,
                                 std::byte* buffer, std::size_t bytes) noexcept {
  checked_run<T> found;
  if (const status refused = check_run(a, y, options, method, buffer, bytes, found); refused != status::ok)
    return refused;
  workspace<T>& how = found.how;
  arena memory(buffer, found.arena_bytes);
  const descent_memory<T> placed =
      layout_descent<T>(memory, a.n, a.measurement_count, how.scratch_bytes, options, method);
  how.scratch = placed.operator_scratch;

  const bool needs_alpha = needs_initial_scale(options);
  const bool needs_mu = options.step_size == automatic;
  const factor_view<T> factor{placed.factor, a.n, options.rank, padded<T>(a.n)};
  T mu = options.step_size, alpha = options.initial_scale, gamma = 0;
  if (found.needs_scale) {
    const factor_view<T> vector{placed.factor, a.n, 1, factor.stride};
    const factor_view<T> image{placed.gradient, a.n, 1, factor.stride};
    const T leading = leading_eigenvalue(a, how, y, options.seed, vector, image);
    if (!(leading > 0) || !is_finite(leading)) return status::measurements;
    if (placed.measured != nullptr) {
      const T scale = fitted_scale<T>(a, how, y, vector, placed.measured);
      if (needs_alpha) alpha = T(1e-3) * square_root(scale);
      if (needs_gamma(options, method)) {
        gamma = leading / scale;
        if (!(gamma > 0) || !is_finite(gamma)) return status::measurements;
      }
    }
    if (needs_mu) {
      mu = method.automatic_step != nullptr ? method.automatic_step(options, leading, gamma)
                                            : T(0.25) / leading;
    }
    if (!is_finite(mu) || !is_finite(alpha) || !(mu > 0) || (needs_alpha && !(alpha > 0))) {
      return status::measurements;
    }
  }
  if (options.initial_factor != nullptr) alpha = 0;
  start(factor, options, alpha);
  a.project(factor);
  // For a method that writes rows below n alone.
  if (placed.candidate != nullptr) std::memset(placed.candidate, 0, factor.rank * factor.stride * sizeof(T));

  // From here on nothing is refused. The run is made in its place, because a second one may be too much for a
  // small stack; `a` may be a part of it.
  run.sensing = a;
  run.state = method.place(memory, a.n, a.measurement_count, options);
  run.options = options;
  run.method = &method;
  run.memory = placed;
  run.how = how;
  run.y = y;
  run.gamma = gamma;
  run.factor = factor;
  run.gradient = {placed.gradient, factor.n, factor.rank, factor.stride};
  run.report = {};
  run.report.zero_loss = found.squares * T(0.25) / static_cast<T>(run.sensing.measurement_count);
  run.report.step_size = mu;
  run.report.initial_scale = alpha;
  run.report.isa = how.kernels->isa;
  run.report.arena_bytes = found.arena_bytes;
  const T relative = run.options.relative_tolerance * run.report.zero_loss;
  run.stop_loss = run.options.tolerance > relative ? run.options.tolerance : relative;
  run.window_gradient = 0;
  run.window_start = 0;
  run.growth = {};
  return status::ok;
}

}  // namespace

template <class T>
status init_operator(descent<T>& run, const sensing_operator<T>& a, const T* y,
                     const descent_options<T>& options, const descent_method<T>& method, std::byte* buffer,
                     std::size_t bytes) noexcept {
  if (const status made = prepare(run, a, y, options, method, buffer, bytes); made != status::ok) return made;
  const T loss = evaluate(run, run.factor);
  run.first_loss = run.lowest_loss = run.window_loss = loss;
  if (method.restart != nullptr) method.restart(run);
  record(run, loss);
  return status::ok;
}

template <class T>
T evaluate(descent<T>& run, const factor_view<const T>& at) noexcept {
  if (run.method->evaluate != nullptr) return run.method->evaluate(run, at);
  const factor_view<T> gradient{run.memory.gradient, at.n, at.rank, at.stride};
  return run.sensing.loss_and_gradient(run.how, at, run.y, gradient);
}

template <class T>
factor_view<T> propose(descent<T>& run) noexcept {
  const factor_view<const T> current = run.factor;
  T* next_data = run.memory.factor;
  if (run.memory.candidate != nullptr && current.data == run.memory.factor) next_data = run.memory.candidate;
  const factor_view<T> next{next_data, current.n, current.rank, current.stride};
  run.method->propose(run, next);
  run.sensing.project(next);
  return next;
}

template <class T>
outcome accept_step(descent<T>& run, factor_view<T> next, T loss) noexcept {
  run.factor = next;
  ++run.report.iterations;
  record(run, loss);
  return run.report.result;
}

template <class T>
outcome decide(descent<T>& run, const factor_view<T>& next, T loss) noexcept {
  if (run.method->judge != nullptr) return run.method->judge(run, next, loss);
  step_growth& growth = run.growth;
  const bool may_retry = run.memory.candidate != nullptr;
  // To more than twice the lowest, which cannot overflow like this, or to what is not finite.
  const bool grows = !(loss - run.lowest_loss <= run.lowest_loss) && !(loss <= rounding_floor(run));
  if (may_retry && grows && run.report.step_reductions < most_step_reductions) {
    if (run.method->restart == nullptr || !run.method->restart(run)) {
      run.report.step_size *= T(0.5);
      ++run.report.step_reductions;
      ++growth.halvings;
      growth.failures += growth.has_doubled;
      growth.has_doubled = 0;
      growth.good = 0;
    }
    evaluate(run, run.factor);
    return run.report.result;
  }
  // What was too long at the start is not where the loss is small.
  if (growth.halvings != 0) {
    growth.good = loss < run.report.loss ? growth.good + 1 : 0;
    if (growth.good >> growth.failures >= patience) {
      run.report.step_size *= T(2);
      --growth.halvings;
      growth.has_doubled = 1;
      growth.good = 0;
    }
  }
  return accept_step(run, next, loss);
}

template <class T>
outcome step(descent<T>& run) noexcept {
  if (run.report.result != outcome::running) return run.report.result;
  const factor_view<T> next = propose(run);
  return decide(run, next, evaluate<T>(run, next));
}

template <class T>
outcome run_to_end(descent<T>& run) noexcept {
  while (step(run) == outcome::running) {
  }
  return run.report.result;
}

template <class T>
outcome stop(descent<T>& run) noexcept {
  if (run.report.result == outcome::running) run.report.result = outcome::stopped;
  return run.report.result;
}

template <class T>
outcome go_on(descent<T>& run) noexcept {
  if (run.report.result != outcome::plateau) return run.report.result;
  run.window_start = run.report.iterations;
  run.window_gradient = 0;
  run.report.result =
      run.report.iterations < run.options.iteration_limit ? outcome::running : outcome::iteration_limit;
  return run.report.result;
}

template status init_operator(descent<float>&, const sensing_operator<float>&, const float*,
                              const descent_options<float>&, const descent_method<float>&, std::byte*,
                              std::size_t) noexcept;
template float evaluate(descent<float>&, const factor_view<const float>&) noexcept;
template factor_view<float> propose(descent<float>&) noexcept;
template outcome accept_step(descent<float>&, factor_view<float>, float) noexcept;
template outcome decide(descent<float>&, const factor_view<float>&, float) noexcept;
template outcome step(descent<float>&) noexcept;
template outcome run_to_end(descent<float>&) noexcept;
template outcome stop(descent<float>&) noexcept;
template outcome go_on(descent<float>&) noexcept;
template status init_operator(descent<double>&, const sensing_operator<double>&, const double*,
                              const descent_options<double>&, const descent_method<double>&, std::byte*,
                              std::size_t) noexcept;
template double evaluate(descent<double>&, const factor_view<const double>&) noexcept;
template factor_view<double> propose(descent<double>&) noexcept;
template outcome accept_step(descent<double>&, factor_view<double>, double) noexcept;
template outcome decide(descent<double>&, const factor_view<double>&, double) noexcept;
template outcome step(descent<double>&) noexcept;
template outcome run_to_end(descent<double>&) noexcept;
template outcome stop(descent<double>&) noexcept;
template outcome go_on(descent<double>&) noexcept;

}  // namespace tinyrank
