// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

// startup.cpp for a RISC-V in machine mode, which qemu's board `virt` starts at the first byte of its memory.

#include <cstdint>

#include "semihosting.hpp"
#include "start_program.hpp"

extern "C" {
[[noreturn, gnu::used]] void report_exception(std::uint32_t cause, std::uint32_t address) {
  tinyrank::semihosting::print("\nexception ");
  tinyrank::semihosting::print_unsigned(cause);
  tinyrank::semihosting::print(" (7 is a store that is not allowed) of ");
  tinyrank::semihosting::print_hex64(address);
  tinyrank::semihosting::print("\n");
  tinyrank::semihosting::exit(128 + static_cast<int>(cause & 0x7f));
}

// Floats are off until mstatus.FS says otherwise. A stack that runs over leaves its memory downwards, into
// the code, which is protected so that it faults (pmpaddr0: the 4 MB from 0x80000000; pmpcfg0: locked, of a
// size that is a power of two, executable and readable).
[[gnu::naked, gnu::used, gnu::section(".vectors")]] void reset_entry() {
  asm volatile(
      ".option push \n"
      ".option arch, +zicsr \n"
      "la sp, stack_top \n"
      "la t0, exception_entry \n"
      "csrw mtvec, t0 \n"
      "li t0, 0x2000 \n"
      "csrs mstatus, t0 \n"
      "li t0, 0x2007ffff \n"
      "csrw pmpaddr0, t0 \n"
      "li t0, 0x9d \n"
      "csrw pmpcfg0, t0 \n"
      ".option pop \n"
      "j start_program \n");
}

// Takes a fresh stack first: the usual reason to be here is that the old one ran over.
[[gnu::naked, gnu::used, gnu::aligned(4)]] void exception_entry() {
  asm volatile(
      ".option push \n"
      ".option arch, +zicsr \n"
      "la sp, stack_top \n"
      "csrr a0, mcause \n"
      "csrr a1, mtval \n"
      ".option pop \n"
      "j report_exception \n");
}
}
