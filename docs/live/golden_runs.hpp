// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstddef>
#include <cstdint>

namespace tinyrank::web {

/// A run of which every machine makes the same bits, of tests/common/golden.hpp or the catalogue.
struct golden_run {
  const char* name;
  std::uint64_t (*bits)() noexcept;
  std::uint64_t expected;
};

inline constexpr std::size_t golden_run_count = 16;
extern const golden_run golden_runs[golden_run_count];

}  // namespace tinyrank::web
