// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstddef>

#include "tinyrank/sensing.hpp"

namespace tinyrank {

/// What a batch keeps in the arena. One function measures and places it.
template <class T>
struct batch_memory {
  batch_problem<T>* problems = nullptr;
  std::size_t* running = nullptr;  ///< the run behind each problem
  std::byte* operator_scratch = nullptr;
};

template <class T>
constexpr batch_memory<T> layout_batch(arena& memory, std::size_t count, std::size_t scratch_bytes) noexcept {
  batch_memory<T> placed;
  placed.problems = memory.take<batch_problem<T>>(count);
  placed.running = memory.take<std::size_t>(count);
  placed.operator_scratch = memory.take<std::byte>(scratch_bytes);
  return placed;
}

}  // namespace tinyrank
