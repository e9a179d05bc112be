// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include "catalogue/row.hpp"
#include "tinyrank/operators/generated_rank_one.hpp"

namespace tinyrank::catalogue {

struct generated_rank_one_row : operator_row {
  static constexpr const char* name = "generated_rank_one";
  static constexpr const char* kernels = "rank_one gaussian_vector";
  static constexpr golden_bits golden{0xa9059ac6873c6844u, 0xbc34c46f96c80c91u};
  static constexpr golden_bits staircase_golden{0x32385d26ba51d35fu, 0x4f46f61f8a1f1d85u};
  static constexpr std::array<const char*, 2> timed_as = {"generated_rank_one", "generated_rank_one_f64"};
  template <class T>
  using sensing = generated_rank_one_sensing<T>;

  template <class T>
  static constexpr sensing<T> place(std::size_t n, std::size_t m, std::uint64_t seed, arena&) noexcept {
    return {n, m, seed, rank_one_form::plain};
  }
  template <class T>
  static double entry(const sensing<T>& a, std::size_t i, std::size_t j, std::size_t k) noexcept {
    const random_stream stream = make_stream(a.seed, random_purpose::sensing, i);
    return static_cast<double>(tinyrank::gaussian(stream, static_cast<std::uint32_t>(j))) *
           static_cast<double>(tinyrank::gaussian(stream, static_cast<std::uint32_t>(k)));
  }
  static constexpr std::size_t flops(std::size_t n, std::size_t m, std::size_t rank) noexcept {
    return 4 * m * n * rank;
  }
  static constexpr std::size_t draws(std::size_t n, std::size_t m) noexcept { return m * n; }
};

}  // namespace tinyrank::catalogue
