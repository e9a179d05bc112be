// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstddef>
#include <cstdint>

#include "tinyrank/detail/staircase_memory.hpp"
#include "tinyrank/export.hpp"
#include "tinyrank/quasi_newton.hpp"
#include "tinyrank/sensing.hpp"

namespace tinyrank {

/// One line of a staircase's trace.
template <class T>
struct staircase_entry {
  std::uint32_t pass = 0;
  std::uint32_t rank = 0;
  T loss = 0;
};

template <class T>
struct staircase_options {
  using scalar = T;

  /// The most columns that U may take; memory grows with it. 0: min(n, 16).
  std::size_t rank_limit = 0;

  /// Recovered once f(U) <= max(tolerance, relative_tolerance f(0)). The default is a residual of a millionth
  /// of y, in float of a hundred-thousandth.
  T tolerance = 0;
  T relative_tolerance = sizeof(T) == sizeof(float) ? T(1e-10) : T(1e-12);

  /// Unknowns that were fitted to the measurements before, and taken off y: means of rows and columns, a
  /// trend. That leaves m - spent measurements to tell rank, noise and whether they determine the answer.
  std::size_t spent = 0;

  std::uint32_t pass_limit = 2000;

  std::uint32_t history = 5;  ///< pairs of the quasi-Newton method, 1 to 64

  /// Columns of a pass that looks for the next ones; n or more: all of the residual matrix in one pass, and n
  /// columns more of all that a pass works on. 0: n for a descriptor whose operator forms that matrix anyway
  /// (dense, Gaussian, Rademacher), else 8.
  std::size_t probes = 0;

  std::uint64_t seed = 1;
  execution_plan plan = {};
  instruction_set isa = instruction_set::automatic;

  /// Caller-owned; entry t % trace_capacity is the t-th factor with a loss of its own.
  staircase_entry<T>* trace = nullptr;
  std::size_t trace_capacity = 0;
};

template <class T>
struct staircase_report {
  outcome result = outcome::running;
  tinyrank::verdict verdict = verdict::none;
  std::uint32_t rank_found = 0;  ///< columns of the factor
  std::uint32_t passes = 0;      ///< calls of the operator's verbs, each of which goes through all A_i
  std::uint32_t entries = 0;     ///< lines of the trace so far
  T loss = 0;                    ///< f at the factor
  T zero_loss = 0;               ///< f(0)

  // When it has ended by itself:

  /// sqrt(sum_i e_i^2 / (m - spent - unknowns)): the standard deviation of the noise, if the rest is noise. 0
  /// where the unknowns are as many as the measurements.
  T noise_estimate = 0;
  /// lambda_min(G), G = (1/m) sum_i e_i A_i, as far as a look finds it, from above.
  T smallest_eigenvalue = 0;
  /// <G U, U>/2 + max(0, -lambda_min(G))/2 tr(U U^T): no positive semidefinite Z with tr Z <= tr(U U^T) has a
  /// loss that is smaller by more than this (f is convex in Z, with the gradient G/2), as far as
  /// smallest_eigenvalue is exact.
  T certificate_gap = 0;
  /// Directions in which U U^T can move within its rank: n' r - r(r - 1)/2, n' = n less the dimension of the
  /// operator's null space.
  std::uint64_t unknowns = 0;
  /// Of D -> A(Q D^T + D Q^T) on those directions, Q the orthonormalised U: its largest over its least
  /// singular value, as far as they were found.
  T condition = 0;
  /// The least: along Q D^T + D Q^T of staircase<T>::freedom the answer is uncertain by noise_estimate over
  /// this, one standard error.
  T smallest_singular_value = 0;

  instruction_set isa = instruction_set::automatic;
  std::size_t arena_bytes = 0;
};

/// Where a staircase stands; solver's own.
enum class staircase_phase : std::int32_t {
  signs,     ///< the spectrum of A^*(+-y): what a matrix without a signal shows
  spectrum,  ///< that of the residual matrix at U = 0
  scale,
  append,
  descend,
  look,     ///< at the spectrum, before the descent at this rank has ended
  exhaust,  ///< the same, when it has
  restore,  ///< the best factor is evaluated anew
  refit,
  lighten,  ///< the descent without the last column, which seems to be ballast
  trim,
  certify,
  base,  ///< A(Q Q^T), from which the linearised map is measured
  freedom,
  ended
};

/// Low-rank recovery with nothing told. Starts with no column; appends the eigenvectors of G = (1/m) sum_i
/// e_i A_i (at U = 0: of -A^*(y), the first phase of a small random start, arXiv 2106.15013 section 4)
/// whose eigenvalues are below what random signs on the measurements would show; descends by
/// quasi_newton.hpp; again, until the loss is at the tolerance, or appending stops paying: the rank is the
/// last k with
///
///     [(f_{k-1} - f_k) / (d_k - d_{k-1})] / [f_k / (m - d_k)] >= 3 (1 + 3 / (m - d_k)),
///
/// d_k = n' k - k(k - 1)/2, m without what was spent (the F statistic of nested models; the fewer
/// measurements are left beside the unknowns, the more often a small loss is chance). Then the columns that
/// carry nothing are taken off, and the answer is asked what the measurements say of it (report).
///
///     staircase<float> run;
///     if (status s = init(run, a, y, options, buffer, sizeof buffer); s != status::ok) ...
///     while (step(run) == outcome::running) {}     // or: run_to_end(run)
///
/// A value without destructor; all memory is the arena's. The operator, y and the arena must outlive it.
/// Bits: the same everywhere.
template <class T>
struct staircase {
  staircase_report<T> report;
  factor_view<const T> factor;  ///< U, n x rank_found

  /// With a verdict: Q and D, n x rank_found. Along Q D^T + D Q^T, ||D||_F = 1, the measurements hardly
  /// change (not determined), or change least as far as was found.
  factor_view<const T> directions;
  factor_view<const T> freedom;

  // What follows is the solver's own.
  descent<T> inner;
  staircase_options<T> options;
  staircase_memory<T> memory;
  staircase_columns columns;
  staircase_phase phase = staircase_phase::signs;
  factor_view<const T> kept;  ///< the best factor of an ended descent
  T kept_loss = 0;
  std::size_t null_dimension = 0;
  std::size_t informative = 0;  ///< measurements that say something: m less spent ones, and those of weight 0
  std::uint32_t failures = 0;   ///< appendings in a row that did not pay
  staircase_entry<T> line;      ///< the trace's last

  // A look at the spectrum.
  std::uint32_t looks = 0;
  std::size_t blocks = 0;  ///< images of blocks so far
  std::size_t drawn = 0;   ///< columns of the first block that are random
  std::size_t known = 0;   ///< Ritz vectors of the last look that may start the next
  T mean = 0;              ///< eigenvalue, estimated
  T signless = 0;          ///< the largest |eigenvalue| of A^*(+-y)/m
  std::size_t wanted = 0;  ///< columns to append, or of the factor that is evaluated anew
  staircase_phase then = staircase_phase::refit;  ///< what follows that
  T leading = 0;                                  ///< |lambda_min| at U = 0
  T length = 0;                                   ///< of the columns on trial, in units of the best at U = 0

  // A descent at fixed rank.
  T losses[3] = {};
  std::uint32_t accepted = 0;
  std::uint32_t next_look = 0;  ///< accepted steps before it
  std::size_t heavy_rank = 0;   ///< of the factor before it was lightened
  T heavy_loss = 0;

  // The linearised map.
  T remaining = 0;  ///< ||d||^2
  T restarted = 0;  ///< ||d||^2 at the last restart
  T residual = 0;   ///< ||r||^2
  T largest = 0;    ///< Rayleigh quotient of H, of the passes so far
  T least = 0;      ///< and of d
  std::uint32_t applied = 0;
  std::uint32_t since = 0;  ///< the last restart
  bool restarts = true;
};

/// The quasi-Newton options of a staircase's descents. Step size, scale and gamma are given only so that
/// nothing is asked of the measurements: the staircase sets them. An object, of which inner_options makes a
/// copy, and not a value in it: a compiler keeps those of both precisions where one is used.
template <class T>
TINYRANK_LOCAL inline constexpr quasi_newton_options<T> inner_defaults = [] {
  quasi_newton_options<T> inner;
  inner.damping_ratio = T(0.25);
  inner.step_size = 1;
  inner.gamma = 1;
  inner.initial_scale = 1;
  inner.plateau_window = 0;
  inner.iteration_limit = UINT32_MAX;
  return inner;
}();

/// A call, for the flash of a microcontroller.
template <class T>
[[nodiscard, gnu::noinline]] constexpr quasi_newton_options<T> inner_options(
    const staircase_columns& columns, const staircase_options<T>& options) noexcept {
  quasi_newton_options<T> inner = inner_defaults<T>;
  inner.rank = columns.factor;
  inner.history = options.history;
  inner.tolerance = options.tolerance;
  inner.relative_tolerance = options.relative_tolerance;
  inner.seed = options.seed;
  inner.plan = options.plan;
  inner.isa = options.isa;
  return inner;
}

/// The exact bytes that init needs; SIZE_MAX when they overflow size_t. Usable in a constant expression.
template <class Sensing, class T>
[[nodiscard]] constexpr std::size_t staircase_bytes(const Sensing& a,
                                                    const staircase_options<T>& options) noexcept {
  if (a.n == 0 || a.n > largest_dimension || options.plan.shards == 0 || options.plan.threads == 0) {
    return SIZE_MAX;
  }
  const staircase_columns columns = columns_of(a, options);
  if (columns.factor > SIZE_MAX - columns.probes) return SIZE_MAX;
  const std::size_t scratch = scratch_bytes(a, columns.factor + columns.probes, options.plan);
  return measured_bytes([&](arena& memory) {
    layout_staircase<T>(memory, a.n, a.measurement_count, scratch, columns, inner_options(columns, options));
  });
}

/// Checks every argument and places the run in the arena; no pass. On any status but ok neither `run` nor
/// the arena has been written. y: m raw measurements, aligned as T is. buffer: 64-byte aligned, at least
/// staircase_bytes(...) bytes. Errors: see status.hpp; rank is a rank_limit above n, measurement_count an m
/// that was spent, measurements a y that is not finite or whose squares vanish.
template <class T>
[[nodiscard]] TINYRANK_API status init_operator(staircase<T>& run, const sensing_operator<T>& a, const T* y,
                                                const staircase_options<T>& options, std::byte* buffer,
                                                std::size_t bytes) noexcept;

/// The same from an operator's descriptor, which must outlive the run.
template <class Sensing, class T>
[[nodiscard]] status init(staircase<T>& run, const Sensing& a, const T* y,
                          const staircase_options<T>& options, std::byte* buffer,
                          std::size_t bytes) noexcept {
  sensing_operator<T> table;
  if (const status made = make_operator(a, table); made != status::ok) return made;
  staircase_options<T> known = options;
  if (known.probes == 0 && forms_matrix(a)) known.probes = a.n;
  return init_operator(run, table, y, known, buffer, bytes);
}
/// A temporary descriptor would be gone when the run first reads it.
template <class Sensing, class T>
status init(staircase<T>& run, const Sensing&& a, const T* y, const staircase_options<T>& options,
            std::byte* buffer, std::size_t bytes) = delete;

/// One pass: one call of a verb, and O(n (rank_limit + probes)^2) besides. Once the run has ended it does
/// nothing. Returns report.result: recovered, plateau (the verdict best fit), iteration_limit, diverged or
/// stopped; with the verdict not_determined one of the first two.
template <class T>
TINYRANK_API outcome step(staircase<T>& run) noexcept;

/// Steps until the run ends.
template <class T>
TINYRANK_API outcome run_to_end(staircase<T>& run) noexcept;

/// Ends a run that has not ended, as outcome::stopped. The factor and its loss stay.
template <class T>
TINYRANK_API outcome stop(staircase<T>& run) noexcept;

}  // namespace tinyrank
