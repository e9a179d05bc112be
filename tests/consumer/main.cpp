// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include <cstdio>
#include <tinyrank/tinyrank.hpp>

int main() {
  using namespace tinyrank;
  static constexpr index_pair triangle[] = {{0, 1}, {1, 2}, {0, 2}};
  static constexpr float squared_distances[] = {9, 25, 16};
  constexpr distances_sensing<float> sensing{3, 3, triangle};
  constexpr gradient_descent_options<float> options{.rank = 2};
  alignas(arena_alignment) static std::byte buffer[descent_bytes(sensing, options)];
  descent<float> run;
  if (init(run, sensing, squared_distances, options, buffer, sizeof buffer) != status::ok) return 1;
  if (run_to_end(run) != outcome::recovered) return 1;
  // A plan with two threads makes a library with OpenMP refer to its run-time library at link time.
  if (check_plan({2, 16}) != status::ok) std::fputs("built without OpenMP\n", stderr);
  std::puts(TINYRANK_VERSION_STRING);
  return 0;
}
