// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

// The problems whose factor_bits tests/common/golden.hpp holds: free of the standard library's hosted part,
// so that the firmware test runs the same ones.

#include <cstddef>
#include <cstdint>

#include "tinyrank/diagnostics.hpp"
#include "tinyrank/gradient_descent.hpp"
#include "tinyrank/operators/distances.hpp"
#include "tinyrank/operators/gaussian.hpp"
#include "tinyrank/operators/generated_rank_one.hpp"
#include "tinyrank/operators/hadamard.hpp"
#include "tinyrank/operators/rademacher.hpp"
#include "tinyrank/operators/rank_one.hpp"

namespace tinyrank::golden {

inline constexpr std::size_t n = 20, measurement_count = 400, rank = 6, true_rank = 2;
inline constexpr std::size_t pair_count = n * (n - 1) / 2;
inline constexpr std::uint32_t iterations = 40;
inline constexpr std::uint64_t sensing_seed = 2106, truth_seed = 15013, run_seed = 1712;

template <class T>
inline constexpr gaussian_sensing<T> gaussian_problem{n, measurement_count, sensing_seed};

template <class T>
inline constexpr rademacher_sensing<T> rademacher_problem{n, measurement_count, sensing_seed};

/// Of at most hadamard_slot_count(n) = 256 measurements.
inline constexpr std::size_t sketch_count = 200;
template <class T>
inline constexpr hadamard_sensing<T> hadamard_problem{n, sketch_count, sensing_seed};
template <class T>
inline constexpr generated_rank_one_sensing<T> rank_one_problem{n, sketch_count, sensing_seed,
                                                                rank_one_form::debiased};

enum class choice { given, automatic };

/// A fixed number of iterations: nothing stops a run early.
template <class T>
constexpr gradient_descent_options<T> options_for(choice steps, execution_plan plan = {},
                                                  instruction_set isa = instruction_set::automatic) {
  gradient_descent_options<T> options;
  options.rank = rank;
  options.seed = run_seed;
  options.relative_tolerance = 0;
  options.plateau_window = 0;
  options.iteration_limit = iterations;
  options.plan = plan;
  options.isa = isa;
  if (steps == choice::given) {
    options.step_size = T(0.25);
    options.initial_scale = T(0.001);
  }
  return options;
}

/// All pairs; each is measured once.
inline void list_pairs(index_pair (&pairs)[pair_count]) {
  std::size_t i = 0;
  for (std::uint32_t j = 1; j < n; ++j) {
    for (std::uint32_t k = 0; k < j; ++k) pairs[i++] = {j, k};
  }
}

template <class T>
inline constexpr execution_plan measuring_plan{1, 1};

template <class... Sizes>
constexpr std::size_t largest(std::size_t first, Sizes... others) {
  std::size_t size = first;
  ((size = others > size ? others : size), ...);
  return size;
}

template <class T>
inline constexpr std::size_t measuring_bytes =
    largest(scratch_bytes(gaussian_problem<T>, true_rank, measuring_plan<T>),
            scratch_bytes(distances_sensing<T>{n, pair_count, nullptr}, true_rank, measuring_plan<T>),
            scratch_bytes(hadamard_problem<T>, true_rank, measuring_plan<T>),
            scratch_bytes(rademacher_problem<T>, true_rank, measuring_plan<T>),
            scratch_bytes(rank_one_problem<T>, true_rank, measuring_plan<T>));

/// y_i = <A_i, X X^T> of the planted truth. scratch: measuring_bytes<T>, 64-byte aligned.
template <class T>
void measure_truth(const sensing_operator<T>& a, T* y, std::byte* scratch) {
  alignas(arena_alignment) T cells[factor_count<T>(n, true_rank)];
  const factor_view<T> truth{cells, n, true_rank, padded<T>(n)};
  draw_planted_truth(truth, T(2), truth_seed);
  workspace<T> how;
  if (make_workspace(how, a, true_rank, measuring_plan<T>, instruction_set::automatic, scratch,
                     measuring_bytes<T>) == status::ok) {
    a.measure(how, truth, y);
  }
}

/// factor_bits after `iterations` updates; 0 when the run was refused or ended early.
template <class T>
std::uint64_t run_bits(const sensing_operator<T>& a, const T* y, const gradient_descent_options<T>& options,
                       std::byte* buffer, std::size_t bytes, descent_report<T>* report = nullptr) {
  descent<T> run;
  if (init_operator(run, a, y, options, buffer, bytes) != status::ok) return 0;
  if (run_to_end(run) != outcome::iteration_limit) return 0;
  if (report != nullptr) *report = run.report;
  return factor_bits(run.factor);
}

/// factor_bits of a planted truth of five unequal singular values.
template <class T>
std::uint64_t planted_truth_bits() {
  T cells[factor_count<T>(n, 5)];
  const factor_view<T> truth{cells, n, 5, padded<T>(n)};
  draw_planted_truth(truth, T(3), truth_seed);
  return factor_bits<T>(truth);
}

}  // namespace tinyrank::golden
