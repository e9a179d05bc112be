// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "apps/common/coordinate_table.hpp"
#include "apps/common/distance_table.hpp"
#include "apps/common/inflate.hpp"
#include "apps/common/npy.hpp"
#include "apps/common/npz.hpp"
#include "scratch.hpp"

namespace {

using namespace tinyrank::app;
using tinyrank::app::test::contains;
using tinyrank::app::test::content_of;
using tinyrank::app::test::refusal_of;
using tinyrank::app::test::scratch_directory;
using tinyrank::app::test::without_surroundings;

std::string data_path(const std::string& name) {
  return std::string(TINYRANK_TEST_DATA) + "/npy/" + name;
}

std::vector<double> read(const std::string& name) {
  return npy_file(data_path(name)).read_all<double>();
}

std::string npy(const std::string& descr, const std::string& shape, const std::string& bytes) {
  const std::string text = "{'descr': '" + descr + "', 'fortran_order': False, 'shape': " + shape + ", }\n";
  return std::string("\x93NUMPY\x01\x00", 8) + static_cast<char>(text.size()) + '\0' + text + bytes;
}

template <class T>
void check_integers(const std::string& descr, const std::vector<T>& values) {
  const scratch_directory directory;
  std::string little, big;
  for (const T value : values) {
    std::string bytes(reinterpret_cast<const char*>(&value), sizeof value);
    little += bytes;
    std::reverse(bytes.begin(), bytes.end());
    big += bytes;
  }
  const std::string shape = "(" + std::to_string(values.size()) + ",)";
  const std::vector<double> expected(values.begin(), values.end());
  const char order = sizeof(T) == 1 ? '|' : '<';
  CHECK(npy_file(directory.write("a", npy(order + descr, shape, little))).read_all<double>() == expected);
  CHECK(npy_file(directory.write("a", npy(">" + descr, shape, big))).read_all<double>() == expected);
  const std::vector<float> rounded(values.begin(), values.end());
  CHECK(npy_file(directory.path("a")).read_all<float>() == rounded);
}

std::string refusal(const std::string& path) {
  return without_surroundings(refusal_of([&] { const npy_file file(path); }));
}

std::string distances(const std::string& path) {
  std::string text;
  const distance_table table = read_distance_table(path);
  text = std::to_string(table.n);
  for (const auto& entry : table.entries) {
    text += " " + std::to_string(entry.i) + "-" + std::to_string(entry.j) + ":" +
            std::to_string(entry.distance).substr(0, 3);
  }
  return table.note.empty() ? text : text + " (" + without_surroundings(table.note) + ")";
}

std::string doubles(const std::vector<double>& values) {
  return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(double)};
}

}  // namespace

TEST_SUITE("kinds of npy") {
  TEST_CASE("one problem as numpy, MATLAB, Julia and python 2 write it") {
    const std::vector<double> matrices = read("A.npy"), y = read("y.npy");
    REQUIRE(matrices.size() == 60 * 6 * 6);
    for (const std::string name : {"julia_A.npy", "matlab_A.npy", "py2long_A.npy", "v2mis_A.npy"}) {
      INFO(name);
      CHECK(read(name) == matrices);
    }
    for (const std::string name : {"big_y.npy", "matlab_y.npy", "matlab_yrow.npy"}) {
      INFO(name);
      CHECK(read(name) == y);
    }
    const std::vector<double> halves = read("f2_y.npy"), whole = read("int_y.npy"), truth = read("truth.npy");
    for (std::size_t i = 0; i < y.size(); ++i) {
      CHECK(std::fabs(halves[i] - y[i]) <= std::ldexp(std::fabs(y[i]), -11));
      CHECK(whole[i] == std::floor(whole[i]));
      double inner = 0;
      for (std::size_t k = 0; k < 36; ++k) inner += matrices[36 * i + k] * truth[k];
      CHECK(inner == doctest::Approx(y[i]).epsilon(1e-12));
    }
    CHECK(npy_file(data_path("group_y.npy")).element_count() == 1060);
    CHECK(npy_file(data_path("group_y.npy")).shape_text() == "(1060)");
  }

  TEST_CASE("integers of every size, of both byte orders") {
    check_integers<std::int8_t>("i1", {-128, -1, 0, 127});
    check_integers<std::uint8_t>("u1", {0, 1, 255});
    check_integers<std::int16_t>("i2", {-32768, -2, 258, 32767});
    check_integers<std::uint16_t>("u2", {0, 258, 65535});
    check_integers<std::int32_t>("i4", {INT32_MIN, -2, 66051, INT32_MAX});
    check_integers<std::uint32_t>("u4", {0, 66051, UINT32_MAX});
    check_integers<std::int64_t>("i8", {INT64_MIN, -2, 1108152157446, INT64_MAX});
    check_integers<std::uint64_t>("u8", {0, 1108152157446, UINT64_MAX});
  }

  TEST_CASE("numbers of 2 bytes") {
    const scratch_directory directory;
    const std::string bytes("\x00\x3c\x00\xc0\xff\x7b\x01\x00\x00\x04\x00\x80", 12);
    const npy_file file(directory.write("a", npy("<f2", "(6,)", bytes)));
    CHECK(file.read_all<double>() ==
          std::vector<double>{1, -2, 65504, std::ldexp(1.0, -24), std::ldexp(1.0, -14), 0});
    CHECK(std::signbit(file.read_all<float>()[5]));
    const std::string bad("\x00\x3c\x00\x7c", 4), nan("\x00\x3c\x01\x7e", 4);
    const npy_file infinite(directory.write("b", npy("<f2", "(2,)", bad)));
    CHECK(contains(refusal_of([&] { (void)infinite.read_all<float>(); }), "element [1] is infinite"));
    const npy_file none(directory.write("c", npy("<f2", "(2,)", nan)));
    CHECK(contains(refusal_of([&] { (void)none.read_all<double>(); }), "element [1] is NaN"));
  }

  TEST_CASE("big-endian numbers in pieces and in Fortran order") {
    const scratch_directory directory;
    std::string text = content_of(data_path("matlab_A.npy"));
    const std::size_t start = text.size() - std::size_t{60} * 36 * 8;
    for (std::size_t at = start; at < text.size(); at += 8)
      std::reverse(text.begin() + static_cast<std::ptrdiff_t>(at),
                   text.begin() + static_cast<std::ptrdiff_t>(at + 8));
    text.replace(text.find("<f8"), 3, ">f8");
    CHECK(npy_file(directory.write("a.npy", text)).read_all<double>() == read("A.npy"));
  }

  TEST_CASE("a comma at the thousands is told from two dimensions by the size") {
    const scratch_directory directory;
    const auto shape_of = [&](const std::string& shape, std::size_t elements) {
      return npy_file(directory.write("a", npy("|u1", shape, std::string(elements, 'x')))).shape_text();
    };
    CHECK(shape_of("(1,060,)", 1060) == "(1060)");
    CHECK(shape_of("(1,200,)", 200) == "(1, 200)");
    CHECK(shape_of("(1,200,)", 1200) == "(1200)");
    CHECK(shape_of("(1,200,6,6,)", 43200) == "(1200, 6, 6)");
    CHECK(contains(refusal_of([&] { shape_of("(1,060,)", 60); }), "starts with 0"));
    CHECK(
        contains(refusal_of([&] { shape_of("(1,200,)", 300); }), "has bytes after the data: shape (1, 200)"));
    // Four digits are no thousands.
    CHECK(contains(refusal_of([&] { shape_of("(1060,200,)", 1060200); }),
                   "has bytes after the data: shape (1060, 200)"));
  }

  TEST_CASE("arrays of distances") {
    const scratch_directory directory;
    const double nan = std::numeric_limits<double>::quiet_NaN(),
                 inf = std::numeric_limits<double>::infinity();
    const auto read_array = [&](const std::string& shape, const std::vector<double>& values) {
      const std::string path = directory.write("d.npy", npy("<f8", shape, doubles(values)));
      std::string text;
      const std::string refused = refusal_of([&] { text = distances(path); });
      return refused.empty() ? text : without_surroundings(refused);
    };
    CHECK(read_array("(3, 3)", {0, 3, nan, 3, 0, 4, inf, 4, 0}) == "3 0-1:3.0 1-2:4.0");
    CHECK(read_array("(3,)", {3, 5, 4}) == "3 0-1:3.0 0-2:5.0 1-2:4.0");
    CHECK(read_array("(2, 3)", {1, 2, 3, 2, 3, 4}) == "3 0-1:3.0 1-2:4.0 (d.npy: indices count from 1)");
    CHECK(read_array("(3, 3)", {0, 1, 3, 1, 2, 4, 0, 2, 5}) == "3 0-1:3.0 0-2:5.0 1-2:4.0");
    // Lists, for what lies on the diagonal of one is not 0: the first, the second or the third of it.
    CHECK(read_array("(3, 3)", {1, 2, 5, 2, 0, 7, 0, 1, 0}) == "3 0-1:0.0 0-2:7.0 1-2:5.0");
    CHECK(read_array("(3, 3)", {0, 2, 5, 2, 1, 7, 0, 1, 0}) == "3 0-1:0.0 0-2:5.0 1-2:7.0");
    CHECK(read_array("(3, 3)", {0, 2, 5, 2, 0, 5, 0, 1, 3}) == "3 0-1:3.0 0-2:5.0");
    CHECK(
        read_array("(2, 2)", {0, 3, 4, 0}).starts_with("2 0-1:3.5 (d.npy: 1 pair of mirror images differs"));
    CHECK(read_array("(2, 2)", {0, -3, 3, 0}) ==
          "d.npy: element [0, 1]: a distance must not be negative: -3");
    CHECK(read_array("(3,)", {3, -5, 4}) == "d.npy: element [1]: a distance must not be negative: -5");
    CHECK(read_array("(1, 3)", {0, 1.5, 3}) ==
          "d.npy: element [0, 1]: an index must be a whole number from 0 on: 1.5");
    CHECK(read_array("(4,)", {1, 2, 3, 4}) ==
          "d.npy: shape (4) is neither (n, n) nor (m, 3), rows i, j, value, nor (n(n-1)/2,)");
    CHECK(read_array("(2, 4)", {1, 2, 3, 4, 5, 6, 7, 8}).starts_with("d.npy: shape (2, 4) is neither"));
    CHECK(read_array("(1, 2, 2)", {0, 3, 3, 0}).starts_with("d.npy: shape (1, 2, 2) is neither"));
    CHECK(read_array("(3, 3)", {nan, 3, 5, 3, nan, 4, 5, 4, nan}) == "3 0-1:3.0 0-2:5.0 1-2:4.0");
    CHECK(read_array("(3,)", {3, nan, 4}) == "3 0-1:3.0 1-2:4.0");
    CHECK(read_array("(2, 3)", {0, 1, 3, 1, 2, nan}) ==
          "d.npy: point 2 has no known distance to any other point");
    CHECK(read_array("(1, 3)", {-1, 1, 3}) ==
          "d.npy: element [0, 0]: an index must be a whole number from 0 on: -1");
    CHECK(read_array("(1, 3)", {0, 1e16, 3}) ==
          "d.npy: element [0, 1]: an index must be a whole number from 0 on: 1e+16");
  }
}

TEST_SUITE("real numbers for complex ones") {
  TEST_CASE("an array of real numbers is one of complex numbers, and not the other way round") {
    const scratch_directory directory;
    const npy_file real(directory.write("r.npy", npy("<f8", "(3, 2)", doubles({1, 2, 3, 4, 5, 6}))), true);
    std::vector<double> numbers(8);
    real.copy_complex_rows(1, 2, std::span(numbers));
    CHECK(numbers == std::vector<double>{3, 0, 4, 0, 5, 0, 6, 0});
    std::vector<double> none;
    CHECK_NOTHROW(real.copy_complex_rows(3, 0, std::span(none)));
    CHECK_THROWS_AS(real.copy_complex_rows(4, 0, std::span(none)), std::out_of_range);
    CHECK_THROWS_AS(real.copy_complex_rows(2, 2, std::span(numbers)), std::out_of_range);
    CHECK_THROWS_AS(real.copy_complex_rows(0, 3, std::span(numbers)), std::out_of_range);
    const npy_file complex(directory.write("c.npy", npy("<c16", "(1, 2)", doubles({1, 2, 3, 4}))), true);
    std::vector<double> parts(4), two(2);
    complex.copy_complex_rows(0, 1, std::span(parts));
    CHECK(parts == std::vector<double>{1, 2, 3, 4});
    CHECK_THROWS_AS(complex.copy_rows(0, 1, std::span(two)), std::logic_error);
  }

  TEST_CASE("bytes in memory are read as those of a file") {
    std::vector<std::byte> bytes;
    for (int k = 0; k < 12; ++k) bytes.push_back(static_cast<std::byte>(k));
    const scratch_directory directory;
    const input_file memory("m", bytes),
        file(directory.write("f", {reinterpret_cast<const char*>(bytes.data()), bytes.size()}));
    for (const input_file* each : {&memory, &file}) {
      for (const std::size_t apart : {3U, 4U}) {
        std::vector<std::byte> out(8);
        each->read_rows(2, {2, 3, apart}, out.data());
        for (std::size_t i = 0; i < 2; ++i) {
          for (std::size_t k = 0; k < 3; ++k)
            CHECK(std::to_integer<std::size_t>(out[apart * i + k]) == 2 + 3 * i + k);
        }
      }
      std::byte out[2];
      CHECK(refusal_of([&] { each->read_exact(11, out, 2); }) != "");
      CHECK(refusal_of([&] { each->read_exact(13, out, 0); }) ==
            (each == &memory ? "m: ends too early" : ""));
      each->read_ahead(8, 4);
      CHECK_NOTHROW(each->refuse_change());
    }
  }
}

TEST_SUITE("arrays of entries") {
  TEST_CASE("a square, rows of two indices and a value, and nothing else") {
    const scratch_directory directory;
    const auto read_array = [&](const std::string& shape, const std::vector<double>& values) {
      const std::string path = directory.write("e.npy", npy("<f8", shape, doubles(values)));
      std::string text;
      const std::string refused = refusal_of([&] {
        const auto entries = read_sampled_entries<double>(path);
        text = std::to_string(entries.n);
        for (std::size_t k = 0; k < entries.pairs.size(); ++k) {
          text += " " + std::to_string(entries.pairs[k].first) + "-" +
                  std::to_string(entries.pairs[k].second) + ":" +
                  std::to_string(entries.values[k]).substr(0, 3);
        }
      });
      return refused.empty() ? text : without_surroundings(refused);
    };
    // Of 3 x 3 the diagonal says nothing of what it is.
    CHECK(read_array("(3, 3)", {0, 1, 3, 1, 2, 4, 3, 4, 5}) ==
          "3 0-0:0.0 0-1:1.0 0-2:3.0 1-1:2.0 1-2:4.0 2-2:5.0");
    CHECK(read_array("(2, 3)", {0, 1, 3, 1, 1, 4}) == "2 0-1:3.0 1-1:4.0");
    CHECK(read_array("(3,)", {3, 5, 4}) == "e.npy: shape (3) is neither (n, n) nor (m, 3), rows i, j, value");
  }
}

TEST_SUITE("npz") {
  TEST_CASE("members, stored and deflated, are the arrays") {
    for (const std::string archive : {"stored.npz", "deflated.npz"}) {
      CHECK(read(archive + ":A") == read("A.npy"));
      CHECK(read(archive + ":y") == read("y.npy"));
    }
    CHECK(read("level0.npz:y") == read("y.npy"));
    // Copies of every length, from near and far; a byte in the wrong place would not have its checksum.
    CHECK(read("copies.npz:c").size() == 36612);
    const std::vector<double> runs = read("runs.npz:r");
    REQUIRE(runs.size() == 40000);
    for (std::size_t k = 0; k < runs.size(); ++k) {
      const std::size_t run = k / 977;
      CHECK(runs[k] == (k % 977 == 0 ? static_cast<double>(run) : 0));
    }
  }

  TEST_CASE("what is not there, not named, or packed in another way") {
    CHECK(refusal(data_path("deflated.npz:z")) == "deflated.npz: holds A, y, and no 'z'");
    CHECK(contains(refusal(data_path("deflated.npz")), "is an archive of A, y; name one, as in "));
    CHECK(refusal(data_path("bzip.npz:y")) ==
          "bzip.npz:y: is compressed by method 12; stored and deflated members are read");
    CHECK(contains(refusal(data_path("none.npz:y")), "none.npz: cannot open"));
    const auto of_table = [](const std::string& path) { return refusal_of([&] { (void)distances(path); }); };
    CHECK(contains(of_table(data_path("stored.npz:A")), "stored.npz:A: shape (60, 6, 6) is neither (n, n)"));
    CHECK(contains(of_table(data_path("stored.npz")), "stored.npz: is an archive of A, y; name one"));
    const scratch_directory directory;
    // A file of that very name is what is meant.
    const std::string named = directory.write("s.npz:y", content_of(data_path("y.npy")));
    CHECK(npy_file(named).read_all<double>() == read("y.npy"));
    CHECK(file_of(named) == named);
    CHECK(file_of("there/is.npz:none") == "there/is.npz");
    CHECK(file_of("y.npy") == "y.npy");
  }

  TEST_CASE("an archive with any byte changed, or cut anywhere, is read as it was or refused") {
    const scratch_directory directory;
    for (const std::string archive : {"small.npz", "level0.npz"}) {
      const std::string whole = content_of(data_path(archive)), member = archive == "small.npz" ? ":r" : ":y";
      const std::vector<double> expected = read(archive + member);
      std::size_t refused = 0;
      for (std::size_t at = 0; at < whole.size(); ++at) {
        std::string changed = whole;
        changed[at] = static_cast<char>(changed[at] ^ 0x41);
        // Names of their own: to write a file over costs milliseconds.
        const std::string name = std::to_string(at) + archive;
        const std::string path = directory.write("changed" + name, changed) + member;
        std::vector<double> found;
        const std::string message = refusal_of([&] { found = npy_file(path).read_all<double>(); });
        CAPTURE(at);
        if (message.empty()) CHECK(found == expected);
        if (!message.empty()) ++refused;
        const std::string cut = directory.write("cut" + name, whole.substr(0, at)) + member;
        CHECK(refusal_of([&] { (void)npy_file(cut); }) != "");
      }
      // The rest are dates, versions and what is there twice.
      CHECK(refused > whole.size() / 2);
    }
  }

  TEST_CASE("inflate: fixed codes, and what no stream is") {
    const unsigned char stream[] = {0x2b, 0xc9, 0x57, 0x48, 0x4a, 0x55, 0xc8, 0x2f, 0x52, 0xc8,
                                    0xcb, 0x2f, 0x51, 0x28, 0x01, 0x71, 0x74, 0x14, 0x4a, 0x32,
                                    0x12, 0x4b, 0x14, 0x32, 0x8b, 0x21, 0x5c, 0x00};
    const std::string text = "to be or not to be, that is to be";
    const auto packed = std::as_bytes(std::span(stream));
    std::vector<std::byte> out(text.size());
    REQUIRE(inflate(packed, out));
    CHECK(std::string(reinterpret_cast<const char*>(out.data()), out.size()) == text);
    CHECK(crc32(out) == 0xd09bcbf4U);
    std::vector<std::byte> shorter(text.size() - 1), longer(text.size() + 1);
    CHECK_FALSE(inflate(packed, shorter));
    CHECK_FALSE(inflate(packed, longer));
    for (std::size_t size = 0; size + 1 < packed.size(); ++size)
      CHECK_FALSE(inflate(packed.first(size), out));
    // A block of the kind that there is not, and a copy from before the start.
    const std::byte reserved[] = {std::byte{7}};
    CHECK_FALSE(inflate(reserved, out));
    const std::byte early[] = {std::byte{0x03}, std::byte{0x02}, std::byte{0x00}};
    CHECK_FALSE(inflate(early, std::span(out).subspan(10, 3)));
  }
}
