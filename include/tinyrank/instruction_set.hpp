// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstdint>

#include "tinyrank/export.hpp"

namespace tinyrank {

/// The kernel tables. All give the same bits; `automatic` means the fastest that can be used.
enum class instruction_set : std::int32_t { automatic = 0, scalar, avx2, avx512, neon, helium };

inline constexpr instruction_set every_instruction_set[] = {instruction_set::scalar, instruction_set::avx2,
                                                            instruction_set::avx512, instruction_set::neon,
                                                            instruction_set::helium};

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
