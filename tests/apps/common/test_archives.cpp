// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "apps/common/inflate.hpp"
#include "apps/common/npy.hpp"
#include "scratch.hpp"

namespace {

using namespace tinyrank::app;
using tinyrank::app::test::refusal_of;
using tinyrank::app::test::scratch_directory;
using tinyrank::app::test::without_surroundings;

std::string little(std::uint64_t value, unsigned bytes) {
  std::string text;
  for (unsigned k = 0; k < bytes; ++k) text += static_cast<char>(value >> 8 * k & 255U);
  return text;
}

constexpr std::uint64_t all_ones = 0xffffffff;

const std::string array_header = "{'descr': '|u1', 'fortran_order': False, 'shape': (3,), }\n";

/// A zip file of one stored array, with what the directory says of it.
struct archive {
  std::string name = "y.npy";
  std::string data =
      std::string("\x93NUMPY\x01\x00", 8) + little(array_header.size(), 2) + array_header + "\1\2\5";
  std::uint64_t size = data.size(), packed_size = data.size(), header_offset = 0, count = 1;
  std::string extra = "", comment = "";

  [[nodiscard]] std::string local() const {
    return std::string("PK\3\4") + std::string(22, '\0') + little(name.size(), 2) + little(0, 2) + name +
           data;
  }
  [[nodiscard]] std::string entry() const {
    return std::string("PK\1\2") + std::string(16, '\0') + little(packed_size, 4) + little(size, 4) +
           little(name.size(), 2) + little(extra.size(), 2) + little(comment.size(), 2) +
           std::string(8, '\0') + little(header_offset, 4) + name + extra + comment;
  }
  static std::string end(std::uint64_t count, std::uint64_t size, std::uint64_t offset) {
    return std::string("PK\5\6") + std::string(6, '\0') + little(count, 2) + little(size, 4) +
           little(offset, 4) + little(0, 2);
  }
  [[nodiscard]] std::string text() const {
    return local() + entry() + end(count, entry().size(), local().size());
  }
  /// With its end in fields of 64 bits.
  [[nodiscard]] std::string large_text() const {
    const std::string start = local() + entry();
    const std::string record = std::string("PK\6\6") + std::string(28, '\0') + little(1, 8) +
                               little(entry().size(), 8) + little(local().size(), 8);
    return start + record + std::string("PK\6\7") + little(0, 4) + little(start.size(), 8) + little(1, 4) +
           end(0xffff, all_ones, all_ones);
  }
};

std::string read(const scratch_directory& directory, const std::string& text,
                 const std::string& member = ":y") {
  const std::string path = directory.write("a.npz", text) + member;
  std::string found;
  const std::string refused = refusal_of([&] {
    for (const double value : npy_file(path).read_all<double>())
      found += std::to_string(static_cast<int>(value));
  });
  return refused.empty() ? found : without_surroundings(refused);
}

/// Bits of a deflated stream, lowest first.
class bit_writer {
 public:
  bit_writer& field(unsigned value, unsigned count) {
    for (unsigned k = 0; k < count; ++k) put(value >> k & 1U);
    return *this;
  }
  /// Codes of Huffman start with their highest bit.
  bit_writer& code(unsigned value, unsigned count) {
    for (unsigned k = count; k-- > 0;) put(value >> k & 1U);
    return *this;
  }
  /// The start of a block of given codes, whose lengths are one bit each for the symbols 1 and 18: 1 is "0".
  bit_writer& one_and_eighteen(unsigned literals, unsigned far) {
    field(1, 1).field(2, 2).field(literals - 257, 5).field(far - 1, 5).field(18 - 4, 4);
    for (unsigned k = 0; k < 18; ++k) field(k == 2 || k == 17 ? 1 : 0, 3);
    return *this;
  }
  bit_writer& ones(unsigned count) {
    for (unsigned k = 0; k < count; ++k) code(0, 1);
    return *this;
  }
  bit_writer& zeros(unsigned count) { return code(1, 1).field(count - 11, 7); }

  [[nodiscard]] const std::vector<std::byte>& bytes() const { return bytes_; }

 private:
  void put(unsigned bit) {
    if (count_ % 8 == 0) bytes_.push_back(std::byte{0});
    bytes_.back() |= static_cast<std::byte>(bit << count_ % 8);
    ++count_;
  }
  std::vector<std::byte> bytes_;
  std::size_t count_ = 0;
};

bool unpacks(const bit_writer& stream, std::size_t size, std::size_t cut = 0) {
  std::vector<std::byte> out(size);
  return inflate(std::span(stream.bytes()).first(stream.bytes().size() - cut), out);
}

}  // namespace

TEST_SUITE("archives") {
  const std::string broken = "a.npz: is no npz archive, or a broken one";
  const std::string broken_member = "a.npz:y: the archive is broken";

  TEST_CASE("sizes of 64 bits are read where those of 32 are all ones") {
    const scratch_directory directory;
    archive a;
    CHECK(read(directory, a.text()) == "125");
    CHECK(read(directory, a.large_text()) == "125");
    a.extra = little(0x5455, 2) + little(1, 2) + "x" + little(1, 2) + little(24, 2) +
              little(a.data.size(), 8) + little(a.data.size(), 8) + little(0, 8);
    a.size = a.packed_size = a.header_offset = all_ones;
    CHECK(read(directory, a.text()) == "125");
    CHECK(read(directory, a.large_text()) == "125");
    // Those alone that are all ones are there.
    a.packed_size = a.data.size();
    a.header_offset = 0;
    a.extra = little(1, 2) + little(8, 2) + little(a.data.size(), 8);
    CHECK(read(directory, a.text()) == "125");
    a.extra = little(1, 2) + little(7, 2) + little(a.data.size(), 7);
    CHECK(read(directory, a.text()) == broken);
    a.extra = little(1, 2) + little(9, 2) + little(a.data.size(), 8);
    CHECK(read(directory, a.text()) == broken);
    a.extra = "";
    CHECK(read(directory, a.text()) == broken_member);
  }

  TEST_CASE("the end of an archive is looked for before the longest comment, and no farther back") {
    const scratch_directory directory;
    const archive a;
    CHECK(read(directory, a.text() + std::string(65535, ' ')) == "125");
    CHECK(
        read(directory, a.text() + std::string(65536, ' ')).ends_with("is no npz archive, or a broken one"));
  }

  TEST_CASE("an end in 64 bits that is not where it should be") {
    const scratch_directory directory;
    const std::string whole = archive().large_text(), end = archive::end(0xffff, all_ones, all_ones);
    CHECK(read(directory, end) == broken);
    const std::size_t locator = whole.size() - 42, record = locator - 56;
    const auto changed = [&](std::size_t at, std::string_view bytes) {
      std::string text = whole;
      return text.replace(at, bytes.size(), bytes);
    };
    CHECK(read(directory, changed(locator, "PK\6\6")) == broken);
    CHECK(read(directory, changed(record, "PK\6\7")) == broken);
    CHECK(read(directory, changed(locator + 8, little(whole.size() + 1, 8))) == broken);
    CHECK(read(directory, changed(locator + 8, little(whole.size() - 55, 8))) == broken);
    // One of the three fields is enough.
    for (const std::size_t at : {std::size_t{10}, std::size_t{12}, std::size_t{16}}) {
      std::string text = whole;
      const std::string small = archive::end(1, archive().entry().size(), archive().local().size());
      text.replace(text.size() - 22, 22, small);
      CHECK(read(directory, text) == "125");
      text.replace(text.size() - 22 + at, at == 10 ? 2 : 4, std::string(at == 10 ? 2 : 4, '\xff'));
      CHECK(read(directory, text) == "125");
      text.replace(record, 4, "none");
      CHECK(read(directory, text) == broken);
    }
  }

  TEST_CASE("a directory of more, of fewer and of other members than it says") {
    const scratch_directory directory;
    archive a;
    a.count = 2;
    a.comment = std::string(41, 'c');  // as long as two
    CHECK(read(directory, a.text()) == broken);
    // A comment that is longer than what is left.
    std::string commented = archive().text();
    commented[commented.rfind("PK\1\2") + 32] = '\1';
    CHECK(read(directory, commented) == broken);
    archive sizes;
    sizes.packed_size = sizes.size - 1;
    CHECK(read(directory, sizes.text()) == broken_member);
    sizes.packed_size = sizes.size;
    sizes.header_offset = 200;
    CHECK(read(directory, sizes.text()) == broken_member);
    const std::string empty = read(directory, archive::end(0, 0, 0), "");
    CHECK(empty.starts_with("a.npz: is an archive of nothing; name one, as in "));
    CHECK(empty.ends_with("a.npz:NAME"));
    CHECK(read(directory, archive::end(0, 0, 0)) == "a.npz: holds nothing, and no 'y'");
    CHECK(read(directory, "Points, and no archive", "").starts_with("a.npz: not an npy file"));
    std::string entries;
    for (const char letter : std::string_view("abcdefghi")) {
      archive one;
      one.name = std::string(1, letter) + ".npy";
      entries += one.entry();
    }
    CHECK(read(directory, entries + archive::end(9, entries.size(), 0)) ==
          "a.npz: holds a, b, c, d, e, f, g, h, ..., and no 'y'");
  }

  TEST_CASE("inflate: codes that are none") {
    const auto refused = [](const std::function<void(bit_writer&)>& add) {
      bit_writer stream;
      stream.field(1, 1).field(2, 2);
      add(stream);
      // What follows would do: nothing of it may be read.
      return !unpacks(stream.field(0, 16).field(0, 16), 0);
    };
    const auto lengths_of_four = [](bit_writer& stream, const std::vector<unsigned>& lengths) -> bit_writer& {
      stream.field(0, 5).field(0, 5).field(0, 4);
      for (const unsigned length : lengths) stream.field(length, 3);
      return stream;
    };
    CHECK(refused([](bit_writer& s) { s.field(30, 5).field(0, 5).field(0, 4); }));
    CHECK(refused([](bit_writer& s) { s.field(0, 5).field(30, 5).field(0, 4); }));
    CHECK(refused([&](bit_writer& s) { lengths_of_four(s, {1, 1, 1, 0}); }));
    CHECK(refused([&](bit_writer& s) { lengths_of_four(s, {2, 2, 0, 0}); }));
    // Nothing before it to repeat; and a code that no symbol has.
    CHECK(refused([&](bit_writer& s) { lengths_of_four(s, {1, 0, 0, 0}).code(0, 1); }));
    CHECK(refused([&](bit_writer& s) { lengths_of_four(s, {1, 0, 0, 0}).code(1, 1).code(0x7fff, 15); }));
    // More zeros than there are lengths.
    CHECK_FALSE(unpacks(bit_writer().one_and_eighteen(257, 1).zeros(138).zeros(138).field(0, 16), 0));
  }

  TEST_CASE("inflate: an end of the block alone, and one code too many beside it") {
    // 256 has the code "0", and the one distance is not used.
    const auto block = [](unsigned far, unsigned far_ones) {
      bit_writer stream;
      return stream.one_and_eighteen(257, far).zeros(138).zeros(118).ones(1).ones(far_ones).code(0, 1);
    };
    CHECK(unpacks(block(1, 1), 0));
    CHECK(unpacks(block(2, 2), 0));
    CHECK_FALSE(unpacks(block(3, 3), 0));
    CHECK_FALSE(unpacks(block(1, 1), 1));
    bit_writer literals;
    literals.one_and_eighteen(257, 1).ones(3).zeros(138).zeros(116).ones(1).code(0, 1);
    CHECK_FALSE(unpacks(literals, 0));
  }

  TEST_CASE("inflate: streams that end within a field") {
    const auto fixed = [] {
      bit_writer stream;
      return stream.field(0, 1).field(1, 2);
    };
    // 144 is the first literal of 9 bits.
    CHECK(unpacks(fixed().code(0x190, 9).code(0, 7).field(1, 1).field(1, 2).code(0, 7), 1));
    // Within the kind of a block, after 39 bits.
    CHECK_FALSE(unpacks(
        fixed().code(0x190, 9).code(0, 7).field(2, 3).code(0, 7).field(2, 3).code(0, 7).field(1, 1), 1));
    // Within the length and the complement of bytes as they are.
    CHECK_FALSE(unpacks(bit_writer().field(1, 8).field(1, 8), 1));
    CHECK_FALSE(unpacks(bit_writer().field(1, 8).field(1, 16), 1));
    CHECK(unpacks(bit_writer().field(1, 8).field(1, 16).field(0xfffe, 16).field(7, 8), 1));
    // Within the bits that a length adds, after a literal.
    bit_writer copy = fixed().code(0x190, 9).code(0xc1, 8).field(31, 5);
    CHECK_FALSE(unpacks(copy, 1 + 131 + 31, 1));
    CHECK(unpacks(copy.code(0, 5).code(0, 7).field(1, 1).field(1, 2).code(0, 7), 1 + 131 + 31));
    // A length that there is not.
    CHECK_FALSE(
        unpacks(fixed().code(0x190, 9).code(0xc6, 8).code(0, 5).code(0, 7).field(3, 3).code(0, 7), 259));
    // Within what a block of given codes starts with: after each of its fields.
    const bit_writer given = [] {
      bit_writer stream;
      return stream.one_and_eighteen(257, 1).zeros(138).zeros(118).ones(2).code(0, 1);
    }();
    CHECK(unpacks(given, 0));
    for (std::size_t cut = 1; cut <= given.bytes().size(); ++cut) CHECK_FALSE(unpacks(given, 0, cut));
    CHECK_FALSE(unpacks(fixed().code(0, 7).field(1, 1).field(2, 2).field(0, 3), 0));
  }
}
