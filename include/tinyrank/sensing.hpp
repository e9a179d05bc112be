// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>

#include "tinyrank/arena.hpp"
#include "tinyrank/export.hpp"
#include "tinyrank/factor_shape.hpp"
#include "tinyrank/instruction_set.hpp"
#include "tinyrank/status.hpp"
#include "tinyrank/views.hpp"

namespace tinyrank {

template <class T>
struct kernel_table;
template <class T>
struct factor_geometry;

/// How an operator divides its work. The bits of every result depend on `shards` and on nothing else here.
struct execution_plan {
  /// At most so many work for a call: the caller, and threads of the process that are made once and sleep
  /// when there is nothing to do. Those that have no processor, or that the system does not give, are done
  /// without. The child of a fork() has its own.
  std::uint32_t threads = 1;
  /// Power of two in 1..4096; measurements are cut into this many runs, summed by a fixed tree.
  std::uint32_t shards = 16;
};

template <class T>
struct workspace;

/// What an operator needs to know of the others when it has one process's part of the measurements: a run of
/// the shards of all, plan.shards of them. Set by tinyrank::mpi, whose operators pass it on to their parts.
template <class T>
struct shared_sum {
  std::size_t first_shard = 0;        ///< of all shards
  std::size_t measurement_count = 0;  ///< of all processes
  /// Adds up the nodes of the tree over all processes, which have come as far as they do within one: for set
  /// p < sets, node k of this process is counts[p] numbers at sums[p] + slots[k] * counts[p], its loss at
  /// losses[p] + (its first shard - first_shard). The sums of all end at sums[p] and losses[p].
  void (*add_up)(const shared_sum& self, const workspace<T>& how, const std::size_t* slots, std::size_t sets,
                 T* const* sums, const std::size_t* counts, T* const* losses) = nullptr;
};

/// What a verb of an operator works with: kernels, threads and scratch memory. Made by make_workspace; a run
/// has its own.
template <class T>
struct workspace {
  const kernel_table<T>* kernels = nullptr;
  execution_plan plan = {};
  std::byte* scratch = nullptr;  ///< scratch_bytes(...) bytes, 64-byte aligned, contents lost between calls
  std::size_t scratch_bytes = 0;
  const shared_sum<T>* shared = nullptr;  ///< where other processes have the other measurements
};

/// A sensing operator A: its sizes and a table of functions over the owner's context. It speaks about the
/// factor U, never about an n x n matrix, so that every operator has its natural cost. With raw matrices A_i
/// (the 1/sqrt(m) of arXiv 2106.15013, section 2, lives in loss_and_gradient):
///
///   measure             y_i = <A_i, U U^T>                                          i < m
///   adjoint_times       out = A^*(w) V = (sum_i w_i A_i) V                          n x V.rank
///   loss_and_gradient   f(U) = 1/(4m) sum_i e_i^2,  e_i = <A_i, U U^T> - y_i        eq. (2)
///                       gradient = (1/m) (sum_i e_i A_i) U                          n x U.rank; returns f(U)
///   project             U := the nearest factor orthogonal to the null space; nothing when that is trivial
///
/// They are tied by <w, measure(U)> = <adjoint_times(w, U), U>. Inputs and outputs never alias; padding of
/// views is zero on entry and is left zero. None fails: sizes were checked by make_operator.
///
/// A table of one's own sets n, measurement_count, context and the functions. loss_and_gradient may be left
/// null: make_operator then makes it of measure and adjoint_times, two passes instead of one. Null too may be
/// scratch_bytes (no scratch) and project.
template <class T>
struct sensing_operator {
  /// The functions behind the verbs; `a` is the operator that was asked, with the owner's context in it.
  struct function_table {
    std::size_t (*scratch_bytes)(const sensing_operator& a, std::size_t rank, execution_plan plan) = nullptr;
    void (*measure)(const sensing_operator& a, const workspace<T>& how, factor_view<const T> u,
                    T* y) = nullptr;
    void (*adjoint_times)(const sensing_operator& a, const workspace<T>& how, const T* w,
                          factor_view<const T> v, factor_view<T> out) = nullptr;
    T(*loss_and_gradient)
    (const sensing_operator& a, const workspace<T>& how, factor_view<const T> u, const T* y,
     factor_view<T> gradient) = nullptr;
    void (*project)(const sensing_operator& a, factor_view<T> u) = nullptr;
  };

  std::size_t n = 0;
  std::size_t measurement_count = 0;
  const void* context = nullptr;
  function_table functions;
  std::size_t residual_bytes = 0;  ///< set by make_operator: scratch behind the own, for residuals
  factor_shape shape = {};         ///< set by make_rectangular and make_complex
  const factor_geometry<T>* geometry = nullptr;  ///< and what solvers do otherwise with such a factor

  void measure(const workspace<T>& how, factor_view<const T> u, T* y) const noexcept {
    functions.measure(*this, how, u, y);
  }
  void adjoint_times(const workspace<T>& how, const T* w, factor_view<const T> v,
                     factor_view<T> out) const noexcept {
    functions.adjoint_times(*this, how, w, v, out);
  }
  T loss_and_gradient(const workspace<T>& how, factor_view<const T> u, const T* y,
                      factor_view<T> gradient) const noexcept {
    return functions.loss_and_gradient(*this, how, u, y, gradient);
  }
  void project(factor_view<T> u) const noexcept {
    if (functions.project != nullptr) functions.project(*this, u);
  }
};

/// The operator measures M = L R^T, `rows` x (n - rows), or W W^H, n/2 x n/2; see factor_shape.hpp. Its verbs
/// are what they were. A program links what belongs to a shape when it calls these.
template <class T>
TINYRANK_API void make_rectangular(sensing_operator<T>& a, std::size_t rows) noexcept;
template <class T>
TINYRANK_API void make_complex(sensing_operator<T>& a) noexcept;

/// Exact scratch bytes of an operator's verbs for factors of up to `rank` columns; SIZE_MAX when they
/// overflow size_t. Every descriptor has this function, usable in a constant expression. This one is a call,
/// for the flash of a microcontroller.
template <class T>
[[nodiscard, gnu::noinline]] constexpr std::size_t scratch_bytes(const sensing_operator<T>& a,
                                                                 std::size_t rank,
                                                                 execution_plan plan) noexcept {
  const std::size_t own = a.functions.scratch_bytes == nullptr ? 0 : a.functions.scratch_bytes(a, rank, plan);
  if (a.residual_bytes == 0) return own;
  if (own > SIZE_MAX - (arena_alignment - 1) - a.residual_bytes) return SIZE_MAX;
  return (own + arena_alignment - 1) / arena_alignment * arena_alignment + a.residual_bytes;
}

/// The function table of an operator's descriptor (operators/*.hpp); `a` is referenced, not copied, and must
/// outlive it. A program links only the operators whose make_operator it calls. This one takes a table of the
/// user's own, which is copied. Errors: dimension, measurement_count, size_overflow, operator_data (measure
/// or adjoint_times is null). Cost: O(1).
template <class T>
[[nodiscard]] TINYRANK_API status make_operator(const sensing_operator<T>& a,
                                                sensing_operator<T>& out) noexcept;

/// A class that is an operator: sizes and the two simple verbs, as members. It may have more: scratch_bytes
/// (rank, plan), loss_and_gradient(how, u, y, gradient), project(u), shape(). examples/own_operator.cpp is
/// one.
template <class Mine, class T>
concept user_operator = requires(const Mine& a, const workspace<T>& how, factor_view<const T> u,
                                 factor_view<T> out, const T* w, T* y) {
  { a.n } -> std::convertible_to<std::size_t>;
  { a.measurement_count } -> std::convertible_to<std::size_t>;
  a.measure(how, u, y);
  a.adjoint_times(how, w, u, out);
};

/// The table of such a class; errors and lifetime as above. check_operator (check_operator.hpp) tests it.
template <class Mine, class T>
requires user_operator<Mine, T>
[[nodiscard]] status make_operator(const Mine& mine, sensing_operator<T>& out) noexcept {
  using table = sensing_operator<T>;
  table made;
  made.n = mine.n;
  made.measurement_count = mine.measurement_count;
  made.context = &mine;
  made.functions.measure = [](const table& a, const workspace<T>& how, factor_view<const T> u, T* y) {
    static_cast<const Mine*>(a.context)->measure(how, u, y);
  };
  made.functions.adjoint_times = [](const table& a, const workspace<T>& how, const T* w,
                                    factor_view<const T> v, factor_view<T> result) {
    static_cast<const Mine*>(a.context)->adjoint_times(how, w, v, result);
  };
  if constexpr (requires { mine.scratch_bytes(std::size_t{}, execution_plan{}); }) {
    made.functions.scratch_bytes = [](const table& a, std::size_t rank, execution_plan plan) -> std::size_t {
      return static_cast<const Mine*>(a.context)->scratch_bytes(rank, plan);
    };
  }
  if constexpr (requires(const workspace<T>& how, factor_view<const T> u, const T* y, factor_view<T> g) {
                  mine.loss_and_gradient(how, u, y, g);
                }) {
    made.functions.loss_and_gradient = [](const table& a, const workspace<T>& how, factor_view<const T> u,
                                          const T* y, factor_view<T> gradient) -> T {
      return static_cast<const Mine*>(a.context)->loss_and_gradient(how, u, y, gradient);
    };
  }
  if constexpr (requires(factor_view<T> u) { mine.project(u); }) {
    made.functions.project = [](const table& a, factor_view<T> u) {
      static_cast<const Mine*>(a.context)->project(u);
    };
  }
  if constexpr (requires { mine.shape(); }) {
    const factor_shape shape = mine.shape();
    if (shape.kind == factor_kind::rectangular) make_rectangular(made, shape.rows);
    if (shape.kind == factor_kind::complex) make_complex(made);
  }
  return make_operator(made, out);
}

/// One loss and gradient of a batch: what loss_and_gradient takes, and where its loss goes.
template <class T>
struct batch_problem {
  const workspace<T>* how = nullptr;  ///< with the problem's own scratch
  factor_view<const T> factor;
  const T* y = nullptr;
  factor_view<T> gradient;
  T loss = 0;
};

/// loss_and_gradient of several factors on one operator, which reads or draws each A_i once for all of them.
/// The bits of each problem are those of loss_and_gradient. Null functions: the operator has no such way, and
/// problems are taken one by one, or when it is `concurrent` one on each thread.
template <class T>
struct batch_operator {
  const void* context = nullptr;
  std::size_t (*scratch_bytes)(const void* context, std::size_t problems, execution_plan plan) = nullptr;
  void (*loss_and_gradient)(const void* context, const workspace<T>& how, batch_problem<T>* problems,
                            std::size_t count) = nullptr;
  /// Whether several threads may call the operator's loss_and_gradient at once, each with its own scratch.
  bool concurrent = false;
};

/// Exact bytes of an operator's part of a batch: 0 where it has no loss_and_gradient of several factors.
template <class Sensing>
[[nodiscard]] constexpr std::size_t batch_scratch_bytes(const Sensing&, std::size_t,
                                                        execution_plan) noexcept {
  return 0;
}

/// The batch functions of an operator, or null ones; a descriptor says with a static member `concurrent`
/// whether its calls may overlap. `a` was accepted by make_operator.
template <class Sensing, class T>
void make_batch_operator(const Sensing&, batch_operator<T>& out) noexcept {
  out = {};
  if constexpr (requires { Sensing::concurrent; }) out.concurrent = Sensing::concurrent;
}

/// Errors: threads, shards. Cost: O(1).
[[nodiscard]] TINYRANK_API status check_plan(execution_plan plan) noexcept;

/// What is needed to call an operator's verbs outside a run, for instance to measure a known truth:
///
///     workspace<float> how;
///     if (make_workspace(how, a, rank, plan, isa, scratch, sizeof scratch) == status::ok)
///       a.measure(how, x, y);
///
/// rank: the largest of the factors that will be passed. scratch: 64-byte aligned, scratch_bytes(a, rank,
/// plan) bytes or more, for one call at a time; may be null when that is 0. Errors: rank, threads, shards,
/// instruction_set, size_overflow, arena_null, arena_misaligned, arena_too_small.
template <class T>
[[nodiscard]] TINYRANK_API status make_workspace(workspace<T>& how, const sensing_operator<T>& a,
                                                 std::size_t rank, execution_plan plan, instruction_set isa,
                                                 std::byte* scratch, std::size_t bytes) noexcept;

}  // namespace tinyrank
