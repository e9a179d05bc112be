// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <new>
#include <string>

#include "apps/common/coordinate_table.hpp"
#include "apps/common/csv_table.hpp"
#include "apps/common/placed_values.hpp"
#include "apps/common/read_once.hpp"
#include "scratch.hpp"

namespace {

using namespace tinyrank::app;
using tinyrank::app::test::refusal_of;
using tinyrank::app::test::scratch_directory;

/// "LINE: cell|cell|" for every row.
std::string shown(const csv_table& table) {
  std::string text;
  for (std::size_t row = 0; row < table.row_count(); ++row) {
    text += std::to_string(table.line(row)) + ": ";
    for (std::size_t column = 0; column < table.length(row); ++column)
      text += std::string(table.cell(row, column)) + "|";
    text += "\n";
  }
  return text;
}

}  // namespace

TEST_SUITE("tables of text") {
  TEST_CASE("cells, and the lines that rows are on") {
    const scratch_directory directory;
    const auto table = [&](const std::string& content) {
      return shown(csv_table(directory.write("t.csv", content)));
    };
    CHECK(table("a,b\n1,2\n") == "1: a|b|\n2: 1|2|\n");
    CHECK(table("a,b\n1,2") == "1: a|b|\n2: 1|2|\n");
    CHECK(table("\xef\xbb\xbf# why\r\n\r\n a , b\t\r\n\r\n\r\n,2\r\n3,\r\n") == "3: a|b|\n6: |2|\n7: 3||\n");
    CHECK(table("\"x\"\"y\", \"a,\nb\" ,\"\"\n1,2,3\n\n4,5,6") == "1: x\"y|a,\nb||\n3: 1|2|3|\n5: 4|5|6|\n");
    CHECK(table("1\r2\r\r3") == "1: 1|\n2: 2|\n4: 3|\n");
    CHECK(table("  1   22  3\n\"a b\"  4 5  \n6 7 8") == "1: 1|22|3|\n2: a b|4|5|\n3: 6|7|8|\n");
    CHECK(table("1\t\t3\n4\t5 \t\n") == "1: 1||3|\n2: 4|5||\n");
    // R leaves out the name of the first column.
    CHECK(table("\"x\";y\n\"1\";2;3\n4;5;6\n") == "1: |x|y|\n2: 1|2|3|\n3: 4|5|6|\n");
    CHECK(table(",,\n1,2,3\n") == "1: |||\n2: 1|2|3|\n");
    CHECK(refusal_of([&] { table("\n \n"); }) == directory.path("t.csv") + ": is empty");
    CHECK(refusal_of([&] { table(std::string("a,b\nc\0,d\n", 9)); }).find("t.csv:2: holds a NUL byte") !=
          std::string::npos);
  }

  TEST_CASE("what is beyond a row or a table is blank") {
    const scratch_directory directory;
    const csv_table table(directory.write("t.csv", "1,2,3\n4\n"));
    CHECK(table.length(2) == 0);
    CHECK(table.cell(1, 1).empty());
    CHECK(table.cell(2, 0).empty());
    CHECK(table.column_count() == 3);
  }

  TEST_CASE("a file that memory is too small for is named") {
    placed_values values;
    values.path = "table.csv";
    CHECK(refusal_of([&] { reserve_values(values, std::uint64_t{1} << 32U); }) ==
          "table.csv: has more than 4294967295 values");
    const auto read = []() -> sampled_entries<float> { throw std::bad_alloc(); };
    CHECK(refusal_of([&] { read_once("table.csv", read); }) == "table.csv: out of memory while it was read");
  }
}
