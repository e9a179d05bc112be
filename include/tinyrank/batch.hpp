// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstddef>
#include <cstdint>

#include "tinyrank/export.hpp"
#include "tinyrank/gradient_descent.hpp"
#include "tinyrank/quantized.hpp"
#include "tinyrank/rank_one.hpp"

namespace tinyrank {

/// One loss and gradient of a batch: what loss_and_gradient takes, and where its loss goes.
template <class T>
struct batch_problem {
  const execution<T>* how = nullptr;  ///< with the problem's own scratch
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
  void (*loss_and_gradient)(const void* context, const execution<T>& how, batch_problem<T>* problems,
                            std::size_t count) = nullptr;
  /// Whether several threads may call the operator's loss_and_gradient at once, each with its own scratch.
  bool concurrent = false;
};

/// Rows that a batch works on at a time: enough to share the passes over the problems' estimates and sums,
/// few enough to stay in the caches. Never changes the bits.
inline constexpr std::size_t batch_rows = SIZE_MAX > 0xffffffffu ? 32 : 4;

/// Scratch of a batch on the operators that sum packed matrices. What is one for each problem comes first;
/// what each worker has for itself begins with shard_sums.
template <class T>
struct packed_batch_scratch {
  packed_scratch<T>* sets = nullptr;  ///< that of each problem
  T** sums = nullptr;
  T** losses = nullptr;
  std::size_t* counts = nullptr;
  const T** measured = nullptr;
  T* estimates = nullptr;     ///< packed U U^T of each problem, interleaved
  T* shard_sums = nullptr;    ///< a packed sum for each problem, interleaved
  T* shard_losses = nullptr;  ///< one for each problem
  T* partial = nullptr;       ///< partial sums of batch_rows dots of each problem
  T* weights = nullptr;       ///< batch_rows residuals of each problem
  T* rows = nullptr;          ///< batch_rows packed rows, unless they are stored as T
};

template <class T>
constexpr packed_batch_scratch<T> layout_packed_batch_scratch(arena& memory, std::size_t entries,
                                                              bool expands, std::size_t problems,
                                                              execution_plan plan) noexcept {
  packed_batch_scratch<T> scratch;
  const std::size_t workers = worker_count(plan);
  // Products of `problems` could wrap before take() sees them.
  const std::size_t most = SIZE_MAX / (batch_rows * virtual_lanes<T>) / 1024;
  const std::size_t each = problems > most ? SIZE_MAX : problems,
                    all = problems > most ? SIZE_MAX : problems * workers;
  scratch.sets = memory.take<packed_scratch<T>>(each);
  scratch.sums = memory.take<T*>(each);
  scratch.losses = memory.take<T*>(each);
  scratch.counts = memory.take<std::size_t>(each);
  scratch.measured = memory.take<const T*>(each);
  scratch.estimates = memory.take<T>(entries, each);
  scratch.shard_sums = memory.take<T>(entries, all);
  scratch.shard_losses = memory.take<T>(all);
  scratch.partial = memory.take<T>(batch_rows * virtual_lanes<T>, all);
  scratch.weights = memory.take<T>(batch_rows, all);
  if (expands) scratch.rows = memory.take<T>(entries, batch_rows * workers);
  return scratch;
}

template <class T>
[[nodiscard]] constexpr std::size_t packed_batch_bytes(std::size_t entries, bool expands,
                                                       std::size_t problems, execution_plan plan) noexcept {
  arena measuring;
  layout_packed_batch_scratch<T>(measuring, entries, expands, problems, plan);
  return measuring.overflowed() ? SIZE_MAX : measuring.used();
}

/// Scratch of a batch on the rank-one operators: what the runs' own scratch does not hold.
template <class T>
struct rank_one_batch_scratch {
  rank_one_scratch<T>* sets = nullptr;  ///< that of each problem
  T** sums = nullptr;
  T** losses = nullptr;
  std::size_t* counts = nullptr;
};

template <class T>
constexpr rank_one_batch_scratch<T> layout_rank_one_batch_scratch(arena& memory,
                                                                  std::size_t problems) noexcept {
  rank_one_batch_scratch<T> scratch;
  scratch.sets = memory.take<rank_one_scratch<T>>(problems);
  scratch.sums = memory.take<T*>(problems);
  scratch.losses = memory.take<T*>(problems);
  scratch.counts = memory.take<std::size_t>(problems);
  return scratch;
}

/// Exact bytes of an operator's part of a batch: 0 where it has no loss_and_gradient of several factors.
template <class Sensing>
[[nodiscard]] constexpr std::size_t batch_scratch_bytes(const Sensing&, std::size_t,
                                                        execution_plan) noexcept {
  return 0;
}
template <class T>
[[nodiscard]] constexpr std::size_t batch_scratch_bytes(const dense_sensing<T>& a, std::size_t problems,
                                                        execution_plan plan) noexcept {
  return packed_batch_bytes<T>(packed_stride<T>(a.n), false, problems, plan);
}
template <class T>
[[nodiscard]] constexpr std::size_t batch_scratch_bytes(const gaussian_sensing<T>& a, std::size_t problems,
                                                        execution_plan plan) noexcept {
  return packed_batch_bytes<T>(packed_stride<T>(a.n), true, problems, plan);
}
template <class T>
[[nodiscard]] constexpr std::size_t batch_scratch_bytes(const rademacher_sensing<T>& a, std::size_t problems,
                                                        execution_plan plan) noexcept {
  return packed_batch_bytes<T>(packed_stride<T>(a.n), true, problems, plan);
}
template <class T>
[[nodiscard]] constexpr std::size_t batch_scratch_bytes(const dense_bf16_sensing<T>& a, std::size_t problems,
                                                        execution_plan plan) noexcept {
  return packed_batch_bytes<T>(quantized_stride<std::uint16_t>(a.n), true, problems, plan);
}
template <class T>
[[nodiscard]] constexpr std::size_t batch_scratch_bytes(const dense_int8_sensing<T>& a, std::size_t problems,
                                                        execution_plan plan) noexcept {
  return packed_batch_bytes<T>(quantized_stride<std::int8_t>(a.n), true, problems, plan);
}

template <class T>
[[nodiscard]] constexpr std::size_t batch_scratch_bytes(const rank_one_sensing<T>&, std::size_t problems,
                                                        execution_plan) noexcept {
  arena measuring;
  layout_rank_one_batch_scratch<T>(measuring, problems);
  return measuring.overflowed() ? SIZE_MAX : measuring.used();
}
template <class T>
[[nodiscard]] constexpr std::size_t batch_scratch_bytes(const generated_rank_one_sensing<T>& a,
                                                        std::size_t problems, execution_plan plan) noexcept {
  return batch_scratch_bytes(rank_one_sensing<T>{a.n, a.measurement_count, nullptr, a.form}, problems, plan);
}

/// The batch functions of an operator, or null ones; a descriptor says with a static member `concurrent`
/// whether its calls may overlap. `a` was accepted by make_operator.
template <class Sensing, class T>
void make_batch_operator(const Sensing&, batch_operator<T>& out) noexcept {
  out = {};
  if constexpr (requires { Sensing::concurrent; }) out.concurrent = Sensing::concurrent;
}
template <class T>
TINYRANK_API void make_batch_operator(const dense_sensing<T>& a, batch_operator<T>& out) noexcept;
template <class T>
TINYRANK_API void make_batch_operator(const gaussian_sensing<T>& a, batch_operator<T>& out) noexcept;
template <class T>
TINYRANK_API void make_batch_operator(const rademacher_sensing<T>& a, batch_operator<T>& out) noexcept;
template <class T>
TINYRANK_API void make_batch_operator(const dense_bf16_sensing<T>& a, batch_operator<T>& out) noexcept;
template <class T>
TINYRANK_API void make_batch_operator(const dense_int8_sensing<T>& a, batch_operator<T>& out) noexcept;
template <class T>
TINYRANK_API void make_batch_operator(const rank_one_sensing<T>& a, batch_operator<T>& out) noexcept;
template <class T>
TINYRANK_API void make_batch_operator(const generated_rank_one_sensing<T>& a,
                                      batch_operator<T>& out) noexcept;

/// What a batch keeps in the arena. One function measures and places it.
template <class T>
struct batch_memory {
  batch_problem<T>* problems = nullptr;
  std::size_t* running = nullptr;  ///< the run behind each problem
  std::byte* operator_scratch = nullptr;
};

template <class T>
constexpr batch_memory<T> layout_batch(arena& memory, std::size_t count, std::size_t scratch_bytes) noexcept {
  batch_memory<T> placed;
  placed.problems = memory.take<batch_problem<T>>(count);
  placed.running = memory.take<std::size_t>(count);
  placed.operator_scratch = memory.take<std::byte>(scratch_bytes);
  return placed;
}

/// The exact bytes that init_batch needs for `count` runs with this plan; SIZE_MAX when they overflow. Usable
/// in a constant expression.
template <class T, class Sensing>
[[nodiscard]] constexpr std::size_t batch_bytes(const Sensing& a, std::size_t count,
                                                execution_plan plan) noexcept {
  if (a.n == 0 || a.n > largest_dimension || plan.shards == 0 || plan.threads == 0) return SIZE_MAX;
  arena measuring;
  layout_batch<T>(measuring, count, batch_scratch_bytes(a, count, plan));
  return measuring.overflowed() ? SIZE_MAX : measuring.used();
}

/// Several runs on one operator, advanced together: they may differ in rank, scale, step size, seed, y and in
/// when they end; their plan and instruction set are one. Each run's bits are those it has alone (but for the
/// sign and payload of a NaN, in a run that diverged to one).
///
///     gradient_descent<float> runs[16];                 // each after its own init(runs[i], a, ...)
///     run_batch(a, runs, 16, buffer, sizeof buffer)     // or init_batch, then step_batch until it returns 0
///
/// Dense operators (also in 16 and 8 bits), Gaussian and Rademacher ones read or draw each A_i once for all
/// problems, the rank-one operators each a_i; so the cost of the matrices is shared, and what is left is
/// arithmetic. Hadamard, entries, sparse and distances have no matrices to share: as many problems as there
/// are threads are taken at once, one on each, which then never wait for each other within a gradient. A
/// user's own operator takes them one after the other, each with all threads.
template <class T>
struct batch {
  gradient_descent<T>* runs = nullptr;
  std::size_t count = 0;

  // What follows is the solver's own.
  batch_operator<T> sensing;
  batch_memory<T> memory;
  execution<T> how;
};

/// runs: `count` runs that init made with the descriptor `a` itself; they and the arena must outlive the
/// batch. On any status but ok nothing was written. buffer: 64-byte aligned, at least batch_bytes<T>(a,
/// count, plan) bytes. Errors: batch (no run, or a run with another operator, plan or instruction set), those
/// of make_operator, size_overflow, arena_null, arena_misaligned, arena_too_small. Cost: that of
/// make_operator.
template <class T>
[[nodiscard]] TINYRANK_API status init_batch_operator(batch<T>& made, const sensing_operator<T>& a,
                                                      const batch_operator<T>& sensing,
                                                      std::size_t needed_bytes, gradient_descent<T>* runs,
                                                      std::size_t count, std::byte* buffer,
                                                      std::size_t bytes) noexcept;

template <class Sensing, class T>
[[nodiscard]] status init_batch(batch<T>& made, const Sensing& a, gradient_descent<T>* runs,
                                std::size_t count, std::byte* buffer, std::size_t bytes) noexcept {
  if (runs == nullptr || count == 0) return status::batch;
  sensing_operator<T> one;
  if (const status accepted = make_operator(a, one); accepted != status::ok) return accepted;
  batch_operator<T> several;
  make_batch_operator(a, several);
  const std::size_t needed = batch_bytes<T>(a, count, runs[0].how.plan);
  return init_batch_operator(made, one, several, needed, runs, count, buffer, bytes);
}

/// One step of every run that has not ended: what step does to each. Returns how many have not ended then.
template <class T>
TINYRANK_API std::size_t step_batch(batch<T>& all) noexcept;

/// Steps until every run has ended. Errors: those of init_batch.
template <class Sensing, class T>
[[nodiscard]] status run_batch(const Sensing& a, gradient_descent<T>* runs, std::size_t count,
                               std::byte* buffer, std::size_t bytes) noexcept {
  batch<T> all;
  if (const status made = init_batch(all, a, runs, count, buffer, bytes); made != status::ok) return made;
  while (step_batch(all) != 0) {
  }
  return status::ok;
}

}  // namespace tinyrank
