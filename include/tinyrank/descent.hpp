// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstddef>
#include <cstdint>

#include "tinyrank/detail/descent_memory.hpp"
#include "tinyrank/export.hpp"
#include "tinyrank/sensing.hpp"

namespace tinyrank {

/// One line of the trace: the loss after `iteration` updates, and the step size that led there.
template <class T>
struct trace_entry {
  std::uint32_t iteration = 0;
  T loss = 0;
  T step_size = 0;
};

/// How U is drawn in U_0 = alpha U, n x r.
enum class initial_law : std::int32_t {
  /// I.i.d. N(0, variance 1/r) entries (arXiv 2106.15013, section 2).
  gaussian = 0,
  /// Orthonormal columns: for r = n the identity (arXiv 1712.09203, section 2: U_0 = alpha Id), for r < n the
  /// columns of a Gaussian matrix, orthonormalised. There are none for r > n: status::rank.
  orthonormal = 1,
};

/// What every method of descent is told. A method's options have these and its own.
template <class T>
struct descent_options {
  using scalar = T;

  /// Columns r of the factor U; any r >= 1, also r > n. Must be set.
  std::size_t rank = 0;

  /// mu of the method. Automatic: what the method's options say, in units that the measurements give; a run
  /// whose loss starts to grow then goes back to its last good point and goes on with half the step, counted
  /// in report.step_reductions. After 50 iterations that lowered the loss, and twice as many each time that
  /// this was too soon, the step doubles again, up to what it was. A given step is kept as it is.
  T step_size = automatic;

  /// alpha in U_0 = alpha U, U drawn by `law`. Automatic: 1e-3 ||X|| (arXiv
  /// 2106.15013, figures 5 and 6), with ||X||^2 estimated as the s that fits s <A_i, v v^T> to y_i best, v
  /// the leading eigenvector of A^*(y).
  T initial_scale = automatic;
  initial_law law = initial_law::gaussian;

  /// Seed of U_0 and of the power iteration.
  std::uint64_t seed = 1;

  /// U_0 itself, n x r row-major, instead of the random start; initial_scale is then not used. Read by init
  /// only, which uses the arena first: it must not lie there.
  const T* initial_factor = nullptr;

  /// Stop as recovered once f(U) <= max(tolerance, relative_tolerance * f(0)), f(0) = 1/(4m) sum_i y_i^2. The
  /// default is a residual of a thousandth of y, which fits the automatic initial scale: with r > r*, the
  /// loss that is reached before convergence turns slow falls with alpha (arXiv 2106.15013, figure 4), so a
  /// smaller loss wants a smaller start.
  T tolerance = 0;
  T relative_tolerance = T(1e-6);

  /// Stop as plateau once the lowest loss is below half of f(0) and two windows of this many iterations in a
  /// row have each lowered it by less than the fraction plateau_tolerance, while the gradient did not grow
  /// (as it does when a saddle is left). A window of 0 turns this off.
  std::uint32_t plateau_window = 250;
  T plateau_tolerance = T(1e-4);

  std::uint32_t iteration_limit = 10000;

  execution_plan plan = {};
  instruction_set isa = instruction_set::automatic;

  /// Caller-owned; entry t % trace_capacity is written after t updates, so the last trace_capacity iterations
  /// are kept.
  trace_entry<T>* trace = nullptr;
  std::size_t trace_capacity = 0;
};

template <class T>
struct descent_report {
  outcome result = outcome::running;
  std::uint32_t iterations = 0;                      ///< updates made
  std::uint32_t step_reductions = 0;                 ///< automatic step size halved, or a trial taken back
  T loss = 0;                                        ///< f at the current factor
  T zero_loss = 0;                                   ///< f(0), the yardstick of relative_tolerance
  T step_size = 0;                                   ///< mu in use
  T initial_scale = 0;                               ///< alpha in use; 0 with a given initial_factor
  instruction_set isa = instruction_set::automatic;  ///< the kernels in use
  std::size_t arena_bytes = 0;                       ///< bytes of the arena in use, all of them
};

template <class T>
struct descent;

/// For a method that keeps nothing, and one that does not use gamma. gcc's sanitizer of undefined behaviour
/// does not let a constant expression ask whether a function is null (GCC bug 71962).
template <class T>
TINYRANK_LOCAL constexpr void* place_nothing(arena&, std::size_t, std::size_t,
                                             const descent_options<T>&) noexcept {
  return nullptr;
}
template <class T>
TINYRANK_LOCAL constexpr bool never_needs_gamma(const descent_options<T>&) noexcept {
  return false;
}

/// A method of descent: how the next factor follows from the current one, and nothing of what all runs share.
/// Functions may be null where it says so. Methods of the library are gradient_descent.hpp,
/// scaled_gradient_descent.hpp, momentum.hpp, quasi_newton.hpp and quadratic_network.hpp; one of your own is
/// an options type derived from descent_options<T>, such a table, and method_of(options), found by its
/// argument. docs/hacking.md has the recipe.
template <class T>
struct descent_method {
  /// "gradient descent"
  const char* name;

  /// Writes the next factor to `next`, which is the current one itself when the step size is given, from
  /// run.factor, run.gradient and run.report.step_size. Padding is zero on entry and is left zero. The
  /// gradient may be overwritten, at run.memory.gradient. In a batch on a concurrent operator
  /// (sensing.hpp) several threads call a method's functions at once, each for its own run.
  void (*propose)(descent<T>& run, factor_view<T> next) noexcept;

  /// The automatic step size: `leading` is |lambda_1| of A^*(y), see automatic_scale.hpp, and gamma as in
  /// descent<T>. Null: 1 / (4 leading).
  T (*automatic_step)(const descent_options<T>& options, T leading, T gamma) noexcept = nullptr;

  /// Whether these options make the method use descent<T>::gamma.
  bool (*needs_gamma)(const descent_options<T>& options) noexcept = never_needs_gamma<T>;

  /// Its own options' errors. Null: they have none.
  status (*check)(const descent_options<T>& options) noexcept = nullptr;

  /// Takes what the method keeps from the arena, and when the arena places fills it from the options: the
  /// run's `state`. Usable in a constant expression, as descent_bytes is.
  void* (*place)(arena& memory, std::size_t n, std::size_t measurement_count,
                 const descent_options<T>& options) noexcept = place_nothing<T>;

  /// Forgets the iterations before run.factor, at the start, and when a step was taken back. Returns whether
  /// that changes the next step, which is then tried before the step size is halved. Null: it remembers none.
  bool (*restart)(descent<T>& run) noexcept = nullptr;

  /// What becomes of `next`, whose loss and gradient are known: accept_step, or the run goes on from
  /// run.factor, where the method then puts the gradient back, counts a step reduction and proposes another.
  /// Returns run.report.result. A method that has this sets keeps_factor. Null: the step is taken back when
  /// the loss grew, and tried again after restart or with half the size.
  outcome (*judge)(descent<T>& run, factor_view<T> next, T loss) noexcept = nullptr;

  /// The loss at `at`, and the gradient there to run.gradient's memory; a loss that is not finite ends the
  /// run. Null: the operator's loss_and_gradient, which a batch shares.
  T (*evaluate)(descent<T>& run, factor_view<const T> at) noexcept = nullptr;

  /// Whether the current factor stays beside `next` where the step size is given, too.
  bool keeps_factor = false;

  /// For checkpoint.hpp, of a method that keeps something: `state` is a struct whose first so many bytes are
  /// values, and which takes so many lines of 64 bytes of the arena with the addresses behind them; then come
  /// arrays of values. 0 lines: a run by this method cannot be saved.
  std::uint8_t state_values = 0;
  std::uint8_t state_lines = 0;
};

template <class T>
constexpr bool needs_gamma(const descent_options<T>& options, const descent_method<T>& method) noexcept {
  return method.needs_gamma(options);
}

/// The exact bytes that init needs for this operator, these options and this method; SIZE_MAX when they
/// overflow size_t. Depends on the sizes, on which options are automatic and on options.plan; not on
/// instruction sets, nor on pointers but whether initial_factor is given. options: of the method's type.
template <class Sensing, class T>
[[nodiscard]] constexpr std::size_t descent_bytes(const Sensing& a, const descent_options<T>& options,
                                                  const descent_method<T>& method) noexcept {
  if (a.n == 0 || a.n > largest_dimension || options.plan.shards == 0 || options.plan.threads == 0)
    return SIZE_MAX;
  const std::size_t scratch = scratch_bytes(a, options.rank, options.plan);
  arena measuring;
  layout_descent<T>(measuring, a.n, a.measurement_count, scratch, options, method);
  method.place(measuring, a.n, a.measurement_count, options);
  return measuring.overflowed() ? SIZE_MAX : measuring.used();
}

/// The same for the method that the options' type names:
///     constexpr auto options = ...;  alignas(64) static std::byte buffer[descent_bytes(a, options)];
template <class Sensing, class Options>
[[nodiscard]] constexpr std::size_t descent_bytes(const Sensing& a, const Options& options) noexcept {
  return descent_bytes(a, options, method_of(options));
}

/// Of an automatic step. Words, and near the front of a run, where code for small processors is shortest.
struct step_growth {
  std::uint32_t halvings = 0;     ///< of the step that were not taken back
  std::uint32_t good = 0;         ///< iterations in a row that lowered the loss since
  std::uint32_t has_doubled = 0;  ///< 1 where it was not halved since it doubled
  std::uint32_t failures = 0;     ///< times that it doubled too soon
};

/// A run of descent on f(U) = 1/(4m) sum_i (<A_i, U U^T> - y_i)^2 from a small random start (arXiv
/// 2106.15013, eq. (2), (3)), by the method that the type of its options names.
///
///     descent<float> run;
///     if (status s = init(run, a, y, options, buffer, sizeof buffer); s != status::ok) ...
///     while (step(run) == outcome::running) {}     // or: run_to_end(run)
///
/// A value without destructor; all memory is the arena's. The operator, y and the arena must outlive it.
template <class T>
struct descent {
  descent_report<T> report;

  /// The current factor U, and what the method calls its gradient: grad f(U), unless its header says
  /// otherwise.
  factor_view<const T> factor;
  factor_view<const T> gradient;

  // What follows is for methods, and the solver's own.
  step_growth growth;
  sensing_operator<T> sensing;
  descent_options<T> options;
  const descent_method<T>* method = nullptr;
  void* state = nullptr;  ///< what the method placed
  descent_memory<T> memory;
  workspace<T> how;
  const T* y = nullptr;

  /// gamma in f(U) ~ gamma/4 ||U U^T - X X^T||_F^2, 1 for an isotropic operator: lambda_1 of A^*(y) over the
  /// fitted ||X||^2. 0 unless the method asks for it.
  T gamma = 0;
  T stop_loss = 0;
  T first_loss = 0;
  T lowest_loss = 0;
  T window_loss = 0;
  T window_gradient = 0;
  std::uint32_t window_start = 0;
};

/// Checks every argument, places the run in the arena, draws U_0, chooses step size and scale, and evaluates
/// f(U_0) and its gradient. On any status but ok, neither `run` nor the arena has been written; with one
/// exception: when only the power iteration finds that y gives no scale (status::measurements), it has used
/// the arena.
///
/// y: m raw measurements, aligned as T is. buffer: 64-byte aligned, at least descent_bytes(...) bytes.
/// options: of the type that the method belongs to. Errors: see status.hpp. A y that is all zero has no
/// scale: status::measurements unless nothing is automatic; one that is not, but whose sum of squares is so
/// small (below 2^-80 in float) that squared residuals would vanish, is always refused. Cost: one gradient,
/// plus up to 20 adjoints where step size, scale or gamma is asked of the measurements.
template <class T>
[[nodiscard]] TINYRANK_API status init_operator(descent<T>& run, const sensing_operator<T>& a, const T* y,
                                                const descent_options<T>& options,
                                                const descent_method<T>& method, std::byte* buffer,
                                                std::size_t bytes) noexcept;

/// The same for the method that the options' type names.
template <class T, class Options>
[[nodiscard]] status init_operator(descent<T>& run, const sensing_operator<T>& a, const T* y,
                                   const Options& options, std::byte* buffer, std::size_t bytes) noexcept {
  return init_operator(run, a, y, options, method_of(options), buffer, bytes);
}

/// The same from an operator's descriptor, which must outlive the run.
template <class Sensing, class T, class Options>
[[nodiscard]] status init(descent<T>& run, const Sensing& a, const T* y, const Options& options,
                          std::byte* buffer, std::size_t bytes) noexcept {
  sensing_operator<T> table;
  if (const status made = make_operator(a, table); made != status::ok) return made;
  return init_operator(run, table, y, options, buffer, bytes);
}
/// A temporary descriptor would be gone when the run first reads it.
template <class Sensing, class T, class Options>
status init(descent<T>& run, const Sensing&& a, const T* y, const Options& options, std::byte* buffer,
            std::size_t bytes) = delete;

/// For a method's judge: `next`, with its loss, is the current factor from here on. Returns report.result.
template <class T>
TINYRANK_API outcome accept_step(descent<T>& run, factor_view<T> next, T loss) noexcept;

/// One iteration: the method's next U, then f and its gradient there: bounded work (one gradient; two when a
/// step is taken back, which needs an automatic step size). Once the run has ended it does nothing. run: made
/// by init. Returns report.result.
template <class T>
TINYRANK_API outcome step(descent<T>& run) noexcept;

/// Steps until the run ends.
template <class T>
TINYRANK_API outcome run_to_end(descent<T>& run) noexcept;

/// Ends a run that has not ended, as outcome::stopped: its owner has seen enough. The factor, its loss and
/// its gradient stay. Returns report.result.
template <class T>
TINYRANK_API outcome stop(descent<T>& run) noexcept;

/// Takes back an outcome::plateau: the run goes on, and ends as one again after two more windows without
/// progress. For an owner who knows better, see standstill.hpp. Any other run is left as it is. Returns
/// report.result.
template <class T>
TINYRANK_API outcome go_on(descent<T>& run) noexcept;

}  // namespace tinyrank
