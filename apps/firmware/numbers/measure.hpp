// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

// Instructions and stack of a call, for programs that run under qemu with -icount shift=0, where an
// instruction takes one nanosecond of the simulated clock. These are instructions, not cycles.

#include <cstddef>
#include <cstdint>

#include "semihosting.hpp"

extern "C" std::uint64_t stack_bottom, stack_top;

namespace tinyrank::numbers {

#if defined(__riscv)
/// Instructions of call(), to within some 10; at most 2^32.
template <class Call>
double instructions_of(Call call) {
  const auto count = [] {
    std::uint32_t retired;
    asm volatile(
        ".option push \n"
        ".option arch, +zicsr \n"
        "csrr %0, minstret \n"
        ".option pop \n"
        : "=r"(retired)
        :
        : "memory");
    return retired;
  };
  const std::uint32_t before = count();
  call();
  return count() - before;
}
#else
// The processor clocks of qemu's boards: 25 MHz, 32 MHz of mps3-an547 and 20 MHz of mps2-an505.
#if defined(__ARM_FEATURE_MVE)
inline constexpr double instructions_per_tick = 31.25;
#elif __ARM_ARCH >= 8
inline constexpr double instructions_per_tick = 50;
#else
inline constexpr double instructions_per_tick = 40;
#endif

inline volatile std::uint32_t& system_register(std::uint32_t address) {
  return *reinterpret_cast<volatile std::uint32_t*>(address);
}

/// Instructions of call(), to within some 40; at most 500 million.
template <class Call>
double instructions_of(Call call) {
  constexpr std::uint32_t control = 0xE000E010, reload = 0xE000E014, value = 0xE000E018, most = 0xFFFFFF;
  system_register(reload) = most;
  system_register(value) = 0;
  system_register(control) = 5;  // processor clock, enabled, no interrupt
  const std::uint32_t before = system_register(value);
  call();
  const std::uint32_t after = system_register(value);
  system_register(control) = 0;
  return ((before - after) & most) * instructions_per_tick;
}
#endif

/// Bytes of stack below this function's frame that call() wrote: paints what is free, and looks how far the
/// paint is gone.
template <class Call>
[[gnu::noinline]] std::size_t stack_of(Call call) {
  constexpr std::uint64_t paint = 0xa5c3a5c3a5c3a5c3u;
  volatile std::uint64_t* const bottom = &stack_bottom;
  std::uint32_t pointer;
#if defined(__riscv)
  asm volatile("mv %0, sp" : "=r"(pointer));
#else
  asm volatile("mov %0, sp" : "=r"(pointer));
#endif
  volatile std::uint64_t* const here = reinterpret_cast<volatile std::uint64_t*>(pointer & ~std::uint32_t{7});
  for (volatile std::uint64_t* cell = bottom; cell < here; ++cell) *cell = paint;
  call();
  volatile std::uint64_t* cell = bottom;
  while (cell < here && *cell == paint) ++cell;
  return static_cast<std::size_t>(here - cell) * sizeof *cell;
}

inline void print_key(const char* group, const char* name) {
  semihosting::print(group);
  semihosting::print(".");
  semihosting::print(name);
  semihosting::print(" ");
}

inline void print_number(const char* group, const char* name, std::uint64_t value) {
  print_key(group, name);
  semihosting::print_unsigned(value);
  semihosting::print("\n");
}

inline void print_number(const char* group, const char* name, double value) {
  print_key(group, name);
  semihosting::print_scientific(value);
  semihosting::print("\n");
}

}  // namespace tinyrank::numbers
