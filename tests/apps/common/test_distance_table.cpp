// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <string>

#include "apps/common/distance_table.hpp"
#include "scratch.hpp"

namespace {

using namespace tinyrank::app;
using tinyrank::app::test::contains;
using tinyrank::app::test::refusal_of;
using tinyrank::app::test::scratch_directory;
using tinyrank::app::test::status_of_plain_user;

distance_table read_text(std::string_view text) {
  const scratch_directory directory;
  return read_distance_table(directory.write("d.csv", text));
}

std::string entries_text(const distance_table& table) {
  std::string text;
  for (const auto& entry : table.entries) {
    text += std::to_string(entry.i) + "-" + std::to_string(entry.j) + ":" +
            std::to_string(entry.distance).substr(0, 4) + " ";
  }
  return text;
}

std::string labels_text(const distance_table& table) {
  std::string text;
  for (const std::string& label : table.labels) text += label + "|";
  return text;
}

/// n, labels and entries in one line, or the refusal without the directory and the separator.
std::string summary(std::string_view text) {
  try {
    const distance_table table = read_text(text);
    return std::to_string(table.n) + " " + labels_text(table) + " " + entries_text(table);
  } catch (const input_error& error) {
    return tinyrank::app::test::without_surroundings(error.what());
  }
}

}  // namespace

TEST_SUITE("distance table") {
  TEST_CASE("square tables: without names, with a header, with a first column, with both") {
    const std::string all = "0-1:5.00 0-2:6.00 0-3:7.00 1-2:8.00 1-3:9.00 2-3:1.50 ";
    CHECK(summary("0,5,6,7\n5,0,8,9\n6,8,0,1.5\n7,9,1.5,0\n") == "4  " + all);
    CHECK(summary("A,B,C,D\n0,5,6,7\n5,0,8,9\n6,8,0,1.5\n7,9,1.5,0\n") == "4 A|B|C|D| " + all);
    CHECK(summary("A,0,5,6,7\nB,5,0,8,9\nC,6,8,0,1.5\nD,7,9,1.5,0\n") == "4 A|B|C|D| " + all);
    CHECK(summary(",A,B,C,D\nA,0,5,6,7\nB,5,0,8,9\nC,6,8,0,1.5\nD,7,9,1.5,0\n") == "4 A|B|C|D| " + all);
    CHECK(summary("city,A,B,C,D\nA,0,5,6,7\nB,5,0,8,9\nC,6,8,0,1.5\nD,7,9,1.5,0") == "4 A|B|C|D| " + all);
  }

  TEST_CASE("numbers as names, where they count the points") {
    CHECK(summary(",0,1,2\n0,0.0,5,6\n1,5,0,7\n2,6,7,0\n") == "3 0|1|2| 0-1:5.00 0-2:6.00 1-2:7.00 ");
    CHECK(summary(",1,2\n1,0,5\n2,5,0\n") == "2 1|2| 0-1:5.00 ");
    CHECK(summary("0,1,2\n0,5,6\n5,0,7\n6,7,0\n") == "3 0|1|2| 0-1:5.00 0-2:6.00 1-2:7.00 ");
    CHECK(summary(",1,2\n1,,5\n2,5,\n") == "2 1|2| 0-1:5.00 ");
    CHECK(summary(",4,2\n4,0,5\n2,5,0\n") == "2 4|2| 0-1:5.00 ");
  }

  TEST_CASE("blank cells are unknown, and one half of the table is enough") {
    CHECK(summary("0,5,\n5,0,7\n,7,0\n") == "3  0-1:5.00 1-2:7.00 ");
    CHECK(summary(",5,6\n,,7\n,,\n") == "3  0-1:5.00 0-2:6.00 1-2:7.00 ");
    CHECK(summary("0,,,\n5,0,,\n6,8,0,\n7,9,1,0\n") ==
          "4  0-1:5.00 0-2:6.00 0-3:7.00 1-2:8.00 1-3:9.00 2-3:1.00 ");
    CHECK(summary("0, ,3\n\t,0,4\n\"\",4,0") == "3  0-2:3.00 1-2:4.00 ");
  }

  TEST_CASE("lists: indices, names, headers, both directions") {
    CHECK(summary("0,1,5\n2,1,7\n0,2,1e1\n") == "3  0-1:5.00 0-2:10.0 1-2:7.00 ");
    CHECK(summary("i,j,distance\n0,1,5\n1,2,+7\n") == "3  0-1:5.00 1-2:7.00 ");
    CHECK(summary("from,to,km\nRome,Paris,5\nParis,Bonn,7\n") == "3 Rome|Paris|Bonn| 0-1:5.00 1-2:7.00 ");
    CHECK(summary("Rome,Paris,5\nParis,Rome,5\nRome,Rome,0\n") == "2 Rome|Paris| 0-1:5.00 ");
    CHECK(summary("0,1,5\n") == "2  0-1:5.00 ");
    CHECK(summary("1,2,3\n2,A,4\n") == "3 1|2|A| 0-1:3.00 1-2:4.00 ");
    CHECK(summary("a,b,-0.0\n") == "2 a|b| 0-1:0.00 ");
  }

  TEST_CASE("a file of 3 columns is a table exactly when it looks like one") {
    CHECK(summary("0,1,2\n1,0,3\n2,3,0\n") == "3  0-1:1.00 0-2:2.00 1-2:3.00 ");
    CHECK(summary("0,1,2\n1,2,3\n0,2,4\n") == "3  0-1:2.00 0-2:4.00 1-2:3.00 ");
    CHECK(summary("0,1,5\n2,0,7\n1,2,0\n") == "3  0-1:5.00 0-2:7.00 1-2:0.00 ");
    CHECK(summary("i,j,distance\n0,1,2\n1,2,3\n0,2,4\n") == "3  0-1:2.00 0-2:4.00 1-2:3.00 ");
    CHECK(summary("A,B,C\n0,1,2\n1,0,3\n2,3,0\n") == "3 A|B|C| 0-1:1.00 0-2:2.00 1-2:3.00 ");
    CHECK(summary(",A,B\nA,0,5\nB,5,0\n") == "2 A|B| 0-1:5.00 ");
    CHECK(summary("A,0,5\nB,5,0\n") == "2 A|B| 0-1:5.00 ");
    CHECK(summary("1,0,2\n0,2,0\n") == "3  0-1:2.00 0-2:0.00 ");
    CHECK(summary("from,to,km\nA,B,5\n") == "2 A|B| 0-1:5.00 ");
    CHECK(summary("0,1,2\n1,0,3\n2,4,0\n") == "3  0-1:1.00 0-2:2.00 1-2:3.50 ");
    CHECK(summary("0,1,2\n1,0,3\n2,-3,0\n") == "d.csv:3: column 2: a distance must not be negative: '-3'");
  }

  TEST_CASE("quotes, line ends, byte order mark and blank lines") {
    CHECK(
        summary("\xef\xbb\xbf\"from\",\"to\",\"km\"\r\n\"Hook, of \"\"Holland\"\"\",Zürich,\"5\"\r\n\r\n") ==
        "2 Hook, of \"Holland\"|Zürich| 0-1:5.00 ");
    CHECK(summary("a,b,1\rb,c,2\r\r") == "3 a|b|c| 0-1:1.00 1-2:2.00 ");
    CHECK(summary("\n  \n a , \"b\" ,\t1\n") == "2 a|b| 0-1:1.00 ");
    CHECK(summary("a,\" b\",1\n\"b\",a,2") == "3 a| b|b| 0-1:1.00 0-2:2.00 ");
    CHECK(summary("\"a\nb\",c,1\nc,d,x\n") ==
          "d.csv:3: column 3: not a number: 'x' (leave what is unknown blank)");
    CHECK(summary("a,\"b,1\n") == "d.csv:1: a quote that is never closed");
    CHECK(summary("a,b,1\na,\"c\"d,1\n") == "d.csv:2: text after a closing quote");
    CHECK(summary("a,b\"c\",1\n") == "d.csv:1: a quote inside a cell that does not start with one");
    CHECK(contains(summary(std::string_view("a\0b", 3)), "NUL"));
  }

  TEST_CASE("values that are no distances are refused with line and column") {
    CHECK(summary("0,-5\n-5,0\n") == "d.csv:1: column 2: a distance must not be negative: '-5'");
    CHECK(summary("a,b,-0.5\n") == "d.csv:1: column 3: a distance must not be negative: '-0.5'");
    for (const std::string text : {"nan", "NaN", "-nan", "inf", "-Inf", "infinity", "NA", "-", "#N/A"}) {
      CHECK(summary("a,b,1\nb,c," + text) == "d.csv: point 'c' has no known distance to any other point");
      CHECK(summary("0," + text + "\n,0\n") == "d.csv: has no known distance");
    }
    CHECK(summary("a,b,nan\n") == "d.csv: has no known distance");
    CHECK(summary("a,b,1e999\n") == "d.csv:1: column 3: out of the range of a double: '1e999'");
    for (const std::string text : {"1.5km", "0x10", "1e", "--1", "+-1", "1 2", "1;2"}) {
      CHECK(summary("0," + text + ",1,1\n,0,1,1\n1,1,0,1\n1,1,1,0\n") ==
            "d.csv:1: column 2: not a number: '" + text + "' (leave what is unknown blank)");
    }
    CHECK(contains(summary("0,1,x\n1,2,3\n"), "d.csv:1: column 3: not a number: 'x'"));
    CHECK(contains(summary("a,b,x\nb,c,3\n"), "d.csv:1: column 3: not a number: 'x'"));
    CHECK(summary("a,b,\n") == "d.csv: has no known distance");
  }

  TEST_CASE("tables that contradict themselves are refused") {
    CHECK(summary("0,5\n5,1\n") ==
          "d.csv:2: column 2: the diagonal must be 0 or blank (a similarity is no distance): '1'");
    CHECK(summary("0,1,2,3\n1,0,4\n") == "d.csv:2: a row of 3 cells; the rows before it have 4");
    CHECK(summary("0,1,2\n0\n") == "d.csv:2: a row of 1 cell; the rows before it have 3");
    CHECK(contains(summary("0,1,2,3\n1,0,4,5\n"), "d.csv: 2 rows of 4 cells: neither a square"));
    CHECK(contains(summary("0;1\n1;0\n0;1\n"), "3 rows of 2 cells: neither a square"));
    CHECK(summary(",A,A\nA,0,1\nA,1,0\n") == "d.csv:1: column 3: two points have the name 'A'");
    CHECK(summary(",A,B,C\nA,0,1,1\nX,1,0,1\nC,1,1,0\n") ==
          "d.csv:3: column 1: the row is named 'X' but its column 'B'");
    CHECK(summary("A,,C,D\n0,1,1,1\n1,0,1,1\n1,1,0,1\n1,1,1,0") == "d.csv:1: column 2: a blank name");
    CHECK(summary("a,b,5\na,a,1\n") == "d.csv:2: column 3: the distance of a point to itself must be 0: '1'");
    CHECK(summary("a,,5\n") == "d.csv:1: column 2: a blank name or index");
  }

  TEST_CASE("too little is refused") {
    CHECK(summary("") == "d.csv: is empty");
    CHECK(summary("\xef\xbb\xbf\n \r\n") == "d.csv: is empty");
    CHECK(summary("0\n") == "d.csv: has fewer than 2 points");
    CHECK(summary(",A\nA,0\n") == "d.csv: has fewer than 2 points");
    CHECK(summary("i,j,distance\n") == "d.csv: has a header and nothing below it");
    CHECK(summary("0,\n,0\n") == "d.csv: has no known distance");
    CHECK(summary("A,A,0\nB,B,0\n") == "d.csv: has no known distance");
    CHECK(summary(",A,B,C\nA,0,1,\nB,1,0,\nC,,,0\n") ==
          "d.csv: point 'C' has no known distance to any other point");
  }

  TEST_CASE("files that cannot be read are named") {
    const scratch_directory directory;
    const std::string missing = directory.path("none.csv");
    CHECK(refusal_of([&] { static_cast<void>(read_distance_table(missing)); }) ==
          missing + ": cannot open: No such file or directory");
    const std::string folder = directory.path("");
    CHECK(contains(refusal_of([&] { static_cast<void>(read_distance_table(folder)); }), "Is a directory"));
    const std::string secret = directory.write("secret.csv", "0,1,2\n");
    REQUIRE(::chmod(secret.c_str(), 0) == 0);
    CHECK(status_of_plain_user([&] {
            const std::string message = refusal_of([&] { static_cast<void>(read_distance_table(secret)); });
            return message == secret + ": cannot open: Permission denied" ? 0 : 1;
          }) == 0);
  }

  TEST_CASE("a message stays one short line whatever the cell holds") {
    const std::string message = summary("0,\"a\nb\x1b[2J" + std::string(300, 'z') + "\"\n1,0\n");
    CHECK(contains(message, "not a number: 'a\\x0ab\\x1b[2Jzzz"));
    CHECK(contains(message, "...'"));
    CHECK(message.size() < 150);
    CHECK_FALSE(contains(message, "\n"));
  }
}
