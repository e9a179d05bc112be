// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#ifndef TINYRANK_LIGHT_TESTS  // under an emulator and the sanitizers memory is not that of the program alone

#include <doctest/doctest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <string>

#include "samples.hpp"

namespace {

using namespace tinyrank::test;

/// The most memory that a run has at a time.
std::uint64_t memory_of(const std::string& arguments, const scratch_directory& directory) {
  std::array<int, 2> ends{};
  REQUIRE(::pipe(ends.data()) == 0);
  const pid_t between = ::fork();
  if (between == 0) {
    // Of no other child.
    const run_result result = run(arguments, directory);
    rusage used{};
    ::getrusage(RUSAGE_CHILDREN, &used);
    const std::uint64_t bytes = result.exit_code == 0 || result.exit_code == 3
                                    ? static_cast<std::uint64_t>(used.ru_maxrss) * 1024
                                    : 0;
    ::_exit(::write(ends[1], &bytes, sizeof bytes) == sizeof bytes ? 0 : 1);
  }
  ::waitpid(between, nullptr, 0);
  std::uint64_t bytes = 0;
  CHECK(::read(ends[0], &bytes, sizeof bytes) == sizeof bytes);
  ::close(ends[0]);
  ::close(ends[1]);
  REQUIRE(bytes != 0);
  return bytes;
}

/// A number of seven digits.
std::string digits(std::size_t k) {
  const std::string all = std::to_string(1000000 + k * 7919 % 999983);
  return all.substr(0, 1) + "." + all.substr(1);
}

/// Rows of a list: two indices or names of 3000 points, and a value.
std::string list(std::size_t rows, const std::string& name, std::size_t together = 0) {
  constexpr std::size_t points = 3000;
  std::string text;
  for (std::size_t k = 0; k < rows; ++k) {
    if (together != 0) text += std::to_string(k / together) + ",";
    text +=
        name + std::to_string(k * 31 % points) + "," + name + std::to_string(k * 173 % (points - 1)) + ",";
    text += digits(k) + "\n";
  }
  return text;
}

}  // namespace

TEST_SUITE("memory of tables") {
  TEST_CASE("four times the file, and 16 bytes a value") {
    const scratch_directory directory;
    directory.write("small.csv", "0,1,1\n0,0,1\n1,1,1\n");
    const std::string plan = " --rank 1 --iterations 0 --threads 1 --unchecked";
    const std::uint64_t program = memory_of("recover --sensing entries:small.csv" + plan, directory);
    const auto check = [&](const std::string& how, const std::string& content, std::size_t values) {
      INFO(how, content.size());
      directory.write("large.csv", content);
      CHECK(memory_of("recover --sensing " + how + plan, directory) - program <
            4 * content.size() + 16 * values);
    };
    constexpr std::size_t rows = 600000, side = 1300;
    check("entries:large.csv", list(rows, ""), rows);
    check("entries:large.csv", list(rows, "p"), rows);
    check("sparse:large.csv --planted rank=1", list(rows, "", 4), rows);
    std::string square, rectangle;
    for (std::size_t k = 0; k < side * side; ++k) {
      const std::size_t i = k / side, j = k % side;
      square += (i == j ? "0" : digits(i * j)) + (j + 1 == side ? "\n" : ",");
      rectangle += digits(k) + (k % 100 == 99 ? "\n" : ",");
    }
    check("distances:large.csv", square, side * side);
    check("rectangular:large.csv", rectangle, side * side);
  }

  TEST_CASE("where memory runs out the file is named") {
    const scratch_directory directory;
    directory.write("large.csv", list(300000, "p"));
    const std::string arguments = "recover --sensing entries:large.csv --rank 1 --iterations 0 --threads 1";
    std::size_t refused = 0;
    bool has_run = false;
    for (std::uint64_t bytes = 16U << 20U; bytes < 400U << 20U && !has_run; bytes += 4U << 20U) {
      const run_result result = run(arguments, directory, [=] {
        const rlimit limit{bytes, bytes};
        ::setrlimit(RLIMIT_AS, &limit);
      });
      CAPTURE(bytes);
      CAPTURE(result.err);
      has_run = result.exit_code == 3;
      // Below that the loader finds no room for the program.
      if (result.exit_code != 2) continue;
      ++refused;
      check_error_line(result, "large.csv: ");
    }
    CHECK(has_run);
    CHECK(refused > 2);
  }
}

#endif
