// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace tinyrank::app {

/// What a progress line shows.
struct progress_state {
  std::string_view title;
  std::string_view detail;
  std::size_t done = 0;
  std::size_t total = 0;   ///< 0: unknown
  double seconds = 0;      ///< since the start
  bool finished = false;   ///< perhaps before `total`: nothing is left to do
  std::size_t before = 0;  ///< of `done`, what was so when `seconds` began: of a run that is resumed
};

/// "1.2 s", "34 s", "5:06" or "1:02:03".
std::string format_seconds(double seconds);

/// One line of at most `columns` columns, with a bar if there is room: what does not fit is left out, the
/// least important first (bar, detail, time left, title). A code point counts as one column.
std::string format_bar(const progress_state& state, std::size_t columns);

/// The same facts for a log, in full length and without a bar.
std::string format_log_line(const progress_state& state);

/// Progress on standard error, for one thread. On a terminal one line is redrawn in place, at most ten times
/// a second and never so wide that it wraps; elsewhere a plain line appears at most every two seconds, and
/// the last state always; when quiet nothing appears at all. Failing writes to standard error are ignored.
class progress {
 public:
  progress(std::string title, std::size_t total, bool quiet);

  /// Leaves the terminal on a fresh line when finish() was not reached.
  ~progress();
  progress(const progress&) = delete;
  progress& operator=(const progress&) = delete;

  /// `done` of `total` steps are done, and what the first call says was so before; `detail` is a short text
  /// such as the loss. Cost when nothing is to be drawn: one clock reading.
  void update(std::size_t done, std::string detail);

  /// Prints a line that stays, above the bar.
  void println(std::string_view line);

  /// Shows the last state and ends the line. Later calls do nothing.
  void finish();

 private:
  using clock = std::chrono::steady_clock;
  enum class style { quiet, terminal, log };

  [[nodiscard]] progress_state state() const;
  void draw();

  std::string title_;
  std::string detail_;
  std::size_t total_;
  std::size_t done_ = 0;
  std::optional<std::size_t> before_;
  style style_;
  bool finished_ = false;
  bool bar_visible_ = false;
  bool undrawn_ = false;
  clock::time_point start_ = clock::now();
  clock::time_point next_draw_ = start_;
};

}  // namespace tinyrank::app
