// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

// The recoveries of staircase.cpp, which numbers/numbers.cpp measures: a matrix of 32 rows and rank 2, of
// which the staircase is told neither rank nor scale. Four shards instead of sixteen, to save RAM.

#include <cstddef>
#include <cstdint>

#include "tinyrank/diagnostics.hpp"
#include "tinyrank/operators/generated_rank_one.hpp"
#include "tinyrank/operators/hadamard.hpp"
#include "tinyrank/staircase.hpp"

namespace tinyrank::nothing_told {

inline constexpr std::size_t n = 32, truth_rank = 2, measurement_count = 400;
inline constexpr staircase_options<float> options{.plan = {1, 4}};

struct hadamard {
  static constexpr const char* name = "hadamard";
  static constexpr hadamard_sensing<float> sensing{n, measurement_count, 11};
  static constexpr std::uint64_t factor_bits = 0x6082966199901efeu;
};

struct rank_one {
  static constexpr const char* name = "generated_rank_one";
  static constexpr generated_rank_one_sensing<float> sensing{n, measurement_count, 11, rank_one_form::plain};
  static constexpr std::uint64_t factor_bits = 0x5f99028c5eb5f92fu;
};

template <class Problem>
constexpr std::size_t arena_bytes = staircase_bytes(Problem::sensing, options);

/// Draws the truth X and measures it; the arena serves as scratch before the run needs it.
template <class Problem>
status measure(factor_view<float> truth, float* y, std::byte* arena) {
  draw_planted_truth(truth, 3.0F, 2);
  sensing_operator<float> a;
  if (const status made = make_operator(Problem::sensing, a); made != status::ok) return made;
  workspace<float> how;
  const status ready =
      make_workspace(how, a, truth_rank, options.plan, options.isa, arena, arena_bytes<Problem>);
  if (ready == status::ok) a.measure(how, truth, y);
  return ready;
}

/// Whether the run found the truth's rank, and knows that it is the answer.
inline bool knows_its_answer(const staircase<float>& run) {
  return run.report.result == outcome::recovered && run.report.verdict == verdict::recovered &&
         run.report.rank_found == truth_rank;
}

}  // namespace tinyrank::nothing_told
