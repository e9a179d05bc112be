// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

// Ranks below a pack, on one thread, beside what binds them: a pair reads two rows and adds to two others.
// And a localisation of which nothing is told.

#include <array>
#include <cmath>
#include <cstring>
#include <set>

#include "bench/groups.hpp"
#include "bench/yardsticks.hpp"
#include "tinyrank/detail/index_pair.hpp"
#include "tinyrank/operators/distances.hpp"
#include "tinyrank/staircase.hpp"

namespace tinyrank::bench {
namespace {

constexpr std::size_t n = 200, m = 10000;

/// The loads and stores of a gradient over pairs, without its arithmetic: rows of `Rank` floats.
template <std::size_t Rank>
struct pair_moves {
  using row = std::array<std::uint32_t, Rank>;
  std::vector<index_pair> pairs = std::vector<index_pair>(m);
  std::vector<row> from = std::vector<row>(n), to = std::vector<row>(n);

  pair_moves() {
    const random_stream stream = make_stream(5, random_purpose::test, 31);
    for (std::uint32_t i = 0; i < m; ++i) {
      const auto drawn = [=](std::uint32_t k) {
        return static_cast<std::uint32_t>(random_bits(stream, k) % n);
      };
      pairs[i] = {drawn(2 * i), drawn(2 * i + 1)};
    }
  }
  void run() {
    for (const index_pair pair : pairs) {
      const row first = from[pair.first], second = from[pair.second];
      row &to_first = to[pair.first], &to_second = to[pair.second];
      for (std::size_t c = 0; c < Rank; ++c) to_first[c] ^= second[c];
      for (std::size_t c = 0; c < Rank; ++c) to_second[c] ^= first[c];
    }
  }
};

template <std::size_t Rank>
bench_case moves_case() {
  return {.name = "pair_moves_r" + std::to_string(Rank), .prepare = []() -> prepared_case {
            const auto moves = std::make_shared<pair_moves<Rank>>();
            return [moves] { moves->run(); };
          }};
}

bench_case rank_case(const settings& chosen, const std::string& name, std::size_t rank, const char* suffix) {
  bench_case one = operator_case(name, {n, m, rank, 1, chosen.isa}, suffix);
  one.is_operator = false;
  one.limits = {"fma_peak_f32_1_thread"};
  if (rank < 16) {
    one.compared.push_back({"times_as_fast_as_r16", name + "_r16"});
    // Of a sparse matrix several pairs are measured.
    if (name != "sparse_f32")
      one.compared.push_back({"fraction_of_pair_moves", "pair_moves_r" + std::to_string(rank)});
  }
  return one;
}

/// Points of a square, and squared distances between those of different pairs.
struct ranges {
  static constexpr std::uint32_t points = 1000;
  static constexpr std::size_t count = 20000;
  std::vector<index_pair> pairs;
  std::vector<float> y;
  std::vector<double> x;

  ranges() {
    const random_stream stream = make_stream(5, random_purpose::test, 32);
    std::uint32_t drawn = 0;
    for (std::uint32_t k = 0; k < 2 * points; ++k) x.push_back(random_bits(stream, drawn++) * 0x1p-32);
    std::set<std::uint32_t> known;
    while (pairs.size() < count) {
      const std::uint32_t i = random_bits(stream, drawn++) % points,
                          j = random_bits(stream, drawn++) % points;
      if (j >= i || !known.insert(i * points + j).second) continue;
      pairs.push_back({i, j});
      y.push_back(static_cast<float>(squared(i, j)));
    }
  }
  [[nodiscard]] double squared(std::size_t i, std::size_t j) const {
    const double right = x[2 * i] - x[2 * j], up = x[2 * i + 1] - x[2 * j + 1];
    return right * right + up * up;
  }
};

struct localisation {
  ranges of;
  distances_sensing<float> sensing{ranges::points, ranges::count, of.pairs.data()};
  staircase_options<float> options;
  std::size_t bytes;
  buffer<std::byte> arena;
  staircase<float> run;

  explicit localisation(const settings& chosen) {
    options.plan.threads = chosen.threads;
    options.isa = chosen.isa;
    bytes = staircase_bytes(sensing, options);
    arena = allocate<std::byte>(bytes);
    solve();
    double worst = 0;
    for (std::size_t i = 0; i < ranges::points; ++i) {
      for (std::size_t j = 0; j < i; ++j) {
        double found = 0;
        for (std::size_t c = 0; c < run.factor.rank; ++c) {
          const double apart = static_cast<double>(run.factor(i, c)) - static_cast<double>(run.factor(j, c));
          found += apart * apart;
        }
        worst = std::max(worst, std::abs(std::sqrt(found) - std::sqrt(of.squared(i, j))));
      }
    }
    if (run.report.result != outcome::recovered || run.factor.rank != 2 || !(worst <= 1e-3)) {
      throw std::runtime_error("localize_1000: the points are not found");
    }
  }
  void solve() {
    expect(init(run, sensing, of.y.data(), options, arena.get(), bytes), "init of a localisation");
    while (run.report.result == outcome::running) step(run);
  }
};

}  // namespace

case_group small_rank_cases(const settings& chosen) {
  case_group all = {fma_peak_case<float>({n, m, 2, 1, chosen.isa}, "_1_thread"), moves_case<2>(),
                    moves_case<3>(), moves_case<4>(), moves_case<8>()};
  for (const char* name : {"distance_f32", "entries_f32", "sparse_f32"}) {
    all.push_back(rank_case(chosen, name, 2, "_r2"));
    all.push_back(rank_case(chosen, name, 3, "_r3"));
    all.push_back(rank_case(chosen, name, 4, "_r4"));
    all.push_back(rank_case(chosen, name, 8, "_r8"));
    all.push_back(rank_case(chosen, name, 16, "_r16"));
  }
  return all;
}

case_group localisation_cases(const settings& chosen) {
  settings alone = chosen;
  alone.threads = 1;
  const auto whole_case = [](const settings& with, const char* name) {
    return bench_case{.name = name, .prepare = [with]() -> prepared_case {
                        const auto whole = std::make_shared<localisation>(with);
                        return [whole] { whole->solve(); };
                      }};
  };
  bench_case one = whole_case(chosen, "localize_1000");
  // Every pass counted as a gradient of the rank that is found; it is the same run every time.
  one.flops = static_cast<double>(localisation(alone).run.report.passes) * 8 * ranges::count * 2;
  one.limits = {"fma_peak_f32"};
  one.compared = {{"threads_speedup_2", "localize_1000_1_thread"}};
  return {fma_peak_case<float>({n, m, 2, chosen.threads, chosen.isa}), one,
          whole_case(alone, "localize_1000_1_thread")};
}

}  // namespace tinyrank::bench
