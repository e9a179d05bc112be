// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstdint>

#include "tinyrank/detail/instruction_sets.def"
#include "tinyrank/export.hpp"

namespace tinyrank {

/// The kernel tables: automatic = 0, scalar, avx2, avx512, neon, helium, rvv, sve. All give the same
/// bits; `automatic` means the fastest that can be used.
#define TINYRANK_ROW(with, name, NAME, built, usable, speed) , name
enum class instruction_set : std::int32_t { automatic = 0 TINYRANK_INSTRUCTION_SETS(TINYRANK_ROW, ) };
#undef TINYRANK_ROW

#define TINYRANK_ROW(with, name, NAME, built, usable, speed) instruction_set::name,
inline constexpr instruction_set every_instruction_set[] = {TINYRANK_INSTRUCTION_SETS(TINYRANK_ROW, )};
#undef TINYRANK_ROW

/// "scalar", "avx2", ...; never null.
[[nodiscard]] TINYRANK_API const char* to_string(instruction_set value) noexcept;

/// Whether this library holds kernels for it.
[[nodiscard]] TINYRANK_API bool is_built(instruction_set value) noexcept;

/// Whether it is built, the processor has it, and the operating system saves its registers (XGETBV, hardware
/// capabilities).
[[nodiscard]] TINYRANK_API bool is_usable(instruction_set value) noexcept;

/// The table that `automatic` picks here.
[[nodiscard]] TINYRANK_API instruction_set best_instruction_set() noexcept;

}  // namespace tinyrank
