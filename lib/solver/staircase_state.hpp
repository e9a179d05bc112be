// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

// What the parts of a staircase share: its rules, and where it stands.

#include <cstring>

#include "lib/dense_algebra/block_iteration.hpp"
#include "lib/dense_algebra/factor_geometry.hpp"
#include "tinyrank/staircase.hpp"

namespace tinyrank {
namespace staircase_rules {

// All measured on planted problems of every operator; tests/solver/test_staircase.cpp has them.
template <class T>
inline constexpr T group = T(0.9);  ///< of the least eigenvalue: appended with it, at U = 0
template <class T>
inline constexpr T outlier = T(1.5);  ///< times what random signs show
template <class T>
inline constexpr T company = T(0.3);  ///< of the least eigenvalue: how small another outlier may be
template <class T>
inline constexpr T slow = T(0.7);  ///< loss over loss, twice: worth a look
template <class T>
inline constexpr T spent = T(0.98);  ///< the same: the descent at this rank is over
template <class T>
inline constexpr T settled = T(0.9999);  ///< the same, for the last descent
template <class T>
inline constexpr T worthwhile = T(3);  ///< F statistic of a rank that pays
template <class T>
inline constexpr T still = T(0.2);  ///< ||G U||_F / ||U||_F of |lambda_min(G)|: little is left for U to do
template <class T>
inline constexpr T ballast =
    T(0.02);  ///< f of gamma lambda_r^2 / 4, lambda_r of U U^T: the last column may be too much
inline constexpr std::uint32_t most_failures = 2;
inline constexpr std::uint32_t first_look = 4;       ///< accepted steps before it
inline constexpr std::uint32_t most_refitted = 300;  ///< accepted steps of the last descent
inline constexpr std::uint32_t most_applied = 400;

}  // namespace staircase_rules

template <class T>
T number(std::size_t x) noexcept {
  return static_cast<T>(x);
}

/// At most n(n + 1)/2, which 32 bits hold. What makes a float of 64 bits is half a kilobyte on an M4.
/// Pure, for the geometry's function is, which the compiler does not see: 100 bytes less there, too.
template <class T>
[[gnu::noinline, gnu::pure]] std::uint32_t unknowns_of(const staircase<T>& run, std::size_t rank) noexcept {
  const sensing_operator<T>& a = run.inner.sensing;
  const std::size_t n = a.n - run.null_dimension;
  // Not unknowns_of_rank: 100 bytes less on an M4.
  if (a.geometry != nullptr) return static_cast<std::uint32_t>(a.geometry->unknowns(a.shape, n, rank));
  const std::size_t k = rank < n ? rank : n;
  return static_cast<std::uint32_t>(static_cast<std::uint64_t>(n) * k -
                                    static_cast<std::uint64_t>(k) * (k - 1) / 2);
}

/// Whether the unknowns between two ranks are worth it: the F statistic of nested models - what each of them
/// took off the loss, over what each measurement beside all unknowns has of what is left - against `least`,
/// and more where few measurements are left, whose loss is often small by chance.
template <class T>
bool is_worth(const staircase<T>& run, std::size_t low, T low_loss, std::size_t high, T high_loss,
              T least) noexcept {
  constexpr T few = T(3);
  const std::uint32_t more = unknowns_of(run, high), fewer = unknowns_of(run, low);
  if (run.informative <= more || more <= fewer) return false;
  const T left = number<T>(run.informative - more);
  return (low_loss - high_loss) / static_cast<T>(more - fewer) * left >=
         least * (T(1) + few / left) * high_loss;
}

template <class T>
factor_view<T> columns_at(T* data, const staircase<T>& run, std::size_t first, std::size_t count) noexcept {
  const std::size_t stride = padded<T>(run.inner.sensing.n);
  return {data + first * stride, run.inner.sensing.n, count, stride};
}

/// Columns `first` on of the first `count` at `columns`: orthonormal, those before them being so.
template <class T>
[[gnu::noinline]] void orthonormalise_columns(const staircase<T>& run, T* columns, std::size_t first,
                                              std::size_t count) noexcept {
  const factor_geometry<T>* own = run.inner.sensing.geometry;
  const factor_view<T> q = columns_at(columns, run, 0, count);
  if (own == nullptr || own->orthonormalise_column == nullptr) return orthonormalise(q, first);
  for (std::size_t c = first; c < count; ++c) own->orthonormalise_column(q, c);
}

/// The first `count` columns at `basis` := Ritz vectors, small.values their values.
template <class T>
[[gnu::noinline]] void rotate_columns(const staircase<T>& run, T* basis, T* image, std::size_t count,
                                      const small_matrices<T>& small, bool largest_first) noexcept {
  const factor_geometry<T>* own = run.inner.sensing.geometry;
  ritz_function<T>* rotate = rotate_to_ritz<T>;
  if (own != nullptr && own->rotate_to_ritz != nullptr) rotate = own->rotate_to_ritz;
  rotate(columns_at(basis, run, 0, count), columns_at(image, run, 0, count), small, largest_first);
}

/// A descent alternates between the memory of two factors: that of the one which is not U.
template <class T>
T* other_factor(const staircase<T>& run) noexcept {
  const descent_memory<T>& memory = run.inner.memory;
  return run.inner.factor.data == memory.factor ? memory.candidate : memory.factor;
}

/// A line of the trace.
template <class T>
void write_line(staircase<T>& run, std::uint32_t rank, T loss) noexcept {
  const staircase_options<T>& options = run.options;
  run.line = {run.report.passes, rank, loss};
  if (options.trace != nullptr && options.trace_capacity != 0)
    options.trace[run.report.entries % options.trace_capacity] = run.line;
  ++run.report.entries;
}

template <class T>
void note(staircase<T>& run) noexcept {
  run.factor = run.inner.factor;
  run.report.rank_found = static_cast<std::uint32_t>(run.factor.rank);
  run.report.loss = run.inner.report.loss;
  write_line(run, run.report.rank_found, run.report.loss);
}

template <class T>
void end(staircase<T>& run, outcome result) noexcept {
  run.report.result = result;
  run.phase = staircase_phase::ended;
}

/// Loss and gradient for the measurements y of the `rank` columns at `columns`.
template <class T>
T evaluate_columns(const staircase<T>& run, T* columns, std::size_t rank, const T* y, T* gradient) noexcept {
  return run.inner.sensing.loss_and_gradient(run.inner.how, columns_at(columns, run, 0, rank), y,
                                             columns_at(gradient, run, 0, rank));
}

/// Of those at other_factor.
template <class T>
T evaluate_trial(const staircase<T>& run, std::size_t rank) noexcept {
  return evaluate_columns(run, other_factor(run), rank, run.inner.y, run.inner.memory.gradient);
}

/// They are the factor from here on, their loss and gradient known.
template <class T>
void begin_descent(staircase<T>& run, std::size_t rank, T loss, staircase_phase phase) noexcept {
  descent<T>& inner = run.inner;
  inner.factor = columns_at(other_factor(run), run, 0, rank);
  inner.gradient = columns_at(inner.memory.gradient, run, 0, rank);
  inner.report.result = outcome::running;
  inner.report.loss = inner.first_loss = inner.lowest_loss = loss;
  inner.method->restart(inner);
  run.losses[0] = loss;
  run.accepted = 0;
  run.next_look = staircase_rules::first_look;
  run.phase = phase;
  note(run);
}

template <class T>
void keep(staircase<T>& run) noexcept {
  run.kept = columns_at(run.memory.kept, run, 0, run.factor.rank);
  std::memcpy(run.memory.kept, run.factor.data, run.factor.rank * run.factor.stride * sizeof(T));
  run.kept_loss = run.report.loss;
}

/// The next pass evaluates the `rank` columns at other_factor, and descends from there.
template <class T>
void go_on_from(staircase<T>& run, std::size_t rank, staircase_phase then) noexcept {
  run.wanted = rank;
  run.then = then;
  run.phase = staircase_phase::restore;
}

template <class T>
void go_back(staircase<T>& run, staircase_phase then) noexcept {
  std::memcpy(other_factor(run), run.memory.kept, run.kept.rank * run.kept.stride * sizeof(T));
  go_on_from(run, run.kept.rank, then);
}

}  // namespace tinyrank
