// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include <doctest/doctest.h>
#include <signal.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <filesystem>
#include <iterator>
#include <map>
#include <string>
#include <thread>

#include "samples.hpp"

namespace {

using namespace tinyrank::test;

/// Without their contents: a trace may grow faster than it is read.
std::size_t count_entries(const scratch_directory& directory) {
  const std::filesystem::directory_iterator entries(directory.path());
  return static_cast<std::size_t>(std::distance(begin(entries), end(entries)));
}

bool wait_for(const scratch_directory& directory, std::size_t entries) {
  for (int round = 0; round < 3000; ++round) {
    if (count_entries(directory) == entries) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return false;
}

const std::string with_outputs =
    "recover " + endless + "--factor-out out.npy --trace out.csv --report out.json";

}  // namespace

TEST_SUITE("interruption") {
  TEST_CASE("a signal during the run leaves nothing behind, and is what ends the program") {
    for (const int signal_number : {SIGINT, SIGTERM, SIGHUP}) {
      const scratch_directory directory;
      directory.write("out.npy", "old");
      program running(words(with_outputs), directory.path());
      REQUIRE(wait_for(directory, 4));
      CHECK(directory.read("out.npy") == "old");
      CHECK_FALSE(directory.has("out.csv"));
      CHECK_FALSE(directory.has("out.json"));
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
      ::kill(running.process(), signal_number);
      const run_result result = running.finish();
      CHECK(result.signal == signal_number);
      CHECK(directory.snapshot() == std::map<std::string, std::string>{{"out.npy", "old"}});
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
    // timeout, which guards emulators, takes the hangup for itself.
    if (has_emulator()) return;
    const scratch_directory directory;
    program running(words(with_outputs), directory.path(), [] { ::signal(SIGHUP, SIG_IGN); });
    REQUIRE(wait_for(directory, 3));
    ::kill(running.process(), SIGHUP);
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    CHECK(count_entries(directory) == 3);
    ::kill(running.process(), SIGINT);
    CHECK(running.finish().signal == SIGINT);
    CHECK(directory.snapshot().empty());
  }
}
