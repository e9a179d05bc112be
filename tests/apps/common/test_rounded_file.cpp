// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <cstddef>
#include <cstring>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "apps/common/rounded_file.hpp"
#include "scratch.hpp"
#include "tinyrank/views.hpp"

namespace {

using namespace tinyrank::app;
using tinyrank::app::test::contains;
using tinyrank::app::test::refusal_of;
using tinyrank::app::test::scratch_directory;

/// A file of rounded matrices whose numbers are made up, and what is in it.
struct made_file {
  rounded_header header;
  std::string text;
  std::vector<std::byte> rows;  ///< without gaps
  std::vector<float> scales;

  made_file(rounded_type type, std::size_t n, std::size_t m) : header{type, n, m, 1e-3} {
    text = format_header(header);
    const std::size_t bytes = row_bytes(header), before = record_bytes(header) - bytes;
    for (std::size_t i = 0; i < m; ++i) {
      std::string record(before, '\0');
      if (type == rounded_type::int8) {
        scales.push_back(0.5F + static_cast<float>(i));
        std::memcpy(record.data(), &scales.back(), sizeof(float));
      }
      // The second byte of each number of bf16 is below 0x3f: none is infinite.
      for (std::size_t k = 0; k < bytes; ++k) record += static_cast<char>((i * 41 + k * 7 + k / 500) % 63);
      text += record;
      const auto* const row = reinterpret_cast<const std::byte*>(record.data()) + before;
      rows.insert(rows.end(), row, row + bytes);
    }
  }
  /// Byte k of the record of matrix i.
  char& at(std::size_t i, std::size_t k) {
    return text[text.size() - (header.m - i) * record_bytes(header) + k];
  }
};

constexpr rounded_type both[] = {rounded_type::bf16, rounded_type::int8};

}  // namespace

TEST_SUITE("rounded_file") {
  TEST_CASE("matrices are read as they were written, all at once and some of them") {
    const scratch_directory directory;
    for (const rounded_type type : both) {
      // Read in pieces of 4 MiB: more than one.
      const made_file made(type, 900, 11);
      const std::size_t bytes = row_bytes(made.header);
      std::optional<rounded_file> file = rounded_file::open(directory.write("A.npy", made.text));
      REQUIRE(file.has_value());
      CHECK(file->header().type == type);
      CHECK(file->header().n == 900);
      CHECK(file->header().m == 11);
      CHECK(file->header().rounded == 1e-3);
      std::vector<std::byte> rows(made.rows.size());
      CHECK(file->read_all(rows.data()) == made.scales);
      CHECK(rows == made.rows);
      CHECK(file->read_all(nullptr) == made.scales);

      const auto check_rows = [&](std::size_t first, std::size_t count, std::size_t kept) {
        std::vector<std::byte> some(count * bytes);
        file->read_rows(first, count, some.data());
        CHECK(std::memcmp(some.data(), made.rows.data() + (kept + first) * bytes, some.size()) == 0);
      };
      check_rows(0, 1, 0);
      check_rows(3, 4, 0);
      check_rows(10, 1, 0);
      file->keep_rows(5, 3);
      CHECK(file->header().m == 3);
      check_rows(0, 3, 5);
      check_rows(2, 1, 5);
      rows.resize(3 * bytes);
      const std::vector<float> scales = file->read_all(rows.data());
      CHECK(std::memcmp(rows.data(), made.rows.data() + 5 * bytes, rows.size()) == 0);
      if (type == rounded_type::int8) CHECK(scales == std::vector<float>{5.5F, 6.5F, 7.5F});
    }
  }

  TEST_CASE("what is not finite is named") {
    const scratch_directory directory;
    const auto refused = [&](const made_file& made) {
      return refusal_of([&] { rounded_file::open(directory.write("A.npy", made.text))->read_all(nullptr); });
    };
    for (const std::size_t i : {0U, 3U, 5U}) {
      const std::string expected = "A.npy: matrix " + std::to_string(i) + " is not finite";
      made_file of_bf16(rounded_type::bf16, 5, 6);
      for (const std::size_t k : {std::size_t{0}, row_bytes(of_bf16.header) - 2}) {
        made_file made = of_bf16;
        made.at(i, k) = static_cast<char>(0x80), made.at(i, k + 1) = static_cast<char>(0x7f);
        CHECK(refused(made).ends_with(expected));
        // The largest that is.
        made.at(i, k) = static_cast<char>(0x7f);
        CHECK(refused(made).empty());
      }
      made_file of_int8(rounded_type::int8, 5, 6);
      const float infinite = std::numeric_limits<float>::infinity();
      std::memcpy(&of_int8.at(i, 0), &infinite, sizeof infinite);
      CHECK(refused(of_int8).ends_with(expected));
    }
  }

  TEST_CASE("a file that is shorter, longer or of another header than it should be") {
    const scratch_directory directory;
    const auto open = [&](const std::string& text) {
      return rounded_file::open(directory.write("A.npy", text));
    };
    for (const rounded_type type : both) {
      const made_file made(type, 15, 6);
      CHECK(open(made.text).has_value());
      CHECK(
          contains(refusal_of([&] { open(made.text.substr(0, made.text.size() - 1)); }), "is truncated: 6 "));
      CHECK(contains(refusal_of([&] { open(made.text + '\0'); }), "has bytes after its rows: 6 "));
      std::string other = made.text;
      other.replace(other.find(" n=15"), 5, " n=10");
      CHECK(contains(refusal_of([&] { open(other); }), "its header is not one that it writes"));
      other.replace(other.find(" n=10"), 5, " n=00");
      CHECK(contains(refusal_of([&] { open(other); }), "its header is not one that it writes"));
      other = made.text;
      other.replace(other.find("rounded=1"), 9, "rounded=-");
      CHECK(contains(refusal_of([&] { open(other); }), "its header is not one that it writes"));
    }
    // The largest that there is would be of 8 GB, and is as possible as any; the next is not.
    const auto of_size = [&](std::size_t n) {
      return refusal_of([&] { open(format_header({rounded_type::bf16, n, 1, 0})); });
    };
    CHECK(contains(of_size(tinyrank::largest_dimension), "is truncated: 1 matrices"));
    CHECK(contains(of_size(tinyrank::largest_dimension + 1), "its header is not one that it writes"));
    CHECK_FALSE(open("no npy file").has_value());
  }
}
