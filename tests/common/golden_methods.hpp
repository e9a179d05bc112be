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

template <class T>
constexpr std::uint64_t expected_method_bits(std::size_t row) {
  constexpr std::uint64_t f32[] = {0x5e627b3f8d145b6au, 0x071c9c4d3dde42d9u, 0x04b1e8cbb7c7b927u},
                          f64[] = {0x6173612a34bf6e61u, 0xf132e490ec333377u, 0x74f421c229a33691u};
  return sizeof(T) == sizeof(float) ? f32[row] : f64[row];
}

template <class T, class Options>
constexpr Options method_options(Options options, instruction_set isa, execution_plan plan = {}) {
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
  catalogue::for_each_method<T>([&](const char*, const auto& defaults, auto) {
    const auto options = method_options<T>(defaults, instruction_set::automatic);
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
