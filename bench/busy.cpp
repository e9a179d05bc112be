// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "bench/busy.hpp"

#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <regex>
#include <stdexcept>
#include <vector>

#include "bench/operators.hpp"

namespace tinyrank::bench {
namespace {

constexpr const char* key = "threads.busy_over_single";

/// Processes that do nothing but want a processor, while it lives.
class busy_loops {
 public:
  explicit busy_loops(int count) {
    for (int i = 0; i < count; ++i) {
      const pid_t loop = fork();
      if (loop < 0) throw std::runtime_error("no process for a busy loop");
      if (loop == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        for (volatile unsigned turns = 0;;) turns = turns + 1;
      }
      all_.push_back(loop);
    }
  }
  ~busy_loops() {
    for (const pid_t loop : all_) {
      kill(loop, SIGKILL);
      waitpid(loop, nullptr, 0);
    }
  }
  busy_loops(const busy_loops&) = delete;
  busy_loops& operator=(const busy_loops&) = delete;

 private:
  std::vector<pid_t> all_;
};

double seconds_of_gradients(const prepared_case& gradient) {
  constexpr int gradients = 200;
  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < gradients; ++i) gradient();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

}  // namespace

key_values measure_busy(const settings& chosen, const std::string& filter) {
  if (!std::regex_search(key, std::regex(filter))) return {};
  std::fprintf(stderr, "%s\n", key);
  constexpr int loops = 2, rounds = 9;
  constexpr std::size_t rank = 20;
  double worst = 0;
  for (const char* name : {"dense_f32", "generated_rademacher"}) {
    const shape several{64, 2000, rank, chosen.threads, chosen.isa};
    shape one = several;
    one.threads = 1;
    const prepared_case by_several = operator_case(name, several).prepare(),
                        by_one = operator_case(name, one).prepare();
    by_several();
    by_one();
    std::vector<double> seconds_several, seconds_one;
    const busy_loops others(loops);
    for (int round = 0; round < rounds; ++round) {
      seconds_one.push_back(seconds_of_gradients(by_one));
      seconds_several.push_back(seconds_of_gradients(by_several));
    }
    const double ratio = median(seconds_several) / median(seconds_one);
    std::printf("%-40s %6.3f s by one thread, %6.3f s by %u: %.2f  (at most 1.3) %s\n",
                (std::string("beside two busy loops, ") + name).c_str(), median(seconds_one),
                median(seconds_several), chosen.threads, ratio, ratio <= 1.3 ? "reached" : "missed");
    std::fflush(stdout);
    worst = std::max(worst, ratio);
  }
  return {{key, worst}};
}

}  // namespace tinyrank::bench
