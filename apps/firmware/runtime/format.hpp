// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstddef>
#include <cstdint>

// Numbers to text in the caller's characters, by integer arithmetic alone; every text ends with a zero byte.
namespace tinyrank::format {

inline constexpr std::size_t unsigned_capacity = 21;
inline constexpr std::size_t hex64_capacity = 17;
inline constexpr std::size_t scientific_capacity = 16;

void write_unsigned(std::uint64_t value, char (&text)[unsigned_capacity]);
void write_hex64(std::uint64_t value, char (&text)[hex64_capacity]);

// As printf("%e"), correctly rounded: one digit, six decimals, an exponent of at least two digits; inf, -inf,
// nan.
void write_scientific(double value, char (&text)[scientific_capacity]);

}  // namespace tinyrank::format
