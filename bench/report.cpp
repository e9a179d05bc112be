// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "bench/report.hpp"

#include <cmath>
#include <cstdio>
#include <set>

#include "bench/machine.hpp"
#include "tinyrank/version.hpp"

namespace tinyrank::bench {
namespace {

constexpr double giga = 1e9;
constexpr std::size_t widest = 100;

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

/// A rate, or nothing where it would show as zero.
std::string rate_text(double amount, double seconds) {
  const double rate = amount / seconds / giga;
  return number("%.1f", rate >= 0.05 ? rate : std::nan(""));
}

/// Of several limits the one that is nearest: it binds.
const measurement* binding_limit(const measurements& results, const measurement& one) {
  const measurement* nearest = nullptr;
  for (const std::string& name : one.what.limits) {
    const measurement* limit = find(results, name, one.group);
    if (limit == nullptr) continue;
    if (nearest == nullptr || fraction_of(*limit, one) > fraction_of(*nearest, one)) nearest = limit;
  }
  return nearest;
}

std::string ratio_text(const measurements& results, const measurement& one, yardstick column) {
  for (const comparison& ratio : one.what.compared) {
    if (ratio.column != column) continue;
    const measurement* other = find(results, ratio.other, one.group);
    if (other == nullptr) continue;
    const double times = ratio.factor * other->seconds / one.seconds;
    return number(times < 100 ? "%.2f" : "%.0f", times);
  }
  return "-";
}

void print_row(const measurements& results, const measurement& one) {
  const measurement* limit = binding_limit(results, one);
  const std::size_t n = one.what.other_n;
  const std::string name = one.what.name + (n == 0 ? "" : " (n = " + std::to_string(n) + ")");
  std::printf("%-29s %10s %6s %7s %5s  %-21s %8s %6s\n", name.c_str(),
              (time_text(one.seconds) + (one.is_trusted ? " " : "~")).c_str(),
              rate_text(one.what.bytes, one.seconds).c_str(), rate_text(one.what.flops, one.seconds).c_str(),
              number("%.1f", limit == nullptr ? std::nan("") : 100 * fraction_of(*limit, one)).c_str(),
              limit == nullptr ? one.what.way.c_str() : limit->what.name.c_str(),
              ratio_text(results, one, yardstick::openblas).c_str(),
              ratio_text(results, one, yardstick::eigen).c_str());
}

/// In lines of at most `widest` columns.
void print_wrapped(const std::string& text) {
  std::size_t from = 0;
  while (text.size() - from > widest) {
    const std::size_t space = text.rfind(' ', from + widest - 1);
    if (space == std::string::npos || space <= from) break;
    std::printf("%s\n", text.substr(from, space - from).c_str());
    from = space + 1;
  }
  std::printf("%s\n", text.substr(from).c_str());
}

struct target {
  const char* key;
  double least;
  const char* limit = nullptr;  ///< what this machine reaches, measured beside it
};

constexpr target targets[] = {
    {"dense_f32.fraction_of_read_bandwidth", 0.95},
    {"dense_f64.fraction_of_read_bandwidth", 0.95},
    {"dense_f32.speedup_over_openblas_full", 3.3},
    {"dense_f64.speedup_over_openblas_full", 3.3},
    {"dense_bf16.speedup_over_openblas_full", 6},
    {"dense_i8.speedup_over_openblas_full", 10},
    {"generated_rademacher.speedup_over_openblas_full", 12},
    {"generated_gaussian.speedup_over_openblas_full", 2},
    {"hadamard.speedup_over_openblas_full", 400},
    {"rank_one_f32.fraction_of_sgemm", 0.8},
    {"batch16_f32.fraction_of_fma_peak", 0.5},
    {"batch16_f32.speedup_per_problem", 8},
    {"small_dense_f32.fraction_of_fma_peak", 0.3},
    {"threads.speedup_2", 1.9, "threads.limit_2"},
    {"generated_rademacher.threads_speedup_2", 1.8, "generated_rademacher.threads_limit_2"},
    {"rank_one.threads_speedup_2", 1.8, "rank_one.threads_limit_2"},
};

}  // namespace

void print_table(const settings& chosen, const measurements& results, const key_values& keys) {
  std::printf("tinyrank %s, %s, %s kernels, %u threads of %u, %s\n", TINYRANK_VERSION_STRING,
              compiler_name().c_str(), to_string(chosen.isa), chosen.threads, processor_count(),
              processor_name().c_str());
  print_wrapped(openblas_name());
  print_wrapped(eigen_library_name());
#if !defined(__OPTIMIZE__)
  std::printf("built without optimisation: these figures say nothing\n");
#endif
  std::printf("\n%-29s %10s %6s %7s %5s  %-21s %8s %6s\n", "case", "time", "GB/s", "GFLOP/s", "% of", "limit",
              "OpenBLAS", "Eigen");
  std::printf("%-29s %10s %6s %7s %5s  %-21s %8s %6s\n", "", "", "", "", "limit", "", "/ this", "/ this");
  std::set<std::string> shown;
  double repetitions = 0, undisturbed = 0;
  for (const measurement& one : results) {
    repetitions += static_cast<double>(one.repetitions);
    undisturbed += static_cast<double>(one.undisturbed);
    if (shown.insert(one.what.name).second) print_row(results, one);
  }
  std::printf(
      "\nMedians; %.0f%% of the repetitions were not disturbed by other programs (~: hardly any was not).\n",
      100 * undisturbed / repetitions);
  for (const target& one : targets) {
    const auto found = keys.find(one.key);
    if (found == keys.end()) continue;
    std::printf("%-48s %7.2f  (at least %g) %s\n", one.key, found->second, one.least,
                found->second >= one.least ? "reached" : "missed");
    if (one.limit == nullptr || keys.count(one.limit) == 0) continue;
    std::printf("%-48s %7.2f  (two halves at once that share nothing)\n", one.limit, keys.at(one.limit));
  }
  std::fflush(stdout);
}

}  // namespace tinyrank::bench
