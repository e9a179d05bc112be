// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include "catalogue/row.hpp"
#include "tinyrank/operators/distances.hpp"

namespace tinyrank::catalogue {

struct distances_row : operator_row {
  static constexpr const char* name = "distances";
  static constexpr const char* kernels = "distance";
  static constexpr golden_bits golden{0x73d7f94e0b6d7cf2u, 0x0c7542331c93e94du};
  static constexpr golden_bits staircase_golden{0x6c1cfdf78cc7580du, 0x783715dc31ce55d6u};
  static constexpr std::array<const char*, 2> timed_as = {"distance_f32", "distance_f64"};
  static constexpr std::array<sensing_kind, 1> kinds = {{
      {"distances", "distances", "FILE", false,
       "a square table, a triangle or rows i,j,distance, as csv, npy or npz:name;\n"
       "blank, NA or - is unknown; the squares of the distances, or by --squared\n"
       "the values themselves, are the measurements\n"},
  }};
  template <class T>
  using sensing = distances_sensing<T>;

  static constexpr std::size_t nearest_n(std::size_t n) noexcept { return n < 2 ? 0 : n; }

  template <class T>
  static constexpr sensing<T> place(std::size_t n, std::size_t m, std::uint64_t, arena& memory) noexcept {
    return {n, m, memory.take<index_pair>(m)};
  }
  template <class T>
  static void fill(const sensing<T>& a, std::uint64_t seed, std::size_t first, std::size_t count,
                   T*) noexcept {
    for (std::size_t i = first; i < first + count; ++i) {
      writable(a.pairs)[i] = drawn_different_pair(a.n, seed, i);
    }
  }
  template <class T>
  static double entry(const sensing<T>& a, std::size_t i, std::size_t j, std::size_t k) noexcept {
    const index_pair at = a.pairs[i];
    const bool touched = (at.first == j || at.second == j) && (at.first == k || at.second == k);
    return touched ? (j == k ? 1 : -1) : 0;
  }
  /// Per column a difference and its square, then a product that is added to one row and taken from another.
  static constexpr std::size_t flops(std::size_t, std::size_t m, std::size_t rank) noexcept {
    return 8 * m * rank;
  }
};

}  // namespace tinyrank::catalogue
