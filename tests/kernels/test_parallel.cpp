// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <vector>

#include "lib/parallel.hpp"

using namespace tinyrank;

TEST_SUITE_BEGIN("parallel");

TEST_CASE("every piece is done once, by a worker there is") {
  for (const std::uint32_t workers : {1u, 2u, 3u, 16u, 17u, 40u}) {
    for (const std::size_t count : {0u, 1u, 2u, 5u, 16u, 17u, 100u}) {
      std::vector<std::atomic<int>> done(count);
      std::atomic<int> strangers = 0;
      parallel_for(workers, count, [&](std::size_t piece, std::uint32_t worker) {
        ++done[piece];
        if (worker >= workers) ++strangers;
      });
      CAPTURE(workers);
      CAPTURE(count);
      for (const std::atomic<int>& times : done) CHECK(times == 1);
      CHECK(strangers == 0);
    }
  }
}

#ifdef _OPENMP

TEST_CASE("a thread that is done takes what is left of another's pieces") {
  int team = 0;
#pragma omp parallel num_threads(2)
#pragma omp single
  team = omp_get_num_threads();
  if (team < 2) return;  // no threads to be had here
  constexpr std::size_t count = 8;
  for (const std::size_t held : {std::size_t{0}, count / 2}) {
    // Whoever has the first piece of a range waits until all others are done, so the other thread must do
    // them.
    std::atomic<std::size_t> others = 0;
    parallel_for(2, count, [&](std::size_t piece, std::uint32_t) {
      if (piece != held) {
        ++others;
        return;
      }
      const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(60);
      while (others < count - 1 && std::chrono::steady_clock::now() < limit) {
      }
      CHECK(others == count - 1);
    });
  }
}

#endif

TEST_SUITE_END();
