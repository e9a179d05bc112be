// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include "catalogue/complex_rank_one.hpp"

namespace tinyrank::catalogue {

struct generated_complex_rank_one_row : operator_row {
  static constexpr const char* name = "generated_complex_rank_one";
  static constexpr const char* kernels = "rank_one gaussian_vector";
  static constexpr golden_bits golden{0x5c5bbbadd86770f9u, 0x7d7623f4ef87f7d5u};
  static constexpr golden_bits staircase_golden{0x7bbf8fa6f5801970u, 0x9bf8c4d62eb44804u};
  template <class T>
  using sensing = generated_complex_rank_one_sensing<T>;

  static constexpr std::size_t nearest_n(std::size_t n) noexcept { return n / 2 * 2; }

  template <class T>
  static constexpr sensing<T> place(std::size_t n, std::size_t m, std::uint64_t seed, arena&) noexcept {
    return {n / 2, m, seed, rank_one_form::plain};
  }
  template <class T>
  static double entry(const sensing<T>& a, std::size_t i, std::size_t j, std::size_t k) noexcept {
    const random_stream stream = make_stream(a.seed, random_purpose::sensing, i);
    return complex_outer_product(a.dimension, j, k, [=](std::size_t at) {
      return static_cast<double>(square_root_of_half *
                                 tinyrank::gaussian(stream, static_cast<std::uint32_t>(at)));
    });
  }
  static constexpr std::size_t flops(std::size_t n, std::size_t m, std::size_t rank) noexcept {
    return 8 * m * n * rank;
  }
  static constexpr std::size_t draws(std::size_t n, std::size_t m) noexcept { return m * n; }
};

}  // namespace tinyrank::catalogue
