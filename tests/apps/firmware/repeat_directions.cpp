// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

// What apps/firmware/directions.cpp finds with other seeds, for test_directions.py, to standard output as
// float32: for each seed the snapshots that it measured, of each antenna re and im, then the number of
// sources and their directions.

#include <cstdio>
#include <cstdlib>
#include <initializer_list>
#include <vector>

#include "two_sources.hpp"

using namespace tinyrank;
using namespace tinyrank::two_sources;

namespace {

alignas(arena_alignment) std::byte arena_bytes[arena_size];

bool repeat(std::uint64_t seed) {
  std::vector<complex_number> seen;
  std::vector<float> energies(setting_count);
  measure(seed, energies.data(), [&](const complex_number* x) { seen.insert(seen.end(), x, x + antennas); });
  staircase<float> run;
  float noise = 0;
  if (find_covariance(energies.data(), run, arena_bytes, noise) != status::ok) return false;
  float found[1 + source_count] = {static_cast<float>(run.report.rank_found)}, degrees[source_count];
  find_directions(run.factor, degrees);
  for (std::size_t k = 0; k < source_count; ++k) found[1 + k] = degrees[k];
  return std::fwrite(seen.data(), sizeof(complex_number), seen.size(), stdout) == seen.size() &&
         std::fwrite(found, sizeof found, 1, stdout) == 1;
}

}  // namespace

int main(int count, char** arguments) {
  const int seeds = count == 2 ? std::atoi(arguments[1]) : 0;
  for (int seed = 1; seed <= seeds; ++seed) {
    if (!repeat(static_cast<std::uint64_t>(seed))) return 1;
  }
  return seeds > 0 ? 0 : 1;
}
