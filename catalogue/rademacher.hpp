// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include "catalogue/row.hpp"
#include "tinyrank/operators/rademacher.hpp"

namespace tinyrank::catalogue {

struct rademacher_row : operator_row {
  static constexpr const char* name = "rademacher";
  static constexpr const char* kernels = "factor rademacher";
  static constexpr golden_bits golden{0x8365b6a2086cf80au, 0xa245bd78ab8c8875u};
  static constexpr golden_bits staircase_golden{0xf6e10e1a871faedeu, 0x97f3c7e39e35c361u};
  static constexpr std::array<const char*, 2> timed_as = {"generated_rademacher", "generated_rademacher_f64"};
  static constexpr std::array<sensing_kind, 1> kinds = {{
      {"rademacher", "Rademacher matrices", "", true, "random signs, isotropic, drawn again at every use\n"},
  }};
  template <class T>
  using sensing = rademacher_sensing<T>;

  template <class T>
  static constexpr sensing<T> place(std::size_t n, std::size_t m, std::uint64_t seed, arena&) noexcept {
    return {n, m, seed};
  }
  template <class T>
  static double entry(const sensing<T>& a, std::size_t i, std::size_t j, std::size_t k) noexcept {
    return static_cast<double>(rademacher_entry(a.seed, i, j, k));
  }
  static constexpr std::size_t flops(std::size_t n, std::size_t m, std::size_t) noexcept {
    return 4 * m * packed_count(n);
  }
};

}  // namespace tinyrank::catalogue
