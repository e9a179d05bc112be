// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include "catalogue/row.hpp"
#include "tinyrank/operators/generated_rank_one.hpp"
#include "tinyrank/operators/rank_one.hpp"

namespace tinyrank::catalogue {

struct rank_one_row : operator_row {
  static constexpr const char* name = "rank_one";
  static constexpr const char* kernels = "rank_one";
  static constexpr golden_bits golden{0xa9059ac6873c6844u, 0xbc34c46f96c80c91u};
  static constexpr golden_bits staircase_golden{0x32385d26ba51d35fu, 0x4f46f61f8a1f1d85u};
  // Drawn from keys they are generated_rank_one.
  static constexpr std::array<sensing_kind, 2> kinds = {{
      {"rank-one", "rank-one matrices", "FILE.npy", true,
       "A_i = a a^T; the vectors a are the rows of an array (m,n), or are drawn\n"
       "from N(0,1) at every use\n"},
      {"rank-one-pairs", "debiased rank-one pairs", "FILE.npy", true,
       "A_i = a a^T - b b^T (debiased); a, b, a, b, ... are the rows of an array\n"
       "(2m,n), or are drawn\n"},
  }};
  template <class T>
  using sensing = rank_one_sensing<T>;

  template <class T>
  static constexpr sensing<T> place(std::size_t n, std::size_t m, std::uint64_t, arena& memory) noexcept {
    return {n, m, memory.take<T>(padded<T>(n), m), rank_one_form::plain};
  }
  template <class T>
  static void fill(const sensing<T>& a, std::uint64_t seed, std::size_t first, std::size_t count,
                   T*) noexcept {
    (void)fill_rank_one_vectors(a.n, first, count, seed, writable(a.vectors) + first * padded<T>(a.n));
  }
  template <class T>
  static double entry(const sensing<T>& a, std::size_t i, std::size_t j, std::size_t k) noexcept {
    const T* const vector = a.vectors + i * padded<T>(a.n);
    return static_cast<double>(vector[j]) * static_cast<double>(vector[k]);
  }
  static constexpr std::size_t flops(std::size_t n, std::size_t m, std::size_t rank) noexcept {
    return 4 * m * n * rank;
  }
};

}  // namespace tinyrank::catalogue
