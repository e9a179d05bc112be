// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include <doctest/doctest.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <filesystem>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "samples.hpp"

namespace {

using namespace tinyrank::test;

/// Without their contents: a trace may grow faster than it is read.
std::size_t count_entries(const scratch_directory& directory) {
  const std::filesystem::directory_iterator entries(directory.path());
  return static_cast<std::size_t>(std::distance(begin(entries), end(entries)));
}

/// Rounds of ten milliseconds: two minutes, for a busy machine.
constexpr int most_rounds = 12000;

bool wait_for(const scratch_directory& directory, std::size_t entries) {
  for (int round = 0; round < most_rounds; ++round) {
    if (count_entries(directory) == entries) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return false;
}

const std::string outputs = "--factor-out out.npy --trace out.csv --report out.json";
const std::string with_outputs = "recover " + endless + outputs;

/// Passes of a tenth of a second, and each way to recover makes many of them. Under an emulator and the
/// sanitizers each takes as long with fewer measurements.
#ifdef TINYRANK_LIGHT_TESTS
const std::string slow_sensing = "gaussian:n=100,m=500,stored=no";
const std::size_t slower_count = has_emulator() ? 20000 : 100000;
const std::vector<int> ending_signals = {SIGINT, SIGUSR1};
#else
const std::string slow_sensing = "gaussian:n=100,m=20000,stored=no";
const std::size_t slower_count = 1000000;
const std::vector<int> ending_signals = {SIGINT, SIGTERM, SIGHUP, SIGXCPU, SIGUSR1};
#endif
const std::string slow =
    "recover --sensing " + slow_sensing + " --planted rank=3,kappa=100 --threads 1 " + outputs + " ";

/// For `in_child`: what is printed can be read while the program runs.
void print_to_file() {
  const int file = ::open("printed.txt", O_WRONLY | O_CREAT, 0666);
  ::dup2(file, STDOUT_FILENO);
}

bool wait_for_heading(const scratch_directory& directory) {
  for (int round = 0; round < most_rounds; ++round) {
    if (directory.read("printed.txt").find('\n') != std::string::npos) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return false;
}

void sleep_milliseconds(int count) {
  std::this_thread::sleep_for(std::chrono::milliseconds(count));
}

/// Of a run that was interrupted: everything that it was to write, whole, and one line beside the heading.
void check_interrupted(const run_result& result, const scratch_directory& directory) {
  CHECK(result.signal == 0);
  CHECK(result.exit_code == 3);
  const auto found = directory.snapshot();
  CHECK(found.size() == 4);
  for (const char* name : {"out.npy", "out.csv", "out.json", "printed.txt"}) REQUIRE(found.contains(name));
  const auto report = nlohmann::json::parse(found.at("out.json"));
  CHECK(report["outcome"] == "interrupted");
  CHECK(report.value("verdict", "none") == "none");
  CHECK(found.at("out.csv").ends_with('\n'));
  CHECK(found.at("out.npy").starts_with("\x93NUMPY"));
  const std::string& printed = found.at("printed.txt");
  INFO(printed);
  CHECK(std::count(printed.begin(), printed.end(), '\n') == 2);
  CHECK(printed.find("\ninterrupted") != std::string::npos);
}

}  // namespace

TEST_SUITE("interruption") {
  TEST_CASE("a run is ended after the iteration at hand, and what was asked for is written") {
    for (const int signal_number : ending_signals) {
      INFO(signal_number);
      const scratch_directory directory;
      directory.write("out.npy", "old");
      program running(words(with_outputs), directory.path(), print_to_file);
      REQUIRE(wait_for_heading(directory));
      CHECK(directory.read("out.npy") == "old");
      CHECK_FALSE(directory.has("out.csv"));
      CHECK_FALSE(directory.has("out.json"));
      sleep_milliseconds(100);
      ::kill(running.process(), signal_number);
      check_interrupted(running.finish(), directory);
      const std::string trace = directory.read("out.csv");
      const std::size_t last = trace.rfind('\n', trace.size() - 2) + 1;
      const auto report = nlohmann::json::parse(directory.read("out.json"));
      CHECK(trace.substr(last, trace.find(',', last) - last) ==
            std::to_string(report["iterations"].get<long>()));
    }
  }

  TEST_CASE("every way to recover is ended so") {
    for (const char* way :
         {"--rank 6 --method gradient-descent", "--rank 6 --method scaled", "--rank 6 --method momentum",
          "--rank 6 --method quasi-newton", "--method staircase", "--method explore", "--loss huber",
          "--ridge 1e-5", "--ridge auto"}) {
      INFO(way);
      const scratch_directory directory;
      program running(words(slow + way), directory.path(), print_to_file);
      const bool tells_late = std::string_view(way).starts_with("--ridge");
      if (!tells_late) REQUIRE(wait_for_heading(directory));
      if (tells_late) REQUIRE(wait_for(directory, 4));
      sleep_milliseconds(tells_late ? 2500 : 300);
      ::kill(running.process(), SIGINT);
      check_interrupted(running.finish(), directory);
    }
  }

  TEST_CASE("two at once are one") {
    // Where no processor is free, the program may see the second of them too late for that.
    for (int trial = 1; trial <= 5; ++trial) {
      const scratch_directory directory;
      program running(words(slow + "--rank 6"), directory.path(), print_to_file);
      REQUIRE(wait_for_heading(directory));
      ::kill(running.process(), SIGINT);
      sleep_milliseconds(5);
      ::kill(running.process(), SIGINT);
      const run_result result = running.finish();
      if (result.signal == SIGINT && trial < 5) continue;
      check_interrupted(result, directory);
      break;
    }
  }

  TEST_CASE("what comes again after the run has ended does not end the program") {
    // The moment between the two is short: it is hit now and then.
    for (int trial = 0; trial < 10; ++trial) {
      const scratch_directory directory;
      program running(words(with_outputs), directory.path(), print_to_file);
      REQUIRE(wait_for_heading(directory));
      const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(50);
      while (std::chrono::steady_clock::now() < end) ::kill(running.process(), SIGTERM);
      check_interrupted(running.finish(), directory);
    }
  }

  TEST_CASE("a second Ctrl-C ends the run at once, and so do other signals; nothing is left behind") {
    // An iteration takes seconds.
    const std::string slower =
        "recover --sensing gaussian:n=100,m=" + std::to_string(slower_count) +
        ",stored=no --measurements y.npy --init-scale 1 --step 1 --rank 1 --threads 1 " + outputs;
    for (const int signal_number : {SIGINT, SIGQUIT, SIGALRM, SIGUSR2}) {
      INFO(signal_number);
      const scratch_directory directory;
      directory.write("out.npy", "old");
      directory.write("y.npy", npy({slower_count}, std::vector<double>(slower_count, 1)));
      program running(words(slower), directory.path(), [] {
        const struct rlimit no_core {};
        ::setrlimit(RLIMIT_CORE, &no_core);
        print_to_file();
      });
      REQUIRE(wait_for_heading(directory));
      // A run that is asked to end before its first iteration does so at once.
      sleep_milliseconds(300);
      if (signal_number == SIGINT) {
        ::kill(running.process(), SIGINT);
        sleep_milliseconds(200);
      }
      ::kill(running.process(), signal_number);
      CHECK(running.finish().signal == signal_number);
      CHECK(directory.read("out.npy") == "old");
      CHECK(count_entries(directory) == 3);
    }
  }

  TEST_CASE("a reader that went away ends the run without a trace of it") {
    const scratch_directory directory;
    std::array<int, 2> pipe{};
    REQUIRE(::pipe(pipe.data()) == 0);
    ::close(pipe[0]);
    const run_result result = run(with_outputs, directory, [&] { ::dup2(pipe[1], STDOUT_FILENO); });
    ::close(pipe[1]);
    CHECK(result.signal == SIGPIPE);
    CHECK(directory.snapshot().empty());
  }

  TEST_CASE("an ignored hangup stays ignored") {
    const scratch_directory directory;
    program running(words(with_outputs), directory.path(), [] {
      ::signal(SIGHUP, SIG_IGN);
      print_to_file();
    });
    REQUIRE(wait_for_heading(directory));
    ::kill(running.process(), SIGHUP);
    sleep_milliseconds(100);
    CHECK(count_entries(directory) == 4);
    ::kill(running.process(), SIGINT);
    check_interrupted(running.finish(), directory);
  }
}
