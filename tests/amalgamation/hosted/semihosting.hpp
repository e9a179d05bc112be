// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

// What tests/firmware/golden_bits.cpp and apps/firmware/staircase.cpp print with, for a program with a C
// library.

#include <cinttypes>
#include <cstdio>

namespace tinyrank::semihosting {

inline void print(const char* text) {
  std::fputs(text, stdout);
}
inline void print_unsigned(std::uint64_t value) {
  std::printf("%" PRIu64, value);
}
inline void print_scientific(double value) {
  std::printf("%e", value);
}
inline void print_hex64(std::uint64_t value) {
  std::printf("%016" PRIx64, value);
}

}  // namespace tinyrank::semihosting
