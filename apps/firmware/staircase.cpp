// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

// A recovery that is told nothing: neither rank nor scale nor step. It finds the rank, and says whether the
// measurements determine the answer. TINYRANK_PROBLEM: the operator, of nothing_told.hpp; neither rows nor
// vectors are stored, and 64 KB of RAM hold everything. A test runs it on hosts, too, for the same bits.

#include <cstddef>

#include "console.hpp"
#include "nothing_told.hpp"

namespace {

using namespace tinyrank;
using namespace tinyrank::nothing_told;
using problem = TINYRANK_PROBLEM;

alignas(arena_alignment) std::byte memory[arena_bytes<problem>];
float truth_storage[factor_count<float>(n, truth_rank)];
float y[measurement_count];
staircase<float> run;

}  // namespace

int main() {
  const factor_view<float> truth{truth_storage, n, truth_rank, padded<float>(n)};
  if (const status measured = measure<problem>(truth, y, memory); measured != status::ok)
    return console::refused(measured);
  console::line("measurements                ", std::uint64_t{measurement_count});
  const status made = init(run, problem::sensing, y, options, memory, sizeof memory);
  if (made != status::ok) return console::refused(made);
  run_to_end(run);

  const double error = relative_test_error<float>(run.factor, truth);
  const std::uint64_t bits = factor_bits(run.factor);
  console::line("rank found                  ", std::uint64_t{run.report.rank_found});
  console::line("passes                      ", std::uint64_t{run.report.passes});
  console::line("unknowns                    ", run.report.unknowns);
  console::line("condition                   ", static_cast<double>(run.report.condition));
  console::line("relative error              ", error);
  console::line("arena bytes                 ", std::uint64_t{sizeof memory});
  semihosting::print("factor_bits                 ");
  semihosting::print_hex64(bits);
  console::line("", "");
  console::line("", to_string(run.report.verdict));
  return knows_its_answer(run) && error < 3e-5 && bits == problem::factor_bits ? 0 : 1;
}
