// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

// The smallest program that recovers with nothing told from one operator, TINYRANK_OPERATOR of the catalogue;
// report.py reads from its map what it takes of the library and of the compiler's run-time libraries.

#include "catalogue/operators.hpp"
#include "semihosting.hpp"
#include "tinyrank/staircase.hpp"

using namespace tinyrank;

#define TINYRANK_ROW_NAMED(name) name##_row
#define TINYRANK_ROW_OF(name) TINYRANK_ROW_NAMED(name)

int main() {
  using row = catalogue::TINYRANK_ROW_OF(TINYRANK_OPERATOR);
  constexpr std::size_t n = 16, m = 64;
  // Placed and not drawn, as in flash.cpp.
  alignas(arena_alignment) static std::byte storage[catalogue::storage_bytes<row, float>(n, m)];
  arena placing(storage, sizeof storage);
  const auto sensing = row::place<float>(n, m, 1, placing);
  alignas(arena_alignment) static std::byte memory[65536];
  static float y[m];
  static staircase<float> run;
  y[0] = 1;
  if (init(run, sensing, y, staircase_options<float>{}, memory, sizeof memory) != status::ok) return 1;
  while (step(run) == outcome::running) {
  }
  return static_cast<int>(run.factor(0, 0));
}
