// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "bench/report.hpp"

#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "bench/machine.hpp"
#include "tinyrank/version.hpp"
#include "tinyrank/views.hpp"

namespace tinyrank::bench {
namespace {

constexpr double giga = 1e9;

const measurement* find(const measurements& results, const std::string& name) {
  const auto found = results.find(name);
  return found == results.end() ? nullptr : &found->second;
}

bool is_bandwidth(const bench_case& limit) {
  return limit.bytes > 0;
}

/// What is reached of the rate that binds, or NaN.
double fraction_of_limit(const measurements& results, const measurement& one) {
  const measurement* limit = find(results, one.what.limit);
  if (limit == nullptr) return std::nan("");
  const bool bandwidth = is_bandwidth(limit->what);
  const double most = (bandwidth ? limit->what.bytes : limit->what.flops) / limit->seconds;
  return (bandwidth ? one.what.bytes : one.what.flops) / one.seconds / most;
}

double speedup(const measurements& results, const measurement& one) {
  const measurement* other = find(results, one.what.against);
  return other == nullptr ? std::nan("") : other->seconds / one.seconds;
}

std::string number(const char* format, double value) {
  if (std::isnan(value)) return "-";
  char text[32];
  std::snprintf(text, sizeof text, format, value);
  return text;
}

std::string time_text(double seconds) {
  if (seconds < 1e-3) return number("%.2f us", seconds * 1e6);
  return seconds < 1 ? number("%.2f ms", seconds * 1e3) : number("%.3f s", seconds);
}

struct target {
  const char* key;
  double least;
};

constexpr target targets[] = {
    {"dense_f32.fraction_of_read_bandwidth", 0.95},
    {"dense_f64.fraction_of_read_bandwidth", 0.95},
    {"dense_f32.speedup_over_openblas_full", 3.3},
    {"dense_f64.speedup_over_openblas_full", 3.3},
    {"threads.speedup_2", 1.7},
};

}  // namespace

key_values to_keys(const measurements& results) {
  key_values keys;
  for (const auto& [name, one] : results) {
    keys[name + ".seconds"] = one.seconds;
    if (one.what.bytes > 0) keys[name + ".gbs"] = one.what.bytes / one.seconds / giga;
    if (one.what.flops > 0) keys[name + ".gflops"] = one.what.flops / one.seconds / giga;
    if (const double ratio = speedup(results, one); !std::isnan(ratio)) {
      keys[name + ".speedup_over_openblas_full"] = ratio;
    }
    if (const measurement* limit = find(results, one.what.limit); limit != nullptr) {
      const char* key = is_bandwidth(limit->what) ? ".fraction_of_read_bandwidth" : ".fraction_of_fma_peak";
      keys[name + key] = fraction_of_limit(results, one);
    }
  }
  const auto rename = [&](const char* to, const char* from) {
    if (const auto found = keys.find(from); found != keys.end()) keys[to] = found->second;
  };
  rename("read_bandwidth_gbs", "read_f32.gbs");
  rename("fma_peak_f32_gflops", "fma_peak_f32.gflops");
  rename("fma_peak_f64_gflops", "fma_peak_f64.gflops");

  const measurement* one = find(results, "in_cache_f32_1_thread");
  const measurement* two = find(results, "in_cache_f32_2_threads");
  if (one != nullptr && two != nullptr) keys["threads.speedup_2"] = one->seconds / two->seconds;
  if (const measurement* drawn = find(results, "gaussian_f32"); drawn != nullptr) {
    keys["gaussian_f32.normals_per_second"] = drawn->what.draws / drawn->seconds;
  }
  if (const measurement* row = find(results, "gaussian_row_f32"); row != nullptr) {
    keys["gaussian_row_f32.normals_per_second"] = row->what.draws / row->seconds;
  }
  std::size_t repetitions = 0, undisturbed = 0;
  for (const auto& [name, each] : results) {
    repetitions += each.repetitions;
    undisturbed += each.undisturbed;
  }
  keys["undisturbed_repetitions"] = static_cast<double>(undisturbed) / static_cast<double>(repetitions);
  return keys;
}

void print_table(const settings& chosen, const measurements& results, const key_values& keys) {
  std::printf("tinyrank %s, %s, %s kernels, %u threads of %u\n", TINYRANK_VERSION_STRING,
              compiler_name().c_str(), to_string(chosen.isa), chosen.threads, processor_count());
  std::printf("%s\n%s\n", processor_name().c_str(), openblas_name().c_str());
#if !defined(__OPTIMIZE__)
  std::printf("built without optimisation: these figures say nothing\n");
#endif
  std::printf("\n%-24s %11s %7s %9s %9s  %-21s %9s\n", "case", "time", "GB/s", "GFLOP/s", "% of the", "limit",
              "OpenBLAS/");
  std::printf("%-24s %11s %7s %9s %9s  %-21s %9s\n", "", "", "", "", "limit", "", "this");
  for (const auto& [name, one] : results) {
    const double bytes = one.what.bytes, flops = one.what.flops;
    std::printf("%-24s %11s %7s %9s %9s  %-21s %9s\n", name.c_str(),
                (time_text(one.seconds) + (one.is_trusted ? " " : "~")).c_str(),
                number("%.1f", bytes > 0 ? bytes / one.seconds / giga : std::nan("")).c_str(),
                number("%.1f", flops > 0 ? flops / one.seconds / giga : std::nan("")).c_str(),
                number("%.1f", 100 * fraction_of_limit(results, one)).c_str(),
                (one.what.limit.empty() ? one.what.way : one.what.limit).c_str(),
                number("%.2f", speedup(results, one)).c_str());
  }
  std::printf(
      "\nMedians; %.0f%% of the repetitions were not interrupted by other programs (~: hardly any was).\n",
      100 * keys.at("undisturbed_repetitions"));
  for (const target& one : targets) {
    const auto found = keys.find(one.key);
    if (found == keys.end()) continue;
    std::printf("%-40s %6.2f  (at least %.2f) %s\n", one.key, found->second, one.least,
                found->second >= one.least ? "reached" : "missed");
  }
}

void write_json(const std::string& path, const key_values& keys) {
  const std::string temporary = path + ".new";
  std::ofstream out(temporary);
  out << nlohmann::json(keys).dump(2) << '\n';
  out.close();
  if (!out) throw std::runtime_error("cannot write " + temporary);
  std::filesystem::rename(temporary, path);
}

}  // namespace tinyrank::bench
