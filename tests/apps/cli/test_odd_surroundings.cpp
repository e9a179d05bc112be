// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string>

#include "samples.hpp"

namespace {

using namespace tinyrank::test;
using nlohmann::json;

}  // namespace

TEST_SUITE("odd surroundings") {
  TEST_CASE("closed standard streams do not end up in the outputs") {
    const scratch_directory expected;
    const std::string arguments =
        "recover " + planted + "--factor-out U.npy --trace trace.csv --report report.json";
    REQUIRE(run(arguments, expected).exit_code == 0);
    for (const int closed : {1, 2, 4, 6, 7}) {
      INFO("closed streams: ", closed);
      const scratch_directory directory;
      const bool prints = ((closed >> 1) & 1) == 0;
      const run_result result = run(prints ? arguments : arguments + " --quiet", directory, [&] {
        for (const int stream : {0, 1, 2}) {
          if (((closed >> stream) & 1) != 0) ::close(stream);
        }
      });
      CHECK(result.exit_code == 0);
      CHECK(directory.read("U.npy") == expected.read("U.npy"));
      CHECK(directory.read("trace.csv") == expected.read("trace.csv"));
      CHECK(json::accept(directory.read("report.json")));
    }
  }

  TEST_CASE("results that nobody can read are an error") {
    const scratch_directory directory;
    const auto full = [] { ::dup2(::open("/dev/full", O_WRONLY), STDOUT_FILENO); };
    const auto closed = [] { ::close(STDOUT_FILENO); };
    for (const std::string& arguments :
         {std::string("info"), std::string("--version"), "recover " + planted}) {
      for (const run_result& result : {run(arguments, directory, full), run(arguments, directory, closed)}) {
        CHECK(result.exit_code == 2);
        CHECK(result.err.find("tinyrank: standard output: ") != std::string::npos);
      }
    }
  }

  TEST_CASE("names with spaces, line ends, other alphabets and no alphabet at all") {
    const scratch_directory directory;
    sample().write(directory);
    for (const std::string name :
         {"two words", "two\nlines", "Größe-日本", "\xff\xfe", "-dash", "'quote\"", "a,b=c:d"}) {
      INFO(name);
      const scratch_directory inside;
      inside.write(name, directory.read("A.npy"));
      inside.write("y.npy", directory.read("y.npy"));
      const std::string report = name + ".json";
      const run_result result = run_arguments({"recover", "--sensing", "dense:" + name, "--measurements",
                                               "y.npy", "--rank", "3", "--quiet", "--report", "./" + report},
                                              inside);
      CHECK(result.exit_code == 0);
      CHECK(result.err == "");
      CHECK(json::accept(inside.read(report)));
      inside.write(name, "short");
      check_arguments_refused({"--sensing", "dense:" + name, "--measurements", "y.npy", "--rank", "3"},
                              "not an npy file", inside);
      check_arguments_refused({"--sensing", "distances:missing" + name, "--rank", "3"}, "cannot open",
                              inside);
    }
  }

  TEST_CASE("no environment at all, and a locale with another decimal point") {
    const scratch_directory directory;
    sample().write(directory);
    const std::string arguments = "recover " + dense + "--step 0.01 --report report.json --quiet";
    CHECK(run(arguments, directory).exit_code == 0);
    const json wanted = json::parse(directory.read("report.json"));
    const auto german = [] {
      for (const char* name : {"LC_ALL", "LANG", "LC_NUMERIC"}) ::setenv(name, "de_DE.UTF-8", 1);
    };
    CHECK(run(arguments, directory, german).exit_code == 0);
    CHECK(json::parse(directory.read("report.json"))["factor_bits"] == wanted["factor_bits"]);
    // An emulator is found by PATH.
    const auto bare = [] {
      const std::string path = std::getenv("PATH");
      ::clearenv();
      ::setenv("PATH", path.c_str(), 1);
    };
    CHECK(run(arguments, directory, bare).exit_code == 0);
    CHECK(json::parse(directory.read("report.json"))["factor_bits"] == wanted["factor_bits"]);
  }

  TEST_CASE("inputs through links, and from standard input") {
    const scratch_directory directory;
    sample().write(directory);
    CHECK(::symlink("A.npy", directory.path("link").c_str()) == 0);
    CHECK(run("recover --sensing dense:link --measurements y.npy --rank 3", directory).exit_code == 0);
    const auto from_file = [&] { ::dup2(::open("y.npy", O_RDONLY), STDIN_FILENO); };
    CHECK(run("recover --sensing dense:A.npy --measurements /dev/stdin --rank 3", directory, from_file)
              .exit_code == 0);
  }

  TEST_CASE("a limit on the size of files is an error like any other") {
    const scratch_directory directory;
    const auto limited = [] {
      // Below the trace, above the shared memory that an OpenMP runtime makes for itself.
      const rlimit limit{2048, 2048};
      ::setrlimit(RLIMIT_FSIZE, &limit);
    };
    check_refused(planted + "--quiet", "out.", directory, limited);
  }
}
