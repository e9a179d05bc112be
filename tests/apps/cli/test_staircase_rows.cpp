// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

// Nothing told, and what single measurements are worth.

#include <doctest/doctest.h>

#include <cmath>
#include <sstream>
#include <string>

#include "staircase.hpp"
#include "staircase_recovery.hpp"

namespace {

using namespace tinyrank::test;
using nlohmann::json;

/// A square table of the distances between eight anchors in a room, in metres with 3 cm of noise; one of 2.1
/// m was read as 33.7.
std::string room() {
  const double at[8][3] = {{0.1, -0.2, 0.3}, {6.2, 0.1, 2.8},  {-0.1, 8.2, 3.1}, {5.9, 7.8, 0.2},
                           {0.3, 0.2, 2.4},  {6.1, -0.3, 0.1}, {0.2, 7.9, -0.1}, {5.8, 8.1, 2.9}};
  const char* names[8] = {"A", "B", "C", "D", "E", "F", "G", "H"};
  fractions random(11);
  double apart[8][8] = {};
  for (int i = 0; i < 8; ++i) {
    for (int j = 0; j < i; ++j) {
      double squares = 0;
      for (int k = 0; k < 3; ++k) squares += (at[i][k] - at[j][k]) * (at[i][k] - at[j][k]);
      // As deviant as noise of 3 cm.
      apart[i][j] = apart[j][i] = std::sqrt(squares) + 0.03 * std::sqrt(3.0) * random.next(64);
    }
  }
  apart[4][0] = apart[0][4] = 33.7;
  std::ostringstream text;
  for (const char* name : names) text << "," << name;
  for (int i = 0; i < 8; ++i) {
    text << "\n" << names[i];
    for (const double distance : apart[i]) text << "," << distance;
  }
  text << "\n";
  return text.str();
}

sample noisy_sample() {
  sample s;
  fractions random(5);
  for (double& value : s.y) value += 0.1 * random.next(64);
  return s;
}

}  // namespace

TEST_SUITE("nothing told, each measurement") {
  TEST_CASE("one wild range costs nothing, and is named") {
    const scratch_directory directory;
    directory.write("room.csv", room());
    for (const char* loss : {"huber", "huber:1"}) {
      const told all = tell(std::string("--sensing distances:room.csv --precision f64 --loss ") + loss,
                            directory, 0, "best fit");
      CHECK(all.report["rank_found"] == 3);
      CHECK(all.report["outliers"] == 1);
      CHECK(all.out.find("1 measurement left out as wild, farthest off the distance between A and E\n") !=
            std::string::npos);
      CHECK(all.report["noise_estimate"].get<double>() < 0.6);
    }
    const told plain =
        tell("--sensing distances:room.csv --precision f64 --loss squared", directory, 0, "best fit");
    CHECK(plain.report["outliers"].is_null());
    CHECK(plain.report["noise_estimate"].get<double>() > 10);
    CHECK(plain.out.find("left out") == std::string::npos);
    CHECK(plain.out.find(
              "as the zero matrix would:\nno low rank foretells these measurements, or some are wild, for "
              "which there is --loss huber") != std::string::npos);
    CHECK(plain.report["standard_error"].is_null());
  }

  TEST_CASE("a measurement of weight 0 says nothing") {
    const scratch_directory directory;
    sample s;
    std::vector<double> weights(sample::m, 2);
    for (std::size_t i = 0; i < sample::m; i += 7) {
      s.y[i] = 50;
      weights[i] = 0;
    }
    s.write(directory);
    directory.write("w.npy", npy({sample::m}, weights));
    const told all = tell(measured + "--weights w.npy --truth truth.npy", directory, 0, "recovered");
    CHECK(all.report["relative_test_error"].get<double>() < 1e-4);
    CHECK(all.report["rank_found"] == 2);
    const told without = tell(measured + "--truth truth.npy", directory, 0, "best fit");
    CHECK(without.report["relative_test_error"].get<double>() > 0.1);
  }

  TEST_CASE("measurements of weight 0 are not among those that could determine the answer") {
    const scratch_directory directory;
    sample().write(directory);
    std::vector<double> weights(sample::m, 0);
    weights[3] = 1;
    directory.write("w.npy", npy({sample::m}, weights));
    const told all = tell(measured + "--weights w.npy", directory, 4, "not determined");
    CHECK(all.out.find("there is only 1 measurement that counts") != std::string::npos);
    CHECK(all.report["noise_estimate"].is_null());
  }

  TEST_CASE("weights and losses that are none are refused in a line") {
    const scratch_directory directory;
    sample().write(directory);
    std::vector<double> weights(sample::m, 1);
    directory.write("few.npy", npy({3}, {1, 1, 1}));
    directory.write("zero.npy", npy({sample::m}, std::vector<double>(sample::m, 0)));
    weights[7] = -1;
    directory.write("negative.npy", npy({sample::m}, weights));
    weights[7] = std::nan("");
    directory.write("nan.npy", npy({sample::m}, weights));
    check_refused(measured + "--weights few.npy",
                  "few.npy: shape (3) does not give one value for each of the 40", directory);
    check_refused(measured + "--weights zero.npy", "zero.npy: all weights are zero", directory);
    check_refused(measured + "--weights negative.npy", "negative.npy: weight 7 is -1", directory);
    check_refused(measured + "--weights nan.npy", "nan.npy: element [7] is NaN", directory);
    check_refused(measured + "--weights none.npy", "none.npy: cannot open", directory);
    check_refused(measured + "--weights zero.npy --report zero.npy", "zero.npy: is an input", directory);
    check_refused(measured + "--loss tukey", "--loss: 'tukey' is not squared or huber[:delta]", directory);
    check_refused(measured + "--loss huber:0", "--loss huber: '0' is not positive", directory);
    check_refused(measured + "--loss huber:x", "--loss huber: 'x' is not", directory);
    check_refused(measured + "--explore-rank 6", "--explore-rank: 6 columns for n = 5", directory);
    check_refused(measured + "--explore-rank 0", "--explore-rank: '0' is not", directory);
    check_refused(measured + "--rank 3 --method scaled --weights few.npy",
                  "--weights: is an option of --method staircase", directory);
    check_refused(measured + "--rank 3 --step 1 --loss huber", "--loss: is an option of --method staircase",
                  directory);
    check_refused(measured + "--rank 3 --method momentum --explore-rank 3",
                  "--explore-rank: is an option of --method staircase", directory);
    check_refused(measured + "--method explore --step 1", "--step: is no parameter of --method explore",
                  directory);
  }

  TEST_CASE("of noisy measurements some are held out, and the least certain entry is named") {
    const scratch_directory directory;
    noisy_sample().write(directory);
    const told all = tell(measured + "--precision f64", directory, 0, "best fit");
    const double noise = all.report["noise_estimate"], missed = all.report["held_out_error"];
    CHECK(missed > 0);
    CHECK(missed < 0.2);
    CHECK(all.out.find(" held out it misses ") != std::string::npos);
    CHECK(all.out.find("entry (") != std::string::npos);
    CHECK(all.out.find(", one standard error") != std::string::npos);
    CHECK(all.report["freest_entry"].size() == 2);
    // Some 30 measurements of each unknown's size determine it.
    const double error = all.report["standard_error"];
    CHECK(error > 0.05 * noise);
    CHECK(error < 2 * noise);
    sample().write(directory);
    const told exact = tell(measured, directory, 0, "recovered");
    for (const char* key : {"held_out_error", "standard_error", "freest_entry", "worst_outlier"})
      CHECK(exact.report.at(key).is_null());
    CHECK(exact.report["explored"] == false);
  }

  TEST_CASE("--method explore does so at once") {
    const scratch_directory directory;
    sample().write(directory);
    for (const char* columns : {"", "--explore-rank 4 "}) {
      const told all =
          tell(measured + columns + "--method explore --truth truth.npy", directory, 0, "recovered");
      CHECK(all.report["method"] == "explore");
      CHECK(all.report["explored"] == true);
      CHECK(all.report["rank_found"] == 2);
      CHECK(all.report["relative_test_error"].get<double>() < 1e-4);
      // The trace has the columns that explore.
      const std::string wide = *columns == '\0' ? ",5," : ",4,";
      CHECK(directory.read("trace.csv").find(wide) != std::string::npos);
    }
  }

  TEST_CASE("a point of which two distances are known may lie on either side") {
    const scratch_directory directory;
    const std::string square = "a,b,1\nb,c,1\nc,d,1\na,d,1\na,c,1.4142135623730951\nb,d,1.4142135623730951\n";
    directory.write("D.csv", square + "a,e,1.3\nc,e,1.1\n");
    const told all = tell("--sensing distances:D.csv --precision f64", directory, 4, "not determined");
    CHECK(all.out.find("so few distances of point e are known that its mirror image fits as well") !=
          std::string::npos);
    // On the line through the two there is no other side.
    directory.write("D.csv", square + "a,e,2.4142135623730951\nc,e,1\n");
    tell("--sensing distances:D.csv --precision f64", directory, 0, "recovered");
    // A triangle is the same on either side.
    directory.write("D.csv", "a,b,3\nb,c,4\na,c,5\n");
    tell("--sensing distances:D.csv --precision f64", directory, 0, "recovered");
    directory.write("D.csv", square + "a,e,1.3\nc,e,1.1\nb,e,2.0\n");
    const told few = tell("--sensing distances:D.csv --precision f64", directory, 4, "not determined");
    CHECK(few.out.find(
              "it is not known whether a higher rank would be right: rank 3 has 9 unknowns, and there are 9 "
              "measurements; --method staircase --rank 2 says that none is") != std::string::npos);
    tell("--sensing distances:D.csv --precision f64 --method staircase --rank 2", directory, 0, "best fit");
  }
}
