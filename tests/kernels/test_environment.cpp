// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include <doctest/doctest.h>

#include <cfenv>
#include <cstdint>
#include <string>

#include "tinyrank/environment.hpp"
#include "tinyrank/tinyrank.h"

using namespace tinyrank;

TEST_SUITE_BEGIN("environment");

TEST_CASE("a rounding mode other than to nearest is told") {
  CHECK(check_environment() == status::ok);
  for (const int mode : {FE_DOWNWARD, FE_UPWARD, FE_TOWARDZERO}) {
    CAPTURE(mode);
    REQUIRE(std::fesetround(mode) == 0);
    const status found = check_environment();
    const std::int32_t in_c = tinyrank_check_environment();
    REQUIRE(std::fesetround(FE_TONEAREST) == 0);
    CHECK(found == status::arithmetic);
    CHECK(in_c == TINYRANK_STATUS_ARITHMETIC);
  }
  CHECK(check_environment() == status::ok);
  CHECK(tinyrank_check_environment() == TINYRANK_OK);
  CHECK(std::string(to_string(status::arithmetic)).starts_with("arithmetic: "));
}

#if defined(__x86_64__)
TEST_CASE("flush-to-zero, of results and of operands, is told") {
  const unsigned before = __builtin_ia32_stmxcsr();
  for (const unsigned bit : {0x8000u, 0x0040u}) {
    CAPTURE(bit);
    __builtin_ia32_ldmxcsr(before | bit);
    const status found = check_environment();
    __builtin_ia32_ldmxcsr(before);
    CHECK(found == status::arithmetic);
  }
  CHECK(check_environment() == status::ok);
}
#elif defined(__aarch64__)
TEST_CASE("flush-to-zero is told") {
  std::uint64_t before = 0;
  __asm__ volatile("mrs %0, fpcr" : "=r"(before));
  __asm__ volatile("msr fpcr, %0" ::"r"(before | std::uint64_t{1} << 24));
  const status found = check_environment();
  __asm__ volatile("msr fpcr, %0" ::"r"(before));
  CHECK(found == status::arithmetic);
  CHECK(check_environment() == status::ok);
}
#endif

TEST_SUITE_END();
