// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include <bit>

#include "catalogue/row.hpp"
#include "tinyrank/operators/hadamard.hpp"

namespace tinyrank::catalogue {

struct hadamard_row : operator_row {
  static constexpr const char* name = "hadamard";
  static constexpr const char* kernels = "factor hadamard";
  static constexpr golden_bits golden{0x86957a8f8ce99847u, 0xdf18915e1a93a22au};
  static constexpr golden_bits staircase_golden{0x968128758884ae47u, 0xd282ac067af1b3afu};
  static constexpr std::array<const char*, 2> timed_as = {"hadamard", "hadamard_f64"};
  static constexpr std::array<sensing_kind, 1> kinds = {{
      {"hadamard", "Hadamard rows", "", true, "m rows of a random Walsh-Hadamard transform\n"},
  }};
  template <class T>
  using sensing = hadamard_sensing<T>;

  static constexpr std::size_t most_measurements(std::size_t n) noexcept { return hadamard_slot_count(n); }

  template <class T>
  static constexpr sensing<T> place(std::size_t n, std::size_t m, std::uint64_t seed, arena&) noexcept {
    return {n, m, seed, nullptr};
  }
  template <class T>
  static double entry(const sensing<T>& a, std::size_t i, std::size_t j, std::size_t k) noexcept {
    return static_cast<double>(hadamard_entry(a, i, j, k));
  }
  /// Two transforms of P log2 P additions, U U^T, and the product of a symmetric matrix with U.
  static constexpr std::size_t flops(std::size_t n, std::size_t, std::size_t rank) noexcept {
    const std::size_t slots = hadamard_slot_count(n);
    return 2 * slots * static_cast<std::size_t>(std::countr_zero(slots)) +
           2 * rank * (packed_count(n) + n * n);
  }
};

}  // namespace tinyrank::catalogue
