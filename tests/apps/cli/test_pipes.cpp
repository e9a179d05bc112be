// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include <doctest/doctest.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdlib>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "samples.hpp"

namespace {

using namespace tinyrank::test;

/// A process that writes the data, less than a pipe holds, into one end and closes it.
void write_elsewhere(const std::array<int, 2>& ends, const std::string& data) {
  if (::fork() == 0) {
    ::signal(SIGPIPE, SIG_DFL);
    const ssize_t written = ::write(ends[1], data.data(), data.size());
    ::_exit(written == static_cast<ssize_t>(data.size()) ? 0 : 1);
  }
  ::close(ends[1]);
}

/// In a child that is to become the program: makes a descriptor the end of a pipe with these data, as a shell
/// does for <(...), and for |.
void feed(int descriptor, const std::string& data) {
  std::array<int, 2> ends{};
  if (::pipe(ends.data()) != 0) ::_exit(98);
  write_elsewhere(ends, data);
  ::dup2(ends[0], descriptor);
  if (ends[0] != descriptor) ::close(ends[0]);
}

/// Replaces every "<NAME>" in the arguments by a descriptor that gives the content of that file.
run_result run_piped(std::string arguments, const scratch_directory& directory) {
  std::vector<std::pair<int, std::string>> feeds;
  for (std::size_t at = arguments.find('<'); at != std::string::npos; at = arguments.find('<')) {
    const std::size_t end = arguments.find('>', at);
    const int descriptor = 60 + static_cast<int>(feeds.size());
    feeds.emplace_back(descriptor, directory.read(arguments.substr(at + 1, end - at - 1)));
    arguments.replace(at, end + 1 - at, "/dev/fd/" + std::to_string(descriptor));
  }
  return run(arguments, directory, [&] {
    for (const auto& [descriptor, data] : feeds) feed(descriptor, data);
  });
}

/// The same arguments with the files themselves.
std::string without_marks(std::string arguments) {
  std::erase_if(arguments, [](char symbol) { return symbol == '<' || symbol == '>'; });
  return arguments;
}

/// Checks that pipes give the factor that the files give, and returns it.
std::string check_same_as_files(const std::string& arguments, const scratch_directory& directory) {
  INFO(arguments);
  const run_result from_files = run(without_marks(arguments) + " --factor-out U.npy", directory);
  const std::string wanted = directory.read("U.npy");
  const run_result piped = run_piped(arguments + " --factor-out V.npy", directory);
  INFO(piped.err);
  CHECK(piped.exit_code == from_files.exit_code);
  CHECK(!wanted.empty());
  CHECK(directory.read("V.npy") == wanted);
  ::unlink(directory.path("U.npy").c_str());
  ::unlink(directory.path("V.npy").c_str());
  return wanted;
}

}  // namespace

TEST_SUITE("pipes") {
  TEST_CASE("what a shell writes <(...) for is read by every option that takes a file") {
    const scratch_directory directory;
    sample().write(directory);
    directory.write("W.npy", npy({sample::m}, std::vector<double>(sample::m, 0.5)));
    const std::string files = "recover --sensing dense:<A.npy> --measurements <y.npy> ";
    check_same_as_files(files + "--rank 3 --init <U0.npy> --truth <truth.npy>", directory);
    check_same_as_files(files + "--weights <W.npy> --truth <truth.npy>", directory);
    CHECK(run("recover " + dense + "--iterations 20 --checkpoint F", directory).exit_code == 3);
    check_same_as_files(files + "--rank 3 --iterations 40 --resume <F>", directory);
  }

  TEST_CASE("a checkpoint tells what came through a pipe from other data") {
    const scratch_directory directory;
    sample s;
    s.write(directory);
    const std::string files = "recover --sensing dense:<A.npy> --measurements <y.npy> --rank 3 ";
    CHECK(run_piped(files + "--iterations 20 --checkpoint F", directory).exit_code == 3);
    CHECK(run_piped(files + "--iterations 40 --resume F", directory).exit_code == 3);
    s.y[7] += 1;
    directory.write("y.npy", npy({sample::m}, s.y));
    check_error_line(run_piped(files + "--iterations 40 --resume F", directory),
                     "F: is the checkpoint of a run with other measurements");
  }

  TEST_CASE("tables, whose kind their first bytes tell, and rounded matrices") {
    const scratch_directory directory;
    sample().write(directory);
    directory.write("D.csv", distance_table);
    directory.write("N.csv", named_distance_table);
    directory.write("M.mtx",
                    "%%MatrixMarket matrix coordinate real symmetric\n3 3 4\n1 1 1\n2 1 2\n3 2 6\n3 3 9\n");
    directory.write("E.npy", npy({3, 3}, {1, 2, 3, 2, 4, 6, 3, 6, 9}));
    directory.write("R.csv", "1,2,3,4\n2,4,,8\n,6,9,12\n3,,9,12\n4,8,12,16\n");
    REQUIRE(run("convert A.npy A.bf16", directory).exit_code == 0);
    for (const std::string arguments :
         {"--sensing distances:<D.csv> --rank 2", "--sensing distances:<N.csv> --rank 2",
          "--sensing entries:<M.mtx> --rank 1", "--sensing entries:<E.npy> --rank 1",
          "--sensing rectangular:<R.csv> --rank 1",
          "--sensing dense:<A.bf16> --rank 3 --measurements <y.npy>",
          "--sensing bf16:<A.bf16> --rank 3 --measurements <y.npy>",
          "--sensing int8:<A.npy> --rank 3 --measurements <y.npy>"})
      check_same_as_files("recover " + arguments, directory);
    REQUIRE(run_piped("convert <A.npy> B.bf16", directory).exit_code == 0);
    CHECK(directory.read("B.bf16") == directory.read("A.bf16"));
  }

  TEST_CASE("members of an archive, both from standard input") {
    const scratch_directory directory;
    for (const std::string name : {"stored.npz", "deflated.npz"}) {
      INFO(name);
      const std::string archive = std::string(TINYRANK_TEST_DATA) + "/npy/" + name;
      ::unlink(directory.path("a.npz").c_str());
      REQUIRE(::symlink(archive.c_str(), directory.path("a.npz").c_str()) == 0);
      const std::string content = directory.read("a.npz");
      REQUIRE(
          run("recover --sensing dense:a.npz:A --measurements a.npz:y --rank 2 --factor-out U.npy", directory)
              .exit_code != 2);
      const run_result piped =
          run("recover --sensing dense:-:A --measurements -:y --rank 2 --factor-out V.npy", directory,
              [&] { feed(STDIN_FILENO, content); });
      INFO(piped.err);
      CHECK(directory.read("V.npy") == directory.read("U.npy"));
      ::unlink(directory.path("V.npy").c_str());
      check_refused("--sensing dense:/dev/stdin --measurements y.npy --rank 2",
                    "/dev/stdin: is an archive of A, y; name one, as in /dev/stdin:A", directory,
                    [&] { feed(STDIN_FILENO, content); });
    }
  }

  TEST_CASE("a named pipe whose writer comes later, and takes it away again") {
    const scratch_directory directory;
    directory.write("D.csv", distance_table);
    const std::string pipe = directory.path("pipe");
    REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
    // A table is opened several times, to see what it is.
    program reading(words("recover --sensing distances:pipe --rank 2 --factor-out V.npy"), directory.path());
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    const int writer = ::open(pipe.c_str(), O_WRONLY | O_CLOEXEC);
    REQUIRE(::unlink(pipe.c_str()) == 0);
    // In two pieces, between which a reader has to wait.
    const auto half = static_cast<ssize_t>(distance_table.size() / 2),
               rest = static_cast<ssize_t>(distance_table.size()) - half;
    CHECK(::write(writer, distance_table.data(), static_cast<std::size_t>(half)) == half);
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    CHECK(::write(writer, distance_table.data() + half, static_cast<std::size_t>(rest)) == rest);
    ::close(writer);
    const run_result result = reading.finish();
    INFO(result.err);
    CHECK(result.exit_code == 0);
    CHECK(run("recover --sensing distances:D.csv --rank 2 --factor-out U.npy", directory).exit_code == 0);
    CHECK(directory.read("V.npy") == directory.read("U.npy"));
  }

  TEST_CASE("a pipe that has two names, and a socket for standard input") {
    const scratch_directory directory;
    directory.write("D.csv", distance_table);
    const auto table = [] { feed(STDIN_FILENO, distance_table); };
    const std::string wanted = check_same_as_files("recover --sensing distances:<D.csv> --rank 2", directory);
    const std::string to_factor = " --rank 2 --factor-out W.npy";
    for (const std::string standard_input : {"-", "/dev/stdin"}) {
      CHECK(run("recover --sensing distances:" + standard_input + to_factor, directory, table).exit_code ==
            0);
      CHECK(directory.read("W.npy") == wanted);
      ::unlink(directory.path("W.npy").c_str());
    }
    // A file of that name has another one, too.
    directory.write("-", distance_table);
    CHECK(run("recover --sensing distances:./-" + to_factor, directory).exit_code == 0);
    CHECK(directory.read("W.npy") == wanted);
    directory.write("y.npy", npy({sample::m}, sample().y));
    // Both are the same bytes, which are no npy file.
    check_refused("--sensing distances:/dev/stdin --rank 2 --truth /dev/fd/0",
                  "/dev/fd/0: not an npy file (wrong magic bytes)", directory, table);
    const run_result socket = run("recover --sensing distances:/dev/stdin" + to_factor, directory, [] {
      std::array<int, 2> ends{};
      if (::socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()) != 0) ::_exit(98);
      write_elsewhere(ends, distance_table);
      ::dup2(ends[0], STDIN_FILENO);
    });
    INFO(socket.err);
    CHECK(socket.exit_code == 0);
    CHECK(directory.read("W.npy") == wanted);
  }

  TEST_CASE("nothing in it, and terminals") {
    const scratch_directory directory;
    sample().write(directory);
    const auto empty = [] { feed(STDIN_FILENO, ""); };
    for (const std::string path : {"/dev/stdin", "/dev/null"}) {
      check_refused("--rank 2 --sensing distances:" + path, path + ": is empty", directory, empty);
      check_refused("--rank 2 --sensing entries:" + path, path + ": is empty", directory, empty);
      check_refused("--rank 2 --sensing dense:" + path + " --measurements y.npy",
                    path + ": not an npy file (too short)", directory, empty);
      check_refused("--rank 2 --sensing dense:A.npy --measurements " + path,
                    path + ": not an npy file (too short)", directory, empty);
    }
    check_refused("--rank 2 --sensing distances:/dev/stdin",
                  "/dev/stdin: is a terminal; give a file, or what another program writes to a pipe",
                  directory, [] {
                    const int terminal = ::posix_openpt(O_RDWR | O_NOCTTY);
                    if (terminal < 0 || ::grantpt(terminal) != 0 || ::unlockpt(terminal) != 0) ::_exit(98);
                    ::dup2(::open(::ptsname(terminal), O_RDWR | O_NOCTTY), STDIN_FILENO);
                  });
  }

  TEST_CASE("rows that came through a pipe do not stay in a file") {
    const scratch_directory directory;
    sample().write(directory);
    REQUIRE(run("convert A.npy A.bf16", directory).exit_code == 0);
    for (const std::string name : {"A.npy", "A.bf16"}) {
      const std::string content = directory.read(name);
      check_refused("--sensing dense:/dev/stdin --measurements y.npy --rank 3 --memory 1K",
                    "/dev/stdin: came through a pipe, so that its rows cannot stay in a file", directory,
                    [&] { feed(STDIN_FILENO, content); });
    }
  }

#ifndef TINYRANK_LIGHT_TESTS  // under an emulator and the sanitizers the limit is not of the program alone
  TEST_CASE("a pipe without an end is refused at the limit of memory") {
    const scratch_directory directory;
    sample().write(directory);
    const auto limited = [] {
      constexpr rlim_t bytes = rlim_t{400} << 20U;
      const rlimit limit{bytes, bytes};
      ::setrlimit(RLIMIT_AS, &limit);
    };
    for (const std::string arguments :
         {"--sensing distances:/dev/zero", "--sensing dense:/dev/zero --measurements y.npy",
          "--sensing dense:A.npy --measurements /dev/zero"}) {
      check_refused(arguments + " --rank 2", "/dev/zero: needs ", directory, limited);
    }
  }
#endif
}
