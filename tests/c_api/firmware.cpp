// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "semihosting.hpp"
#include "test_c_api.h"

using namespace tinyrank;

extern "C" void c_test_failed(const char* what, int line) {
  semihosting::print("test_c_api.c:");
  semihosting::print_unsigned(static_cast<std::uint64_t>(line));
  semihosting::print(": ");
  semihosting::print(what);
  semihosting::print("\n");
}

int main() {
  const int failures = c_test_run();
  semihosting::print_unsigned(static_cast<std::uint64_t>(failures));
  semihosting::print(" checks failed\n");
  return failures == 0 ? 0 : 1;
}
