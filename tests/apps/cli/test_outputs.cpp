// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <string>

#include "samples.hpp"

namespace {

using namespace tinyrank::test;

const std::vector<std::string> output_options = {"--factor-out", "--trace", "--report"};

}  // namespace

TEST_SUITE("outputs") {
  TEST_CASE("a place that cannot be written is found before the run") {
    const scratch_directory directory;
    directory.write("file", "old");
    ::mkdir(directory.path("folder").c_str(), 0755);
    CHECK(::symlink("nowhere", directory.path("dangling").c_str()) == 0);
    for (const std::string& option : output_options) {
      for (const std::string place : {"missing/out", "file/out", "folder", "folder/", ".", "/", "dangling"}) {
        check_refused(endless + option + " " + place, place + ": ", directory);
      }
      check_refused(endless + option + " " + std::string(300, 'x'), "xxx: ", directory);
      ::chmod(directory.path().c_str(), 0777);
      check_refused(endless + option + " /proc/version", "/proc/version: ", directory, become_plain_user);
    }
  }

  TEST_CASE("directories and files without permission") {
    const scratch_directory directory;
    directory.write("old.json", "old");
    ::chmod(directory.path("old.json").c_str(), 0444);
    // The directory belongs to another user who runs the program, or cannot be written by its owner.
    ::chmod(directory.path().c_str(), 0555);
    for (const std::string& option : output_options) {
      check_refused(endless + option + " new.json", "Permission denied", directory, become_plain_user);
    }
    ::chmod(directory.path().c_str(), 0777);
    for (const std::string& option : output_options) {
      check_refused(endless + option + " old.json", "old.json: cannot write: Permission denied", directory,
                    become_plain_user);
    }
    ::chmod(directory.path().c_str(), 0755);
  }

  TEST_CASE("two outputs cannot share a file") {
    const scratch_directory directory;
    directory.write("file", "old");
    CHECK(::symlink("file", directory.path("link").c_str()) == 0);
    check_refused(endless + "--trace same --report same", "same: is named for two outputs", directory);
    check_refused(endless + "--trace same --report ./same", "./same: is named for two outputs", directory);
    check_refused(endless + "--trace file --factor-out link", "is named for two outputs", directory);
  }

  TEST_CASE("a full disk is reported after the run, and nothing is written") {
    const scratch_directory directory;
    for (const std::string& full : output_options) {
      std::string arguments = "recover " + planted + "--quiet";
      for (const std::string& option : output_options) {
        arguments += " " + option + (option == full ? " /dev/full" : " out" + option);
      }
      INFO(arguments);
      check_error_line(run(arguments, directory), "/dev/full: cannot write: No space left on device");
      CHECK(directory.snapshot().empty());
    }
  }

  TEST_CASE("what is there already is replaced, through a link too, and keeps its permissions") {
    const scratch_directory directory;
    directory.write("old.json", "old");
    ::chmod(directory.path("old.json").c_str(), 0640);
    CHECK(::symlink("old.json", directory.path("link").c_str()) == 0);
    CHECK(run("recover " + planted + "--quiet --report link", directory).exit_code == 0);
    CHECK(directory.read("old.json").starts_with("{"));
    struct stat status {};
    CHECK(::lstat(directory.path("link").c_str(), &status) == 0);
    CHECK(S_ISLNK(status.st_mode));
    CHECK(::stat(directory.path("old.json").c_str(), &status) == 0);
    CHECK((status.st_mode & 0777U) == 0640U);
    CHECK(directory.snapshot().size() == 2);
  }

  TEST_CASE("new files follow the umask") {
    const scratch_directory directory;
    CHECK(run("recover " + planted + "--quiet --report out.json", directory, [] {
            ::umask(027);
          }).exit_code == 0);
    struct stat status {};
    CHECK(::stat(directory.path("out.json").c_str(), &status) == 0);
    CHECK((status.st_mode & 0777U) == 0640U);
  }

  TEST_CASE("a start can be continued in place") {
    const scratch_directory directory;
    sample().write(directory);
    const std::string before = directory.read("U0.npy");
    CHECK(run("recover " + dense + "--init U0.npy --factor-out U0.npy --quiet", directory).exit_code == 0);
    CHECK(directory.read("U0.npy") != before);
    CHECK(run("recover " + dense + "--init U0.npy --iterations 0 --quiet", directory).exit_code == 0);
  }

  TEST_CASE("an output never replaces the data of the run") {
    const scratch_directory directory;
    sample().write(directory);
    directory.write("D.csv", distance_table);
    CHECK(::symlink("y.npy", directory.path("link").c_str()) == 0);
    for (const std::string& option : output_options) {
      check_refused(dense + option + " A.npy", "A.npy", directory);
      check_refused(dense + option + " link", "link", directory);
      check_refused(dense + "--truth truth.npy " + option + " ./truth.npy", "truth.npy", directory);
      check_refused("--sensing distances:D.csv --rank 2 " + option + " D.csv", "D.csv", directory);
    }
  }

  TEST_CASE("a factor whose name ends in .csv is written as CSV") {
    const scratch_directory directory;
    CHECK(run("recover " + planted + "--quiet --factor-out U.csv --iterations 0", directory).exit_code == 3);
    const std::string table = directory.read("U.csv");
    CHECK(std::count(table.begin(), table.end(), '\n') == 6);
    CHECK(std::count(table.begin(), table.end(), ',') == 12);
    CHECK(table.find_first_not_of("0123456789.,e+-\n") == std::string::npos);
    const std::string complex =
        "recover --sensing complex-rank-one:n=3,m=30 --planted rank=1 --rank 2 --quiet --factor-out W.csv";
    run(complex, directory);
    const std::string complex_table = directory.read("W.csv");
    CHECK(std::count(complex_table.begin(), complex_table.end(), '\n') == 3);
    CHECK(std::count(complex_table.begin(), complex_table.end(), 'j') == 6);
  }

  TEST_CASE("the report may go to standard output") {
    const scratch_directory directory;
    const run_result result = run("recover " + planted + "--quiet --report /dev/stdout", directory);
    CHECK(result.exit_code == 0);
    CHECK(result.out.starts_with("{\n"));
    CHECK(result.out.ends_with("}\n"));
    CHECK(directory.snapshot().empty());
  }
}
