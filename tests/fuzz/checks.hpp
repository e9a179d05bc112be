// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

// What a fuzzer asks of the code that it runs.

#include <cstdlib>
#include <string>
#include <string_view>

#include "error.hpp"

namespace tinyrank::fuzz {

/// libFuzzer keeps the input of a program that aborts.
inline void require(bool holds) {
  if (!holds) std::abort();
}

template <class T>
bool is_number(T x) {
  return x - x == 0;
}

/// A message is one line, that a terminal can show, and begins with the name of what it is about.
inline void require_line(std::string_view message, std::string_view about) {
  require(message.starts_with(about) && message.size() > about.size());
  require(app::printable(message) == message);
}

/// A note may have several.
inline void require_lines(std::string_view note) {
  for (std::size_t end = note.find('\n'); end != note.npos; end = note.find('\n')) {
    require_line(note.substr(0, end), "");
    note.remove_prefix(end + 1);
  }
  require_line(note, "");
}

}  // namespace tinyrank::fuzz
