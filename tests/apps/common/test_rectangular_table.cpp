// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "apps/common/pauli_table.hpp"
#include "apps/common/rectangular_table.hpp"
#include "scratch.hpp"

namespace {

using namespace tinyrank::app;
using tinyrank::app::test::refusal_of;
using tinyrank::app::test::scratch_directory;
using tinyrank::app::test::without_surroundings;

std::string brief(double value) {
  std::string text = std::to_string(value);
  while (text.ends_with('0')) text.pop_back();
  if (text.ends_with('.')) text.pop_back();
  return text;
}

/// "2x3 u|v / a|b|c 0-1:5x2 (the note)", or the refusal; without the separator where it is a comma.
template <class T = double>
std::string of_file(const std::string& path, const std::optional<value_range>& range = {}) {
  std::string text;
  const std::string refused = refusal_of([&] {
    const auto read = read_rectangular_values<T>(path, range);
    text = std::to_string(read.rows) + "x" + std::to_string(read.columns);
    std::string names;
    for (const std::string& name : read.row_names) names += (names.empty() ? " " : "|") + name;
    if (!read.column_names.empty()) names += " /";
    for (std::size_t k = 0; k < read.column_names.size(); ++k)
      names += (k == 0 ? " " : "|") + read.column_names[k];
    text += names;
    for (std::size_t k = 0; k < read.pairs.size(); ++k) {
      text += " " + std::to_string(read.pairs[k].first) + "-" + std::to_string(read.pairs[k].second);
      if (!read.values.empty()) text += ":" + brief(read.values[k]);
      if (!read.weights.empty()) text += "x" + brief(read.weights[k]);
    }
    if (!read.note.empty()) text += " (" + without_surroundings(read.note) + ")";
  });
  return refused.empty() ? text : without_surroundings(refused);
}

template <class T = double>
std::string rectangle(std::string_view content, const std::optional<value_range>& range = {}) {
  const scratch_directory directory;
  return of_file<T>(directory.write("r.csv", content), range);
}

std::string array(const std::string& shape, const std::vector<double>& values,
                  const std::optional<value_range>& range = {}) {
  const std::string header = "{'descr': '<f8', 'fortran_order': False, 'shape': " + shape + ", }\n";
  const scratch_directory directory;
  return of_file<float>(
      directory.write("r.npy",
                      std::string("\x93NUMPY\x01\x00", 8) + static_cast<char>(header.size()) + '\0' + header +
                          std::string(reinterpret_cast<const char*>(values.data()), 8 * values.size())),
      range);
}

template <class T = double>
std::string paulis(std::string_view content) {
  const scratch_directory directory;
  const std::string path = directory.write("p.csv", content);
  std::string text;
  const std::string refused = refusal_of([&] {
    const auto read = read_pauli_strings<T>(path);
    text = std::to_string(read.qubits);
    for (std::size_t k = 0; k < read.strings.size(); ++k) {
      text += " x" + std::to_string(read.strings[k].x) + "z" + std::to_string(read.strings[k].z);
      if (!read.values.empty()) text += ":" + brief(read.values[k]);
    }
  });
  return refused.empty() ? text : without_surroundings(refused);
}

const double unknown = std::numeric_limits<double>::quiet_NaN();

}  // namespace

TEST_SUITE("rectangular tables") {
  TEST_CASE("lists of row, column and value") {
    CHECK(rectangle("u,a,1\nu,b,2\nv,a,3\n") == "2x2 u|v / a|b 0-0:1 0-1:2 1-0:3");
    CHECK(rectangle("0,0,1\n,,\n1,1,2\n") == "2x2 0-0:1 1-1:2");
    CHECK(rectangle("u,a,1\n,b,2\n") == "r.csv:2: column 1: a blank name or index");
    CHECK(rectangle("0,0\n0,1\n1,0\n") == "2x2 0-0 0-1 1-0");
    CHECK(rectangle("0,0\n0,1\n1,0\n", value_range{1, 5}) == "2x2 0-0 0-1 1-0");
    CHECK(rectangle("0,0,1\n0,1,\n1,0,2\n1,1,3\n") ==
          "2x2 0-0:1 1-0:2 1-1:3 (r.csv: 1 row without a value is left out)");
    CHECK(rectangle("0,0,1\n0,1,NA\n1,0,\n1,1,3\n") ==
          "2x2 0-0:1 1-1:3 (r.csv: 2 rows without a value are left out)");
    CHECK(rectangle("0,0,1\n0,1,NA\n1,0,2\n1,1,\n0,1,4\n") ==
          "2x2 0-0:1 1-0:2 0-1:4 (r.csv: 2 rows without a value are left out)");
    CHECK(rectangle("0,0,1\n0,0,3\n1,1,2\n") ==
          "2x2 0-0:2x2 1-1:2x1 (r.csv: 1 pair has several values, and the mean is taken; the largest "
          "difference, "
          "2, is that of 0 and 0: 1 at line 1, column 3, 3 at line 2, column 3)");
    CHECK(rectangle("3,10,1\n4,11,2\n") ==
          "2x2 3|4 / 10|11 0-0:1 1-1:2 (r.csv: of the rows, the numbers 3 to 4 do "
          "not count from 0 or 1, and are taken for names of 2; of the columns, "
          "the numbers 10 to 11 do not count from 0 or 1, and are taken for names "
          "of 2)");
    CHECK(rectangle(",r,c,v\n0,u,a,1\n1,u,b,2\n2,v,a,3\n") ==
          "2x2 u|v / a|b 0-0:1 0-1:2 1-0:3 (r.csv: the first column, of row numbers, is left out)");
  }

  TEST_CASE("tables with names and without") {
    CHECK(rectangle(",a,b,c,d\nu,1,2,3,4\nv,5,,7,8\n") ==
          "2x4 u|v / a|b|c|d 0-0:1 0-1:2 0-2:3 0-3:4 1-0:5 1-2:7 1-3:8");
    CHECK(rectangle(",r,c,v\nx,1,2,3\ny,4,5,6\n") == "2x3 x|y / r|c|v 0-0:1 0-1:2 0-2:3 1-0:4 1-1:5 1-2:6");
    CHECK(rectangle("a,b,c,d\n1,2,3,4\n5,6,7,8\n") ==
          "2x4 / a|b|c|d 0-0:1 0-1:2 0-2:3 0-3:4 1-0:5 1-1:6 1-2:7 1-3:8");
    CHECK(rectangle("u,1,2,3\nv,4,5,6\n") == "2x3 u|v 0-0:1 0-1:2 0-2:3 1-0:4 1-1:5 1-2:6");
    CHECK(rectangle("1,2,3,4\n,,,\n5,6,7,8\n") == "2x4 0-0:1 0-1:2 0-2:3 0-3:4 1-0:5 1-1:6 1-2:7 1-3:8");
    CHECK(rectangle("1,2,3\n4,5,6,7\n") == "2x4 0-0:1 0-1:2 0-2:3 1-0:4 1-1:5 1-2:6 1-3:7");
    CHECK(
        rectangle(",2001,2002\n1,5,6\n2,7,\n") ==
        "2x2 1|2 / 2001|2002 0-0:5 0-1:6 1-0:7 (r.csv: the first row and column, of whole numbers, are taken "
        "for names)");
  }

  TEST_CASE("a blank corner beside numbers that are no names is an unknown value") {
    CHECK(rectangle(",7,7\n1,5,6\n2,7,8\n") == "3x3 0-1:7 0-2:7 1-0:1 1-1:5 1-2:6 2-0:2 2-1:7 2-2:8");
    CHECK(rectangle(",7,8\n1,5,6\n1,7,8\n") == "3x3 0-1:7 0-2:8 1-0:1 1-1:5 1-2:6 2-0:1 2-1:7 2-2:8");
    CHECK(rectangle(",7,8\n1,5,6\n.5,7,8\n") == "3x3 0-1:7 0-2:8 1-0:1 1-1:5 1-2:6 2-0:0.5 2-1:7 2-2:8");
    CHECK(rectangle(",7,.5\n1,5,6\n2,7,8\n") == "3x3 0-1:7 0-2:0.5 1-0:1 1-1:5 1-2:6 2-0:2 2-1:7 2-2:8");
    CHECK(rectangle(",1,2\n") ==
          "r.csv: column 0 has no known value, so nothing can be said of it; leave it out");
    CHECK(rectangle("\"\"\n5\n6\n") == "2x1 0-0:5 1-0:6");
  }

  TEST_CASE("tables that say nothing, or twice the same") {
    CHECK(rectangle(",a,b\n") == "r.csv: has a header and nothing below it");
    CHECK(rectangle("a\nb\n") == "r.csv: has names and nothing beside them (no separator seen)");
    CHECK(rectangle(",a,b,c\nu,,,\nv,,,\n") == "r.csv: has no known value");
    CHECK(rectangle(",a,b,c\nu,1,2,3\nu,4,5,6\n") ==
          "r.csv:3: column 1: the row 'u' is there already, at line 2, column 1");
    CHECK(rectangle(",a,b,a\nu,1,2,3\nv,4,5,6\n") ==
          "r.csv:1: column 4: the column 'a' is there already, at line 1, column 2");
    CHECK(
        rectangle(",a,b,c\nu,1,2,3\nb,4,5,6\n") ==
        "r.csv:1: column 3: 'b' is a column here and a row at line 3, column 1; names must differ (--sensing "
        "entries:FILE is for a symmetric matrix)");
    CHECK(rectangle(",2001,2002\n2001,5,6\n7,7,8\n").starts_with("2x2 2001|7 / 2001|2002 0-0:5"));
    CHECK(rectangle(",a,b,c\nu,1,2,\nv,4,5,\n") ==
          "r.csv: column 'c' has no known value, so nothing can be said of it; leave it out");
    CHECK(rectangle(",a,b,c\nu,1,x,3\n") ==
          "r.csv:2: column 3: not a number: 'x' (leave what is unknown blank)");
  }

  TEST_CASE("values that are too large, or outside of what they can be") {
    CHECK(rectangle<float>("0,0,1e39\n1,1,1\n") ==
          "r.csv:1: column 3: too large for single precision: '1e39'");
    CHECK(rectangle<float>("0,0,1e38\n") == "1x1 0-0:" + brief(1e38F));
    CHECK(rectangle("0,0,1\n1,1,5\n", value_range{1, 5}) == "2x2 0-0:1 1-1:5");
    CHECK(rectangle("0,0,1\n1,1,5.5\n", value_range{1, 5}) ==
          "r.csv:2: column 3: outside --range 1,5: '5.5'");
    CHECK(rectangle("0,0,.5\n1,1,5\n", value_range{1, 5}) == "r.csv:1: column 3: outside --range 1,5: '.5'");
  }

  TEST_CASE("arrays, whose unknown values are NaN") {
    CHECK(array("(2, 3)", {1, unknown, 2, 3, 4, unknown}) == "2x3 0-0:1 0-2:2 1-0:3 1-1:4");
    CHECK(array("(6,)", {1, 2, 3, 4, 5, 6}) == "r.npy: shape (6) is not (rows, columns)");
    CHECK(array("(2, 2)", {1, 2, 3, 1e39}) == "r.npy: element [1, 1]: too large for single precision: 1e+39");
    CHECK(array("(2, 2)", {1, 2, 3, 6}, value_range{1, 5}) ==
          "r.npy: element [1, 1]: outside --range 1,5: 6");
    CHECK(array("(2, 2)", {1, 2, unknown, unknown}) ==
          "r.npy: row 1 has no known value, so nothing can be said of it; leave it out");
    CHECK(array("(1, 2)", {unknown, unknown}) == "r.npy: has no known value");
  }
}

TEST_SUITE("tables of Pauli strings") {
  TEST_CASE("labels, with values and without") {
    CHECK(paulis("XI,.5\nZZ,-1\n") == "2 x2z0:0.5 x0z3:-1");
    CHECK(paulis("XI\nIY\n") == "2 x2z0 x1z1");
    CHECK(paulis("label,value\nXI,.5\n,\nZZ,1\n") == "2 x2z0:0.5 x0z3:1");
    CHECK(paulis("string\nXI\n") == "2 x2z0");
  }

  TEST_CASE("what is no label, no value, or twice the same") {
    CHECK(paulis("XQ\nXI\n") ==
          "p.csv:1: column 1: a label has the letters I, X, Y and Z, unlike 'XQ' (no separator seen)");
    CHECK(paulis("string\n") ==
          "p.csv:1: column 1: a label has the letters I, X, Y and Z, unlike 'string' (no separator seen)");
    CHECK(paulis("XQ,.5\nXI,1\n") == "p.csv:1: column 1: a label has the letters I, X, Y and Z, unlike 'XQ'");
    CHECK(paulis("XX,.5\n,1\n") == "p.csv:2: column 1: a label has the letters I, X, Y and Z, unlike ''");
    CHECK(paulis("XX,.5\nXYX,1\n") ==
          "p.csv:2: column 1: the label 'XYX' has 3 letters, the first one has 2");
    CHECK(paulis("XX,.5\nYY,1\nXX,1\n") ==
          "p.csv:3: column 1: the string 'XX' is given twice, first at line 1, column 1");
    CHECK(paulis("XX,NA\n") == "p.csv:1: column 2: the value is missing");
    CHECK(paulis<float>("XX,1e39\n") == "p.csv:1: column 2: too large for single precision: '1e39'");
    CHECK(paulis(std::string(33, 'X') + ",1\n") ==
          "p.csv:1: column 1: a label of 33 letters; at most 15 qubits can be handled");
    CHECK(paulis("XX,1,2\n") == "p.csv: rows of 3 cells are not label,value or label");
    CHECK(paulis("label,value\n") == "p.csv: has a header and nothing below it");
  }
}
