// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "bench/harness.hpp"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <regex>
#include <set>
#include <stdexcept>
#include <thread>

#include "bench/machine.hpp"

namespace tinyrank::bench {
namespace {

constexpr int repetitions_per_round = 5;
constexpr auto longest_group = std::chrono::seconds(20);
constexpr std::size_t enough_undisturbed = 9, fewest_undisturbed = 3;
constexpr double shortest_repetition = 0.02;

// Longer than the time for which OpenBLAS's and OpenMP's idle threads keep a processor busy.
constexpr auto settling_time = std::chrono::milliseconds(60);

constexpr const char* preempted = "preempted";

struct samples {
  std::vector<double> undisturbed;
  std::vector<double> disturbed;
};

/// Collects every repetition; prints nothing.
class collector final : public benchmark::BenchmarkReporter {
 public:
  std::map<std::string, samples> found;

  bool ReportContext(const Context&) override { return true; }
  void ReportRuns(const std::vector<Run>& runs) override {
    for (const Run& run : runs) {
      if (run.error_occurred) throw std::runtime_error(run.run_name.function_name + ": " + run.error_message);
      if (run.run_type != Run::RT_Iteration) continue;
      samples& of = found[run.run_name.function_name];
      const double seconds = run.real_accumulated_time / static_cast<double>(run.iterations);
      const auto counter = run.counters.find(preempted);
      const bool quiet = counter == run.counters.end() || counter->second.value == 0;
      (quiet ? of.undisturbed : of.disturbed).push_back(seconds);
    }
  }
};

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const std::size_t middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : 0.5 * (values[middle - 1] + values[middle]);
}

/// Other programs only ever add time, and in slices of the scheduler that are as long as a repetition. So a
/// repetition in which a thread lost its processor says nothing about the code: when there are enough others,
/// they alone count. Among those the median, not the minimum: read bandwidth is shared with other machines
/// and moves both ways, and the least of many is then the luckiest moment and not the typical one.
double typical(const samples& of) {
  if (of.undisturbed.size() >= fewest_undisturbed) return median(of.undisturbed);
  std::vector<double> all = of.undisturbed;
  all.insert(all.end(), of.disturbed.begin(), of.disturbed.end());
  return median(all);
}

std::string label(const bench_case& one) {
  return one.way.empty() ? one.name : one.name + ": " + one.way;
}

void run_case(benchmark::State& state, const bench_case& one) {
  const long before = preemption_count();
  for (auto _ : state) one.run();
  state.counters[preempted] = static_cast<double>(preemption_count() - before);
  if (one.settle) std::this_thread::sleep_for(settling_time);
}

void measure_group(case_group& group, const std::set<std::string>& wanted, measurements& results) {
  std::vector<bench_case> cases = group.cases();
  std::erase_if(cases, [&](const bench_case& one) { return wanted.count(one.name) == 0; });
  if (cases.empty()) return;
  std::fprintf(stderr, "%s ... %s\n", label(cases.front()).c_str(), label(cases.back()).c_str());
  group.prepare(cases);
  for (const bench_case& one : cases) {
    benchmark::RegisterBenchmark(label(one).c_str(),
                                 [&one](benchmark::State& state) { run_case(state, one); })
        ->UseRealTime()
        ->MinTime(shortest_repetition)
        ->Repetitions(repetitions_per_round);
  }
  collector collected;
  const auto start = std::chrono::steady_clock::now();
  do {
    benchmark::RunSpecifiedBenchmarks(&collected, ".");
    const bool enough = std::all_of(collected.found.begin(), collected.found.end(), [](const auto& one) {
      return one.second.undisturbed.size() >= enough_undisturbed;
    });
    if (enough) break;
  } while (std::chrono::steady_clock::now() - start < longest_group);
  benchmark::ClearRegisteredBenchmarks();
  group.release();

  for (const bench_case& one : cases) {
    const samples& of = collected.found.at(label(one));
    const double seconds = typical(of);
    const auto known = results.find(one.name);
    if (known != results.end() && known->second.seconds <= seconds) continue;
    results[one.name] = {one, seconds, of.undisturbed.size() + of.disturbed.size(), of.undisturbed.size(),
                         of.undisturbed.size() >= fewest_undisturbed};
  }
}

}  // namespace

measurements measure(const std::vector<std::unique_ptr<case_group>>& groups, const std::string& filter) {
  const std::regex matches(filter);
  std::set<std::string> wanted, known;
  for (const auto& group : groups) {
    for (const bench_case& one : group->cases()) {
      known.insert(one.name);
      if (!std::regex_search(one.name, matches)) continue;
      wanted.insert(one.name);
      wanted.insert(one.limit);
      wanted.insert(one.against);
    }
  }
  if (wanted.empty()) {
    std::string names;
    for (const std::string& name : known) names += "\n  " + name;
    throw std::runtime_error("no case matches '" + filter + "'; there are" + names);
  }
  measurements results;
  for (const auto& group : groups) measure_group(*group, wanted, results);
  return results;
}

}  // namespace tinyrank::bench
