// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstddef>
#include <cstdint>

#include "tinyrank/descent.hpp"
#include "tinyrank/detail/batch_memory.hpp"
#include "tinyrank/export.hpp"

namespace tinyrank {

/// The exact bytes that init_batch needs for `count` runs with this plan; SIZE_MAX when they overflow. Usable
/// in a constant expression.
template <class T, class Sensing>
[[nodiscard]] constexpr std::size_t batch_bytes(const Sensing& a, std::size_t count,
                                                execution_plan plan) noexcept {
  if (a.n == 0 || a.n > largest_dimension || plan.shards == 0 || plan.threads == 0) return SIZE_MAX;
  return measured_bytes(
      [&](arena& memory) { layout_batch<T>(memory, count, batch_scratch_bytes(a, count, plan)); });
}

/// Several runs on one operator, advanced together: they may differ in method, rank, scale, step size, seed,
/// y and in when they end; their plan and instruction set are one. Each run's bits are those it has alone
/// (but for the sign and payload of a NaN, in a run that diverged to one).
///
///     descent<float> runs[16];                 // each after its own init(runs[i], a, ...)
///     run_batch(a, runs, 16, buffer, sizeof buffer)     // or init_batch, then step_batch until it returns 0
///
/// Dense operators (also in 16 and 8 bits), Gaussian and Rademacher ones read or draw each A_i once for all
/// problems whose method does not evaluate the loss by itself, the rank-one operators each a_i; so the cost
/// of the matrices is shared, and what is left is arithmetic. Hadamard, entries, sparse and distances have no
/// matrices to share: as many problems as there are threads are taken at once, one on each, which then never
/// wait for each other within a gradient. A user's own operator takes them one after the other, each with all
/// threads.
template <class T>
struct batch {
  descent<T>* runs = nullptr;
  std::size_t count = 0;

  // What follows is the solver's own.
  batch_operator<T> sensing;
  batch_memory<T> memory;
  workspace<T> how;
};

/// runs: `count` runs that init made with the descriptor `a` itself; they and the arena must outlive the
/// batch. On any status but ok nothing was written. buffer: 64-byte aligned, at least batch_bytes<T>(a,
/// count, plan) bytes. Errors: batch (no run, or a run with another operator, plan or instruction set), those
/// of make_operator, size_overflow, arena_null, arena_misaligned, arena_too_small. Cost: that of
/// make_operator.
template <class T>
[[nodiscard]] TINYRANK_API status init_batch_operator(batch<T>& made, const sensing_operator<T>& a,
                                                      const batch_operator<T>& sensing,
                                                      std::size_t needed_bytes, descent<T>* runs,
                                                      std::size_t count, std::byte* buffer,
                                                      std::size_t bytes) noexcept;

template <class Sensing, class T>
[[nodiscard]] status init_batch(batch<T>& made, const Sensing& a, descent<T>* runs, std::size_t count,
                                std::byte* buffer, std::size_t bytes) noexcept {
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
[[nodiscard]] status run_batch(const Sensing& a, descent<T>* runs, std::size_t count, std::byte* buffer,
                               std::size_t bytes) noexcept {
  batch<T> all;
  if (const status made = init_batch(all, a, runs, count, buffer, bytes); made != status::ok) return made;
  while (step_batch(all) != 0) {
  }
  return status::ok;
}

}  // namespace tinyrank
