// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "format.hpp"

#include <algorithm>
#include <bit>

namespace tinyrank::format {
namespace {

constexpr std::uint32_t word_base = 1'000'000'000;
constexpr int digits_per_word = 9;
constexpr int integer_words = 35;    // 2^1024 has 309 digits
constexpr int fraction_words = 120;  // 2^-1074 has 1074 decimals
constexpr int word_count = integer_words + fraction_words;

// word_base is 2^9 times an odd number: nine halvings of a word leave a remainder that is exact in the next
// word.
constexpr int largest_shift = 9;

// A double is a sum of few powers of two, hence a finite decimal: held here exactly, most significant word
// first.
struct exact_decimal {
  std::uint32_t words[word_count];

  void shift_left(int bits) {
    std::uint64_t carry = 0;
    for (int i = integer_words - 1; i >= 0; --i) {
      const std::uint64_t current = (std::uint64_t{words[i]} << bits) + carry;
      words[i] = static_cast<std::uint32_t>(current % word_base);
      carry = current / word_base;
    }
  }

  void shift_right(int bits) {
    std::uint64_t remainder = 0;
    for (std::uint32_t& word : words) {
      const std::uint64_t current = remainder * word_base + word;
      word = static_cast<std::uint32_t>(current >> bits);
      remainder = current - (std::uint64_t{word} << bits);
    }
  }
};

exact_decimal expand(std::uint64_t mantissa, int exponent) {
  exact_decimal decimal{};
  decimal.words[integer_words - 1] = static_cast<std::uint32_t>(mantissa % word_base);
  decimal.words[integer_words - 2] = static_cast<std::uint32_t>(mantissa / word_base);
  while (exponent > 0) {
    const int bits = std::min(exponent, largest_shift);
    decimal.shift_left(bits);
    exponent -= bits;
  }
  while (exponent < 0) {
    const int bits = std::min(-exponent, largest_shift);
    decimal.shift_right(bits);
    exponent += bits;
  }
  return decimal;
}

struct seven_digits {
  std::uint32_t digits;
  int exponent;
};

seven_digits round_to_seven(const exact_decimal& decimal) {
  int first = 0;
  while (decimal.words[first] == 0) {
    ++first;
  }
  bool inexact = false;
  for (int i = first + 2; i < word_count; ++i) {
    inexact = inexact || decimal.words[i] != 0;
  }

  const std::uint64_t leading = std::uint64_t{decimal.words[first]} * word_base + decimal.words[first + 1];
  int exponent = 6 + digits_per_word * (integer_words - 2 - first);
  std::uint64_t unit = 1;
  while (leading / unit >= 10'000'000) {
    unit *= 10;
    ++exponent;
  }

  auto digits = static_cast<std::uint32_t>(leading / unit);
  const std::uint64_t rest = 2 * (leading % unit);
  if (rest > unit || (rest == unit && (inexact || digits % 2 != 0))) {
    ++digits;
  }
  if (digits == 10'000'000) {
    digits = 1'000'000;
    ++exponent;
  }
  return {digits, exponent};
}

char digit(std::uint32_t value) {
  return static_cast<char>('0' + value % 10);
}

void copy(const char* source, char* target) {
  while ((*target++ = *source++) != '\0') {
  }
}

}  // namespace

void write_unsigned(std::uint64_t value, char (&text)[unsigned_capacity]) {
  char reversed[unsigned_capacity];
  std::size_t count = 0;
  do {
    reversed[count++] = digit(static_cast<std::uint32_t>(value % 10));
    value /= 10;
  } while (value != 0);
  for (std::size_t i = 0; i < count; ++i) {
    text[i] = reversed[count - 1 - i];
  }
  text[count] = '\0';
}

void write_hex64(std::uint64_t value, char (&text)[hex64_capacity]) {
  for (std::size_t i = 0; i < 16; ++i) {
    text[i] = "0123456789abcdef"[(value >> (60 - 4 * i)) & 15];
  }
  text[16] = '\0';
}

void write_scientific(double value, char (&text)[scientific_capacity]) {
  const auto bits = std::bit_cast<std::uint64_t>(value);
  const int biased_exponent = static_cast<int>((bits >> 52) & 0x7FF);
  std::uint64_t mantissa = bits & ((std::uint64_t{1} << 52) - 1);

  char* out = text;
  if (bits >> 63 != 0) {
    *out++ = '-';
  }
  if (biased_exponent == 0x7FF) {
    copy(mantissa != 0 ? "nan" : "inf", out);
    return;
  }

  seven_digits rounded{0, 0};
  if (biased_exponent != 0) {
    mantissa |= std::uint64_t{1} << 52;
  }
  if (mantissa != 0) {
    rounded = round_to_seven(expand(mantissa, (biased_exponent != 0 ? biased_exponent : 1) - 1075));
  }

  for (std::uint32_t unit = 1'000'000; unit != 0; unit /= 10) {
    *out++ = digit(rounded.digits / unit);
    if (unit == 1'000'000) {
      *out++ = '.';
    }
  }
  *out++ = 'e';
  *out++ = rounded.exponent < 0 ? '-' : '+';
  const auto magnitude =
      static_cast<std::uint32_t>(rounded.exponent < 0 ? -rounded.exponent : rounded.exponent);
  if (magnitude >= 100) {
    *out++ = digit(magnitude / 100);
  }
  *out++ = digit(magnitude / 10);
  *out++ = digit(magnitude);
  *out = '\0';
}

}  // namespace tinyrank::format
