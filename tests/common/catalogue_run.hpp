// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

// The runs whose factor_bits every row of the catalogue holds, without heap and the standard library's hosted
// part, so that microcontrollers make the same one.

#include <cstddef>
#include <cstdint>

#include "catalogue/operators.hpp"
#include "tinyrank/diagnostics.hpp"
#include "tinyrank/gradient_descent.hpp"
#include "tinyrank/staircase.hpp"

namespace tinyrank::catalogue {

inline constexpr std::size_t most_run_n = 20, most_run_m = 100, run_true_rank = 2;
template <class Row>
inline constexpr std::size_t run_n = Row::nearest_n(most_run_n);
template <class Row>
inline constexpr std::size_t run_m = Row::most_measurements(run_n<Row>) < most_run_m
                                         ? Row::most_measurements(run_n<Row>)
                                         : most_run_m;
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

/// Looks in blocks, so that every operator takes the same way.
template <class T>
constexpr staircase_options<T> staircase_run_options(execution_plan plan = {},
                                                     instruction_set isa = instruction_set::automatic) {
  staircase_options<T> options;
  options.rank_limit = 4;
  options.probes = 5;
  options.seed = 1712;
  options.pass_limit = 60;
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

template <class T, class Sensing>
constexpr run_memory<T> layout_run(arena& memory, const Sensing& a, execution_plan plan) {
  run_memory<T> placed;
  placed.truth = memory.take<T>(factor_count<T>(a.n, run_true_rank));
  placed.y = memory.take<T>(a.measurement_count);
  for (const std::size_t bytes :
       {descent_bytes(a, run_options<T>(plan)), staircase_bytes(a, staircase_run_options<T>(plan)),
        scratch_bytes(a, run_true_rank, plan)}) {
    if (bytes > placed.arena_bytes) placed.arena_bytes = bytes;
  }
  placed.arena = memory.take<std::byte>(placed.arena_bytes);
  return placed;
}

/// Exact bytes of run_bits and staircase_bits.
template <class Row, class T>
[[nodiscard]] constexpr std::size_t run_bytes(execution_plan plan = {}) {
  return measured_bytes([=](arena& memory) {
    layout_run<T>(memory, make<Row, T>(run_n<Row>, run_m<Row>, run_seed, memory), plan);
  });
}

/// The planted problem's measurements, at placed.y; whether there are any. What has no Row here is compiled
/// once, and not for each.
template <class T>
[[nodiscard]] bool measure_planted_truth(const sensing_operator<T>& table, const run_memory<T>& placed,
                                         execution_plan plan, instruction_set isa) {
  const factor_view<T> truth{placed.truth, table.n, run_true_rank, padded<T>(table.n)};
  draw_planted_truth(truth, T(2), 15013);
  workspace<T> how;
  if (make_workspace(how, table, run_true_rank, plan, isa, placed.arena, placed.arena_bytes) != status::ok) {
    return false;
  }
  table.measure(how, truth, placed.y);
  return true;
}

/// run(table, y, arena, its bytes) on the planted problem; 0 when it was refused. buffer: run_bytes<Row, T>
/// (plan) bytes, 64-byte aligned.
template <class Row, class T, class Run>
std::uint64_t on_planted_problem(std::byte* buffer, execution_plan plan, instruction_set isa, Run run) {
  arena memory(buffer, run_bytes<Row, T>(plan));
  const auto a = make<Row, T>(run_n<Row>, run_m<Row>, run_seed, memory);
  const run_memory<T> placed = layout_run<T>(memory, a, plan);
  sensing_operator<T> table;
  if (make_operator(a, table) != status::ok || !measure_planted_truth(table, placed, plan, isa)) return 0;
  return run(table, placed.y, placed.arena, placed.arena_bytes);
}

template <class T>
[[nodiscard]] std::uint64_t bits_of_descent(const sensing_operator<T>& table, const T* y,
                                            const gradient_descent_options<T>& options, std::byte* arena,
                                            std::size_t bytes) {
  descent<T> run;
  if (init_operator(run, table, y, options, arena, bytes) != status::ok) return 0;
  const bool ended_well =
      run_to_end(run) == outcome::iteration_limit && run.report.loss < run.report.zero_loss;
  return ended_well ? factor_bits(run.factor) : 0;
}

template <class T>
[[nodiscard]] std::uint64_t bits_of_staircase(const sensing_operator<T>& table, const T* y,
                                              const staircase_options<T>& options, std::byte* arena,
                                              std::size_t bytes) {
  staircase<T> run;
  if (init_operator(run, table, y, options, arena, bytes) != status::ok) return 0;
  const outcome found = run_to_end(run);
  const bool descended = found != outcome::diverged && run.report.loss < run.report.zero_loss;
  return descended ? factor_bits(run.factor) ^ run.report.passes : 0;
}

/// factor_bits after the run; 0 when anything was refused, ended early or did not descend.
template <class Row, class T>
[[nodiscard]] std::uint64_t run_bits(std::byte* buffer, execution_plan plan, instruction_set isa) {
  return on_planted_problem<Row, T>(
      buffer, plan, isa,
      [=](const sensing_operator<T>& table, const T* y, std::byte* arena, std::size_t bytes) {
        return bits_of_descent(table, y, run_options<T>(plan, isa), arena, bytes);
      });
}

/// factor_bits and passes of a staircase; 0 when it was refused or did not descend.
template <class Row, class T>
[[nodiscard]] std::uint64_t staircase_bits(std::byte* buffer, execution_plan plan, instruction_set isa) {
  return on_planted_problem<Row, T>(
      buffer, plan, isa,
      [=](const sensing_operator<T>& table, const T* y, std::byte* arena, std::size_t bytes) {
        return bits_of_staircase(table, y, staircase_run_options<T>(plan, isa), arena, bytes);
      });
}

template <class Row, class T>
inline constexpr std::uint64_t expected_bits = sizeof(T) == sizeof(float) ? Row::golden.f32 : Row::golden.f64;
template <class Row, class T>
inline constexpr std::uint64_t expected_staircase_bits = sizeof(T) == sizeof(float)
                                                             ? Row::staircase_golden.f32
                                                             : Row::staircase_golden.f64;

}  // namespace tinyrank::catalogue
