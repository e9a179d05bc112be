// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include <doctest/doctest.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstddef>
#include <cstdlib>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>

#include "samples.hpp"
#include "tinyrank/sensing.hpp"

namespace {

using namespace tinyrank::test;
using nlohmann::json;

// Enough work for threads.
const std::string large =
    "recover --sensing rademacher:n=40,m=600,seed=1 --planted rank=2 --rank 4 --iterations 20 --tolerance 0 "
    "--quiet --report report.json ";

bool has_threads() {
  return tinyrank::check_plan({2, tinyrank::execution_plan{}.shards}) == tinyrank::status::ok;
}

json report_of(const std::string& arguments, const std::function<void()>& in_child) {
  const scratch_directory directory;
  const run_result result = run(arguments, directory, in_child);
  CHECK(result.err == "");
  REQUIRE(directory.has("report.json"));
  return json::parse(directory.read("report.json"));
}

/// Leaves the first of the processors on which this process may run.
void on_one_processor() {
  cpu_set_t all, one;
  CPU_ZERO(&one);
  ::sched_getaffinity(0, sizeof all, &all);
  std::size_t processor = 0;
  while (!CPU_ISSET(processor, &all)) ++processor;
  CPU_SET(processor, &one);
  ::sched_setaffinity(0, sizeof one, &one);
}

void tell(const char* threads) {
  ::unsetenv("OMP_THREAD_LIMIT");
  threads == nullptr ? ::unsetenv("OMP_NUM_THREADS") : ::setenv("OMP_NUM_THREADS", threads, 1);
}

}  // namespace

TEST_SUITE("threads") {
  TEST_CASE("--threads comes first, then OMP_NUM_THREADS, then the affinity mask") {
    if (!has_threads()) return;
    const auto threads_of = [](const std::string& more, const char* told, bool bound) {
      return report_of(large + more, [&] {
        tell(told);
        if (bound) on_one_processor();
      })["threads"];
    };
    CHECK(threads_of("--threads 4", "3", true) == 4);
    CHECK(threads_of("", "3", true) == 3);
    CHECK(threads_of("", nullptr, true) == 1);
    const json free = threads_of("", nullptr, false);
    CHECK(free >= 1);
    CHECK(free <= ::sysconf(_SC_NPROCESSORS_ONLN));
    // OpenMP binds the first thread of a program to a processor then, which is no limit to the others.
    const json bound = report_of(large, [] {
      tell(nullptr);
      ::setenv("OMP_PROC_BIND", "true", 1);
    })["threads"];
    CHECK(bound == free);
  }

  TEST_CASE("info says as many threads as a run takes") {
    const scratch_directory directory;
    const run_result result = run("info", directory, [] {
      tell(nullptr);
      on_one_processor();
    });
    CHECK(result.exit_code == 0);
    CHECK(result.out.find("threads                  1 ") != std::string::npos);
  }

  TEST_CASE("a run goes on without the threads that it cannot have, to the same bits") {
    if (!has_threads() || has_emulator()) return;
    const json wanted = report_of(large + "--threads 1", [] {});
    SUBCASE("for want of memory") {
      if (is_sanitized) return;
      // Each thread would have a stack of as much as there is.
      const json got = report_of(large + "--threads 4", [] {
        constexpr rlim_t all = rlim_t{1} << 30;
        const rlimit stack{all, RLIM_INFINITY}, memory{all, all};
        if (::setrlimit(RLIMIT_STACK, &stack) != 0 || ::setrlimit(RLIMIT_AS, &memory) != 0) ::_exit(98);
      });
      CHECK(got["factor_bits"] == wanted["factor_bits"]);
      CHECK(got["threads"] == 4);
    }
    SUBCASE("for so many processes") {
      const scratch_directory directory;
      CHECK(::chmod(directory.path().c_str(), 0777) == 0);
      const run_result result = run(large + "--threads 4", directory, [] {
        become_plain_user();
        const rlimit none{0, 0};
        if (::setrlimit(RLIMIT_NPROC, &none) != 0) ::_exit(98);
      });
      if (result.exit_code == cannot_become_plain_user) return;
      CHECK(result.err == "");
      CHECK(json::parse(directory.read("report.json"))["factor_bits"] == wanted["factor_bits"]);
    }
  }
}
