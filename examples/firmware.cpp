// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

// The library as two files, on a microcontroller: six tags in a plane, 12 of their 15 ranges known, no memory
// but what is static here. A pass is bounded work, so the main loop goes on beside it.

#include "semihosting.hpp"  // of the board: print
#include "tinyrank.hpp"

using namespace tinyrank;

namespace {

constexpr index_pair pairs[] = {{1, 0}, {2, 0}, {3, 0}, {4, 0}, {2, 1}, {3, 1},
                                {5, 1}, {4, 2}, {5, 2}, {4, 3}, {5, 3}, {5, 4}};
constexpr float squared_ranges[] = {16, 25, 9, 5, 9, 25, 2, 10, 5, 2, 13, 5};  // metres^2
constexpr distances_sensing<float> sensing{6, sizeof pairs / sizeof pairs[0], pairs};
constexpr staircase_options<float> options{.rank_limit = 3};
alignas(64) std::byte memory[staircase_bytes(sensing, options)];
staircase<float> run;

void other_work() {}

}  // namespace

int main() {
  const status made = init(run, sensing, squared_ranges, options, memory, sizeof memory);
  if (made != status::ok) {
    semihosting::print(to_string(made));
    return 1;
  }
  while (step(run) == outcome::running) other_work();
  semihosting::print(to_string(run.report.verdict));
  semihosting::print(", dimensions: ");
  semihosting::print_unsigned(run.factor.rank);
  semihosting::print("\n");
  return run.report.verdict == verdict::recovered ? 0 : 1;
}
