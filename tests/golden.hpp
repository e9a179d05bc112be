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
};

inline constexpr bits expected_f32{0xe27b9e13bb1039c7u, 0xdde4dc99662e2065u, 0xad58d291ea6a2a18u,
                                   0xa19db2c59d1cfc2cu};
inline constexpr bits expected_f64{0x1612c34e284c39fcu, 0x9824a662abe77e0du, 0xf5187c0c53d78160u,
                                   0x5bf4c17048f74cbcu};

template <class T>
inline constexpr const bits& expected = sizeof(T) == sizeof(float) ? expected_f32 : expected_f64;

}  // namespace tinyrank::golden
