// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

// The smallest program around one operator, TINYRANK_OPERATOR of the catalogue; report.py reads from its map
// what it takes of the library.

#include "catalogue/operators.hpp"
#include "semihosting.hpp"
#include "tinyrank/gradient_descent.hpp"

using namespace tinyrank;

#define TINYRANK_ROW_NAMED(name) name##_row
#define TINYRANK_ROW_OF(name) TINYRANK_ROW_NAMED(name)

int main() {
  using row = catalogue::TINYRANK_ROW_OF(TINYRANK_OPERATOR);
  constexpr std::size_t n = 16, m = 64;
  // Placed and not drawn: what would draw it is no part of a program that has its data from elsewhere.
  alignas(arena_alignment) static std::byte storage[catalogue::storage_bytes<row, float>(n, m)];
  arena placing(storage, sizeof storage);
  const auto sensing = row::place<float>(n, m, 1, placing);
  alignas(arena_alignment) static std::byte memory[32768];
  static float y[m];
  static descent<float> run;
  gradient_descent_options<float> options;
  options.rank = 2;
  y[0] = 1;
  if (init(run, sensing, y, options, memory, sizeof memory) != status::ok) return 1;
  while (step(run) == outcome::running) {
  }
  return static_cast<int>(run.factor(0, 0));
}
