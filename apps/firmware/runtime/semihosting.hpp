// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstdint>

// Text and an exit code to a debugger or to qemu, by semihosting, Arm's or RISC-V's. Nothing here allocates
// or needs a C library. Without a debugger attached every call ends in HardFault: a product links its own
// output instead.
namespace tinyrank::semihosting {

void print(const char* text);
void print_unsigned(std::uint64_t value);

// Sixteen hexadecimal digits, no prefix.
void print_hex64(std::uint64_t value);

// As printf("%e"): 1.234568e-05, correctly rounded, the same text on every target.
void print_scientific(double value);

[[noreturn]] void exit(int code);

}  // namespace tinyrank::semihosting
