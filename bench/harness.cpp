// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "bench/harness.hpp"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <map>
#include <regex>
#include <set>
#include <stdexcept>
#include <thread>

#include "bench/machine.hpp"

namespace tinyrank::bench {
namespace {

constexpr std::size_t fewest_undisturbed = 3;

// Longer than the time for which OpenBLAS's and OpenMP's idle threads keep a processor busy.
constexpr auto settling_time = std::chrono::milliseconds(60);

constexpr const char* disturbed = "disturbed";

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
      const auto counter = run.counters.find(disturbed);
      const bool quiet = counter == run.counters.end() || counter->second.value == 0;
      (quiet ? of.undisturbed : of.disturbed).push_back(seconds);
    }
  }
};

/// The value below which `fraction` of them are.
double quantile(std::vector<double> values, double fraction) {
  std::sort(values.begin(), values.end());
  const double at = fraction * static_cast<double>(values.size() - 1);
  const auto below = static_cast<std::size_t>(at);
  const std::size_t above = below + 1 < values.size() ? below + 1 : below;
  return values[below] + (at - static_cast<double>(below)) * (values[above] - values[below]);
}

/// Other programs only ever add time, and in slices of the scheduler that are as long as a repetition. So a
/// repetition in which a thread waited for a processor says nothing about the code: when there are enough
/// others, they alone count. Among those the median, not the minimum: read bandwidth is shared with other
/// machines and moves both ways, and the least of many is then the luckiest moment and not the typical one.
/// Where nearly all were disturbed, the quarter that lost least is nearer to the truth than the median.
double typical(const samples& of) {
  if (of.undisturbed.size() >= fewest_undisturbed) return quantile(of.undisturbed, 0.5);
  std::vector<double> all = of.undisturbed;
  all.insert(all.end(), of.disturbed.begin(), of.disturbed.end());
  return quantile(all, 0.25);
}

std::string label(const bench_case& one) {
  return one.way.empty() ? one.name : one.name + ": " + one.way;
}

/// A run that is shorter than a repetition finds what fits a cache where its last run left it: the others of
/// the group have taken that away, and one run before the clock starts brings it back.
bool is_short(const prepared_case& run, const effort& spent) {
  const auto start = std::chrono::steady_clock::now();
  run();
  return std::chrono::steady_clock::now() - start < std::chrono::duration<double>(spent.shortest_repetition);
}

void run_case(benchmark::State& state, const prepared_case& run, bool settle, bool warm) {
  if (settle) std::this_thread::sleep_for(settling_time);
  if (warm) run();
  const disturbance others;
  for (auto _ : state) run();
  state.counters[disturbed] = others.is_noticeable() ? 1 : 0;
  if (settle) std::this_thread::sleep_for(settling_time);
}

collector collect(const case_group& cases, const effort& spent) {
  std::vector<prepared_case> runs;
  for (const bench_case& one : cases) runs.push_back(one.prepare());
  for (std::size_t i = 0; i < cases.size(); ++i) {
    benchmark::RegisterBenchmark(label(cases[i]).c_str(),
                                 [run = runs[i], settle = cases[i].settle, warm = is_short(runs[i], spent)](
                                     benchmark::State& state) { run_case(state, run, settle, warm); })
        ->UseRealTime()
        ->MinTime(spent.shortest_repetition)
        ->Repetitions(spent.repetitions_per_round);
  }
  collector collected;
  const auto start = std::chrono::steady_clock::now();
  const std::chrono::duration<double> longest(spent.longest_group);
  do {
    benchmark::RunSpecifiedBenchmarks(&collected, ".");
    const bool enough = std::all_of(collected.found.begin(), collected.found.end(), [&](const auto& one) {
      return one.second.undisturbed.size() >= spent.enough_undisturbed;
    });
    if (enough) break;
  } while (std::chrono::steady_clock::now() - start < longest);
  benchmark::ClearRegisteredBenchmarks();
  return collected;
}

void measure_group(const case_group& cases, std::size_t group, const std::set<std::string>& asked,
                   const effort& spent, measurements& results) {
  std::fprintf(stderr, "%s ... %s\n", label(cases.front()).c_str(), label(cases.back()).c_str());
  const collector collected = collect(cases, spent);
  for (const bench_case& one : cases) {
    const samples& of = collected.found.at(label(one));
    const measurement got{one,
                          group,
                          asked.count(one.name) != 0,
                          typical(of),
                          of.undisturbed.size() + of.disturbed.size(),
                          of.undisturbed.size(),
                          of.undisturbed.size() >= fewest_undisturbed};
    const auto known = std::find_if(results.begin(), results.end(), [&](const measurement& other) {
      return other.group == group && other.what.name == one.name;
    });
    if (known == results.end()) {
      results.push_back(got);
    } else if (got.seconds < known->seconds) {
      *known = got;
    }
  }
}

bool matches(const bench_case& one, const std::regex& filter) {
  return std::regex_search(one.name, filter) ||
         std::any_of(one.compared.begin(), one.compared.end(),
                     [&](const comparison& ratio) { return std::regex_search(key_of(one, ratio), filter); });
}

}  // namespace

const measurement* find(const measurements& results, const std::string& name, std::size_t group) {
  const measurement* found = nullptr;
  for (const measurement& one : results) {
    if (one.what.name != name) continue;
    if (found == nullptr || one.group == group) found = &one;
  }
  return found;
}

double fraction_of(const measurement& limit, const measurement& one) {
  const bool bandwidth = limit.what.bytes > 0;
  const double amount = bandwidth ? one.what.bytes : one.what.flops;
  const double most = (bandwidth ? limit.what.bytes : limit.what.flops) / limit.seconds;
  return amount / one.seconds / most;
}

std::string key_of(const bench_case& one, const comparison& ratio) {
  return ratio.key.find('.') == std::string::npos ? one.name + "." + ratio.key : ratio.key;
}

measurements measure(const std::vector<case_group>& groups, const std::string& filter, const effort& spent) {
  const std::regex pattern(filter);
  std::set<std::string> asked, known;
  std::vector<case_group> wanted;
  for (const case_group& group : groups) {
    std::set<std::string> names;
    bool is_asked = false;
    for (const bench_case& one : group) {
      known.insert(one.name);
      if (!matches(one, pattern)) continue;
      is_asked = true;
      asked.insert(one.name);
      names.insert(one.name);
      names.insert(one.limits.begin(), one.limits.end());
      for (const comparison& ratio : one.compared) names.insert(ratio.other);
    }
    if (!is_asked) continue;
    wanted.push_back(group);
    std::erase_if(wanted.back(), [&](const bench_case& one) { return names.count(one.name) == 0; });
  }
  if (wanted.empty()) {
    std::string names;
    for (const std::string& name : known) names += "\n  " + name;
    throw std::runtime_error("no case matches '" + filter + "'; there are" + names);
  }
  measurements results;
  for (std::size_t i = 0; i < wanted.size(); ++i) measure_group(wanted[i], i, asked, spent, results);
  return results;
}

}  // namespace tinyrank::bench
