// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include <cstdint>

#include "semihosting.hpp"
#include "start_program.hpp"

extern "C" {
extern std::uint64_t stack_top;

[[noreturn, gnu::used]] void report_exception(std::uint32_t exception) {
  const auto* configurable_fault_status = reinterpret_cast<const volatile std::uint32_t*>(0xE000ED28);
  tinyrank::semihosting::print("\nexception ");
  tinyrank::semihosting::print_unsigned(exception);
  tinyrank::semihosting::print(" (3 is HardFault), CFSR ");
  tinyrank::semihosting::print_hex64(*configurable_fault_status);
  tinyrank::semihosting::print("\n");
  tinyrank::semihosting::exit(128 + static_cast<int>(exception));
}

// A stack that runs over leaves its memory downwards. That must fault, and not quietly rewrite what lies
// there.
#if __ARM_ARCH == 6
// Armv6-M may have no protection either: where the stack ends is looked at by nobody.
#define TINYRANK_GUARD_STACK
#elif __ARM_ARCH >= 8
#define TINYRANK_GUARD_STACK \
  "ldr r0, =stack_bottom \n" \
  "msr msplim, r0 \n"
#else
// Armv7-M has no stack limit register, so a protection region makes the code area (0 to 0x1FFFFFFF)
// read-only: RBAR (VALID, region 0), RASR (read-only, cacheable, 2^29 bytes, enabled), CTRL (default map
// elsewhere, enabled).
#define TINYRANK_GUARD_STACK \
  "ldr r0, =0xE000ED94 \n"   \
  "ldr r1, =0x00000010 \n"   \
  "str r1, [r0, #8] \n"      \
  "ldr r1, =0x06020039 \n"   \
  "str r1, [r0, #12] \n"     \
  "mov r1, #5 \n"            \
  "str r1, [r0] \n"
#endif

// In assembly, because a compiled function may use vector registers (M55 zeroes memory with them) before they
// are on. CPACR bits 20-23 give access to the floating-point unit, and on Armv8.1-M to Helium as well.
[[gnu::naked, gnu::used]] void reset_entry() {
  asm volatile(
#if __ARM_ARCH > 6
      "ldr r0, =0xE000ED88 \n"
      "ldr r1, [r0] \n"
      "orr r1, r1, #0xF00000 \n"
      "str r1, [r0] \n"  //
#endif
      TINYRANK_GUARD_STACK
      "dsb \n"
      "isb \n"
      "bl start_program \n"
      ".ltorg \n");
}

// Takes a fresh stack first: the usual reason to be here is that the old one ran over.
[[gnu::naked, gnu::used]] void exception_entry() {
  asm volatile(
      "ldr r0, =stack_top \n"
      "mov sp, r0 \n"
      "mrs r0, ipsr \n"
      "bl report_exception \n"
      ".ltorg \n");
}

/// A program that starts the SysTick timer defines this.
[[gnu::weak, gnu::alias("exception_entry")]] void systick_entry();
}

namespace {

using handler = void (*)();

// Only the system timer may interrupt, so the table ends with the fifteen system exceptions.
struct vector_table {
  std::uint64_t* initial_stack;
  handler reset;
  handler exceptions[14];
};

[[gnu::section(".vectors"), gnu::used]] const vector_table vectors = {
    &stack_top,
    reset_entry,
    {exception_entry, exception_entry, exception_entry, exception_entry, exception_entry, exception_entry,
     exception_entry, exception_entry, exception_entry, exception_entry, exception_entry, exception_entry,
     exception_entry, systick_entry},
};

}  // namespace
