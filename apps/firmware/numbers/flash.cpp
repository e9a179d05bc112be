// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

// The smallest program around one operator; report.py reads from its map what it takes of the library.

#include "semihosting.hpp"
#include "tinyrank/diagnostics.hpp"
#include "tinyrank/gradient_descent.hpp"
#include "tinyrank/operators/dense.hpp"
#include "tinyrank/operators/distances.hpp"
#include "tinyrank/operators/entries.hpp"
#include "tinyrank/operators/gaussian.hpp"
#include "tinyrank/operators/generated_rank_one.hpp"
#include "tinyrank/operators/hadamard.hpp"
#include "tinyrank/operators/rademacher.hpp"
#include "tinyrank/operators/rank_one.hpp"

using namespace tinyrank;

int main() {
  static constexpr std::size_t n = 16, m = 64;
  alignas(arena_alignment) static float data[4096];
  static float y[m];
  static index_pair pairs[m];
#if defined(FLASH_dense)
  const dense_sensing<float> sensing{n, m, data};
#elif defined(FLASH_gaussian)
  const gaussian_sensing<float> sensing{n, m, 1};
#elif defined(FLASH_rademacher)
  const rademacher_sensing<float> sensing{n, m, 1};
#elif defined(FLASH_hadamard)
  const hadamard_sensing<float> sensing{n, m, 1};
#elif defined(FLASH_rank_one)
  const rank_one_sensing<float> sensing{n, m, data};
#elif defined(FLASH_generated_rank_one)
  const generated_rank_one_sensing<float> sensing{n, m, 1};
#elif defined(FLASH_distances)
  const distances_sensing<float> sensing{n, m, pairs};
#elif defined(FLASH_entries)
  const entries_sensing<float> sensing{n, m, pairs};
#endif
  alignas(arena_alignment) static std::byte memory[32768];
  static gradient_descent<float> run;
  gradient_descent_options<float> options;
  options.rank = 2;
  y[0] = data[0] + 1;
  pairs[0] = {1, 2};
  if (init(run, sensing, y, options, memory, sizeof memory) != status::ok) return 1;
  while (step(run) == outcome::running) {
  }
  return static_cast<int>(run.factor(0, 0));
}
