// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include "catalogue/row.hpp"
#include "tinyrank/operators/sign_vectors.hpp"

namespace tinyrank::catalogue {

struct sign_vectors_row : operator_row {
  static constexpr const char* name = "sign_vectors";
  static constexpr const char* kernels = "rank_one";
  static constexpr golden_bits golden{0x1a3e1e90ebf9b21du, 0x1c6dea11733b1fd5u};
  static constexpr golden_bits staircase_golden{0x95c3407292f827e2u, 0x91840ba88c9c0822u};
  static constexpr std::array<sensing_kind, 1> kinds = {{
      {"sign-vectors", "sign vectors", "", true, "A_i = s s^T, s random signs, drawn again at every use\n"},
  }};
  template <class T>
  using sensing = sign_vectors_sensing<T>;

  template <class T>
  static constexpr sensing<T> place(std::size_t n, std::size_t m, std::uint64_t seed, arena&) noexcept {
    return {n, m, seed};
  }
  template <class T>
  static double entry(const sensing<T>& a, std::size_t i, std::size_t j, std::size_t k) noexcept {
    const random_stream stream = make_stream(a.seed, random_purpose::sensing, i);
    return static_cast<double>(rademacher_sign(stream, static_cast<std::uint32_t>(j)) *
                               rademacher_sign(stream, static_cast<std::uint32_t>(k)));
  }
  static constexpr std::size_t flops(std::size_t n, std::size_t m, std::size_t rank) noexcept {
    return 4 * m * n * rank;
  }
};

}  // namespace tinyrank::catalogue
