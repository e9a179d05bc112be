// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstdint>

namespace tinyrank::golden {

/// factor_bits of the problems in golden_problem.hpp: on every instruction set, processor, compiler and
/// number of threads.
struct bits {
  std::uint64_t gaussian_given;
  std::uint64_t gaussian_automatic;
  std::uint64_t distance_automatic;
  std::uint64_t planted_truth;  ///< of golden_problem.hpp's planted_truth_bits
  std::uint64_t hadamard_automatic;
  std::uint64_t rank_one_automatic;
  std::uint64_t rademacher_automatic;
};

inline constexpr bits expected_f32{0xda2cfaa4330a8052u, 0x9d9c07462e329f3du, 0x3d373dfd2f55584au,
                                   0xea8f584a1f51bc54u, 0x8b9a2cd3c012b83bu, 0xa43395ca0b35e5fau,
                                   0x1f2c869c9d79d94cu};
inline constexpr bits expected_f64{0x7acab5987c9a3dc8u, 0x67a22e14cf4e6d52u, 0x077675d029c2d4abu,
                                   0x3df860d6767396a7u, 0x26b8cb79ca7ad491u, 0xff6ccfde4959bccdu,
                                   0xd3f0feb02068f69du};

template <class T>
inline constexpr const bits& expected = sizeof(T) == sizeof(float) ? expected_f32 : expected_f64;

}  // namespace tinyrank::golden
