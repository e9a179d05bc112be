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
constexpr double infinity = std::numeric_limits<double>::infinity();

/// The four places where an array is read.
struct role {
  std::string name, arguments;
};

const std::vector<role> roles = {
    {"A", "--sensing dense:bad.npy --measurements y.npy --rank 3"},
    {"y", "--sensing dense:A.npy --measurements bad.npy --rank 3"},
    {"U0", dense + "--init bad.npy"},
    {"truth", dense + "--truth bad.npy"},
};

/// The array that belongs in this place, with one entry changed.
std::string array_for(const std::string& name, double entry, bool single = false) {
  const sample s;
  std::vector<double> values = name == "A"    ? s.matrices
                               : name == "y"  ? s.y
                               : name == "U0" ? s.start
                                              : s.truth;
  std::vector<std::size_t> shape = {s.n, s.n};
  if (name == "A") shape = {s.m, s.n, s.n};
  if (name == "y") shape = {s.m};
  if (name == "U0") shape = {s.n, s.rank};
  values[4] = entry;
  return npy(shape, values, {single, false});
}

std::string header(const std::string& dtype, const std::string& shape) {
  return "{'descr': '" + dtype + "', 'fortran_order': False, 'shape': " + shape + ", }";
}

}  // namespace

TEST_SUITE("input files") {
  TEST_CASE("what is no array of numbers is refused, wherever it is given") {
    const std::string data(64, '\0');
    const std::string good = npy_text(header("<f8", "(8,)"), data);
    std::string large_header = good;
    large_header[8] = '\xff';
    large_header[9] = '\x7f';
    const std::vector<std::pair<std::string, std::string>> files = {
        {"", "not an npy file"},
        {"not an array, but text that is long enough", "not an npy file"},
        {good.substr(0, 8), "not an npy file"},
        {good.substr(0, 30), "larger than the file"},
        {good.substr(0, good.size() - 1), "truncated"},
        {good + "x", "after the data"},
        {large_header, "header"},
        {npy_text(header("<f8", "(8,)"), data, 4), "version"},
        {npy_text(header("<f16", "(4,)"), data), "'<f16'"},
        {npy_text(header("|b1", "(64,)"), data), "'|b1'"},
        {npy_text(header("<c16", "(4,)"), data), "'<c16'"},
        {npy_text(header("|O", "(8,)"), data), "'|O'"},
        {npy_text(header("<f8", "(4294967296, 4294967296, 4294967296)"), data), "too large"},
        {npy_text(header("<f8", "(2305843009213693953, 8)"), data), "too large"},
        {npy_text(header("<f8", "(99999999999999999999999,)"), data), "too large"},
        {npy_text(header("<f8", "(0, 8)"), ""), "no elements"},
        {npy_text(header("<f8", "(-8,)"), data), "malformed"},
        {npy_text(header("<f8", "()"), data.substr(0, 8)), "single number"},
        {npy_text(header("<f8", "(2, 2, 2, 1)"), data), "(2, 2, 2, 1)"},
        {npy_text("{'descr': '<f8', 'shape': (8,)}", data), "fortran_order"},
    };
    const scratch_directory directory;
    sample().write(directory);
    for (const role& place : roles) {
      for (const auto& [content, reason] : files) {
        // A starting point of another shape is told so without its shape.
        if (place.name == "U0" && reason[0] == '(') continue;
        directory.write("bad.npy", content);
        INFO(place.name);
        const run_result refused = check_refused(place.arguments, reason, directory);
        CHECK(refused.err.find("bad.npy: ") != std::string::npos);
      }
    }
  }

  TEST_CASE("files that cannot be read") {
    const scratch_directory directory;
    sample().write(directory);
    for (const role& place : roles) {
      INFO(place.name);
      check_refused(place.arguments, "bad.npy: cannot open: No such file", directory);
    }
    ::mkdir(directory.path("bad.npy").c_str(), 0755);
    for (const role& place : roles)
      check_refused(place.arguments, "bad.npy: cannot read: Is a dir", directory);
    ::rmdir(directory.path("bad.npy").c_str());
    directory.write("bad.npy", array_for("A", 1));
    ::chmod(directory.path("bad.npy").c_str(), 0);
    ::chmod(directory.path().c_str(), 0777);
    for (const role& place : roles) {
      check_refused(place.arguments, "bad.npy: cannot open: Permission denied", directory, become_plain_user);
    }
  }

  TEST_CASE("NaN, infinity and numbers beyond the precision, wherever they are") {
    const scratch_directory directory;
    sample().write(directory);
    for (const role& place : roles) {
      INFO(place.name);
      for (const bool single : {false, true}) {
        directory.write("bad.npy", array_for(place.name, not_a_number, single));
        check_refused(place.arguments, "NaN", directory);
        directory.write("bad.npy", array_for(place.name, infinity, single));
        check_refused(place.arguments, "infinite", directory);
        directory.write("bad.npy", array_for(place.name, -infinity, single));
        check_refused(place.arguments, "bad.npy: element", directory);
      }
      directory.write("bad.npy", array_for(place.name, 1e300));
      // The truth is only compared with, in double precision.
      if (place.name != "truth") check_refused(place.arguments, "too large for single precision", directory);
    }
  }

  TEST_CASE("shapes that do not fit") {
    const scratch_directory directory;
    const sample s;
    s.write(directory);
    const auto refuse = [&](const role& place, const std::vector<std::size_t>& shape,
                            const std::string& named) {
      std::size_t count = 1;
      for (const std::size_t extent : shape) count *= extent;
      directory.write("bad.npy", npy(shape, std::vector<double>(count, 1)));
      check_refused(place.arguments, named, directory);
    };
    refuse(roles[0], {40, 5, 4}, "bad.npy: shape (40, 5, 4)");
    refuse(roles[0], {40, 14}, "bad.npy: shape (40, 14)");
    refuse(roles[0], {600}, "bad.npy: shape (600)");
    refuse(roles[1], {39}, "bad.npy: shape (39)");
    refuse(roles[1], {41}, "bad.npy: shape (41)");
    refuse(roles[1], {40, 2}, "bad.npy: shape (40, 2)");
    refuse(roles[1], {2, 20}, "bad.npy: shape (2, 20)");
    refuse(roles[2], {5, 2}, "bad.npy: the start must have the shape (n, rank) = (5, 3)");
    refuse(roles[2], {3, 5}, "bad.npy");
    refuse(roles[2], {15}, "bad.npy");
    refuse(roles[3], {5, 4}, "bad.npy: shape (5, 4)");
    refuse(roles[3], {25}, "bad.npy: shape (25)");
    refuse(roles[3], {4, 4}, "bad.npy: shape (4, 4)");
  }

  TEST_CASE("a truth that no X X^T could be") {
    const scratch_directory directory;
    sample s;
    s.write(directory);
    s.truth[1] += 1;  // the sample's largest entry is of that order
    directory.write("bad.npy", npy({s.n, s.n}, s.truth));
    check_refused(roles[3].arguments,
                  "bad.npy: the matrix is not symmetric: entries (1, 0) and (0, 1) differ", directory);
  }

  TEST_CASE("measurements and truths that give no scale name their file") {
    const scratch_directory directory;
    const sample s;
    s.write(directory);
    const auto refuse = [&](const role& place, double factor) {
      std::vector<double> values = place.name == "y" ? s.y : s.truth;
      for (double& value : values) value *= factor;
      directory.write("bad.npy", place.name == "y" ? npy({s.m}, values) : npy({s.n, s.n}, values));
      return check_refused(place.arguments, "bad.npy", directory);
    };
    const auto reason = [&](double factor) { return refuse(roles[1], factor).err; };
    const std::string no_scale = "bad.npy: the measurements give no scale to start from: ";
    CHECK(reason(0).find(no_scale + "they are all zero\n") != std::string::npos);
    CHECK(reason(1e30).find(no_scale + "they are too large for this precision\n") != std::string::npos);
    CHECK(reason(1e-30).find(no_scale + "they are too small for this precision\n") != std::string::npos);
    directory.write("A.npy", npy({s.m, s.n, s.n}, std::vector<double>(s.m * s.n * s.n)));
    CHECK(reason(1).find(no_scale + "the sum of y_i A_i is zero, or too") != std::string::npos);
    s.write(directory);
    refuse(roles[3], 0);
    directory.write("A.npy", npy({s.m, s.n, s.n}, s.skewed()));
    refuse(roles[1], 0);
  }

  TEST_CASE("distance tables") {
    const std::vector<std::pair<std::string, std::string>> files = {
        {"", "D.csv"},
        {"\n\n", "D.csv"},
        {"0\n", "fewer than 2"},
        {"0,-5\n-5,0\n", "D.csv:1: column 2: a distance must not be negative"},
        {"a,b,-5\n", "D.csv:1: column 3: a distance must not be negative"},
        {"0;1,5\n1,5;0;2\n", "D.csv:2: a row of 3 cells; the rows before it have 2 (cells separated by ';')"},
        {"0\t1\n1\tx\n",
         "D.csv:2: column 2: not a number: 'x' (leave what is unknown blank) (cells "
         "separated by tabs)"},
        {"0 1\n1 1e400\n",
         "D.csv:2: column 2: out of the range of a double: '1e400' (cells separated by "
         "blanks)"},
        {"0,nan\nnan,0\n", "no known distance"},
        {"0,inf\ninf,0\n", "no known distance"},
        {"a,b,nan\nb,c,2\n", "point 'a' has no known distance"},
        {"a,b,far\nb,c,2\n", "D.csv"},
        {"0,1\n1,2\n", "D.csv"},
        {"0,1,2\n1,0\n", "D.csv:2"},
        {"0,1,2,3\n1,0,2,3\n", "neither a square or triangle nor a list"},
        {"0,\n,0\n", "no known distance"},
        {"0,1,\n1,0,\n,,0\n", "no known distance"},
        {"0,nan,1\n1,0,1\n", "D.csv:1: column 2: no index or name: 'nan'"},
        {"a,b,1e20\n", "D.csv: the square"},
        {"\"a,b,1\n", "a quote that is never closed"},
    };
    const scratch_directory directory;
    for (const auto& [content, named] : files) {
      directory.write("D.csv", content);
      check_refused("--sensing distances:D.csv --rank 2", named, directory);
    }
    check_refused("--sensing distances:E.csv --rank 2", "E.csv: cannot open", directory);
    directory.write("E.csv", "0,0\n0,0\n");
    check_refused("--sensing distances:E.csv --rank 2", "E.csv", directory);
  }
}
