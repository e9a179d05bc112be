// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstddef>

#include "tinyrank/instruction_set.hpp"

namespace tinyrank::bench {

/// One way to read memory once. The result only keeps the compiler from dropping the loads.
template <class T>
struct read_pattern {
  const char* name;
  T (*read)(const T* from, std::size_t count);
};

inline constexpr std::size_t read_pattern_count = 5;

template <class T>
struct probe_table {
  read_pattern<T> reads[read_pattern_count];
  /// 2 * fma_chain_lanes * steps flops between registers only.
  T (*fma_chains)(T multiplier, T addend, std::size_t steps);
  std::size_t fma_chain_lanes;
};

/// The limits of one instruction set, written over the registers that its kernels use.
struct probe_set {
  probe_table<float> f32;
  probe_table<double> f64;

  template <class T>
  [[nodiscard]] const probe_table<T>& of() const noexcept {
    if constexpr (sizeof(T) == sizeof(float)) {
      return f32;
    } else {
      return f64;
    }
  }
};

/// `isa` must be usable, and not automatic.
const probe_set& find_probes(instruction_set isa) noexcept;

}  // namespace tinyrank::bench
