// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

// What the benchmark times, a gradient of each.

#include <cstdio>

#include "bench/operators.hpp"

int main() {
  for (const auto& kind : tinyrank::bench::operator_kinds()) {
    const tinyrank::bench::bench_case one = tinyrank::bench::operator_case(kind.name, {16, 32, 2});
    one.prepare()();
    std::printf("%s: %g flops, %g bytes\n", one.name.c_str(), one.flops, one.bytes);
  }
}
