// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/ioctl.h>

#include <array>
#include <chrono>
#include <cstdlib>
#include <limits>
#include <string>
#include <thread>

#include "apps/common/progress.hpp"
#include "scratch.hpp"

namespace {

using namespace tinyrank::app;
using tinyrank::app::test::contains;
using tinyrank::app::test::content_of;
using tinyrank::app::test::scratch_directory;
using tinyrank::app::test::status_of_child;

/// What the action writes to standard error when that is a file.
template <class Action>
std::string log_of(Action action) {
  const scratch_directory directory;
  const std::string log = directory.path("log");
  CHECK(status_of_child([&] {
          const int descriptor = ::open(log.c_str(), O_WRONLY | O_CREAT, 0600);
          if (::dup2(descriptor, STDERR_FILENO) < 0) return 1;
          action();
          return 0;
        }) == 0);
  return content_of(log);
}

/// The same on a terminal of this width.
template <class Action>
std::string screen_of(unsigned short columns, Action action) {
  const int primary = ::posix_openpt(O_RDWR | O_NOCTTY);
  REQUIRE(primary >= 0);
  REQUIRE(::grantpt(primary) == 0);
  REQUIRE(::unlockpt(primary) == 0);
  const int secondary = ::open(::ptsname(primary), O_RDWR | O_NOCTTY);
  REQUIRE(secondary >= 0);
  struct winsize size {};
  size.ws_row = 24;
  size.ws_col = columns;
  REQUIRE(::ioctl(secondary, TIOCSWINSZ, &size) == 0);
  CHECK(status_of_child([&] {
          ::setenv("TERM", "xterm", 1);
          if (::dup2(secondary, STDERR_FILENO) < 0) return 1;
          action();
          return 0;
        }) == 0);
  ::fcntl(primary, F_SETFL, O_NONBLOCK);
  std::string text;
  std::array<char, 4096> part{};
  for (ssize_t got = 0; (got = ::read(primary, part.data(), part.size())) > 0;) {
    text.append(part.data(), static_cast<std::size_t>(got));
  }
  ::close(secondary);
  ::close(primary);
  return text;
}

std::size_t count_of(std::string_view text, std::string_view part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string_view::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

}  // namespace

TEST_SUITE("progress") {
  TEST_CASE("seconds are written for people") {
    CHECK(format_seconds(0) == "0.0 s");
    CHECK(format_seconds(9.94) == "9.9 s");
    CHECK(format_seconds(9.96) == "10 s");
    CHECK(format_seconds(59.4) == "59 s");
    CHECK(format_seconds(59.9) == "1:00");
    CHECK(format_seconds(306) == "5:06");
    CHECK(format_seconds(3723) == "1:02:03");
    CHECK(format_seconds(-1) == "0.0 s");
    CHECK(format_seconds(36754) == "10:12:34");
    CHECK(format_seconds(std::numeric_limits<double>::infinity()) == "0.0 s");
  }

  TEST_CASE("what has ended is drawn no more, and what was not finished leaves its line") {
    const std::string log = log_of([] {
      progress bar("", 10, false);
      bar.update(5, "half");
      bar.finish();
      bar.update(6, "more");
      bar.println("a line");
    });
    CHECK(log.starts_with("5/10 (50%)"));
    CHECK(log.ends_with("half\na line\n"));
    CHECK_FALSE(contains(log, "more"));
    CHECK(screen_of(40, [] {
            progress bar("recover", 10, false);
            bar.update(5, "half");
            bar.finish();
            bar.println("a line");
          }).ends_with("\na line\r\n"));
    CHECK(screen_of(40, [] {
            progress bar("recover", 10, false);
            bar.update(5, "half");
          }).ends_with("half\r\n"));
    // A terminal that tells no width has 80 columns; one that is told to be none has a log.
    const auto draw = [] {
      progress bar("recover", 100, false);
      bar.update(50, "half");
    };
    CHECK(contains(screen_of(0, draw), std::string(18, '#') + std::string(19, '.') + "]"));
    CHECK_FALSE(contains(screen_of(0, [&] { (::unsetenv("TERM"), draw()); }), "#"));
  }

  TEST_CASE("the bar never exceeds the columns and gives up the least important first") {
    const progress_state state{"recover", "loss 1.2e-3", 25, 100, 10.0};
    CHECK(format_bar(state, 79) ==
          "recover  25% [#########............................]  30 s left  loss 1.2e-3");
    CHECK(format_bar(state, 40) == "recover  25%  30 s left  loss 1.2e-3");
    CHECK(format_bar(state, 19) == "recover  25%");
    CHECK(format_bar(state, 3).empty());
    const progress_state resumed{"recover", "", 75, 100, 10.0, false, 50};
    CHECK(format_log_line(resumed) == "recover 75/100 (75%)  10 s left");
    CHECK(format_log_line({"recover", "", 50, 100, 10.0, false, 50}) == "recover 50/100 (50%)");
    const progress_state fields{"recover", "loss 0.743, test error 0.999", 13, 0, 1.0};
    CHECK(format_bar(fields, 39) == "recover 13  loss 0.743");
    CHECK(format_bar(fields, 40) == "recover 13  loss 0.743, test error 0.999");
    CHECK(format_bar(fields, 21) == "recover 13");
    for (std::size_t columns = 0; columns < 200; ++columns) {
      CHECK(format_bar(state, columns).size() <= columns);
      CHECK(format_bar({"Zürich", "größer", 7, 0, 1.0}, columns).size() <= columns + 3);
    }
  }

  TEST_CASE("nothing is divided by zero, and more than all is all") {
    CHECK(format_bar({"", "", 0, 10, 0.0}, 20) == "  0% [.............]");
    CHECK(format_bar({"", "", 20, 10, 3.0}, 30) == "100% [#############]  in 3.0 s");
    CHECK(format_bar({"", "", 7, 0, 3.0}, 30) == "7");
    CHECK(format_log_line({"recover", "loss 1", 25, 100, 10.0}) == "recover 25/100 (25%)  30 s left  loss 1");
  }

  TEST_CASE("a log gets the first state, the last one, and little between") {
    const std::string log = log_of([] {
      progress bar("recover", 1000, false);
      for (std::size_t step = 1; step <= 500; ++step) bar.update(step, "");
      bar.println("phase 2");
      for (std::size_t step = 501; step <= 1000; ++step) bar.update(step, "loss 1");
      bar.finish();
      bar.finish();
      bar.update(3, "");
    });
    CHECK(log.starts_with("recover 1/1000 (0%)"));
    CHECK(contains(log, "\nphase 2\nrecover 1000/1000 (100%)  in 0.0 s  loss 1\n"));
    CHECK(count_of(log, "\n") == 3);
    CHECK_FALSE(contains(log, "\r"));
  }

  TEST_CASE("quiet writes nothing") {
    CHECK(log_of([] {
            progress bar("recover", 10, true);
            bar.update(5, "x");
            bar.println("line");
            bar.finish();
          }).empty());
  }

  TEST_CASE("a terminal gets one line redrawn in place that never wraps") {
    for (const unsigned short columns : {std::uint16_t{20}, std::uint16_t{80}}) {
      const std::string screen = screen_of(columns, [] {
        progress bar("recover", 1000, false);
        for (std::size_t step = 1; step <= 500; ++step) bar.update(step, "loss 1.5e-3 sigma 0.25");
        bar.println("phase");
        std::this_thread::sleep_for(std::chrono::milliseconds(120));
        bar.update(1000, "loss 1.5e-3 sigma 0.25");
        bar.finish();
      });
      CHECK(contains(screen, "\r\x1b[Kphase\r\n"));
      CHECK(contains(screen, "100%"));
      CHECK(screen.ends_with("\r\n"));
      CHECK(count_of(screen, "\n") == 2);
      CHECK(count_of(screen, "\x1b[K") < 8);
      std::size_t begin = 0;
      for (std::size_t end = screen.find("\r"); end != std::string::npos; end = screen.find("\r", begin)) {
        const std::string line = screen.substr(begin, end - begin);
        CHECK(line.size() - 3 * count_of(line, "\x1b[K") < columns + 1U);
        begin = end + 1;
      }
    }
  }

  TEST_CASE("an error message after an unfinished bar starts on a fresh line") {
    const std::string screen = screen_of(80, [] {
      progress bar("recover", 10, false);
      bar.update(1, "");
    });
    CHECK(screen.ends_with("\r\n"));
  }
}
