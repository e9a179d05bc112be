// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>

namespace tinyrank::app {

/// Input that cannot be used. The message is one line that names the file or argument and what is wrong;
/// the command line prints it after "tinyrank: " and exits with code 2.
class input_error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The text with control characters written as \xNN, so that a message stays one line and cannot steer a
/// terminal. Bytes above 0x7f pass, so UTF-8 names stay readable. Cost: linear.
inline std::string printable(std::string_view text) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string result;
  result.reserve(text.size());
  for (const char symbol : text) {
    const auto code = static_cast<unsigned char>(symbol);
    if (code >= 0x20 && code != 0x7f) {
      result += symbol;
    } else {
      result += "\\x";
      result += digits[code >> 4U];
      result += digits[code & 15U];
    }
  }
  return result;
}

/// The text in single quotes, printable, shortened to 40 bytes with "..." (never inside a UTF-8 sequence).
inline std::string in_quotes(std::string_view text) {
  constexpr std::size_t limit = 40;
  if (text.size() <= limit) return "'" + printable(text) + "'";
  std::size_t end = limit;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0U) == 0x80U) --end;
  return "'" + printable(text.substr(0, end)) + "...'";
}

/// The system's words for an errno value.
inline std::string system_reason(int error_number) {
  return std::error_code(error_number, std::generic_category()).message();
}

/// An input_error whose message is "FILE: what".
inline input_error file_error(std::string_view path, std::string_view what) {
  return input_error(printable(path).append(": ").append(what));
}

}  // namespace tinyrank::app
