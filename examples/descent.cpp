// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include <cstdio>
#include <tinyrank/tinyrank.hpp>

using namespace tinyrank;

int main() {
  static constexpr index_pair pairs[] = {{0, 1}, {1, 2}, {0, 2}};
  static constexpr float y[] = {9, 16, 25};  // squared distances: a 3-4-5 triangle
  constexpr distances_sensing<float> sensing{3, 3, pairs};
  constexpr gradient_descent_options<float> options{.rank = 2};
  alignas(64) static std::byte memory[descent_bytes(sensing, options)];

  descent<float> run;
  if (init(run, sensing, y, options, memory, sizeof memory) != status::ok) return 1;
  while (step(run) == outcome::running) {
  }
  for (std::size_t j = 0; j < 3; ++j) std::printf("%7.3f %7.3f\n", run.factor(j, 0), run.factor(j, 1));
}
