// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

// Several problems on one operator, solved together: each sensing matrix is drawn once for all of them, and
// every run has the bits that it has alone.

#include <cstdio>
#include <tinyrank/tinyrank.hpp>
#include <vector>

using namespace tinyrank;

/// So many bytes, aligned to 64.
struct memory {
  explicit memory(std::size_t bytes) : lines(bytes / 64 + 1), size(bytes) {}
  std::byte* data() { return lines[0].bytes; }

  struct alignas(64) line {
    std::byte bytes[64];
  };
  std::vector<line> lines;
  std::size_t size;
};

int main() {
  constexpr std::size_t problems = 8, n = 32, m = 600, truth_rank = 2;
  const rademacher_sensing<float> sensing{n, m, 7};
  std::vector<std::vector<float>> y(problems, std::vector<float>(m));
  std::vector<memory> arenas;
  std::vector<descent<float>> runs(problems);
  gradient_descent_options<float> options{.rank = 4};

  sensing_operator<float> a;
  workspace<float> how;
  memory scratch(scratch_bytes(sensing, truth_rank, options.plan));
  std::vector<float> storage(factor_count<float>(n, truth_rank));
  const factor_view<float> truth{storage.data(), n, truth_rank, padded<float>(n)};
  if (make_operator(sensing, a) != status::ok || make_workspace(how, a, truth_rank, options.plan, options.isa,
                                                                scratch.data(), scratch.size) != status::ok)
    return 1;
  for (std::size_t p = 0; p < problems; ++p) {
    draw_planted_truth(truth, 1.0F, p);
    a.measure(how, truth, y[p].data());
    options.seed = p;
    arenas.emplace_back(descent_bytes(sensing, options));
    if (init(runs[p], sensing, y[p].data(), options, arenas[p].data(), arenas[p].size) != status::ok)
      return 1;
  }
  memory together(batch_bytes<float>(sensing, problems, options.plan));
  if (run_batch(sensing, runs.data(), problems, together.data(), together.size) != status::ok) return 1;
  std::size_t recovered = 0;
  for (const descent<float>& run : runs) recovered += run.report.result == outcome::recovered;
  std::printf("%zu of %zu recovered\n", recovered, problems);
}
