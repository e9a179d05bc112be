// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include "catalogue/rectangular_row.hpp"
#include "tinyrank/operators/generated_bilinear.hpp"

namespace tinyrank::catalogue {

struct generated_bilinear_row : rectangular_row {
  static constexpr const char* name = "generated_bilinear";
  static constexpr const char* kernels = "rank_one gaussian_vector";
  static constexpr golden_bits golden{0x3e4bc0f4af38a1bdu, 0xe309589592ab056du};
  static constexpr golden_bits staircase_golden{0xf6c0105de811d220u, 0x29a5a0a1a8f85facu};
  template <class T>
  using sensing = generated_bilinear_sensing<T>;

  template <class T>
  static constexpr sensing<T> place(std::size_t n, std::size_t m, std::uint64_t seed, arena&) noexcept {
    return {.rows = rows_of(n), .columns = columns_of(n), .measurement_count = m, .seed = seed};
  }
  template <class T>
  static double entry(const sensing<T>& a, std::size_t i, std::size_t j, std::size_t k) noexcept {
    const random_stream left = make_stream(a.seed, random_purpose::sensing, 2 * i);
    const random_stream right = make_stream(a.seed, random_purpose::sensing, 2 * i + 1);
    return embedded_entry(a, j, k, [&](std::size_t row, std::size_t column) {
      return static_cast<double>(tinyrank::gaussian(left, static_cast<std::uint32_t>(row))) *
             static_cast<double>(tinyrank::gaussian(right, static_cast<std::uint32_t>(column)));
    });
  }
  static constexpr std::size_t flops(std::size_t n, std::size_t m, std::size_t rank) noexcept {
    return 4 * m * n * rank;
  }
  static constexpr std::size_t draws(std::size_t n, std::size_t m) noexcept { return m * n; }
};

}  // namespace tinyrank::catalogue
