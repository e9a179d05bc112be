// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

// What each of several processes keeps of a list in a file. Argument: how many there are.

#include <sys/resource.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <fstream>
#include <span>
#include <string>
#include <vector>

#include "apps/common/arguments.hpp"
#include "apps/common/problem.hpp"
#include "apps/common/processes.hpp"

namespace {

using namespace tinyrank;
using app::processes;

int faults = 0;

void check(bool holds, const std::string& what) {
  if (holds) return;
  std::fprintf(stderr, "process %u: %s\n", processes::rank(), what.c_str());
  ++faults;
}

/// The largest that this process has been, in bytes.
std::size_t most_memory() {
  struct rusage used {};
  getrusage(RUSAGE_SELF, &used);
  return static_cast<std::size_t>(used.ru_maxrss) * 1024;
}

/// Bit for bit.
bool are_equal(const auto& a, const auto& b) {
  const auto of_a = std::as_bytes(std::span(a)), of_b = std::as_bytes(std::span(b));
  return std::equal(of_a.begin(), of_a.end(), of_b.begin(), of_b.end());
}

constexpr std::uint32_t side = 700;

/// Points on a circle are far from each other in no order; every fifth pair is not given, and some are twice.
void write_pairs(const std::string& path, std::uint32_t first_column) {
  std::ofstream out(path);
  for (std::uint32_t i = 0; i < side; ++i) {
    for (std::uint32_t j = first_column; j < i + first_column; ++j) {
      if ((i + 3 * j) % 5 != 1) out << 'p' << i << ",q" << j % side << ',' << 1 + (i * j) % 17 << '\n';
      if ((i + j) % 91 == 0) out << 'p' << i << ",q" << j % side << ',' << 2 << '\n';
    }
  }
}

std::string in_one_language(std::string text) {
  for (char& letter : text) letter = letter == 'q' ? 'p' : letter;
  return text;
}

void write_files() {
  write_pairs("two_sides.csv", 0);
  std::ifstream two("two_sides.csv");
  std::ofstream one("one_side.csv");
  for (std::string line; std::getline(two, line);) one << in_one_language(line) << '\n';
  std::ofstream sparse("sparse.csv");
  for (int i = 0; i < 3000; ++i) {
    for (int k = 0; k <= i % 7; ++k) sparse << i << ',' << (i + k) % 90 << ',' << (3 * i) % 90 << ",1.5\n";
  }
  std::ofstream strings("pauli.csv");
  for (unsigned k = 0; k < 4096; k += 3) {
    for (unsigned q = 0; q < 6; ++q) strings << "IXYZ"[k >> 2 * q & 3];
    strings << ",0.25\n";
  }
}

/// The problem, as it is after what reads all of a list has done so.
template <class T>
void load(const std::string& sensing, app::problem<T>& made) {
  app::problem_sources sources;
  sources.sensing = app::parse_sensing(sensing);
  if (sensing.starts_with("sparse")) sources.planted = app::parse_planted("rank=1");
  app::load_problem(made, sources, {1, 64}, instruction_set::automatic, [](const std::string&) {});
}

template <class T>
void test_list(const std::string& sensing) {
  app::problem<T> a;
  load(sensing, a);
  const std::vector<index_pair> all = a.pairs;
  const auto strings = a.strings;
  const auto entries = a.entries;
  const std::vector<std::size_t> offsets = a.offsets;
  const std::size_t m = a.sensing.measurement_count;
  const app::measurement_part own = processes::part_of(64, m, 1);
  std::vector<T> before(m), after(m);
  const auto measure = [&](std::vector<T>& y) {
    const std::size_t rank = 2;
    const app::aligned_buffer<std::byte> scratch("scratch", scratch_bytes(a.sensing, rank, {1, 64}));
    const app::aligned_buffer<T> cells("factor", factor_count<T>(a.sensing.n, rank));
    std::fill(cells.data(), cells.data() + cells.size(), T(0));
    const factor_view<T> u{cells.data(), a.sensing.n, rank, padded<T>(a.sensing.n)};
    for (std::size_t j = 0; j < a.sensing.n; ++j) u(j, j % 2) = static_cast<T>(j % 23);
    workspace<T> how;
    check(make_workspace(how, a.sensing, rank, {1, 64}, instruction_set::automatic, scratch.data(),
                         scratch.size()) == status::ok,
          sensing + ": no workspace");
    a.sensing.measure(how, u, y.data());
  };
  measure(before);
  a.keep_own_part();
  measure(after);
  check(before == after, sensing + ": other values without the others' part");
  if (processes::count() == 1)
    return check(are_equal(a.pairs, all), sensing + ": one process has another list");
  const auto is_part = [&](const auto& kept, const auto& whole, std::size_t first, std::size_t count) {
    check(kept.size() == count && kept.capacity() == count,
          sensing + ": keeps " + std::to_string(kept.capacity()) + ", not " + std::to_string(count));
    check(are_equal(kept, std::span(whole).subspan(first, count)), sensing + ": another's part");
  };
  std::vector<index_pair> room;
  if (!all.empty()) {
    is_part(a.pairs, all, own.first, own.count);
    check(are_equal(a.all_pairs(room), all), sensing + ": all pairs are not what they were");
  } else if (!strings.empty()) {
    is_part(a.strings, strings, own.first, own.count);
  } else {
    is_part(a.entries, entries, offsets[own.first], offsets[own.first + own.count] - offsets[own.first]);
    check(a.offsets.capacity() == 0 && a.own_offsets.size() == own.count + 1, sensing + ": all offsets");
  }
}

}  // namespace

int main(int count, char** words) {
  const processes sharing(count, words);
  try {
    check(count == 2 && std::to_string(processes::count()) == words[1], "another number of processes");
    const auto directory = std::filesystem::path("lists_" + std::string(words[1]));
    std::filesystem::create_directory(directory);
    std::filesystem::current_path(directory);
    if (processes::is_first()) write_files();
    double written[] = {0};
    processes::add_up(written);
    // First, for the largest that it has been a process stays.
    const std::size_t before = most_memory();
    {
      app::problem<float> large;
      load("rectangular:two_sides.csv", large);
      const auto growth = static_cast<double>(most_memory() - before);
      const double each = growth / static_cast<double>(large.sensing.measurement_count);
      if (processes::is_first()) {
        check(each > 60, "the first reads its table in " + std::to_string(each) + " bytes each: test others");
      } else {
        check(each < 40, std::to_string(each) + " bytes for each measurement of another's table");
      }
    }
    for (const char* sensing : {"rectangular:two_sides.csv", "entries:one_side.csv", "distances:one_side.csv",
                                "sparse:sparse.csv", "pauli:pauli.csv"}) {
      test_list<float>(sensing);
      test_list<double>(sensing);
    }
  } catch (const std::exception& error) {
    check(false, error.what());
  }
  return faults == 0 ? 0 : processes::fail(1);
}
