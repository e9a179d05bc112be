// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <string>

#include "apps/common/coordinate_table.hpp"
#include "scratch.hpp"

namespace {

using namespace tinyrank::app;
using tinyrank::app::test::contains;
using tinyrank::app::test::refusal_of;
using tinyrank::app::test::scratch_directory;
using tinyrank::app::test::without_surroundings;

std::string short_text(double value) {
  return std::to_string(value).substr(0, 4);
}

std::string text_of(const sampled_entries<double>& read) {
  std::string text = std::to_string(read.n) + " ";
  for (std::size_t k = 0; k < read.pairs.size(); ++k) {
    text += std::to_string(read.pairs[k].first) + "-" + std::to_string(read.pairs[k].second);
    if (!read.values.empty()) text += ":" + short_text(read.values[k]);
    text += " ";
  }
  return text;
}

std::string text_of(const sparse_matrices<double>& read) {
  std::string text = std::to_string(read.n);
  for (std::size_t i = 0; i + 1 < read.offsets.size(); ++i) {
    text += " |";
    for (std::size_t k = read.offsets[i]; k < read.offsets[i + 1]; ++k) {
      text += " " + std::to_string(read.entries[k].row) + "-" + std::to_string(read.entries[k].column) + ":" +
              short_text(read.entries[k].value);
    }
  }
  return text;
}

/// What `read` makes of a file with this content, or the refusal without the directory and the separator.
template <class Read>
std::string summary(Read read, std::string_view content) {
  const scratch_directory directory;
  const std::string path = directory.write("e.csv", content);
  try {
    return text_of(read(path));
  } catch (const input_error& error) {
    return tinyrank::app::test::without_surroundings(error.what());
  }
}

std::string entries(std::string_view content) {
  return summary(read_sampled_entries<double>, content);
}

std::string sparse(std::string_view content) {
  return summary(read_sparse_matrices<double>, content);
}

}  // namespace

TEST_SUITE("coordinate tables") {
  TEST_CASE("entries keep the order of the file, with and without values") {
    CHECK(entries("0,1,5\n2,0,-7\n1,1,+1e1\n") == "3 0-1:5.00 2-0:-7.0 1-1:10.0 ");
    CHECK(entries("row,column,value\n0,1,5\n") == "2 0-1:5.00 ");
    CHECK(entries("j,k\n0,1\n1,1\n") == "2 0-1 1-1 ");
    CHECK(entries("0,0\n") == "1 0-0 ");
    CHECK(entries("1,0,5\n0,1,5\n0,1,5.0\n") == "2 1-0:5.00 ");
    CHECK(entries("0,1\n1,0\n") == "2 0-1 1-0 ");
  }

  TEST_CASE("sparse matrices are sorted, and a mirror image says nothing new") {
    const std::string wanted = "3 | 1-1:2.00 2-0:3.00 | 0-0:1.00";
    CHECK(sparse("0,1,1,2\n0,2,0,3\n1,0,0,1\n") == wanted);
    CHECK(sparse("1,0,0,1\n0,0,2,3\n0,1,1,2\n") == wanted);
    CHECK(sparse("i,row,column,value\n0,0,2,3\n0,1,1,2\n1,0,0,1\n0,2,0,3.0\n") == wanted);
    CHECK(sparse("0,1,0,1\n1,0,0,0\n") == "2 | 1-0:1.00 | 0-0:0.00");
  }

  TEST_CASE("quotes, line ends, byte order mark and blank lines") {
    CHECK(entries("\xef\xbb\xbf\"row\",\"column\",\"value\"\r\n\r\n 0 ,\"1\",\t5\r\n") == "2 0-1:5.00 ");
    CHECK(sparse("\xef\xbb\xbfm,j,k,v\r0,1,0,5\r\r") == "2 | 1-0:5.00");
    CHECK(entries("0,1,\"5\n") == "e.csv:1: a quote that is never closed");
    CHECK(sparse("0,0,0,1\n1,0,0\n") == "e.csv:2: a row of 3 cells; the rows before it have 4");
  }

  TEST_CASE("indices of sparse matrices that are none are refused with line and column") {
    for (const std::string text : {"-1", "1.5", "1e3", "+1", "007", "x", "nan", "0x1", ""}) {
      CHECK(sparse("0,0,0,5\n" + text + ",0,0,5\n") ==
            "e.csv:2: column 1: an index must be a whole number from 0 on, not '" + text + "'");
    }
    CHECK(sparse("0.0,0,0,5\n1.000e+00,0,0,5\n") == "1 | 0-0:5.00 | 0-0:5.00");
    CHECK(sparse("0,0,0,1\n2,0,0,1\n") ==
          "e.csv:2: column 1: the measurement '2' is too large for a list of 2 rows, where every one has to "
          "occur");
    CHECK(sparse("0,0,4,1\n1,0,0,1\n") ==
          "e.csv:1: column 3: the index '4' is too large for a list of 2 rows, where every one has to occur");
    CHECK(contains(sparse("0,99999999999999999999,0,1\n"), "column 2: an index must be a whole number"));
  }

  TEST_CASE("rows of the matrix and measurements without an entry are refused") {
    CHECK(entries("0,0,5\n0,2,5\n2,1,NA\n") ==
          "e.csv: row 1 of the matrix has no entry, so nothing is known of it");
    CHECK(contains(sparse("0,0,2,5\n"), "e.csv:1: column 3: the index '2' is too large"));
    CHECK(contains(sparse("0,0,0,5\n1,2,2,5\n"), "e.csv: row 1 of the matrix has no entry"));
    CHECK(contains(sparse("0,0,0,5\n2,0,1,5\n2,1,1,5\n"), "e.csv: measurement 1 has no entry"));
  }

  TEST_CASE("values that are none, and entries with several values") {
    for (const std::string text : {"nan", "-inf", "Infinity", "NA", ""}) {
      CHECK(entries("0,0," + text + "\n") == "e.csv: has no known entry");
      CHECK(sparse("0,0,0," + text + "\n") == "e.csv:1: column 4: the value is missing: '" + text + "'");
    }
    CHECK(entries("0,0,1e999\n") == "e.csv:1: column 3: out of the range of a double: '1e999'");
    CHECK(entries("0,0,five\n") == "e.csv:1: column 3: not a number: 'five' (leave what is unknown blank)");
    CHECK(entries("0,1,2\n0,0,1,5\n") == "e.csv:2: a row of 4 cells; the rows before it have 3");
    CHECK(entries("0,1,5\n1,1,2\n1,0,6\n") == "2 0-1:5.50 1-1:2.00 ");
    CHECK(sparse("0,0,1,5\n0,1,0,6\n") == "2 | 1-0:5.50");
    CHECK(sparse("0,0,0,5\n0,0,0,8\n0,0,0,5\n") == "1 | 0-0:6.00");
  }

  TEST_CASE("measurements and indices that count from 1") {
    CHECK(sparse("1,1,1,5\n2,2,1,6\n") == "2 | 0-0:5.00 | 1-0:6.00");
    CHECK(sparse("0,1,1,5\n1,2,1,6\n") == "2 | 0-0:5.00 | 1-0:6.00");
    CHECK(sparse("1,0,0,5\n2,1,0,6\n") == "2 | 0-0:5.00 | 1-0:6.00");
    CHECK(sparse("0;0;0;1,5\n") == "1 | 0-0:1.50");
    CHECK(sparse("0,4,0,1\n1,0,0,1\n") ==
          "e.csv:1: column 2: the index '4' is too large for a list of 2 rows, where every one has to occur");
    CHECK(sparse("0,0,0,5\n0,0,0,8\n0,1,0,5\n0,1,0,8\n") == "2 | 0-0:6.50 1-0:6.50");
  }

  TEST_CASE("matrices as rows of a MatrixMarket file") {
    const std::string general = "%%MatrixMarket matrix coordinate real general\n";
    CHECK(sparse(general + "1 4 2\n1 1 5\n1 2 3\n") == "2 | 0-0:5.00 1-0:1.50");
    CHECK(sparse(general + "1 5 1\n1 1 5\n") ==
          "e.csv: 1 x 5 is not m x n^2, general, with values: row i is A_i row by row (MatrixMarket)");
    CHECK(sparse("%%MatrixMarket matrix coordinate real symmetric\n4 4 1\n1 1 5\n") ==
          "e.csv: 4 x 4 is not m x n^2, general, with values: row i is A_i row by row (MatrixMarket)");
    CHECK(sparse("%%MatrixMarket matrix coordinate pattern general\n1 4 1\n1 1\n") ==
          "e.csv: 1 x 4 is not m x n^2, general, with values: row i is A_i row by row (MatrixMarket)");
    CHECK(sparse(general + "1 1 1\n1 1 nan\n") == "e.csv:3: the value is missing (MatrixMarket)");
    CHECK(sparse(general + "1 1 0\n") == "e.csv: has no entry");
    const scratch_directory directory;
    const std::string path = directory.write("e.mtx", general + "1 1 1\n1 1 1e39\n");
    CHECK(without_surroundings(refusal_of([&] { static_cast<void>(read_sparse_matrices<float>(path)); })) ==
          "e.mtx:3: too large for single precision: 1e+39 (MatrixMarket)");
    CHECK(read_sparse_matrices<double>(path).entries[0].value == 1e39);
  }

  TEST_CASE("values beyond single precision are refused there only") {
    const scratch_directory directory;
    const std::string path = directory.write("e.csv", "0,0,1e39\n");
    CHECK(contains(refusal_of([&] { static_cast<void>(read_sampled_entries<float>(path)); }),
                   "e.csv:1: column 3: too large for single precision: '1e39'"));
    CHECK(read_sampled_entries<double>(path).values[0] == 1e39);
    const std::string negative = directory.write("n.csv", "0,0,-1e39\n");
    CHECK(contains(refusal_of([&] { static_cast<void>(read_sampled_entries<float>(negative)); }),
                   "n.csv:1: column 3: too large for single precision: '-1e39'"));
    const std::string list = directory.write("s.csv", "0,0,0,1e39\n");
    CHECK(contains(refusal_of([&] { static_cast<void>(read_sparse_matrices<float>(list)); }),
                   "s.csv:1: column 4: too large for single precision: 1e+39"));
    CHECK(read_sparse_matrices<double>(list).entries[0].value == 1e39);
  }

  TEST_CASE("too little, too many columns, and no file") {
    CHECK(entries("") == "e.csv: is empty");
    CHECK(sparse("\xef\xbb\xbf\r\n") == "e.csv: is empty");
    CHECK(entries("row,column,value\n") == "e.csv: has a header and nothing below it");
    CHECK(sparse("i,row,column,value\n") == "e.csv: has a header and nothing below it");
    CHECK(entries("0,0,1,2\n") ==
          "e.csv: 1 row of 4 cells: neither a square or triangle nor a list i,j or i,j,value");
    CHECK(sparse("0,0,1\n") == "e.csv: rows of 3 cells, not measurement,row,column,value");
    const scratch_directory directory;
    const std::string missing = directory.path("none.csv"), folder = directory.path("");
    CHECK(refusal_of([&] { static_cast<void>(read_sparse_matrices<float>(missing)); }) ==
          missing + ": cannot open: No such file or directory");
    CHECK(contains(refusal_of([&] { static_cast<void>(read_sampled_entries<float>(folder)); }),
                   "Is a directory"));
  }
}
