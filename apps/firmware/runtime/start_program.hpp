// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

// What every processor does between its reset and main(). Each has one startup file, which includes this.

#include <cstdint>

#include "semihosting.hpp"

extern "C" {
extern std::uint64_t data_begin;
extern std::uint64_t data_end;
extern const std::uint64_t data_image;
extern std::uint64_t bss_begin;
extern std::uint64_t bss_end;

int main();

[[noreturn, gnu::used]] void start_program() {
  const std::uint64_t* source = &data_image;
  for (std::uint64_t* target = &data_begin; target != &data_end; ++target) {
    *target = *source++;
  }
  for (std::uint64_t* target = &bss_begin; target != &bss_end; ++target) {
    *target = 0;
  }
  tinyrank::semihosting::exit(main());
}
}
