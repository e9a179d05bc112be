// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include "catalogue/hermitian_entry.hpp"
#include "catalogue/row.hpp"
#include "tinyrank/operators/complex_rank_one.hpp"
#include "tinyrank/operators/generated_complex_rank_one.hpp"

namespace tinyrank::catalogue {

/// Of a a^H, a(j): the entry j of (b; c), a = b + ic.
template <class Vector>
double complex_outer_product(std::size_t d, std::size_t j, std::size_t k, Vector a) noexcept {
  return hermitian_entry(d, j, k, [=](std::size_t p, std::size_t q) -> complex_number {
    return {a(p) * a(q) + a(d + p) * a(d + q), a(d + p) * a(q) - a(p) * a(d + q)};
  });
}

struct complex_rank_one_row : operator_row {
  static constexpr const char* name = "complex_rank_one";
  static constexpr const char* kernels = "rank_one";
  static constexpr golden_bits golden{0x5c5bbbadd86770f9u, 0x7d7623f4ef87f7d5u};
  static constexpr golden_bits staircase_golden{0x7bbf8fa6f5801970u, 0x9bf8c4d62eb44804u};
  // Drawn from keys they are generated_complex_rank_one.
  static constexpr std::array<sensing_kind, 2> kinds = {{
      {"complex-rank-one", "complex rank-one matrices", "FILE.npy", true,
       "y_i = ||a_i^H W||^2 of Z = W W^H; the vectors a are the rows of a complex\n"
       "array (m,n), or are drawn at every use\n"},
      {"complex-rank-one-pairs", "debiased complex rank-one pairs", "FILE.npy", true,
       "the differences for a, b; rows a, b, a, b, ... of a complex array (2m,n)\n"},
  }};
  template <class T>
  using sensing = complex_rank_one_sensing<T>;

  static constexpr std::size_t nearest_n(std::size_t n) noexcept { return n / 2 * 2; }

  template <class T>
  static constexpr sensing<T> place(std::size_t n, std::size_t m, std::uint64_t, arena& memory) noexcept {
    return {n / 2, m, memory.take<T>(padded<T>(n / 2 * 2), m), rank_one_form::plain};
  }
  template <class T>
  static void fill(const sensing<T>& a, std::uint64_t seed, std::size_t first, std::size_t count,
                   T*) noexcept {
    (void)fill_complex_rank_one_vectors(a.dimension, first, count, seed,
                                        writable(a.vectors) + first * padded<T>(a.n));
  }
  template <class T>
  static double entry(const sensing<T>& a, std::size_t i, std::size_t j, std::size_t k) noexcept {
    const T* const vector = a.vectors + i * padded<T>(a.n);
    return complex_outer_product(a.dimension, j, k,
                                 [=](std::size_t at) { return static_cast<double>(vector[at]); });
  }
  static constexpr std::size_t flops(std::size_t n, std::size_t m, std::size_t rank) noexcept {
    return 8 * m * n * rank;
  }
};

}  // namespace tinyrank::catalogue
