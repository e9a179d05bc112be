// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include "catalogue/row.hpp"
#include "tinyrank/operators/gaussian.hpp"

namespace tinyrank::catalogue {

struct gaussian_row : operator_row {
  static constexpr const char* name = "gaussian";
  static constexpr const char* kernels = "factor packed gaussian";
  static constexpr golden_bits golden{0x4ad2708eb824345fu, 0xa16b0832a431f18au};
  static constexpr golden_bits staircase_golden{0x5f8f8ac3f435c4bfu, 0xddeaa1a5a5e9bd08u};
  static constexpr std::array<const char*, 2> timed_as = {"generated_gaussian", "generated_gaussian_f64"};
  static constexpr std::array<sensing_kind, 1> kinds = {{
      {"gaussian", "Gaussian matrices", "", true,
       "isotropic Gaussian matrices; law=as-printed exchanges the variances;\n"
       "stored=no draws them again at every use, without memory for them\n"},
  }};
  template <class T>
  using sensing = gaussian_sensing<T>;

  template <class T>
  static constexpr sensing<T> place(std::size_t n, std::size_t m, std::uint64_t seed, arena&) noexcept {
    return {n, m, seed};
  }
  template <class T>
  static double entry(const sensing<T>& a, std::size_t i, std::size_t j, std::size_t k) noexcept {
    return static_cast<double>(gaussian_entry(a.seed, a.ensemble, i, j, k));
  }
  static constexpr std::size_t flops(std::size_t n, std::size_t m, std::size_t) noexcept {
    return 4 * m * packed_count(n);
  }
  static constexpr std::size_t draws(std::size_t n, std::size_t m) noexcept { return m * packed_count(n); }
};

}  // namespace tinyrank::catalogue
