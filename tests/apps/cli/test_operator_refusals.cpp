// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <limits>
#include <string>
#include <utility>

#include "samples.hpp"

namespace {

using namespace tinyrank::test;

constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

using refusals = std::vector<std::pair<std::string, std::string>>;

/// In a directory with y.npy, ten values.
void check_all(const scratch_directory& directory, const refusals& list) {
  directory.write("y.npy", npy({10}, std::vector<double>(10, 1)));
  for (const auto& refusal : list) {
    check_refused("--rank 2 --sensing " + refusal.first, refusal.second, directory);
  }
}

const std::string planted_2 = " --planted rank=2";
const std::string y_npy = " --measurements y.npy";

}  // namespace

TEST_SUITE("operators refused") {
  TEST_CASE("kinds and keys") {
    const std::string too_many =
        sizeof(std::size_t) == 4 ? "--sensing m: " : "--planted: needs 4.4 TB of memory";
    refusals list = {
        {"entires:E.csv", "'entires:E.csv' does not start with a known kind and a colon; there are dense, "},
        {"rank_one:a.npy" + y_npy, "--sensing: 'rank_one:a.npy' does not start with a known kind"},
        {":a.npy" + y_npy, "--sensing: ':a.npy' does not start with a known kind"},
        {"rank-one" + y_npy, "is not rank-one:FILE.npy or rank-one:n=..,m=..,seed=.."},
        {"rank-one-pairs:" + y_npy, "is not rank-one-pairs:FILE.npy or rank-one-pairs:n=..,m=..,seed=.."},
        {"entries", "--sensing: 'entries' is not entries:FILE"},
        {"sparse:" + y_npy, "--sensing: 'sparse:' is not sparse:FILE"},
        {"gaussian:A.npy" + planted_2, "--sensing: 'A.npy' is not of the form key=value"},
        {"gaussian:n=6,m=60,stored=maybe" + planted_2, "--sensing stored: 'maybe' is not yes or no"},
        {"hadamard:n=6,m=20,stored=no" + planted_2, "unknown key 'stored'; there are n, m and seed"},
    };
    for (const std::string kind : {"rank-one:", "rank-one-pairs:", "rademacher:"}) {
      const refusals of_kind = {
          {kind + "seed=7" + planted_2, "--sensing: n=... is missing"},
          {kind + "n=6" + planted_2, "--sensing: m=... is missing"},
          {kind + "n=0,m=6" + planted_2, "--sensing n: '0'"},
          {kind + "n=6,m=0" + planted_2, "--sensing m: '0'"},
          {kind + "n=-6,m=6" + planted_2, "--sensing n: '-6'"},
          {kind + "n=6.5,m=6" + planted_2, "--sensing n: '6.5'"},
          {kind + "n=6,m=60,seed=x" + planted_2, "--sensing seed: 'x'"},
          {kind + "n=6,m=60,law=isotropic" + planted_2, "unknown key 'law'; there are n, m and seed"},
          {kind + "n=6,m=60,n=7" + planted_2, "--sensing: key 'n' is given twice"},
          {kind + "n=6,m=60", "give either --measurements y.npy or --planted rank=.."},
          {kind + "n=6,m=60" + planted_2 + y_npy, "give either --measurements y.npy or --planted rank=.."},
          {kind + "n=6,m=60" + y_npy,
           "y.npy: shape (10) does not give one value for each of the 60 measurements"},
          {kind + "n=92682,m=60" + planted_2, "--sensing n: '92682'"},
          {kind + "n=6,m=18446744073709551615" + planted_2, "--sensing m: "},
          {kind + "n=6,m=1099511627776" + planted_2, too_many},
      };
      list.insert(list.end(), of_kind.begin(), of_kind.end());
    }
    list.emplace_back("gaussian:n=6,m=1099511627776,stored=no" + planted_2, too_many);
    check_all(scratch_directory(), list);
  }

  TEST_CASE("arrays of vectors") {
    const scratch_directory directory;
    directory.write("cube.npy", npy({5, 2, 4}, std::vector<double>(40, 1)));
    directory.write("flat.npy", npy({40}, std::vector<double>(40, 1)));
    directory.write("odd.npy", npy({7, 4}, std::vector<double>(28, 1)));
    directory.write("five.npy", npy({10, 4}, std::vector<double>(40, 1)));
    directory.write("wide.npy", npy({1, 92682}, std::vector<double>(92682, 1), {true, false}));
    std::vector<double> bad(40, 1);
    bad[6] = not_a_number;
    directory.write("nan.npy", npy({10, 4}, bad));
    bad[6] = 1e300;
    directory.write("large.npy", npy({10, 4}, bad));
    directory.write("empty.npy", "");
    check_all(directory,
              {
                  {"rank-one:cube.npy" + y_npy, "cube.npy: shape (5, 2, 4) is not (m, n)"},
                  {"rank-one:flat.npy" + y_npy, "flat.npy: shape (40) is not (m, n)"},
                  {"rank-one-pairs:odd.npy" + y_npy, "odd.npy: shape (7, 4) is not (2m, n)"},
                  {"rank-one-pairs:five.npy" + y_npy, "for each of the 5 measurements"},
                  {"rank-one:odd.npy" + y_npy, "for each of the 7 measurements"},
                  {"rank-one:wide.npy" + y_npy, "wide.npy: n is above 92681"},
                  {"rank-one:nan.npy" + y_npy, "nan.npy: element [1, 2] is NaN"},
                  {"rank-one:large.npy" + y_npy, "large.npy: element [1, 2] = 1e+300 is too large"},
                  {"rank-one:empty.npy" + y_npy, "empty.npy: not an npy file"},
                  {"rank-one:none.npy" + y_npy, "none.npy: cannot open: No such file"},
                  {"rank-one:five.npy", "give either --measurements y.npy or --planted rank=.."},
              });
  }

  TEST_CASE("lists of entries") {
    const scratch_directory directory;
    directory.write("E.csv", "0,0,1\n0,1,2\n");
    directory.write("P.csv", "0,0\n0,1\n");
    directory.write("S.csv", "0,0,0,1\n1,0,1,1\n");
    directory.write("nan.csv", "0,0,nan\n");
    directory.write("huge.csv", "0,0,1e300\n");
    directory.write("negative.csv", "0,0,0,1\n1,-1,0,1\n");
    directory.write("gap.csv", "0,0,0,1\n1,2,0,1\n");
    directory.write("empty.csv", "");
    directory.write("zero.csv", "0,0,0\n");
    const std::string second = ": the file holds the measurements; leave out --measurements and --planted";
    check_all(
        directory,
        {
            {"entries:E.csv" + y_npy, "--sensing entries" + second},
            {"entries:E.csv" + planted_2, "--sensing entries" + second},
            {"entries:P.csv", "P.csv: has no column of values; give either --measurements"},
            {"entries:P.csv" + y_npy + planted_2, "P.csv: has no column of values; give either --meas"},
            {"entries:P.csv" + y_npy, "y.npy: shape (10) does not give one value for each of the 2"},
            {"entries:S.csv",
             "S.csv: 2 rows of 4 cells: neither a square or triangle nor a list i,j or i,j,value"},
            {"entries:nan.csv", "nan.csv: has no known entry"},
            {"entries:huge.csv", "huge.csv:1: column 3: too large for single precision: '1e300'"},
            {"entries:empty.csv", "empty.csv: is empty"},
            {"entries:none.csv", "none.csv: cannot open: No such file"},
            {"entries:zero.csv", "zero.csv: the measurements give no scale"},
            {"sparse:S.csv", "give either --measurements y.npy or --planted rank=.."},
            {"sparse:S.csv" + y_npy, "y.npy: shape (10) does not give one value for each of the 2"},
            {"sparse:E.csv" + y_npy, "E.csv: rows of 3 cells, not measurement,row,column,value"},
            {"sparse:negative.csv" + y_npy, "negative.csv:2: column 2: an index must be a whole number"},
            {"sparse:gap.csv" + y_npy, "gap.csv: row 1 of the matrix has no entry"},
            {"sparse:empty.csv" + y_npy, "empty.csv: is empty"},
            {"sparse:none.csv" + y_npy, "none.csv: cannot open: No such file"},
        });
  }

  TEST_CASE("directories and files that may not be read, whatever the operator") {
    const scratch_directory directory;
    directory.write("y.npy", npy({10}, std::vector<double>(10, 1)));
    for (const std::string kind : {"rank-one:", "rank-one-pairs:", "bf16:", "int8:", "entries:", "sparse:"}) {
      const std::string arguments = "--rank 2 --sensing " + kind + "bad" + y_npy;
      const auto refuse = [&](const std::string& named) { check_refused(arguments, named, directory); };
      REQUIRE(::mkdir(directory.path("bad").c_str(), 0755) == 0);
      refuse("bad: cannot read: Is a directory");
      ::rmdir(directory.path("bad").c_str());
      directory.write("bad", "0,0,1\n");
      ::chmod(directory.path("bad").c_str(), 0);
      ::chmod(directory.path().c_str(), 0777);
      check_refused(arguments, "bad: cannot open: Permission denied", directory, become_plain_user);
      ::unlink(directory.path("bad").c_str());
    }
  }

  TEST_CASE("an operator's file is not replaced by an output") {
    const scratch_directory directory;
    directory.write("E.csv", "0,0,1\n0,1,2\n");
    const run_result result = run("recover --rank 2 --sensing entries:E.csv --trace E.csv", directory);
    check_error_line(result, "E.csv: is an input of this run");
    CHECK(directory.read("E.csv") == "0,0,1\n0,1,2\n");
  }
}
