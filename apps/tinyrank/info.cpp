// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstring>
#include <iostream>

#include "catalogue/operators.hpp"
#include "commands.hpp"
#include "default_threads.hpp"
#include "memory.hpp"
#include "recovery.hpp"
#include "threads.hpp"
#include "tinyrank/version.hpp"

namespace tinyrank::app {
namespace {

/// Bytes per second of the best of five parallel reads of a buffer far larger than any cache.
double measure_read_bandwidth(std::size_t threads) {
  constexpr std::size_t words = std::size_t{32} << 20, rounds = 5;
  const aligned_buffer<std::uint64_t> buffer("info", words);
  in_threads(threads, words, [&](std::size_t first, std::size_t last) {
    std::memset(buffer.data() + first, 1, (last - first) * sizeof(std::uint64_t));
  });
  std::atomic<std::uint64_t> sink = 0;
  double best = 0;
  for (std::size_t round = 0; round < rounds; ++round) {
    const auto start = std::chrono::steady_clock::now();
    in_threads(threads, words, [&](std::size_t first, std::size_t last) {
      constexpr std::size_t lanes = 64;
      std::uint64_t sums[lanes] = {};
      for (std::size_t i = first; i + lanes <= last; i += lanes) {
        for (std::size_t l = 0; l < lanes; ++l) sums[l] |= buffer.data()[i + l];
      }
      for (const std::uint64_t sum : sums) sink |= sum;
    });
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    best = std::max(best, static_cast<double>(words * sizeof(std::uint64_t)) / seconds);
  }
  return best;
}

std::string list(bool (*wanted)(instruction_set)) {
  std::string text;
  for (const instruction_set isa : every_instruction_set) {
    if (wanted(isa)) text += (text.empty() ? "" : ", ") + std::string(to_string(isa));
  }
  return text;
}

std::string list_operators() {
  std::string text;
  catalogue::for_every_operator(
      [&](auto row) { text += (text.empty() ? "" : ", ") + std::string(row.name); });
  return text;
}

}  // namespace

int run_info() {
  const std::size_t threads = usable_processors();
  const bool openmp = check_plan({2, execution_plan{}.shards}) == status::ok;
  std::cout << "version                  " << TINYRANK_VERSION_STRING << '\n'
            << "instruction sets built   " << list([](instruction_set isa) { return is_built(isa); }) << '\n'
            << "instruction sets usable  " << list([](instruction_set isa) { return is_usable(isa); }) << '\n'
            << "instruction set chosen   " << to_string(best_instruction_set()) << '\n'
            << "operators                " << list_operators() << '\n'
            << "threads                  " << default_threads()
            << (openmp ? " (OpenMP)" : " (built without OpenMP)") << '\n'
            << "memory read bandwidth    " << short_number(measure_read_bandwidth(threads) / 1e9)
            << " GB/s with " << threads << (threads == 1 ? " thread" : " threads") << std::endl;
  return exit_recovered;
}

}  // namespace tinyrank::app
