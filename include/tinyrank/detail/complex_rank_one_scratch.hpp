// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

// Scratch of the complex rank-one operators, alone and in a batch: a factor of twice the columns before what
// the real ones need for that. One function each measures and places it.

#include <cstddef>

#include "tinyrank/detail/rank_one_scratch.hpp"

namespace tinyrank {

/// Of a factor of `rank` columns; SIZE_MAX when that overflows.
[[nodiscard]] constexpr std::size_t both_columns(std::size_t rank) noexcept {
  return rank > SIZE_MAX / 2 ? SIZE_MAX : 2 * rank;
}

template <class T>
constexpr T* layout_both_columns(arena& memory, std::size_t n, std::size_t rank) noexcept {
  return memory.take<T>(padded<T>(n), both_columns(rank));
}

template <class T>
[[nodiscard]] constexpr std::size_t complex_rank_one_scratch_bytes(std::size_t n, std::size_t rank,
                                                                   execution_plan plan, bool draws) noexcept {
  return measured_bytes([=](arena& memory) {
    layout_both_columns<T>(memory, n, rank);
    layout_rank_one_scratch<T>(memory, n, both_columns(rank), plan, draws);
  });
}

/// The problems of a batch with those factors.
template <class T>
struct complex_rank_one_batch_scratch {
  workspace<T>* calls = nullptr;
  batch_problem<T>* problems = nullptr;
};

template <class T>
constexpr complex_rank_one_batch_scratch<T> layout_complex_rank_one_batch_scratch(
    arena& memory, std::size_t problems) noexcept {
  complex_rank_one_batch_scratch<T> scratch;
  scratch.calls = memory.take<workspace<T>>(problems);
  scratch.problems = memory.take<batch_problem<T>>(problems);
  return scratch;
}

template <class T>
[[nodiscard]] constexpr std::size_t complex_rank_one_batch_bytes(std::size_t problems) noexcept {
  return measured_bytes([=](arena& memory) {
    layout_complex_rank_one_batch_scratch<T>(memory, problems);
    layout_set_batch_scratch<T, rank_one_scratch<T>>(memory, problems);
  });
}

}  // namespace tinyrank
