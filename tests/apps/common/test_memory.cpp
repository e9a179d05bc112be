// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <cstdint>
#include <string>

#include "apps/common/memory.hpp"
#include "scratch.hpp"

namespace {

using namespace tinyrank::app;
using tinyrank::app::test::refusal_of;

TEST_SUITE("memory") {
  TEST_CASE("a factor that size_t does not count is refused, not a small one made") {
    CHECK(require_factor<float>("--planted", 20, 3) == tinyrank::padded<float>(20) * 3);
    CHECK(require_factor<float>("--planted", 20, 0) == 0);
    // Of 32 bits; of 64 the next.
    const std::size_t half = std::size_t{1} << (sizeof(std::size_t) * 4);
    for (const std::size_t rank : {half, half - 1, half / 2}) {
      const std::string refused = refusal_of([&] { (void)require_factor<float>("--planted", half, rank); });
      CHECK(refused.find("--planted: needs ") == 0);
      CHECK(refused.find(" of memory, more than this process is granted") != std::string::npos);
    }
    CHECK(require_factor<float>("--planted", half, half / 8) == half * (half / 8));
  }
}

}  // namespace
