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

/// The bytes of the UTF-8 sequence that the text begins with; 0 for none, and for the controls U+0080 to
/// U+009F, which terminals obey as they do those of ASCII.
inline std::size_t printable_sequence(std::string_view text) noexcept {
  const auto byte = [&](std::size_t k) { return static_cast<unsigned char>(text[k]); };
  const unsigned first = byte(0);
  const std::size_t length = first < 0x80   ? 1
                             : first < 0xc2 ? 0
                             : first < 0xe0 ? 2
                             : first < 0xf0 ? 3
                             : first < 0xf5 ? 4
                                            : 0;
  if (length == 0 || length > text.size()) return 0;
  if (length == 1) return first >= 0x20 && first != 0x7f ? 1 : 0;
  for (std::size_t k = 1; k < length; ++k) {
    if ((byte(k) & 0xc0U) != 0x80U) return 0;
  }
  return first == 0xc2 && byte(1) < 0xa0 ? 0 : length;
}

/// The text with control characters, and bytes that are no UTF-8, written as \\xNN, so that a message stays
/// one line and cannot steer a terminal. Names in UTF-8 stay readable. Cost: linear.
inline std::string printable(std::string_view text) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string result;
  result.reserve(text.size());
  while (!text.empty()) {
    const std::size_t length = printable_sequence(text);
    if (length == 0) {
      const auto code = static_cast<unsigned char>(text[0]);
      result += "\\x";
      result += digits[code >> 4U];
      result += digits[code & 15U];
    }
    result += text.substr(0, length);
    text.remove_prefix(length == 0 ? 1 : length);
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
