// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT
#include "csv_separator.hpp"

#include <algorithm>
#include <cstddef>

namespace tinyrank::app {
namespace {

bool is_blank(char symbol) {
  return symbol == ' ' || symbol == '\t';
}

bool is_digit(char symbol) {
  return symbol >= '0' && symbol <= '9';
}

/// What one line has of each separator.
struct line_marks {
  bool semicolon = false, tab = false, comma = false, blanks = false;
  bool decimal_commas_only = true;
};

void mark_comma(line_marks& marks, std::string_view line, std::size_t at) {
  marks.comma = true;
  const bool decimal = at > 0 && is_digit(line[at - 1]) && at + 1 < line.size() && is_digit(line[at + 1]);
  marks.decimal_commas_only = marks.decimal_commas_only && decimal;
}

/// Blanks from `first` to before `end`.
void mark_blanks(line_marks& marks, std::string_view line, std::size_t first, std::size_t end) {
  const auto is_separator = [](char symbol) { return symbol == ',' || symbol == ';'; };
  // Beside another separator they are there to look well.
  if ((first > 0 && is_separator(line[first - 1])) || (end < line.size() && is_separator(line[end]))) return;
  if (line.substr(first, end - first).find('\t') != std::string_view::npos) marks.tab = true;
  if (first > 0 && end < line.size()) marks.blanks = true;
}

line_marks marks_of(std::string_view line) {
  line_marks marks;
  bool quoted = false;
  for (std::size_t at = 0; at < line.size();) {
    const std::size_t first = at++;
    if (line[first] == '"') quoted = !quoted;
    if (quoted) continue;
    if (line[first] == ';') marks.semicolon = true;
    if (line[first] == ',') mark_comma(marks, line, first);
    if (!is_blank(line[first])) continue;
    while (at < line.size() && is_blank(line[at])) ++at;
    mark_blanks(marks, line, first, at);
  }
  return marks;
}

/// The next line of the text, which may go on inside of quotes; takes it off.
std::string_view take_line(std::string_view& text) {
  bool quoted = false;
  std::size_t end = 0;
  for (; end < text.size(); ++end) {
    if (text[end] == '"') quoted = !quoted;
    if (!quoted && (text[end] == '\n' || text[end] == '\r')) break;
  }
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return line;
}

}  // namespace

char find_separator(std::string_view text) {
  std::size_t semicolons = 0, tabs = 0, commas = 0, blanks = 0, lines = 0;
  bool decimal_commas_only = true;
  while (!text.empty()) {
    const std::string_view line = take_line(text);
    if (std::all_of(line.begin(), line.end(), is_blank)) continue;
    const line_marks marks = marks_of(line);
    ++lines;
    semicolons += marks.semicolon ? 1 : 0;
    tabs += marks.tab ? 1 : 0;
    commas += marks.comma ? 1 : 0;
    blanks += marks.blanks ? 1 : 0;
    decimal_commas_only = decimal_commas_only && marks.decimal_commas_only;
  }
  const std::size_t most = std::max({semicolons, tabs, commas});
  if (most == 0) return blanks > 0 ? ' ' : '\0';
  if (semicolons == most) return ';';
  if (tabs == most) return '\t';
  return decimal_commas_only && blanks == lines ? ' ' : ',';
}

}  // namespace tinyrank::app
