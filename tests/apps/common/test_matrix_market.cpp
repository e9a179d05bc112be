// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <string>

#include "apps/common/coordinate_table.hpp"
#include "apps/common/distance_table.hpp"
#include "scratch.hpp"

namespace {

using namespace tinyrank::app;
using tinyrank::app::test::refusal_of;
using tinyrank::app::test::scratch_directory;
using tinyrank::app::test::without_surroundings;

std::string with(const std::string& text, const std::string& note) {
  return note.empty() ? text : text + " (" + without_surroundings(note) + ")";
}

template <class Read>
std::string summary(const std::string& content, Read read) {
  const scratch_directory directory;
  const std::string path = directory.write("m.mtx", content);
  std::string text;
  const std::string refused = refusal_of([&] { text = read(path); });
  return refused.empty() ? text : without_surroundings(refused);
}

std::string entries(const std::string& content) {
  return summary(content, [](const std::string& path) {
    const auto read = read_sampled_entries<double>(path);
    std::string text = std::to_string(read.n);
    for (std::size_t k = 0; k < read.pairs.size(); ++k) {
      text += " " + std::to_string(read.pairs[k].first) + "-" + std::to_string(read.pairs[k].second);
      if (!read.values.empty()) text += ":" + std::to_string(read.values[k]).substr(0, 4);
    }
    return with(text, read.note);
  });
}

std::string sparse(const std::string& content) {
  return summary(content, [](const std::string& path) {
    const auto read = read_sparse_matrices<double>(path);
    std::string text = std::to_string(read.n);
    for (std::size_t i = 0; i + 1 < read.offsets.size(); ++i) {
      text += " |";
      for (std::size_t k = read.offsets[i]; k < read.offsets[i + 1]; ++k) {
        text += " " + std::to_string(read.entries[k].row) + "-" + std::to_string(read.entries[k].column) +
                ":" + std::to_string(read.entries[k].value).substr(0, 4);
      }
    }
    return with(text, read.note);
  });
}

const std::string coordinate = "%%MatrixMarket matrix coordinate real general\n";

}  // namespace

TEST_SUITE("MatrixMarket") {
  TEST_CASE("entries: coordinates, symmetric or general, patterns and arrays") {
    CHECK(entries("%%MatrixMarket matrix coordinate real symmetric\n% a comment\n\n2 2 3\n1 1 4\n2 1 -2e0\n2 "
                  "2 1\n") == "2 0-0:4.00 1-0:-2.0 1-1:1.00");
    CHECK(entries("%%MatrixMarket MATRIX Coordinate Integer General\r\n2 2 2\r\n1 2 7\r\n2 1 7\r\n") ==
          "2 0-1:7.00");
    CHECK(entries(coordinate + "2 2 2\n1 2 7\n2 1 8\n") ==
          "2 0-1:7.50 (m.mtx: 1 pair of mirror images differs, and the mean is taken; the largest "
          "difference, 1, "
          "is that of 0 and 1: 7 at line 3, 8 at line 4)");
    CHECK(entries("%%MatrixMarket matrix coordinate pattern general\n2 2 2\n1 2\n1 1\n") == "2 0-1 0-0");
    CHECK(entries("%%MatrixMarket matrix array real general\n2 2\n1\n2\n2\nNaN\n") == "2 0-0:1.00 1-0:2.00");
    CHECK(entries("%%MatrixMarket matrix array double general\n1\t1\n3\n") == "1 0-0:3.00");
    CHECK(entries("%%MatrixMarket matrix array real symmetric\n2 2\n1\n2\n5\n") ==
          "2 0-0:1.00 1-0:2.00 1-1:5.00");
    const scratch_directory directory;
    const std::string path = directory.write("d.mtx", coordinate + "2 2 1\n1 2 7\n");
    CHECK(read_distance_table(path).entries[0].distance == 7);
    const std::string pattern =
        directory.write("p.mtx", "%%MatrixMarket matrix coordinate pattern general\n2 2 1\n1 2\n");
    CHECK(without_surroundings(refusal_of([&] { (void)read_distance_table(pattern); })) ==
          "p.mtx: is a pattern, without distances");
  }

  TEST_CASE("sparse: rows of A_i, mirror images as they are") {
    CHECK(sparse(coordinate + "2 4 4\n1 1 3\n1 2 1\n1 3 1\n2 4 5\n") == "2 | 0-0:3.00 1-0:1.00 | 1-1:5.00");
    CHECK(sparse(coordinate + "1 4 2\n1 2 1\n1 4 1\n") ==
          "2 | 1-0:0.50 1-1:1.00 (m.mtx: 1 pairs of mirror images differ; (A + A^T)/2 is used, which "
          "measures the "
          "same)");
    CHECK(sparse(coordinate + "1 5 1\n1 2 1\n") ==
          "m.mtx: 1 x 5 is not m x n^2, general, with values: row i is A_i row by row (MatrixMarket)");
    CHECK(sparse(coordinate + "2 4 1\n2 4 1\n").starts_with("m.mtx: measurement 0 has no entry"));
    CHECK(sparse(coordinate + "2 1 0\n") == "m.mtx: has no entry");
  }

  TEST_CASE("what is refused, with its line") {
    CHECK(entries("%%MatrixMarket matrix coordinate complex general\n1 1 1\n1 1 1 0\n") ==
          "m.mtx:1: the field 'complex' is not real, integer or pattern (MatrixMarket)");
    CHECK(entries("%%MatrixMarket matrix coordinate real skew-symmetric\n1 1 0\n") ==
          "m.mtx:1: the symmetry 'skew-symmetric' is not general or symmetric (MatrixMarket)");
    CHECK(entries("%%MatrixMarket vector coordinate real general\n1 1 0\n")
              .starts_with("m.mtx:1: neither 'mat"));
    CHECK(entries("%%MatrixMarket matrix list real general\n1 1 0\n").starts_with("m.mtx:1: neither 'mat"));
    CHECK(entries("%%MatrixMarket matrix array pattern general\n1 1\n") ==
          "m.mtx:1: the field 'pattern' is not real, integer or pattern (MatrixMarket)");
    CHECK(entries("%%MatrixMarket matrix array real symmetric\n2 3\n1\n") ==
          "m.mtx:2: symmetric, but not square (MatrixMarket)");
    CHECK(entries("%%MatrixMarket matrix array real general\n2 2\n1\n2\n3\n") ==
          "m.mtx:5: the file ends before its last entry (MatrixMarket)");
    CHECK(entries(coordinate + "2 2 1\n1 1x 1\n") ==
          "m.mtx:3: column: a whole number from 1 on, not '1x' (MatrixMarket)");
    CHECK(entries(coordinate) == "m.mtx:1: the sizes are missing (MatrixMarket)");
    CHECK(entries(coordinate + "2 2\n") ==
          "m.mtx:2: entries: a whole number from 0 on, not '' (MatrixMarket)");
    CHECK(entries(coordinate + "2 3 0\n") == "m.mtx: 2 x 3 is no symmetric matrix (MatrixMarket)");
    CHECK(entries(coordinate + "2 2 2\n1 1 1\n") ==
          "m.mtx:3: the file ends after 1 of 2 entries (MatrixMarket)");
    CHECK(entries(coordinate + "2 2 1\n1 1 1\n2 2 1\n") ==
          "m.mtx:4: there are more than the 1 entries that are announced (MatrixMarket)");
    CHECK(entries(coordinate + "2 2 1\n0 1 1\n") ==
          "m.mtx:3: row: a whole number from 1 on, not '0' (MatrixMarket)");
    CHECK(entries(coordinate + "2 2 1\n1 3 1\n") ==
          "m.mtx:3: the entry 1, 3 is outside of 2 x 2 (MatrixMarket)");
    CHECK(entries(coordinate + "2 2 1\n1 1 x\n") == "m.mtx:3: not a number: 'x' (MatrixMarket)");
    CHECK(entries(coordinate + "2 2 1\n1 1 1 1\n") == "m.mtx:3: unexpected text: '1' (MatrixMarket)");
    CHECK(entries(coordinate + "2 2 1\n1 1 1e400\n") ==
          "m.mtx:3: out of the range of a double: '1e400' (MatrixMarket)");
    CHECK(entries(coordinate + "2 2 1\n1 1 1\n") ==
          "m.mtx: row 1 of the matrix has no entry, so nothing is known of it");
    CHECK(entries(coordinate + "999999999 999999999 1\n1 1 1\n") ==
          "m.mtx: 999999999 points or rows are more than 92681");
    // Sizes that 32 bits do not hold are refused there as no numbers.
    if (sizeof(std::size_t) == 8) {
      CHECK(entries(coordinate + "2 2 18446744073709551615\n1 1 1\n")
                .starts_with("m.mtx:3: the file ends after 1 of"));
      CHECK(entries("%%MatrixMarket matrix array real general\n4294967296 4294967296\n1\n") ==
            "m.mtx:2: too large for this machine (MatrixMarket)");
    }
    const scratch_directory directory;
    const std::string path = directory.write("m.mtx", coordinate + "1 1 1\n1 1 1e39\n");
    CHECK(without_surroundings(refusal_of([&] { (void)read_sampled_entries<float>(path); })) ==
          "m.mtx:3: too large for single precision: 1e+39 (MatrixMarket)");
  }
}
