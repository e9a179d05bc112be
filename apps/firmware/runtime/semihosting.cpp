// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "semihosting.hpp"

#include "format.hpp"

namespace tinyrank::semihosting {
namespace {

constexpr std::uint32_t sys_open = 0x01;
constexpr std::uint32_t sys_write = 0x05;
constexpr std::uint32_t sys_exit_extended = 0x20;
constexpr std::uint32_t application_exit = 0x20026;

#if defined(__riscv)
std::uint32_t call(std::uint32_t operation, const void* block) {
  register std::uint32_t a0 asm("a0") = operation;
  register const void* a1 asm("a1") = block;
  // Three instructions of four bytes on one page are what a debugger knows the call by.
  asm volatile(
      ".option push \n"
      ".option norvc \n"
      ".balign 16 \n"
      "slli zero, zero, 0x1f \n"
      "ebreak \n"
      "srai zero, zero, 7 \n"
      ".option pop \n"
      : "+r"(a0)
      : "r"(a1)
      : "memory");
  return a0;
}
#else
std::uint32_t call(std::uint32_t operation, const void* block) {
  register std::uint32_t r0 asm("r0") = operation;
  register const void* r1 asm("r1") = block;
  asm volatile("bkpt 0xAB" : "+r"(r0) : "r"(r1) : "memory");
  return r0;
}
#endif

struct pointer_block {
  const char* pointer;
  std::uint32_t mode;
  std::uint32_t length;
};

struct write_block {
  std::uint32_t handle;
  const char* text;
  std::uint32_t length;
};

std::uint32_t length_of(const char* text) {
  std::uint32_t length = 0;
  while (text[length] != '\0') {
    ++length;
  }
  return length;
}

// SYS_WRITE0 would need no handle, but qemu sends it to standard error.
std::uint32_t standard_output() {
  constexpr std::uint32_t mode_write = 4;
  static std::uint32_t handle = 0;
  if (handle == 0) {
    const pointer_block block = {":tt", mode_write, 3};
    handle = call(sys_open, &block);
  }
  return handle;
}

}  // namespace

void print(const char* text) {
  const write_block block = {standard_output(), text, length_of(text)};
  call(sys_write, &block);
}

void print_unsigned(std::uint64_t value) {
  char text[format::unsigned_capacity];
  format::write_unsigned(value, text);
  print(text);
}

void print_hex64(std::uint64_t value) {
  char text[format::hex64_capacity];
  format::write_hex64(value, text);
  print(text);
}

void print_scientific(double value) {
  char text[format::scientific_capacity];
  format::write_scientific(value, text);
  print(text);
}

void exit(int code) {
  const struct {
    std::uint32_t reason;
    std::int32_t code;
  } block = {application_exit, code};
  for (;;) {
    call(sys_exit_extended, &block);
  }
}

}  // namespace tinyrank::semihosting
