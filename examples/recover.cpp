// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include <cstdio>
#include <tinyrank/tinyrank.hpp>

using namespace tinyrank;

int main() {
  static constexpr index_pair pairs[] = {{1, 0}, {2, 0}, {2, 1}, {3, 0}, {3, 1}, {3, 2}};
  static constexpr float y[] = {16, 25, 9, 9, 25, 16};  // squared distances: the corners of a rectangle
  constexpr distances_sensing<float> sensing{4, 6, pairs};
  constexpr staircase_options<float> options;
  alignas(64) static std::byte memory[staircase_bytes(sensing, options)];

  staircase<float> run;
  if (init(run, sensing, y, options, memory, sizeof memory) != status::ok) return 1;
  run_to_end(run);
  std::printf("%s: %zu dimensions\n", to_string(run.report.verdict), run.factor.rank);
}
