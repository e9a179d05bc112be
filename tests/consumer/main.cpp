// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include <cstdio>
#include <tinyrank/diagnostics.hpp>
#include <tinyrank/gradient_descent.hpp>
#include <tinyrank/version.hpp>

namespace {

constexpr tinyrank::gaussian_sensing<float> sensing{4, 30, 1};
constexpr tinyrank::gradient_descent_options<float> options = [] {
  tinyrank::gradient_descent_options<float> chosen;
  chosen.rank = 1;
  return chosen;
}();
alignas(tinyrank::arena_alignment) std::byte memory[tinyrank::gradient_descent_bytes(sensing, options)];

}  // namespace

// A run, so that the library is linked and not only included.
int main() {
  float y[sensing.measurement_count];
  for (std::size_t i = 0; i < sensing.measurement_count; ++i) {
    y[i] = tinyrank::gaussian_entry(sensing.seed, sensing.ensemble, i, 2, 2);  // <A_i, X X^T> for X = e_2
  }
  tinyrank::gradient_descent<float> run;
  if (init(run, sensing, y, options, memory, sizeof memory) != tinyrank::status::ok) return 1;
  if (run_to_end(run) != tinyrank::outcome::recovered) return 2;
  std::puts(TINYRANK_VERSION_STRING);
  return 0;
}
