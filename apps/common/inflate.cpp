// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT
#include "inflate.hpp"

#include <algorithm>
#include <array>

namespace tinyrank::app {
namespace {

constexpr unsigned longest_code = 15;

/// A canonical Huffman code: how many codes there are of each length, and the symbols in the order of codes.
class huffman_code {
 public:
  /// False when the lengths are of no code. One that leaves codes unused is good where it has one symbol.
  bool make(std::span<const std::uint8_t> lengths) {
    counts_.fill(0);
    for (const std::uint8_t length : lengths) ++counts_[length];
    counts_[0] = 0;
    int left = 1;
    std::array<std::uint16_t, longest_code + 2> first{};
    for (unsigned length = 1; length <= longest_code; ++length) {
      left = 2 * left - counts_[length];
      if (left < 0) return false;
      first[length + 1] = static_cast<std::uint16_t>(first[length] + counts_[length]);
    }
    const unsigned symbols = first[longest_code + 1];
    for (std::size_t symbol = 0; symbol < lengths.size(); ++symbol) {
      if (lengths[symbol] != 0) symbols_[first[lengths[symbol]]++] = static_cast<std::uint16_t>(symbol);
    }
    return left == 0 || symbols <= 1;
  }

  /// The next symbol, or -1.
  template <class Bits>
  int decode(Bits& bits) const {
    int code = 0, first = 0, index = 0;
    for (unsigned length = 1; length <= longest_code; ++length) {
      const int bit = bits.take(1);
      if (bit < 0) return -1;
      code |= bit;
      const int count = counts_[length];
      if (code - first < count) return symbols_[static_cast<std::size_t>(index + code - first)];
      index += count;
      first = 2 * (first + count);
      code *= 2;
    }
    return -1;
  }

 private:
  std::array<std::uint16_t, longest_code + 1> counts_{};
  std::array<std::uint16_t, 288> symbols_{};
};

class bit_stream {
 public:
  explicit bit_stream(std::span<const std::byte> bytes) : bytes_(bytes) {}

  /// The next bits, lowest first, at most 16; -1 at the end.
  int take(unsigned count) {
    while (held_ < count) {
      if (at_ == bytes_.size()) return -1;
      buffer_ |= std::to_integer<std::uint32_t>(bytes_[at_++]) << held_;
      held_ += 8;
    }
    const auto value = static_cast<int>(buffer_ & ((1U << count) - 1));
    buffer_ >>= count;
    held_ -= count;
    return value;
  }

  void to_next_byte() {
    buffer_ >>= held_ % 8;
    held_ -= held_ % 8;
  }

 private:
  std::span<const std::byte> bytes_;
  std::size_t at_ = 0;
  std::uint32_t buffer_ = 0;
  unsigned held_ = 0;
};

class inflater {
 public:
  inflater(std::span<const std::byte> packed, std::span<std::byte> out) : bits_(packed), out_(out) {}

  bool run() {
    for (;;) {
      const int last = bits_.take(1), kind = bits_.take(2);
      if (last < 0 || kind < 0 || kind == 3) return false;
      const bool ok = kind == 0 ? stored() : kind == 1 ? fixed_codes() : given_codes();
      if (!ok) return false;
      if (last == 1) return at_ == out_.size();
    }
  }

 private:
  bool put(std::byte value) {
    if (at_ == out_.size()) return false;
    out_[at_++] = value;
    return true;
  }

  bool stored() {
    bits_.to_next_byte();
    const int length = bits_.take(16), complement = bits_.take(16);
    if (length < 0 || complement < 0 || (length ^ 0xffff) != complement) return false;
    for (int k = 0; k < length; ++k) {
      const int value = bits_.take(8);
      if (value < 0 || !put(static_cast<std::byte>(value))) return false;
    }
    return true;
  }

  bool fixed_codes() {
    std::array<std::uint8_t, 288> lengths{};
    for (std::size_t k = 0; k < lengths.size(); ++k) {
      lengths[k] = k < 144 ? 8 : k < 256 ? 9 : k < 280 ? 7 : 8;
    }
    std::array<std::uint8_t, 32> far{};
    far.fill(5);
    literals_.make(lengths);
    distances_.make(far);
    return symbols();
  }

  bool given_codes() {
    constexpr std::array<std::uint8_t, 19> order = {16, 17, 18, 0, 8,  7, 9,  6, 10, 5,
                                                    11, 4,  12, 3, 13, 2, 14, 1, 15};
    const int literals = bits_.take(5) + 257, far = bits_.take(5) + 1, count = bits_.take(4) + 4;
    if (literals < 257 || literals > 286 || far < 1 || far > 30 || count < 4) return false;
    std::array<std::uint8_t, 19> code_lengths{};
    for (int k = 0; k < count; ++k) {
      const int length = bits_.take(3);
      if (length < 0) return false;
      code_lengths[order[static_cast<std::size_t>(k)]] = static_cast<std::uint8_t>(length);
    }
    huffman_code of_lengths;
    if (!of_lengths.make(code_lengths)) return false;
    std::array<std::uint8_t, 286 + 30> lengths{};
    const std::size_t all = static_cast<std::size_t>(literals) + static_cast<std::size_t>(far);
    for (std::size_t k = 0; k < all;) {
      const int symbol = of_lengths.decode(bits_);
      if (symbol < 0) return false;
      if (symbol < 16) {
        lengths[k++] = static_cast<std::uint8_t>(symbol);
        continue;
      }
      if (symbol == 16 && k == 0) return false;
      const std::uint8_t value = symbol == 16 ? lengths[k - 1] : std::uint8_t{0};
      const int more = symbol == 16 ? bits_.take(2) : symbol == 17 ? bits_.take(3) : bits_.take(7);
      const std::size_t repeats = static_cast<std::size_t>(more) + (symbol == 18 ? 11U : 3U);
      if (more < 0 || repeats > all - k) return false;
      std::fill_n(lengths.begin() + static_cast<std::ptrdiff_t>(k), repeats, value);
      k += repeats;
    }
    const std::span<const std::uint8_t> given(lengths.data(), all);
    const auto split = static_cast<std::size_t>(literals);
    return literals_.make(given.first(split)) && distances_.make(given.subspan(split)) && symbols();
  }

  /// Literals and copies up to the end of the block.
  bool symbols() {
    constexpr std::array<std::uint16_t, 29> shortest = {3,  4,  5,  6,   7,   8,   9,   10,  11, 13,
                                                        15, 17, 19, 23,  27,  31,  35,  43,  51, 59,
                                                        67, 83, 99, 115, 131, 163, 195, 227, 258};
    constexpr std::array<std::uint16_t, 30> nearest = {
        1,   2,   3,   4,   5,   7,    9,    13,   17,   25,   33,   49,   65,    97,    129,
        193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577};
    for (;;) {
      const int symbol = literals_.decode(bits_);
      if (symbol < 0) return false;
      if (symbol == 256) return true;
      if (symbol < 256) {
        if (!put(static_cast<std::byte>(symbol))) return false;
        continue;
      }
      const auto of_length = static_cast<std::size_t>(symbol - 257);
      if (of_length >= shortest.size()) return false;
      const bool fixed = of_length < 8 || of_length == 28;
      const int more = bits_.take(fixed ? 0U : static_cast<unsigned>(of_length / 4 - 1));
      const int far = distances_.decode(bits_);
      if (more < 0 || far < 0 || far >= 30) return false;
      const auto of_distance = static_cast<std::size_t>(far);
      const int farther = bits_.take(of_distance < 4 ? 0U : static_cast<unsigned>(of_distance / 2 - 1));
      if (farther < 0) return false;
      const std::size_t length = shortest[of_length] + static_cast<std::size_t>(more);
      const std::size_t distance = nearest[of_distance] + static_cast<std::size_t>(farther);
      if (distance > at_ || length > out_.size() - at_) return false;
      for (std::size_t k = 0; k < length; ++k, ++at_) out_[at_] = out_[at_ - distance];
    }
  }

  bit_stream bits_;
  std::span<std::byte> out_;
  std::size_t at_ = 0;
  huffman_code literals_, distances_;
};

constexpr std::array<std::uint32_t, 256> crc_table() {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t k = 0; k < 256; ++k) {
    std::uint32_t value = k;
    for (int bit = 0; bit < 8; ++bit) value = (value & 1U) != 0 ? (value >> 1U) ^ 0xedb88320U : value >> 1U;
    table[k] = value;
  }
  return table;
}

}  // namespace

bool inflate(std::span<const std::byte> packed, std::span<std::byte> out) {
  return inflater(packed, out).run();
}

std::uint32_t crc32(std::span<const std::byte> bytes) {
  static constexpr std::array<std::uint32_t, 256> table = crc_table();
  std::uint32_t value = 0xffffffffU;
  for (const std::byte byte : bytes) {
    value = (value >> 8U) ^ table[(value ^ std::to_integer<std::uint32_t>(byte)) & 255U];
  }
  return ~value;
}

}  // namespace tinyrank::app
