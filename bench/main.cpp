// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

// tinyrank_bench [--json FILE] [--filter REGEX] [--isa NAME] [--benchmark_...]
// Without --filter, the environment variable TINYRANK_BENCH_FILTER, so that a build target can pass it on.

#include <benchmark/benchmark.h>

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <regex>
#include <stdexcept>
#include <string>
#include <vector>

#include "bench/busy.hpp"
#include "bench/groups.hpp"
#include "bench/growth.hpp"
#include "bench/out_of_core.hpp"
#include "bench/report.hpp"
#include "bench/staircase_runs.hpp"

namespace {

using namespace tinyrank;

instruction_set named_instruction_set(const std::string& name) {
  for (const instruction_set isa : every_instruction_set) {
    if (name != to_string(isa)) continue;
    if (!is_usable(isa)) throw std::runtime_error("--isa " + name + ": cannot be used here");
    return isa;
  }
  throw std::runtime_error("--isa " + name + ": unknown");
}

constexpr const char* everything = ".";

struct arguments {
  std::string json;
  std::string filter = everything;
  bench::settings chosen;
  std::vector<char*> harness;
};

/// What can be known to be wrong before minutes of measuring.
void check(const arguments& given) {
  try {
    std::regex(given.filter);
  } catch (const std::regex_error& failure) {
    throw std::runtime_error("--filter '" + given.filter + "': " + failure.what());
  }
  const std::filesystem::path directory = std::filesystem::path(given.json).parent_path();
  if (!directory.empty() && !std::filesystem::is_directory(directory)) {
    throw std::runtime_error("--json " + given.json + ": there is no such directory");
  }
}

arguments parse(int argc, char** argv) {
  arguments parsed;
  parsed.chosen.isa = best_instruction_set();
  if (const char* filter = std::getenv("TINYRANK_BENCH_FILTER"); filter != nullptr && *filter != '\0') {
    parsed.filter = filter;
  }
  parsed.harness.push_back(argv[0]);
  static char interleave[] = "--benchmark_enable_random_interleaving=true";
  parsed.harness.push_back(interleave);
  for (int i = 1; i < argc; ++i) {
    const std::string name = argv[i];
    if (name.rfind("--benchmark_", 0) == 0) {
      parsed.harness.push_back(argv[i]);
      continue;
    }
    if (i + 1 == argc) throw std::runtime_error(name + ": unknown, or its value is missing");
    const std::string value = argv[++i];
    if (name == "--json") {
      parsed.json = value;
    } else if (name == "--filter") {
      parsed.filter = value;
    } else if (name == "--isa") {
      parsed.chosen.isa = named_instruction_set(value);
    } else {
      throw std::runtime_error(name + ": unknown");
    }
  }
  check(parsed);
  return parsed;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    arguments given = parse(argc, argv);
    int count = static_cast<int>(given.harness.size());
    benchmark::Initialize(&count, given.harness.data());

    // The costs as work grows are many cases with a picture instead of rows in the table, and whole
    // recoveries have a table of their own; so a filter has to name them.
    const bool is_whole = given.filter == everything,
               is_growth = given.filter.find("cost") != std::string::npos,
               is_staircase = given.filter.find("staircase") != std::string::npos,
               is_out_of_core = given.filter.find("out_of_core") != std::string::npos,
               is_busy = given.filter.find("busy") != std::string::npos;
    bench::key_values keys;
    if (!is_growth && !is_staircase && !is_busy && !is_out_of_core) {
      const bench::measurements results =
          bench::measure(bench::every_group(given.chosen), given.filter, bench::effort{});
      keys = bench::to_keys(results, is_whole);
      bench::print_table(given.chosen, results, keys);
    }
    if (is_whole || is_busy) keys.merge(bench::measure_busy(given.chosen, given.filter));
    if (is_whole || is_staircase) {
      keys.merge(bench::measure_staircase(given.chosen, given.filter));
    }
    if (is_whole || is_growth) {
      keys.merge(bench::measure_growth(given.chosen, given.filter));
    }
#ifdef TINYRANK_HAS_APPS
    if (is_whole || is_out_of_core) {
      keys.merge(
          bench::measure_out_of_core(given.chosen, std::filesystem::path(given.json).parent_path().string()));
    }
#endif
    if (!given.json.empty()) bench::write_json(given.json, keys);
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "tinyrank_bench: %s\n", failure.what());
    return 2;
  }
  return 0;
}
