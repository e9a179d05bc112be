// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstddef>

#include "tinyrank/arena.hpp"
#include "tinyrank/instruction_set.hpp"  // first: its enumerator `automatic` shadows the constant below
#include "tinyrank/views.hpp"

namespace tinyrank {

/// For step_size, initial_scale and parameters of methods that say so: let the library choose.
inline constexpr int automatic = 0;

template <class Options>
constexpr bool needs_initial_scale(const Options& options) noexcept {
  return options.initial_scale == automatic && options.initial_factor == nullptr;
}

/// Everything that a run keeps in the arena but its method's state. One function measures and places it.
template <class T>
struct descent_memory {
  T* factor = nullptr;
  T* gradient = nullptr;
  T* candidate = nullptr;  ///< the next factor, until its loss is accepted; none where that is not asked
  T* measured = nullptr;   ///< only when the scale of X or gamma is asked for: m values
  std::byte* operator_scratch = nullptr;
};

template <class T, class Options, class Method>
constexpr descent_memory<T> layout_descent(arena& memory, std::size_t n, std::size_t measurement_count,
                                           std::size_t operator_scratch_bytes, const Options& options,
                                           const Method& method) noexcept {
  descent_memory<T> placed;
  placed.factor = memory.take<T>(padded<T>(n), options.rank);
  placed.gradient = memory.take<T>(padded<T>(n), options.rank);
  if (options.step_size == automatic || method.keeps_factor)
    placed.candidate = memory.take<T>(padded<T>(n), options.rank);
  if ((options.initial_scale == automatic && options.initial_factor == nullptr) ||
      needs_gamma(options, method)) {
    placed.measured = memory.take<T>(measurement_count);
  }
  placed.operator_scratch = memory.take<std::byte>(operator_scratch_bytes);
  return placed;
}

}  // namespace tinyrank
