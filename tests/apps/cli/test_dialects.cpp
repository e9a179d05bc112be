// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include <doctest/doctest.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "samples.hpp"

namespace {

using namespace tinyrank::test;
using nlohmann::json;

/// Copies the files of a folder of the test data.
void bring(const std::string& folder, const scratch_directory& directory) {
  std::filesystem::copy(std::string(TINYRANK_TEST_DATA) + "/" + folder, directory.path());
}

json report_of(const std::string& arguments, const scratch_directory& directory, int exit_code = 0) {
  const run_result result = run("recover " + arguments + " --quiet --report report.json", directory);
  INFO(arguments, ": ", result.err);
  CHECK(result.exit_code == exit_code);
  REQUIRE(directory.has("report.json"));
  return json::parse(directory.read("report.json"));
}

}  // namespace

TEST_SUITE("dialects") {
  TEST_CASE("each is read, and says what was decided in one line, or nothing") {
    struct dialect {
      std::string file, note;
      int exit_code;
    };
    const std::vector<dialect> dialects = {
        {"dup_pairs.csv", "1 pair has several values, and the mean is taken; the largest difference, 0.04",
         0},
        {"dup_same.csv", "1 pair has several values, and the mean is taken", 0},
        {"german.csv", "commas are taken for decimal points", 0},
        {"ids_from_1.csv", "indices count from 1", 0},
        {"ids_from_10.csv", "the numbers 10 to 12 do not count from 0 or 1, and are taken for names", 0},
        {"infs.csv", "2 cells 'inf' are taken for unknown", 4},
        {"lower_blank.csv", "", 0},
        {"lower_ragged.csv", "the rows are read as the lower triangle of 4 points", 0},
        {"minus1.csv", "2 distances of -1 taken for unknown", 4},
        {"pandas_blank.csv", "", 4},
        {"pandas_nan.csv", "", 4},
        {"r_dist_print.dat", "", 0},
        {"r_na.csv", "", 4},
        {"savetxt.dat", "", 0},
        {"tabs.tsv", "", 4},
        {"tiny_asym.csv", "", 0},
        {"zeros_missing.csv", "2 zeros off the diagonal: distances of 0", 0},
    };
    const scratch_directory directory;
    bring("tables", directory);
    for (const dialect& each : dialects) {
      INFO(each.file);
      const run_result result =
          run("recover --sensing distances:" + each.file + " --report report.json", directory);
      CHECK(result.exit_code == each.exit_code);
      const std::string first_line = result.out.substr(0, result.out.find('\n'));
      CHECK((first_line.find(each.file + ": " + each.note) != std::string::npos) == !each.note.empty());
      const json report = json::parse(directory.read("report.json"));
      CHECK(report["notes"].size() == (each.note.empty() ? 0 : 1));
      if (!each.note.empty()) CHECK(report["notes"][0] == first_line);
      if (each.note.empty()) CHECK(result.out.find(each.file) == std::string::npos);
    }
    check_refused(
        "--sensing distances:sim_semicolon.csv",
        "sim_semicolon.csv:2: column 2: the diagonal must be 0 or blank (a similarity is no distance)",
        directory);
    check_refused("--sensing distances:ey_full.csv", "ey_full.csv:3: column 3: a distance", directory);
    const json full = report_of("--sensing entries:ey_full.csv", directory);
    CHECK(full["notes"].empty());
    CHECK(full["measurement_count"] == 15);
  }

  TEST_CASE("the names of the points are in the report") {
    const scratch_directory directory;
    bring("tables", directory);
    const json named = report_of("--sensing distances:lower_blank.csv", directory),
               counted = report_of("--sensing distances:ids_from_1.csv --rank 2", directory),
               none = report_of("--sensing distances:savetxt.dat", directory);
    CHECK(named["labels"] == json({"a", "b", "c", "d"}));
    CHECK(counted["labels"] == json({"1", "2", "3"}));
    CHECK(counted["notes"].size() == 1);
    CHECK(none["labels"].is_null());
  }

  TEST_CASE("squares, tables of entries and arrays give the bits of what they say") {
    const scratch_directory directory;
    directory.write("D.csv", distance_table);
    const std::string wanted = report_of("--sensing distances:D.csv", directory)["factor_bits"];
    directory.write(
        "S.csv", "0,9,25,16,6.25\n9,0,16,25,6.25\n25,16,0,9,6.25\n16,25,9,0,6.25\n6.25,6.25,6.25,6.25,0\n");
    CHECK(report_of("--sensing distances:S.csv --squared", directory)["factor_bits"] == wanted);
    CHECK(report_of("--sensing distances:S.csv", directory)["factor_bits"] != wanted);
    directory.write("D.npy", npy({5, 5}, {0, 3,   5, 4, 2.5, 3, 0,   4,   5,   2.5, 5,   4, 0,
                                          3, 2.5, 4, 5, 3,   0, 2.5, 2.5, 2.5, 2.5, 2.5, 0}));
    CHECK(report_of("--sensing distances:D.npy", directory)["factor_bits"] == wanted);
    directory.write("D.mtx",
                    "%%MatrixMarket matrix coordinate real symmetric\n5 5 10\n2 1 3\n3 1 5\n4 1 4\n5 1 "
                    "2.5\n3 2 4\n4 2 5\n5 2 2.5\n4 3 3\n5 3 2.5\n5 4 2.5\n");
    CHECK(report_of("--sensing distances:D.mtx", directory)["factor_bits"] == wanted);
    directory.write("huge.csv", "a,b,1e39\n");
    check_refused("--sensing distances:huge.csv --squared", "huge.csv: the squared distance", directory);

    const sample s;
    directory.write("M.npy", npy({5, 5}, s.truth));
    const json whole = report_of("--sensing entries:M.npy --truth M.npy", directory);
    CHECK(whole["measurement_count"] == 15);
    CHECK(whole["rank_found"] == 2);
    CHECK(whole["relative_test_error"].get<double>() < 1e-4);
  }

  TEST_CASE("a repeated entry weighs as often as it is there, which --weights may say otherwise") {
    const scratch_directory directory;
    // Rank 1: two values of the diagonal that contradict the entry beside them.
    directory.write("E.csv", "0,0,1\n1,1,1\n0,1,0.5\n");
    directory.write("R.csv", "0,0,1\n1,1,1\n0,1,0.4\n1,0,0.5\n0,1,0.6\n");
    directory.write("w.npy", npy({3}, {1, 1, 3}));
    const std::string rank_1 = " --method staircase --rank 1 --precision f64";
    const json once = report_of("--sensing entries:E.csv" + rank_1, directory);
    const json weighted = report_of("--sensing entries:E.csv --weights w.npy" + rank_1, directory);
    const json repeated = report_of("--sensing entries:R.csv" + rank_1, directory);
    CHECK(repeated["factor_bits"] == weighted["factor_bits"]);
    CHECK(repeated["factor_bits"] != once["factor_bits"]);
    CHECK(repeated["notes"].size() == 1);
    directory.write("ones.npy", npy({3}, {1, 1, 1}));
    CHECK(report_of("--sensing entries:R.csv --weights ones.npy" + rank_1, directory)["factor_bits"] ==
          once["factor_bits"]);
  }

  TEST_CASE("one problem from every kind of npy, and from archives") {
    const scratch_directory directory;
    bring("npy", directory);
    const std::string wanted =
        report_of("--sensing dense:A.npy --measurements y.npy", directory)["factor_bits"];
    for (const std::string name :
         {"julia_A.npy", "matlab_A.npy", "py2long_A.npy", "v2mis_A.npy", "stored.npz:A", "deflated.npz:A"}) {
      const json report = report_of(
          std::string("--truth truth.npy --measurements y.npy --sensing dense:").append(name), directory);
      CHECK(report["factor_bits"] == wanted);
      CHECK(report["relative_test_error"].get<double>() < 1e-4);
    }
    const std::string a = "--sensing dense:A.npy --measurements ";
    for (const std::string name : {"big_y.npy", "matlab_y.npy", "matlab_yrow.npy", "deflated.npz:y"})
      CHECK(report_of(a + name, directory)["factor_bits"] == wanted);
    for (const std::string name : {"f2_y.npy", "int_y.npy"})
      CHECK(report_of(a + name, directory)["verdict"] == "best fit");
    check_refused(a + "group_y.npy", "group_y.npy: shape (1060) does not give one value", directory);
  }

  TEST_CASE("an archive that is read is not written over, and one without a name is refused") {
    const scratch_directory directory;
    bring("npy", directory);
    std::filesystem::rename(directory.path("deflated.npz"), directory.path("d.npz"));
    const std::string before = directory.read("d.npz");
    const run_result result =
        run("recover --sensing dense:d.npz:A --measurements d.npz:y --factor-out d.npz", directory);
    check_error_line(result, "d.npz: is an input of this run");
    CHECK(directory.read("d.npz") == before);
    check_refused("--sensing dense:d.npz --measurements d.npz:y",
                  "d.npz: is an archive of A, y; name one, as in d.npz:A", directory);
    check_refused("--sensing dense:d.npz:A --measurements d.npz:z", "d.npz: holds A, y, and no 'z'",
                  directory);
  }
}
