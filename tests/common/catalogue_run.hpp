// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

// The run whose factor_bits every row of the catalogue holds, without heap and the standard library's hosted
// part, so that microcontrollers make the same one.

#include <cstddef>
#include <cstdint>

#include "catalogue/operators.hpp"
#include "tinyrank/diagnostics.hpp"
#include "tinyrank/gradient_descent.hpp"

namespace tinyrank::catalogue {

inline constexpr std::size_t run_n = 20, run_m = 100, run_true_rank = 2;
inline constexpr std::uint64_t run_seed = 2106;

/// Nothing stops it early.
template <class T>
constexpr gradient_descent_options<T> run_options(execution_plan plan = {},
                                                  instruction_set isa = instruction_set::automatic) {
  gradient_descent_options<T> options;
  options.rank = 4;
  options.seed = 1712;
  options.relative_tolerance = 0;
  options.plateau_window = 0;
  options.iteration_limit = 20;
  options.plan = plan;
  options.isa = isa;
  return options;
}

/// What a run keeps besides the operator's storage: the truth, its measurements, and the run's arena, whose
/// place is scratch for measuring before.
template <class T>
struct run_memory {
  T* truth = nullptr;
  T* y = nullptr;
  std::byte* arena = nullptr;
  std::size_t arena_bytes = 0;
};

template <class Sensing, class T>
constexpr run_memory<T> layout_run(arena& memory, const Sensing& a,
                                   const gradient_descent_options<T>& options) {
  run_memory<T> placed;
  placed.truth = memory.take<T>(factor_count<T>(run_n, run_true_rank));
  placed.y = memory.take<T>(run_m);
  const std::size_t running = descent_bytes(a, options),
                    measuring = scratch_bytes(a, run_true_rank, options.plan);
  placed.arena_bytes = running > measuring ? running : measuring;
  placed.arena = memory.take<std::byte>(placed.arena_bytes);
  return placed;
}

/// Exact bytes of run_bits.
template <class Row, class T>
[[nodiscard]] constexpr std::size_t run_bytes(execution_plan plan = {}) {
  return measured_bytes([=](arena& memory) {
    layout_run(memory, make<Row, T>(run_n, run_m, run_seed, memory), run_options<T>(plan));
  });
}

/// factor_bits after the run; 0 when anything was refused, ended early or did not descend. buffer:
/// run_bytes<Row, T>(plan) bytes, 64-byte aligned.
template <class Row, class T>
[[nodiscard]] std::uint64_t run_bits(std::byte* buffer, execution_plan plan, instruction_set isa) {
  const auto options = run_options<T>(plan, isa);
  arena memory(buffer, run_bytes<Row, T>(plan));
  const auto a = make<Row, T>(run_n, run_m, run_seed, memory);
  const run_memory<T> placed = layout_run(memory, a, options);
  sensing_operator<T> table;
  if (make_operator(a, table) != status::ok) return 0;
  const factor_view<T> truth{placed.truth, run_n, run_true_rank, padded<T>(run_n)};
  draw_planted_truth(truth, T(2), 15013);
  workspace<T> how;
  if (make_workspace(how, table, run_true_rank, plan, isa, placed.arena, placed.arena_bytes) != status::ok) {
    return 0;
  }
  table.measure(how, truth, placed.y);
  descent<T> run;
  if (init_operator(run, table, placed.y, options, placed.arena, placed.arena_bytes) != status::ok) return 0;
  if (run_to_end(run) != outcome::iteration_limit || !(run.report.loss < run.report.zero_loss)) return 0;
  return factor_bits(run.factor);
}

template <class Row, class T>
inline constexpr std::uint64_t expected_bits = sizeof(T) == sizeof(float) ? Row::golden.f32 : Row::golden.f64;

}  // namespace tinyrank::catalogue
