// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <sstream>
#include <string>

#include "catalogue/operators.hpp"
#include "samples.hpp"
#include "tinyrank/version.hpp"

namespace {

using namespace tinyrank::test;

/// Standard error of a run as a terminal of this width sees it.
std::string on_terminal(const std::string& arguments, int columns, const char* kind) {
  const int terminal = ::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
  REQUIRE(terminal >= 0);
  REQUIRE(::grantpt(terminal) == 0);
  REQUIRE(::unlockpt(terminal) == 0);
  const int other_side = ::open(::ptsname(terminal), O_RDWR | O_NOCTTY | O_CLOEXEC);
  REQUIRE(other_side >= 0);
  winsize size{};
  size.ws_col = static_cast<unsigned short>(columns);
  size.ws_row = 24;
  CHECK(::ioctl(other_side, TIOCSWINSZ, &size) == 0);
  const scratch_directory directory;
  program running(
      words("recover " + arguments), directory.path(),
      [&] {
        ::dup2(other_side, STDERR_FILENO);
        ::setenv("TERM", kind, 1);
      },
      terminal);
  ::close(other_side);
  const run_result result = running.finish();
  CHECK(result.exit_code == 0);
  return result.err;
}

/// The texts between the ends of lines and the places where a line is drawn anew.
std::vector<std::string> drawn_lines(const std::string& text) {
  std::vector<std::string> lines(1);
  for (std::size_t k = 0; k < text.size(); ++k) {
    if (text.compare(k, 3, "\x1b[K") == 0)
      k += 2;
    else if (text[k] == '\r' || text[k] == '\n')
      lines.emplace_back();
    else
      lines.back() += text[k];
  }
  return lines;
}

bool is_plain(const std::string& text) {
  return text.find('\r') == std::string::npos && text.find('\x1b') == std::string::npos;
}

}  // namespace

TEST_SUITE("terminal") {
  TEST_CASE("the bar never wraps") {
    for (const int columns : {1, 5, 20, 40, 80, 200}) {
      INFO("columns: ", columns);
      const std::string shown = on_terminal(planted, columns, "xterm");
      std::size_t bars = 0;
      for (const std::string& line : drawn_lines(shown)) {
        // Lines that stay, such as the phases, are text and may wrap.
        if (line.starts_with("phase")) continue;
        bars += !line.empty();
        INFO(line);
        CHECK(static_cast<int>(line.size()) <= std::max(columns - 1, 1));
      }
      CHECK(shown.find("\x1b[K") != std::string::npos);
      if (columns >= 5) CHECK(bars >= 2);
      CHECK(shown.ends_with("\n"));
    }
    CHECK(on_terminal(planted, 80, "xterm").find("[") != std::string::npos);
  }

  TEST_CASE("lines are plain without a terminal, and on one that cannot erase") {
    const scratch_directory directory;
    const run_result result = run("recover " + planted, directory);
    CHECK(result.exit_code == 0);
    CHECK(is_plain(result.out));
    CHECK(is_plain(result.err));
    CHECK(result.err.find("recovering") != std::string::npos);
    CHECK(result.err.ends_with("\n"));
    CHECK(on_terminal(planted, 80, "dumb").find('\x1b') == std::string::npos);
  }

  TEST_CASE("a run that has ended does not promise time left") {
    const scratch_directory directory;
    const std::string log = run("recover " + planted, directory).err;
    const std::size_t last = log.rfind("recovering");
    REQUIRE(last != std::string::npos);
    CHECK(log.find("left", last) == std::string::npos);
  }

  TEST_CASE("quiet means quiet, on a terminal too") {
    CHECK(on_terminal(planted + "--quiet", 80, "xterm") == "");
    const scratch_directory directory;
    const run_result result = run("recover --quiet " + planted, directory);
    CHECK(result.exit_code == 0);
    CHECK(result.out == "");
    CHECK(result.err == "");
  }

  TEST_CASE("version, help and info") {
    const scratch_directory directory;
    const run_result version = run("--version", directory);
    CHECK(version.exit_code == 0);
    CHECK(version.out == TINYRANK_VERSION_STRING "\n");
    const run_result help = run("--help", directory);
    CHECK(help.exit_code == 0);
    CHECK(help.out.find("recover") != std::string::npos);
    CHECK(help.out.find("info") != std::string::npos);
    CHECK(run("info --help", directory).exit_code == 0);
    const run_result info = run("info", directory);
    CHECK(info.exit_code == 0);
    for (const char* line : {"version", "instruction sets built", "instruction sets usable",
                             "instruction set chosen", "threads", "bandwidth"}) {
      CHECK(info.out.find(line) != std::string::npos);
    }
    CHECK(info.out.find(TINYRANK_VERSION_STRING) != std::string::npos);
    CHECK(info.out.find("scalar") != std::string::npos);
    tinyrank::catalogue::for_every_operator(
        [&](auto row) { CHECK(info.out.find(row.name) != std::string::npos); });
  }

  TEST_CASE("the help names every option, shapes, defaults and exit codes") {
    const scratch_directory directory;
    const run_result help = run("recover --help", directory);
    CHECK(help.exit_code == 0);
    CHECK(help.err == "");
    for (const char* word : {"--sensing",
                             "--measurements",
                             "--planted",
                             "--rank",
                             "--init-scale",
                             "--init",
                             "--step",
                             "--iterations",
                             "--tolerance",
                             "--seed",
                             "--threads",
                             "--precision",
                             "--isa",
                             "--truth",
                             "--factor-out",
                             "--relative-tolerance",
                             "--plateau-window",
                             "--squared",
                             "--trace",
                             "--report",
                             "--quiet",
                             "(m,n,n)",
                             "(n,r)",
                             "default 10000",
                             "f32 (default)",
                             "auto (default)",
                             "Exit code",
                             "i,j,distance"}) {
      INFO(word);
      CHECK(help.out.find(word) != std::string::npos);
    }
    for (const char* kind : {"dense:FILE.npy", "bf16:FILE.npy", "int8:FILE.npy", "gaussian:KEYS",
                             "rademacher:KEYS", "hadamard:KEYS", "rank-one:FILE.npy or rank-one:KEYS",
                             "rank-one-pairs:FILE.npy or rank-one-pairs:KEYS", "entries:FILE", "sparse:FILE",
                             "distances:FILE", "n=..,m=..[,seed=1]"}) {
      CHECK(help.out.find(kind) != std::string::npos);
    }
    const std::size_t list = help.out.find("Sensing operators"), end = help.out.find("Exit code");
    std::istringstream lines(help.out.substr(list, end - list));
    for (std::string line; std::getline(lines, line);) CHECK(line.size() < 80);
    run_result after = run("recover " + planted + "--help", directory);
    CHECK(after.exit_code == 0);
    CHECK(after.out == help.out);
  }
}
