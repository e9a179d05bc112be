// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include <bit>
#include <cmath>

#include "catalogue/hermitian_entry.hpp"
#include "catalogue/row.hpp"
#include "tinyrank/operators/coded_diffraction.hpp"

namespace tinyrank::catalogue {

struct coded_diffraction_row : operator_row {
  static constexpr const char* name = "coded_diffraction";
  static constexpr const char* kernels = "fourier hadamard";
  static constexpr golden_bits golden{0x19d6a93c4e14f741u, 0x09bb170ff7f023e9u};
  static constexpr golden_bits staircase_golden{0x069e90a99d50477eu, 0x3a2f99e33bb16067u};
  static constexpr std::array<sensing_kind, 1> kinds = {{
      {"phase", "coded diffraction patterns", "", true,
       "squared moduli of the transforms of signals of n entries behind masks of\n"
       "1, i, -1, -i; transform=fourier (default) or hadamard, whose length, and\n"
       "number of values for each mask, is the power of two from n on\n",
       "n,masks"},
  }};
  template <class T>
  using sensing = coded_diffraction_sensing<T>;

  static constexpr std::size_t nearest_n(std::size_t n) noexcept { return n / 2 * 2; }

  template <class T>
  static constexpr sensing<T> place(std::size_t n, std::size_t m, std::uint64_t seed, arena&) noexcept {
    return {n / 2, m, seed, diffraction_transform::fourier};
  }
  /// Of a a^H, a_j = conj(F_kj D_jj).
  template <class T>
  static double entry(const sensing<T>& a, std::size_t i, std::size_t j, std::size_t k) noexcept {
    const std::size_t length = diffraction_length(a.dimension), mask = i / length, row = i % length;
    const auto angle = [&](std::size_t at) {
      const double turned = 0.25 * diffraction_turns(a.seed, mask, at);
      if (a.transform == diffraction_transform::hadamard) return turned + 0.5 * (std::popcount(row & at) % 2);
      return turned - static_cast<double>(row * at % length) / static_cast<double>(length);
    };
    return hermitian_entry(a.dimension, j, k, [&](std::size_t p, std::size_t q) -> complex_number {
      const double turn = 6.28318530717958647693 * (angle(q) - angle(p));
      return {std::cos(turn), std::sin(turn)};
    });
  }
  /// Two transforms for each mask and column, of N/2 log2 N butterflies of ten operations.
  static constexpr std::size_t flops(std::size_t n, std::size_t m, std::size_t rank) noexcept {
    return 10 * m * rank * static_cast<std::size_t>(std::bit_width(diffraction_length(n / 2)) - 1);
  }
};

}  // namespace tinyrank::catalogue
