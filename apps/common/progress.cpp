// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT
#include "progress.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <utility>

#include "posix.hpp"

namespace tinyrank::app {
namespace {

constexpr std::string_view erase_line = "\r\x1b[K";

bool continues_code_point(char symbol) {
  return (static_cast<unsigned char>(symbol) & 0xc0U) == 0x80U;
}

std::size_t columns_of(std::string_view text) {
  return text.size() -
         static_cast<std::size_t>(std::count_if(text.begin(), text.end(), continues_code_point));
}

/// As many of the fields, "loss 6.5e-07, test error 0.1", as fit: a number that is cut reads as another.
std::string_view whole_fields(std::string_view text, std::size_t columns) {
  while (columns_of(text) > columns) {
    const std::size_t comma = text.rfind(", ");
    if (comma == std::string_view::npos) return {};
    text = text.substr(0, comma);
  }
  return text;
}

double fraction_of(const progress_state& state) {
  if (state.total == 0) return 0;
  return std::min(1.0, static_cast<double>(state.done) / static_cast<double>(state.total));
}

std::string share_text(const progress_state& state) {
  if (state.total == 0) return std::to_string(state.done);
  return std::to_string(static_cast<int>(100 * fraction_of(state))) + "%";
}

std::string time_text(const progress_state& state) {
  if (state.total == 0 || state.done <= state.before) return {};
  if (state.finished || state.done >= state.total) return "in " + format_seconds(state.seconds);
  const double remaining =
      static_cast<double>(state.total - state.done) / static_cast<double>(state.done - state.before);
  return format_seconds(state.seconds * remaining) + " left";
}

std::size_t terminal_columns() {
  struct winsize size {};
  if (::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return 80;
  return size.ws_col;
}

/// A terminal that understands the escape sequence for erasing a line.
bool is_capable_terminal() {
  const char* const kind = std::getenv("TERM");
  return ::isatty(STDERR_FILENO) == 1 && kind != nullptr && std::string_view(kind) != "dumb";
}

// One system call for a whole line keeps it together when several processes share the stream.
void write_to_stderr(std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(STDERR_FILENO, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

}  // namespace

std::string format_seconds(double seconds) {
  const double shown = std::isfinite(seconds) ? std::clamp(seconds, 0.0, 3.5e9) : 0.0;
  if (shown < 9.95) {
    char digits[16];
    const auto end = std::to_chars(digits, digits + sizeof digits, shown, std::chars_format::fixed, 1).ptr;
    return std::string(digits, end) + " s";
  }
  const long long whole = std::llround(shown);
  if (whole < 60) return std::to_string(whole) + " s";
  const auto two_digits = [](long long value) { return (value < 10 ? ":0" : ":") + std::to_string(value); };
  if (whole < 3600) return std::to_string(whole / 60) + two_digits(whole % 60);
  return std::to_string(whole / 3600) + two_digits(whole / 60 % 60) + two_digits(whole % 60);
}

std::string format_bar(const progress_state& state, std::size_t columns) {
  constexpr std::size_t shortest_bar = 12;
  constexpr std::size_t longest_bar = 40;
  std::string share = share_text(state);
  // A percentage of constant width keeps the bar from jumping.
  if (state.total > 0) share.insert(0, 4 - share.size(), ' ');
  if (share.size() > columns) return {};
  std::size_t room = columns - share.size();
  std::string before;
  if (!state.title.empty() && columns_of(state.title) + 1 <= room) {
    before = std::string(state.title) + " ";
    room -= columns_of(before);
  }
  std::string after;
  const auto append = [&](std::string_view text, std::size_t limit) {
    const std::string_view part = limit > 2 ? whole_fields(text, limit - 2) : std::string_view();
    if (part.empty()) return;
    after.append("  ").append(part);
    room -= 2 + columns_of(part);
  };
  const std::string time = time_text(state);
  if (time.size() + 2 <= room) append(time, room);
  const bool bar_wanted = state.total > 0 && room >= 2 * shortest_bar;
  append(state.detail, bar_wanted ? room - shortest_bar : room);
  std::string bar;
  if (state.total > 0 && room >= shortest_bar) {
    const std::size_t length = std::min(room, longest_bar) - 3;
    const auto filled = static_cast<std::size_t>(fraction_of(state) * static_cast<double>(length));
    bar = " [" + std::string(filled, '#') + std::string(length - filled, '.') + "]";
  }
  return before + share + bar + after;
}

std::string format_log_line(const progress_state& state) {
  std::string line = state.title.empty() ? std::string() : std::string(state.title) + " ";
  line += std::to_string(state.done);
  if (state.total > 0) line += "/" + std::to_string(state.total) + " (" + share_text(state) + ")";
  for (const std::string& part : {time_text(state), std::string(state.detail)}) {
    if (!part.empty()) line += "  " + part;
  }
  return line;
}

progress::progress(std::string title, std::size_t total, bool quiet)
    : title_(std::move(title)),
      total_(total),
      style_(quiet                   ? style::quiet
             : is_capable_terminal() ? style::terminal
                                     : style::log) {}

progress::~progress() {
  if (bar_visible_ && !finished_) write_to_stderr("\n");
}

progress_state progress::state() const {
  const std::chrono::duration<double> elapsed = clock::now() - start_;
  return {title_, detail_, done_, total_, elapsed.count(), finished_, before_.value_or(0)};
}

void progress::draw() {
  undrawn_ = false;
  if (style_ == style::log) {
    write_to_stderr(format_log_line(state()) + "\n");
    return;
  }
  // A character in the last column makes some terminals wrap.
  write_to_stderr(std::string(erase_line) + format_bar(state(), terminal_columns() - 1));
  bar_visible_ = true;
}

void progress::update(std::size_t done, std::string detail) {
  if (style_ == style::quiet || finished_) return;
  if (!before_) before_ = done;
  done_ = done;
  detail_ = std::move(detail);
  undrawn_ = true;
  const clock::time_point now = clock::now();
  if (now < next_draw_) return;
  // Measured from now, so that a slow step is not followed by a burst of lines.
  next_draw_ =
      now + (style_ == style::terminal ? std::chrono::milliseconds(100) : std::chrono::milliseconds(2000));
  draw();
}

void progress::println(std::string_view line) {
  if (style_ == style::quiet) return;
  std::string text = bar_visible_ && !finished_ ? std::string(erase_line) : std::string();
  write_to_stderr(text.append(line).append("\n"));
  if (bar_visible_ && !finished_) draw();
}

void progress::finish() {
  if (style_ == style::quiet || finished_) return;
  finished_ = true;
  if (undrawn_ || bar_visible_) draw();
  if (bar_visible_) write_to_stderr("\n");
}

}  // namespace tinyrank::app
