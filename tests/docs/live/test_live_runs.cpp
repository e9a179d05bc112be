// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include <cinttypes>
#include <cstdio>
#include <cstdlib>

#include "golden_runs.hpp"
#include "recovery.hpp"
#include "tinyrank/diagnostics.hpp"

namespace {

using namespace tinyrank;

int failures = 0;

void expect(bool holds, const char* what) {
  if (holds) return;
  std::printf("failed: %s\n", what);
  ++failures;
}

void compare(const char* name, std::uint64_t bits, std::uint64_t expected) {
  std::printf("%s: %016" PRIx64 ", golden %016" PRIx64 "\n", name, bits, expected);
  expect(bits == expected, name);
}

web::recovery_pair pair;

}  // namespace

int main() {
  const web::setting told;
  auto* const memory = static_cast<std::byte*>(std::aligned_alloc(arena_alignment, web::pair_bytes(told)));
  if (memory == nullptr || web::begin(pair, told, memory) != status::ok) {
    std::puts("failed: no run");
    return 1;
  }
  while (web::step_descent(pair) == outcome::running) {
  }
  while (web::step_staircase(pair) == outcome::running) {
  }
  expect(pair.small_start.report.result == outcome::recovered, "gradient descent recovers");
  expect(pair.descent_error < 1e-2, "its error is small");
  expect(
      pair.phases.left_spectral < pair.phases.entered_refinement && pair.phases.entered_refinement != not_yet,
      "it goes through three phases");
  expect(pair.stairs.report.verdict == verdict::recovered, "the staircase recovers");
  expect(pair.stairs.report.rank_found == told.truth_rank, "and finds the rank");
  expect(pair.staircase_error < 1e-4, "its error is smaller");
  compare("gradient descent", factor_bits(pair.small_start.factor), web::expected_descent_bits);
  compare("the staircase", factor_bits(pair.stairs.factor), web::expected_staircase_bits);
  for (const web::golden_run& run : web::golden_runs) compare(run.name, run.bits(), run.expected);
  std::printf("%u iterations, phases at %u and %u; %u passes\n", pair.small_start.report.iterations,
              pair.phases.left_spectral, pair.phases.entered_refinement, pair.stairs.report.passes);
  std::free(memory);
  return failures == 0 ? 0 : 1;
}
