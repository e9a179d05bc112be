// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <numeric>
#include <vector>

#include "apps/common/npy.hpp"
#include "apps/common/output.hpp"
#include "scratch.hpp"

namespace {

using namespace tinyrank::app;
using tinyrank::app::test::contains;
using tinyrank::app::test::content_of;
using tinyrank::app::test::refusal_of;
using tinyrank::app::test::scratch_directory;

std::string header_bytes(int version, std::string text) {
  const std::size_t prefix = version == 1 ? 10 : 12;
  text.append(64 - (prefix + text.size() + 1) % 64, ' ');
  text += '\n';
  std::string bytes = "\x93NUMPY";
  bytes += static_cast<char>(version);
  bytes += '\0';
  for (std::size_t k = 0; k < prefix - 8; ++k) bytes += static_cast<char>((text.size() >> (8 * k)) & 255U);
  return bytes + text;
}

std::string dictionary(std::string_view descr, bool fortran_order, std::string_view shape) {
  return "{'descr': '" + std::string(descr) + "', 'fortran_order': " + (fortran_order ? "True" : "False") +
         ", 'shape': " + std::string(shape) + ", }";
}

template <class T>
std::string bytes_of(const std::vector<T>& values) {
  return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)};
}

template <class T>
std::vector<T> counting(std::size_t count) {
  std::vector<T> values(count);
  std::iota(values.begin(), values.end(), T{1});
  return values;
}

/// The elements of a C-ordered array in the order in which Fortran stores them.
template <class T>
std::vector<T> fortran_stored(const std::vector<T>& values, const std::vector<std::size_t>& shape) {
  std::vector<T> stored(values.size());
  for (std::size_t flat = 0; flat < values.size(); ++flat) {
    std::size_t rest = flat;
    std::size_t place = 0;
    std::size_t stride = values.size();
    for (std::size_t axis = shape.size(); axis-- > 0;) {
      stride /= shape[axis];
      place += stride * (rest % shape[axis]);
      rest /= shape[axis];
    }
    stored[place] = values[flat];
  }
  return stored;
}

std::string shape_text(const std::vector<std::size_t>& shape) {
  std::string text = "(";
  for (const std::size_t extent : shape) text += std::to_string(extent) + ", ";
  return text + ")";
}

template <class Stored, class T>
void check_all_orders(const std::vector<std::size_t>& shape, std::size_t group) {
  const scratch_directory directory;
  std::size_t count = 1;
  for (const std::size_t extent : shape) count *= extent;
  const auto values = counting<Stored>(count);
  const std::vector<T> expected(values.begin(), values.end());
  for (const bool fortran : {false, true}) {
    const std::string descr = sizeof(Stored) == 4 ? "<f4" : "<f8";
    const std::string bytes = header_bytes(1, dictionary(descr, fortran, shape_text(shape))) +
                              bytes_of(fortran ? fortran_stored(values, shape) : values);
    const npy_file file(directory.write("a.npy", bytes));
    CHECK(file.row_count() == shape[0]);
    CHECK(file.row_size() == count / shape[0]);
    CHECK(file.read_all<T>() == expected);
    std::vector<T> grouped;
    for (std::size_t first = 0; first < file.row_count(); first += group) {
      const std::size_t rows = std::min(group, file.row_count() - first);
      std::vector<T> part(rows * file.row_size(), T{-1});
      file.copy_rows(first, rows, std::span<T>(part));
      grouped.insert(grouped.end(), part.begin(), part.end());
    }
    CHECK(grouped == expected);
  }
}

}  // namespace

TEST_SUITE("npy") {
  TEST_CASE("both element types, orders and group sizes give the same C-ordered elements") {
    for (const std::size_t group : {1U, 2U, 5U, 64U}) {
      check_all_orders<float, float>({5, 3, 4}, group);
      check_all_orders<float, double>({5, 3, 4}, group);
      check_all_orders<double, float>({5, 3, 4}, group);
      check_all_orders<double, double>({2, 3, 2, 3}, group);
      check_all_orders<double, double>({7}, group);
      check_all_orders<float, double>({1, 9}, group);
    }
  }

  TEST_CASE("arrays longer than one piece, and long Fortran columns") {
    check_all_orders<double, float>({3, 100000}, 2);
    check_all_orders<float, float>({9000, 3, 5}, 4001);
    check_all_orders<double, float>({300000, 2}, 299999);
  }

  TEST_CASE("suggested_rows is between one row and all of them") {
    const scratch_directory directory;
    const std::vector<double> values(12, 1.0);
    write_npy(directory.path("a.npy"), std::vector<std::size_t>{3, 4}, values.data());
    CHECK(npy_file(directory.path("a.npy")).suggested_rows() == 3);
  }

  TEST_CASE("versions 2 and 3, native spelling, any key order and spacing") {
    const scratch_directory directory;
    const auto values = counting<double>(6);
    for (const std::string& bytes :
         {header_bytes(2, dictionary("<f8", false, "(2, 3)")),
          header_bytes(3, dictionary("=f8", false, "(2,3,)")),
          header_bytes(1, R"({"shape":( 2 , 3 ),"descr":"<f8" , "fortran_order":False})")}) {
      const npy_file file(directory.write("a.npy", bytes + bytes_of(values)));
      CHECK(file.element_type() == npy_type::f8);
      CHECK(file.read_all<double>() == values);
    }
  }

  TEST_CASE("the writer gives the bytes of numpy.save") {
    const scratch_directory directory;
    const std::vector<float> values{1.5F, -2.0F, 0.0F};
    write_npy(directory.path("v.npy"), std::vector<std::size_t>{3}, values.data());
    const std::string start("\x93NUMPY\x01\x00\x76\x00", 10);
    std::string text = "{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }";
    text.append(117 - text.size(), ' ');
    CHECK(content_of(directory.path("v.npy")) == start + text + "\n" + bytes_of(values));

    // With room for 21 digits this header ends exactly on 128 bytes, and numpy then adds 64 more.
    const std::vector<std::size_t> shape{1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 1, 100};
    const std::string long_header = format_npy_header("<f8", shape);
    CHECK(long_header.size() == 192);
    CHECK(format_npy_header("<f8", std::span(shape).first(14)).size() == 128);

    // As many dimensions as are read.
    const std::vector<std::size_t> ones(33, 1);
    CHECK(refusal_of([&] { format_npy_header("<f8", ones); }) ==
          "an npy array must have 1 to 32 dimensions, not 33");
    const npy_file most(directory.write(
        "most.npy", format_npy_header("<f8", std::span(ones).first(32)) + bytes_of(std::vector<double>(1))));
    CHECK(most.shape().size() == 32);
  }

  TEST_CASE("what is written is read back, for float and double") {
    const scratch_directory directory;
    const auto values = counting<double>(24);
    write_npy(directory.path("a.npy"), std::vector<std::size_t>{2, 3, 4}, values.data());
    const npy_file file(directory.path("a.npy"));
    CHECK(std::vector(file.shape().begin(), file.shape().end()) == std::vector<std::size_t>{2, 3, 4});
    CHECK_FALSE(file.fortran_order());
    CHECK(file.read_all<double>() == values);
    CHECK(refusal_of(
              [&] { write_npy(directory.path("b.npy"), std::vector<std::size_t>{}, values.data()); }) != "");
    CHECK(directory.entry_count() == 1);
  }

  TEST_CASE("headers that are refused") {
    const scratch_directory directory;
    struct refusal {
      std::string header;
      std::string_view part;
    };
    const auto with = [](std::string_view text) { return header_bytes(1, std::string(text)); };
    const refusal refusals[] = {
        {header_bytes(1, dictionary("|f4", false, "(2,)")), "dtype '|f4' (floating point)"},
        {header_bytes(1, dictionary("<i16", false, "(2,)")), "dtype '<i16' (integer)"},
        {header_bytes(1, dictionary("i8", false, "(2,)")), "dtype 'i8' (unknown)"},
        {header_bytes(1, dictionary("|b1", false, "(2,)")), "dtype '|b1' (boolean)"},
        {header_bytes(1, dictionary("<f16", false, "(2,)")), "dtype '<f16' (floating point)"},
        {header_bytes(1, dictionary("<c16", false, "(2,)")), "dtype '<c16' (complex)"},
        {header_bytes(1, dictionary("|O", false, "(2,)")), "dtype '|O' (Python objects)"},
        {header_bytes(1, dictionary("<U3", false, "(2,)")), "dtype '<U3' (text)"},
        {header_bytes(1, dictionary("<M8[ns]", false, "(2,)")), "(time)"},
        {header_bytes(1, dictionary("", false, "(2,)")), "dtype '' (unknown)"},
        {with("{'descr': [('x', '<f8')], 'fortran_order': False, 'shape': (2,), }"), "structured"},
        {with("{'descr': '<f8', 'fortran_order': False, }"), "the key 'shape' is missing"},
        {with("{'descr': '<f8', 'fortran_order': False, 'shape': (2,), 'x': 1}"), "unknown key 'x'"},
        {with("{'descr': '<f8', 'descr': '<f8', 'shape': (2,)}"), "'descr' appears twice"},
        {with("{'descr': '<f8', 'fortran_order': 0, 'shape': (2,)}"), "neither True nor False"},
        {with("{'descr': '<f8', 'fortran_order': False, 'shape': (2)}"), "not a tuple"},
        {with("{'descr': '<f8', 'fortran_order': False, 'shape': [2]}"), "expected '('"},
        {with("{'descr': '<f8', 'fortran_order': False, 'shape': (-2,)}"), "not a whole number"},
        {with("{'descr': '<f8', 'fortran_order': False, 'shape': (1+1,)}"), "not a tuple"},
        {with("{'descr': '<f8', 'fortran_order': False, 'shape': (02,)}"), "starts with 0"},
        {with("{'descr': '<f8', 'fortran_order': False, 'shape': (2, 3LL)}"), "expected ')'"},
        {with("{'descr': '<f8', 'fortran_order': False, 'shape': (1,002,)}"), "starts with 0"},
        {with("{'descr': '<f8', 'fortran_order': False, 'shape': (1,02,)}"), "starts with 0"},
        {with("{'descr': '<f8', 'fortran_order': False, 'shape': (1234,060,)}"), "starts with 0"},
        {with("{'descr': '<f8', 'fortran_order': False, 'shape': (2,)} + x"), "unexpected text"},
        {with("{'descr': '<f8', 'fortran_order': False, 'shape': (2,)"), "found the end"},
        {with("{'descr': '<f8"), "does not end"},
        {with("{descr: '<f8'}"), "expected a quoted string"},
        {with("import os"), "expected '{'"},
        {header_bytes(1, dictionary("<f8", false, "()")), "single number"},
        {header_bytes(1, dictionary("<f8", false, "(0, 3)")), "no elements"},
        {header_bytes(1, dictionary("<f8", false, "(4294967296, 4294967296)")), "too large for this machine"},
        {header_bytes(1, dictionary("<f8", false, "(4294967295, 4294967297)")), "too large for this machine"},
        {header_bytes(1, dictionary("<f8", false, "(2305843009213693952,)")), "too large for this machine"},
        {header_bytes(1, dictionary("<f8", false, "(99999999999999999999,)")), "too large for this machine"},
        {header_bytes(1, dictionary(
                             "<f8", false,
                             "(" +
                                 [] {
                                   std::string ones;
                                   for (int k = 0; k < 33; ++k) ones += "1,";
                                   return ones;
                                 }() +
                                 ")")),
         "more than 32 dimensions"},
    };
    for (const refusal& item : refusals) {
      const std::string path = directory.write("bad.npy", item.header + std::string(16, '\0'));
      const std::string message = refusal_of([&] { const npy_file file(path); });
      CAPTURE(item.part);
      CAPTURE(message);
      CHECK(message.starts_with(path + ": "));
      CHECK(contains(message, item.part));
      CHECK_FALSE(contains(message, "\n"));
    }
  }

  TEST_CASE("files that are refused before or after the header") {
    const scratch_directory directory;
    const std::string header = header_bytes(1, dictionary("<f8", false, "(2,)"));
    const std::string good = header + std::string(16, '\0');
    CHECK(refusal_of([&] { const npy_file file(directory.write("good.npy", good)); }).empty());
    const auto patched = [&](std::size_t at, std::string_view bytes) {
      std::string copy = good;
      return copy.replace(at, bytes.size(), bytes);
    };
    using namespace std::string_literals;
    const std::pair<std::string, std::string_view> refusals[] = {
        {"", "not an npy file (too short)"},
        {"\x93NUMPY\x01", "not an npy file (too short)"},
        {"i,j,distance\n0,1,2\n", "not an npy file (wrong magic"},
        {"\x93NUMPY\x02\x00\x10\x00"s, "too short"},
        {patched(6, "\x04"), "version 4.0 is not supported"},
        {patched(7, "\x01"), "version 1.1 is not supported"},
        {patched(8, "\xff\xff"), "npy header of 65535 bytes is larger than the file"},
        {patched(6, "\x02"s), "is larger than the file"},
        {"\x93NUMPY\x03\x00\xff\xff\xff\xff"s, "npy header of 4294967295 bytes is larger than the file"},
        {"\x93NUMPY\x02\x00\x01\x00\x01\x00"s + std::string(65537, ' '), "absurdly long"},
        {patched(header.size() - 1, " "), "does not end with a newline"},
        {header, "data is truncated: shape (2,) needs 16 bytes, the file holds 0"},
        {good.substr(0, good.size() - 1), "data is truncated"},
        {good + "x", "has bytes after the data"},
        {header_bytes(1, dictionary("<f8", false, "(100000, 1000)")), "data is truncated"},
    };
    for (const auto& refusal : refusals) {
      const std::string& bytes = refusal.first;
      const std::string_view part = refusal.second;
      const std::string path = directory.write("bad.npy", bytes);
      const std::string message = refusal_of([&] { const npy_file file(path); });
      CAPTURE(part);
      CAPTURE(message);
      CHECK(message.starts_with(path + ": "));
      CHECK(contains(message, part));
    }
  }
}
