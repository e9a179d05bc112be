// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

// From where two sources are heard, by a linear array of 8 antennas half a wavelength apart and one power
// detector behind phase shifters, instead of 8 receivers: the covariance of what the antennas see is
// recovered from mean energies, with neither the number of sources nor the noise told, and MUSIC finds the
// angles. 32 KB of RAM hold everything. A test runs it on hosts, too, for the same bits, and beside MUSIC of
// the full covariance.

#include <cstddef>

#include "console.hpp"
#include "two_sources.hpp"

namespace {

using namespace tinyrank;
using namespace tinyrank::two_sources;

constexpr std::uint64_t golden_bits = 0x64124900125d50d9u;

alignas(arena_alignment) std::byte arena_bytes[arena_size];
float energies[setting_count];
staircase<float> run;

}  // namespace

int main() {
  measure(1, energies, [](const complex_number*) {});
  console::line("energies                    ", std::uint64_t{setting_count});
  float noise = 0;
  const status made = find_covariance(energies, run, arena_bytes, noise);
  if (made != status::ok) return console::refused(made);

  float degrees[source_count];
  find_directions(run.factor, degrees);
  const std::uint64_t bits = factor_bits(run.factor);
  console::line("sources found               ", std::uint64_t{run.report.rank_found});
  console::line("passes                      ", std::uint64_t{run.report.passes});
  console::line("noise of an antenna         ", static_cast<double>(noise));
  bool close = true;
  for (std::size_t k = 0; k < source_count; ++k) {
    const float miss = degrees[k] - source_degrees[k], error = miss < 0 ? -miss : miss;
    console::line("direction in degrees        ", static_cast<double>(degrees[k]));
    console::line("  its error                 ", static_cast<double>(error));
    close = close && error < 0.2F;
  }
  console::line("arena bytes                 ", std::uint64_t{sizeof arena_bytes});
  semihosting::print("factor_bits                 ");
  semihosting::print_hex64(bits);
  console::line("", "");
  return run.report.rank_found == source_count && close && bits == golden_bits ? 0 : 1;
}
