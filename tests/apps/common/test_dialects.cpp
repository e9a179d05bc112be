// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <string>

#include "apps/common/coordinate_table.hpp"
#include "apps/common/distance_table.hpp"
#include "scratch.hpp"

namespace {

using namespace tinyrank::app;
using tinyrank::app::test::scratch_directory;
using tinyrank::app::test::without_surroundings;

std::string short_text(double value) {
  std::string text = std::to_string(value);
  while (text.ends_with('0')) text.pop_back();
  if (text.ends_with('.')) text.pop_back();
  return text;
}

/// "3 a|b|c| 0-1:3 1-2:4 (the note)", or the refusal, with the separator.
std::string of_file(const std::string& path) {
  try {
    const distance_table table = read_distance_table(path);
    std::string text = std::to_string(table.n) + " ";
    for (const std::string& label : table.labels) text += label + "|";
    for (const auto& entry : table.entries) {
      text +=
          " " + std::to_string(entry.i) + "-" + std::to_string(entry.j) + ":" + short_text(entry.distance);
    }
    return table.note.empty() ? text : text + " (" + without_surroundings(table.note) + ")";
  } catch (const input_error& error) {
    const std::string message = error.what();
    return "refused " + message.substr(message.rfind('/', message.find(' ')) + 1);
  }
}

std::string of_case(const std::string& name) {
  return of_file(std::string(TINYRANK_TEST_DATA) + "/tables/" + name);
}

std::string distances(std::string_view content) {
  const scratch_directory directory;
  return of_file(directory.write("d", content));
}

std::string entries(std::string_view content) {
  const scratch_directory directory;
  try {
    const auto read = read_sampled_entries<double>(directory.write("e", content));
    std::string text = std::to_string(read.n) + " ";
    for (const std::string& label : read.labels) text += label + "|";
    for (std::size_t k = 0; k < read.pairs.size(); ++k) {
      text += " " + std::to_string(read.pairs[k].first) + "-" + std::to_string(read.pairs[k].second);
      if (!read.values.empty()) text += ":" + short_text(read.values[k]);
      if (!read.weights.empty()) text += "x" + short_text(read.weights[k]);
    }
    return read.note.empty() ? text : text + " (" + without_surroundings(read.note) + ")";
  } catch (const input_error& error) {
    const std::string message = error.what();
    return "refused " + message.substr(message.rfind('/', message.find(' ')) + 1);
  }
}

const std::string four = " 0-1:3 0-2:5 0-3:4 1-2:4 1-3:5 2-3:3";
const std::string half = " 0-1:3 0-3:5 1-2:4 2-3:3";

}  // namespace

TEST_SUITE("dialects") {
  TEST_CASE("one table as people's programs write it") {
    CHECK(of_case("savetxt.dat") == "4 " + four);
    CHECK(of_case("lower_blank.csv") == "4 a|b|c|d|" + four);
    CHECK(of_case("lower_ragged.csv") ==
          "4 " + four +
              " (lower_ragged.csv: the rows are read as the lower triangle of 4 "
              "points, without the diagonal)");
    CHECK(of_case("r_dist_print.dat") == "4 a|b|c|d| 0-1:3 0-2:5 0-3:5 1-2:4 1-3:4 2-3:3");
    for (const std::string name : {"pandas_blank.csv", "pandas_nan.csv", "r_na.csv", "tabs.tsv"})
      CHECK(of_case(name) == "4 a|b|c|d|" + half);
    CHECK(of_case("german.csv") ==
          "3 a|b|c| 0-1:3.5 0-2:4.5 1-2:2.25 (german.csv: commas are taken for decimal points)");
    CHECK(of_case("infs.csv") == "3  0-1:3 1-2:4 (infs.csv: 2 cells 'inf' are taken for unknown)");
    CHECK(of_case("minus1.csv") == "3  0-1:3 1-2:4 (minus1.csv: 2 distances of -1 taken for unknown)");
    CHECK(of_case("tiny_asym.csv") == "3  0-1:3 0-2:5 1-2:4");
    CHECK(
        of_case("zeros_missing.csv") ==
        "4  0-1:3 0-2:0 0-3:5 1-2:4 1-3:0 2-3:3 (zeros_missing.csv: 2 zeros off the diagonal: distances of 0 "
        "(what is unknown is left blank))");
  }

  TEST_CASE("lists of pairs as people have them") {
    CHECK(
        of_case("dup_pairs.csv") ==
        "3  0-1:3 0-2:5 1-2:4.01 (dup_pairs.csv: 1 pair has several values, and the mean is taken; the "
        "largest difference, 0.04, is that of 1 and 0: 2.98 at line 2, column 3, 3.02 at line 1, column 3)");
    CHECK(of_case("dup_same.csv").starts_with("3  0-1:3 0-2:5 1-2:4.01 (dup_same.csv: 1 pair has several"));
    CHECK(of_case("ids_from_1.csv") == "3 1|2|3| 0-1:3 0-2:5 1-2:4 (ids_from_1.csv: indices count from 1)");
    CHECK(
        of_case("ids_from_10.csv") ==
        "3 10|11|12| 0-1:3 0-2:5 1-2:4 (ids_from_10.csv: the numbers 10 to 12 do not count from 0 or 1, and "
        "are taken for names of 3)");
  }

  TEST_CASE("what is no table of distances") {
    CHECK(of_case("sim_semicolon.csv") ==
          "refused sim_semicolon.csv:2: column 2: the diagonal must be 0 or blank (a similarity is no "
          "distance): '1' (cells separated by ';')");
    CHECK(of_case("ey_full.csv").starts_with("refused ey_full.csv:3: column 3: a distance must not be neg"));
  }

  TEST_CASE("numbers that are names") {
    CHECK(distances(",10,20,30\n10,0,5,6\n20,5,0,7\n30,6,7,0\n") ==
          "3 10|20|30| 0-1:5 0-2:6 1-2:7 (d: the numbers 10 to 30 of the first row and column are taken for "
          "names)");
    CHECK(distances(",0,1,2\n0,,5,6\n1,5,,7\n2,6,7,\n").starts_with("3 0|1|2| 0-1:5 0-2:6 1-2:7 (d: the n"));
    CHECK(distances(",2001,2002,2003\n2001,,5,6\n2002,5,,7\n2003,6,7,\n").starts_with("3 2001|2002|2003|"));
    // Three, four, five: a table whose diagonal is blank, which could be names as well.
    CHECK(
        distances(",3,4\n3,,5\n4,5,\n") ==
        "3  0-1:3 0-2:4 1-2:5 (d: the numbers 3 to 4 of the first row and column are taken for values; names "
        "they would be beside a diagonal of 0)");
    CHECK(distances(",NA,3\nNA,,4\n3,4,\n") == "3  0-2:3 1-2:4");
    CHECK(distances("10,11,12\n0,5,6\n5,0,7\n6,7,0\n") ==
          "3 10|11|12| 0-1:5 0-2:6 1-2:7 (d: the numbers of the first row are taken for names)");
    CHECK(distances("0,87,175,264\n87,0,87,175\n175,87,0,87\n264,175,87,0\n").starts_with("4  0-1:87"));
  }

  TEST_CASE("ids that are names") {
    CHECK(distances("007,1e5,3\n1e5,0x1F,4\n") ==
          "3 007|1e5|0x1F| 0-1:3 1-2:4 (d: the indices are taken for names, because '007' at line 1, column "
          "1 is "
          "no index)");
    CHECK(distances("00:1a:7d,00:1a:80,3\n") == "2 00:1a:7d|00:1a:80| 0-1:3");
    CHECK(distances("18446744073709551615,9007199254740993,3\n").starts_with("2 18446744073709551615|90"));
    CHECK(distances("0.0,1.000e+00,5\n1,2,3\n") == "3  0-1:5 1-2:3");
    CHECK(distances("0,1,5\n1,x,7\n") ==
          "3 0|1|x| 0-1:5 1-2:7 (d: the indices are taken for names, because 'x' at line 2, column 2 is no "
          "index)");
    CHECK(distances("NA,DE,3\nDE,FR,4\n") == "3 NA|DE|FR| 0-1:3 1-2:4");
    CHECK(distances("3,1,5\n1,7,2\n").starts_with("3 1|3|7| 0-1:5 0-2:2 (d: the numbers 1 to 7 do not"));
    CHECK(distances("0,nan,5\n").starts_with("refused d:1: column 2: no index or name: 'nan'"));
  }

  TEST_CASE("a first row is a header only where it can be nothing else") {
    CHECK(distances("a,b,5O\nb,c,3\n").starts_with("refused d:1: column 3: not a number: '5O'"));
    CHECK(distances("a,b,x\nb,c,3\n").starts_with("refused d:1: column 3: not a number: 'x'"));
    CHECK(distances("a,b,5 km\nc,d,3\n").starts_with("refused d:1: column 3: not a number: '5 km'"));
    CHECK(distances("from,to,km\na,b,3\n") ==
          "2 a|b| 0-1:3 (d: the first row, 'from', 'to', 'km', is taken for a header)");
    CHECK(distances("from,to,km\n0,1,3\n") == "2  0-1:3");
    CHECK(entries("a,b,1.x\n0,1,3\n").starts_with("refused e:1: column 3: not a number: '1.x'"));
  }

  TEST_CASE("separators") {
    CHECK(distances("0;3\n3;0\n") == "2  0-1:3");
    CHECK(distances("sep=;\n0;3\n3;0\n") == "2  0-1:3");
    CHECK(distances("sep=|\r\n0|3\r\n3|0\r\n") == "2  0-1:3");
    CHECK(distances("\ta\tb\na\t0\t3,5\nb\t3,5\t0\n") ==
          "2 a|b| 0-1:3.5 (d: commas are taken for decimal points)");
    CHECK(distances("0 3,5 1,5\n3,5 0 2,5\n1,5 2,5 0\n") ==
          "3  0-1:3.5 0-2:1.5 1-2:2.5 (d: commas are taken for decimal points)");
    CHECK(distances("  0.0   3 \n  3     0\n") == "2  0-1:3");
    CHECK(distances("Smith; John,Doe; Jane,3\nDoe; Jane,X,4\nX,Y,1\n")
              .starts_with("4 Smith; John|Doe; Jane|X|Y|"));
    // A comma is decimal between two digits alone, though every row has blanks.
    CHECK(distances("1 a,2 b,5\n1 a,3 c,4\n") == "3 1 a|2 b|3 c| 0-1:5 0-2:4");
    CHECK(distances("a 1,b 2,5\na 1,c 3,4\n") == "3 a 1|b 2|c 3| 0-1:5 0-2:4");
    CHECK(distances("\"a;b\";\"c,d\";3\n") == "2 a;b|c,d| 0-1:3");
    CHECK(distances("\"New York\" Boston 3\nBoston Rome 4\n") == "3 New York|Boston|Rome| 0-1:3 1-2:4");
    CHECK(
        distances("0;3,5\n3.5;0\n") ==
        "refused d:1: column 2: not a number: '3,5' (leave what is unknown blank) (cells separated by ';')");
    CHECK(distances("0\t3\n3\t1\n").ends_with("(cells separated by tabs)"));
    CHECK(distances("0 3\n3 1\n").ends_with("(cells separated by blanks)"));
    CHECK(distances("# i j d, by savetxt\n0 1 3\n1 2 4\n") == "3  0-1:3 1-2:4");
    CHECK(distances("x\n").ends_with("(no separator seen)"));
  }

  TEST_CASE("triangles") {
    CHECK(distances("0\n3,0\n5,4,0\n")
              .starts_with("3  0-1:3 0-2:5 1-2:4 (d: the rows are read as the lower tri"));
    CHECK(distances("3,5,4\n4,5\n3\n")
              .starts_with("4 " + four + " (d: the rows are read as the upper triangle of 4"));
    CHECK(
        distances("0,3,5\n0,4\n0\n").starts_with("3  0-1:3 0-2:5 1-2:4 (d: the rows are read as the upper"));
    CHECK(distances("a\nb,3\nc,5,4\n").starts_with("3 a|b|c| 0-1:3 0-2:5 1-2:4 (d: the rows"));
    CHECK(distances(",a,b,c\na,0\nb,3,0\nc,5,4,0\n") == "3 a|b|c| 0-1:3 0-2:5 1-2:4");
    CHECK(distances(",a,b,c\na\nb,3\nc,5,4\n") == "3 a|b|c| 0-1:3 0-2:5 1-2:4");
    CHECK(distances(",a,b,c\na,,3,5\nb,,,4\nc,,,\n") == "3 a|b|c| 0-1:3 0-2:5 1-2:4");
    CHECK(distances("  1 2\n2 3  \n3 5 4\n") == "3 1|2|3| 0-1:3 0-2:5 1-2:4");
    CHECK(distances("  a\nb 3\n") == "2 a|b| 0-1:3");
    CHECK(entries("1\n.5,1\n.6,.7,1\n") ==
          "3  0-0:1 1-0:0.5 1-1:1 2-0:0.6 2-1:0.7 2-2:1 (e: the rows are read as "
          "the lower triangle of 3 points, with the diagonal)");
  }

  TEST_CASE("triangles and printed distances that are others than they look") {
    CHECK(distances("1\n3,5\n") ==
          "3  0-1:1 0-2:3 1-2:5 (d: the rows are read as the lower triangle of 3 points, without the "
          "diagonal)");
    CHECK(distances("1\n2,5\n") == "2 1|2| 0-1:5");
    CHECK(distances("1,2\n3,4\n5,6,7\n") ==
          "refused d:3: a row of 3 cells; the rows before it have 2 (cells separated by ',')");
    CHECK(distances("NA\n3,NA\n5,4,NA\n") ==
          "3  0-1:3 0-2:5 1-2:4 (d: the rows are read as the lower triangle of 3 points, with the diagonal)");
    CHECK(entries("a\nb,3\nc,5,4\n") ==
          "3 a|b|c| 1-0:3 2-0:5 2-1:4 (e: the rows are read as the lower triangle of 3 points, without the "
          "diagonal)");
    CHECK(distances(",a,b,c\na,0\nb,3\n") ==
          "refused d:2: a row of 2 cells; the rows before it have 4 (cells separated by ',')");
  }

  TEST_CASE("numbers beside a table that are names, and such that are none") {
    CHECK(distances(",\n,\n") ==
          "refused d: 2 rows of 2 cells: neither a square or triangle nor a list i,j,value (cells separated "
          "by ',')");
    CHECK(distances(",.5,1.5\n.5,,3\n1.5,3,\n") ==
          "3  0-1:0.5 0-2:1.5 1-2:3 (d: the numbers .5 to 1.5 of the first row and column are taken for "
          "values; names they would be beside a diagonal of 0)");
    CHECK(distances(",5\n5,0\n") == "refused d: has fewer than 2 points");
    CHECK(distances(",3,2,1\n3,,5,6\n2,5,,7\n1,6,7,\n") ==
          "4  0-1:3 0-2:2 0-3:1 1-2:5 1-3:6 2-3:7 (d: the numbers 3 to 1 of the first row and column are "
          "taken for values; names they would be beside a diagonal of 0)");
    CHECK(distances(",1,5,7\n1,,5,6\n5,5,,7\n7,6,7,\n") ==
          "4  0-1:1 0-2:5 0-3:7 1-2:5 1-3:6 2-3:7 (d: the numbers 1 to 7 of the first row and column are "
          "taken for values; names they would be beside a diagonal of 0)");
    CHECK(distances(",3,3\n3,,5\n3,5,\n") == "3  0-1:3 0-2:3 1-2:5");
    CHECK(distances(",1,2\n1,x,3\n2,3,0\n") ==
          "refused d:1: column 1: a blank name or index (cells separated by ',')");
    CHECK(distances(",2,3\n2,7,3\n3,3,7\n") ==
          "refused d:1: column 1: a blank name or index (cells separated by ',')");
    CHECK(distances(",a,b\n,0,3\n,3,0\n") ==
          "refused d:2: column 1: a blank name or index (cells separated by ',')");
    CHECK(distances(",a,5\n7,0,3\n8,3,0\n") ==
          "refused d:1: column 1: a blank name or index (cells separated by ',')");
    CHECK(distances(",5,6\na,0,3\nb,3,0\n") ==
          "refused d:1: column 1: a blank name or index (cells separated by ',')");
    CHECK(distances("10,0,5,6\n11,5,0,7\n12,6,7,0\n") ==
          "3 10|11|12| 0-1:5 0-2:6 1-2:7 (d: the numbers of the first column are taken for names)");
    CHECK(distances("a,0,3\n5,3,0\n") ==
          "4 a|0|5|3| 0-1:3 2-3:0 (d: the indices are taken for names, because 'a' at line 1, column 1 is no "
          "index)");
    CHECK(entries("a,b\n1,.5\n.5,1\n") == "2 a|b| 0-0:1x1 0-1:0.5x2 1-1:1x1");
    CHECK(entries("0,1,2,3\n1,.5,.5,.5\n.5,1,.5,.5\n.5,.5,1,.5\n.5,.5,.5,1\n") ==
          "4 0|1|2|3| 0-0:1x1 0-1:0.5x2 0-2:0.5x2 0-3:0.5x2 1-1:1x1 1-2:0.5x2 1-3:0.5x2 2-2:1x1 2-3:0.5x2 "
          "3-3:1x1 (e: the numbers of the first row are taken for names)");
    CHECK(entries("3,9,4,7\n1,.5,.5,.5\n.5,1,.5,.5\n.5,.5,1,.5\n.5,.5,.5,1\n") ==
          "refused e: 5 rows of 4 cells: neither a square or triangle nor a list i,j or i,j,value (cells "
          "separated by ',')");
    CHECK(entries("7,\n") == "refused e:1: column 2: a blank name or index (cells separated by ',')");
    CHECK(entries("-1,2,3\n2,1,4\n3,4,1\n") == "3  0-0:-1x1 0-1:2x2 0-2:3x2 1-1:1x1 1-2:4x2 2-2:1x1");
    CHECK(entries(",2,3\n2,1,4\n3,4,1\n") ==
          "2 2|3| 0-0:1x1 0-1:4x2 1-1:1x1 (e: the numbers 2 to 3 of the first row and column are taken for "
          "names)");
  }

  TEST_CASE("lists whose rows are numbered, named or blank") {
    CHECK(distances(",i,j,d\n5,0,1,3\n") ==
          "refused d: 2 rows of 4 cells: neither a square or triangle nor a list i,j,value (cells separated "
          "by ',')");
    CHECK(distances(",i,j,d\n0,0,1,3\n5,1,2,4\n") ==
          "refused d: 3 rows of 4 cells: neither a square or triangle nor a list i,j,value (cells separated "
          "by ',')");
    CHECK(distances("NA,DE,3\nDE,NA,4\n") ==
          "2 NA|DE| 0-1:3.5 (d: 1 pair has several values, and the mean is taken; the largest difference, 1, "
          "is that of NA and DE: 3 at line 1, column 3, 4 at line 2, column 3)");
    CHECK(entries("i,j\na,b\nb,a\n") == "2 a|b| 0-1 1-0 (e: the first row, 'i', 'j', is taken for a header)");
    CHECK(distances("0,1,3\n,\n1,2,4\n") == "3  0-1:3 1-2:4");
    CHECK(
        distances("x\ny\nz\n") ==
        "refused d: 3 rows of 1 cell: neither a square or triangle nor a list i,j,value (no separator seen)");
    CHECK(entries("0,1,3\n0,0,NA\n1,0,NA\n1,1,2\n") ==
          "2  0-1:3 1-1:2 (e: 2 rows without a value are left out)");
    CHECK(distances("0,-1,3\n-1,0,4\n3,4,0\n") == "3  0-2:3 1-2:4 (d: 2 distances of -1 taken for unknown)");
    CHECK(distances("0,-1,3\n,0,4\n3,4,0\n") == "3  0-2:3 1-2:4 (d: 1 distance of -1 taken for unknown)");
  }

  TEST_CASE("where a file may end, and where a quote may close") {
    CHECK(distances("#\n0 1 3\n1 2 4\n") == "3  0-1:3 1-2:4");
    CHECK(distances("# no table") == "refused d: is empty");
    CHECK(distances("sep=;") == "refused d: has fewer than 2 points");
    CHECK(distances("sep=;x\n") ==
          "refused d:1: column 2: not a number: 'x' (leave what is unknown blank) (cells separated by ';')");
    CHECK(distances("0 3\n3 0\n  ") == "2  0-1:3");
    CHECK(distances("0,3\n3,") == "2  0-1:3");
    CHECK(distances("0,3\n3,\"0\"") == "2  0-1:3");
    // Lines are counted within quotes, too, whatever ends them.
    CHECK(distances("\"a\rb\",c,3\nc,d,4\nd,\"a\rb\"\"\n") ==
          "refused d:4: a quote that is never closed (cells separated by ',')");
    CHECK(distances("\"a\r\nb\",c,3\nc,d,x\n").starts_with("refused d:3: column 3: not a number: 'x'"));
    CHECK(distances("\"a\"b 3\n") == "refused d:1: text after a closing quote (cells separated by blanks)");
  }

  TEST_CASE("what spreadsheets leave around a table") {
    CHECK(distances("0,3,\n3,0,\n,,\n,,\n") == "2  0-1:3");
    CHECK(distances(",a,b,,\na,0,3,,\nb,3,0,,\n,,,,\n") == "2 a|b| 0-1:3");
    CHECK(distances("0,1,3,\n1,2,4,\n,,,\n") == "3  0-1:3 1-2:4");
    CHECK(distances(",i,j,d\n0,0,1,3\n1,1,2,4\n2,0,2,5\n") ==
          "3  0-1:3 0-2:5 1-2:4 (d: the first column, of row numbers, is left out)");
    CHECK(distances("\"i\" \"j\" \"d\"\n\"1\" 0 1 3\n\"2\" 1 2 4\n")
              .starts_with("3  0-1:3 1-2:4 (d: the first col"));
    CHECK(distances(",a,b,c\n0,0,3,5\n1,3,0,4\n2,5,4,0\n") ==
          "3 a|b|c| 0-1:3 0-2:5 1-2:4 (d: the first column, of row numbers, is left out)");
    CHECK(
        entries(",i,j,x\n1,0,0,1\n2,0,1,.5\n3,1,1,1\n").starts_with("2  0-0:1 0-1:0.5 1-1:1 (e: the first"));
    CHECK(distances("a b\na 0 3\nb 3 0\n") == "2 a|b| 0-1:3");
  }

  TEST_CASE("mirror images that differ") {
    CHECK(distances("0,3,5\n3.00001,0,4\n5,4,0\n") == "3  0-1:3.000005 0-2:5 1-2:4");
    CHECK(distances(",a,b,c\na,0,3,5\nb,4,0,7\nc,5,9,0\n") ==
          "3 a|b|c| 0-1:3.5 0-2:5 1-2:8 (d: 2 pairs of mirror images differ, and the mean is taken; the "
          "largest "
          "difference, 2, is that of b and c: 7 at line 3, column 4, 9 at line 4, column 3)");
    CHECK(entries("1,.5\n.7,1\n").starts_with("2  0-0:1x1 0-1:0.6x2 1-1:1x1 (e: 1 pair of mirror images"));
  }

  TEST_CASE("entries: tables, repetitions with their weights, and places alone") {
    CHECK(entries("1,.5,NA\n.5,1,.7\nNA,.7,1\n") == "3  0-0:1x1 0-1:0.5x2 1-1:1x1 1-2:0.7x2 2-2:1x1");
    CHECK(entries(",a,b\na,1,.5\nb,.5,1\n") == "2 a|b| 0-0:1x1 0-1:0.5x2 1-1:1x1");
    CHECK(entries("a,b,-3\nb,c,-1\n") == "3 a|b|c| 0-1:-3 1-2:-1");
    CHECK(entries("1,2,3\n2,3,4\n") == "3 1|2|3| 0-1:3 1-2:4 (e: indices count from 1)");
    CHECK(entries("0,1,3\n0,1,NA\n1,1,2\n") == "2  0-1:3 1-1:2 (e: 1 row without a value is left out)");
    CHECK(entries("0,1\n1,0\n0,1\n") == "2  0-1 1-0 0-1");
    CHECK(
        entries("0,0,4\n0,1,2\n0,1,2.5\n0,1,3\n").starts_with("2  0-0:4x1 0-1:2.5x3 (e: 1 pair has several"));
    // Of full numbers of 3 rows nobody can tell: a list, as ever.
    CHECK(entries("4,2,1\n2,3,0\n1,0,2\n") == "5  4-2:1 2-3:0 1-0:2");
  }

  TEST_CASE("a point without a distance does not vanish") {
    CHECK(distances("0,1,3\n1,2,NA\n") == "refused d: point 2 has no known distance to any other point");
    CHECK(distances(",a,b,c\na,0,3,\nb,3,0,\nc,,,\n") ==
          "refused d: point 'c' has no known distance to any other point");
  }

  TEST_CASE("bytes that are no table") {
    CHECK(distances(std::string_view("0,1\n1\0,0\n", 9)) ==
          "refused d:2: holds a NUL byte, so it is not a text file in UTF-8");
    CHECK(distances("0,1e400\n1e400,0\n")
              .starts_with("refused d:1: column 2: out of the range of a double: '1e400'"));
    CHECK(distances("\xef\xbb\xbf;a;b\r\na;0;3,5\r\nb;3,5;0\r\n").starts_with("2 a|b| 0-1:3.5"));
    CHECK(distances("i,j,d\n") == "refused d: has a header and nothing below it (cells separated by ',')");
    CHECK(entries(".!,\n,1\n").starts_with("refused e:1: column 2: a blank name or index"));
    CHECK(distances("n/a2,3").starts_with("refused d:1: column 2: the diagonal must"));
    CHECK(distances("5\n").starts_with("refused d:1: column 1: the diagonal must be 0"));
    // A run of blanks costs its length, not its square.
    CHECK(distances("0" + std::string(3000000, ' ') + "3\n3 0\n") == "2  0-1:3");
  }
}
