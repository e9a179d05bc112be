// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

// One run by each method of the catalogue, and its factor_bits: the same on every instruction set, processor,
// compiler and number of threads. Free of the standard library's hosted part, for the firmware test.

#include <cstddef>
#include <cstdint>

#include "catalogue/methods.hpp"
#include "tinyrank/diagnostics.hpp"
#include "tinyrank/operators/gaussian.hpp"

namespace tinyrank::golden {

inline constexpr std::size_t method_n = 12, method_m = 120, method_rank = 4;

template <class T>
inline constexpr gaussian_sensing<T> method_problem{method_n, method_m, 2302};

template <class T, class Row>
constexpr std::uint64_t expected_method_bits(Row) {
  return sizeof(T) == sizeof(float) ? Row::golden.f32 : Row::golden.f64;
}

/// options: the row's, with their defaults.
template <class T, class Row, class Options>
constexpr Options method_options(Row, Options options, instruction_set isa, execution_plan plan = {}) {
  Row::golden_parameters(options);
  options.rank = method_rank;
  options.seed = 2104;
  options.relative_tolerance = 0;
  options.plateau_window = 0;
  options.iteration_limit = 25;
  options.isa = isa;
  options.plan = plan;
  return options;
}

/// The largest arena of a run of these, with one thread.
template <class T>
constexpr std::size_t method_bytes() {
  std::size_t largest = 0;
  catalogue::for_each_method<T>([&](auto row, const auto& defaults) {
    const auto options = method_options<T>(row, defaults, instruction_set::automatic);
    const std::size_t bytes = descent_bytes(method_problem<T>, options);
    if (bytes > largest) largest = bytes;
  });
  return largest;
}

/// y of a truth of rank 2, its second singular value a tenth of the first. scratch: method_bytes.
template <class T>
bool measure_method_truth(const sensing_operator<T>& a, T* y, std::byte* scratch) {
  alignas(arena_alignment) T cells[factor_count<T>(method_n, 2)];
  const factor_view<T> truth{cells, method_n, 2, padded<T>(method_n)};
  draw_planted_truth(truth, T(3.25), 15013);
  workspace<T> how;
  const std::size_t bytes = scratch_bytes(a, 2, {});
  if (make_workspace(how, a, 2, {}, instruction_set::automatic, scratch, bytes) != status::ok) return false;
  a.measure(how, truth, y);
  return true;
}

/// factor_bits of a run; 0 when it was refused or ended early.
template <class T, class Options>
std::uint64_t method_bits(const sensing_operator<T>& a, const T* y, const Options& options, std::byte* buffer,
                          std::size_t bytes) {
  descent<T> run;
  if (init_operator(run, a, y, options, buffer, bytes) != status::ok) return 0;
  return run_to_end(run) == outcome::iteration_limit ? factor_bits(run.factor) : 0;
}

}  // namespace tinyrank::golden
