// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include <csignal>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "bench/report.hpp"

namespace tinyrank::bench {
namespace {

constexpr double giga = 1e9;

void add_case(const measurements& results, const measurement& one, key_values& keys) {
  const bench_case& what = one.what;
  keys[what.name + ".seconds"] = one.seconds;
  if (what.bytes > 0) keys[what.name + ".gbs"] = what.bytes / one.seconds / giga;
  if (what.flops > 0) keys[what.name + ".gflops"] = what.flops / one.seconds / giga;
  if (what.is_operator) keys[what.name + ".flops_per_byte"] = what.flops / what.bytes;
  if (what.other_n > 0) keys[what.name + ".n"] = static_cast<double>(what.other_n);
  if (what.draws > 0) keys[what.name + ".normals_per_second"] = what.draws / one.seconds;
  for (const comparison& ratio : what.compared) {
    const measurement* other = find(results, ratio.other, one.group);
    if (other != nullptr) keys[key_of(what, ratio)] = ratio.factor * other->seconds / one.seconds;
  }
  for (const std::string& name : what.limits) {
    const measurement* limit = find(results, name, one.group);
    if (limit == nullptr) continue;
    const bool bandwidth = limit->what.bytes > 0;
    keys[what.name + (bandwidth ? ".fraction_of_read_bandwidth" : ".fraction_of_fma_peak")] =
        fraction_of(*limit, one);
  }
}

/// While a file is written, an interrupt waits.
class interrupts_held {
 public:
  interrupts_held() {
    sigset_t held;
    sigemptyset(&held);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&held, signal);
    pthread_sigmask(SIG_BLOCK, &held, &before_);
  }
  ~interrupts_held() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  interrupts_held(const interrupts_held&) = delete;
  interrupts_held& operator=(const interrupts_held&) = delete;

 private:
  sigset_t before_{};
};

}  // namespace

key_values to_keys(const measurements& results, bool is_whole) {
  key_values keys;
  double repetitions = 0, undisturbed = 0;
  for (const measurement& one : results) {
    repetitions += static_cast<double>(one.repetitions);
    undisturbed += static_cast<double>(one.undisturbed);
    // A name in several groups keeps the figures of the first.
    if (one.is_asked && keys.count(one.what.name + ".seconds") == 0) add_case(results, one, keys);
  }
  const auto name_also = [&](const char* to, const char* from) {
    if (const auto found = keys.find(from); found != keys.end()) keys[to] = found->second;
  };
  name_also("read_bandwidth_gbs", "read_f32.gbs");
  name_also("fma_peak_f32_gflops", "fma_peak_f32.gflops");
  name_also("fma_peak_f64_gflops", "fma_peak_f64.gflops");
  if (is_whole) keys["undisturbed_repetitions"] = undisturbed / repetitions;
  return keys;
}

void write_json(const std::string& path, const key_values& keys) {
  const interrupts_held until_written;
  const std::string temporary = path + ".new";
  std::ofstream out(temporary);
  out << nlohmann::json(keys).dump(2) << '\n';
  out.close();
  if (!out) throw std::runtime_error("cannot write " + temporary);
  std::filesystem::rename(temporary, path);
}

}  // namespace tinyrank::bench
