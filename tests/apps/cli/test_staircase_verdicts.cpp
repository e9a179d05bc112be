// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <string>

#include "staircase.hpp"
#include "staircase_recovery.hpp"
#include "tinyrank/views.hpp"

namespace {

using namespace tinyrank::test;
using nlohmann::json;

}  // namespace

TEST_SUITE("nothing told, the verdicts") {
  TEST_CASE("noise: the best fit and how large the noise is") {
    const scratch_directory directory;
    sample s;
    fractions random(5);
    for (double& value : s.y) value += 0.1 * random.next(64);
    s.write(directory);
    const told all = tell(measured + "--truth truth.npy", directory, 0, "best fit");
    CHECK(all.report["outcome"] == "plateau");
    CHECK(all.report["rank_found"] == 2);
    CHECK(all.report["relative_test_error"].get<double>() < 0.1);
    CHECK(all.report["noise_estimate"].get<double>() == doctest::Approx(0.1 / std::sqrt(3)).epsilon(0.3));
    CHECK(all.out.find("best fit of rank 2 after ") != std::string::npos);
    CHECK(all.out.find("% of y, noise estimate 0.0") != std::string::npos);
    CHECK(all.out.find("limit of the rank") == std::string::npos);
  }

  TEST_CASE("the tolerance is the given one, above the noise or below the default") {
    const scratch_directory directory;
    sample s;
    s.write(directory);
    const told exact = tell(measured + "--precision f64 --tolerance 1e-22", directory, 0, "recovered");
    CHECK(exact.report["loss"].get<double>() <= 1e-22);
    fractions random(5);
    for (double& value : s.y) value += 0.1 * random.next(64);
    s.write(directory);
    tell(measured, directory, 0, "best fit");
    tell(measured + "--tolerance 0.01", directory, 0, "recovered");
  }

  TEST_CASE("a rank that is too low for the limit says so") {
    const scratch_directory directory;
    sample().write(directory);
    const told all = tell(measured + "--method staircase --rank 1", directory, 0, "best fit");
    CHECK(all.report["rank_limit"] == 1);
    CHECK(all.report["rank_found"] == 1);
    CHECK(all.out.find("rank is to be found, at most 1\n") != std::string::npos);
    CHECK(all.out.find("limit of the rank") != std::string::npos);
    CHECK(all.out.find("--method staircase --rank") != std::string::npos);
  }

  TEST_CASE("no rank is above n: where the rank found is n, no limit is to blame") {
    const scratch_directory directory;
    directory.write("A.npy", npy({2, 1, 1}, {1, 1}));
    directory.write("y.npy", npy({2}, {1, 1.5}));
    const told all = tell(measured, directory, 0, "best fit");
    CHECK(all.report["rank_found"] == 1);
    CHECK(all.out.find("limit of the rank") == std::string::npos);
  }

  TEST_CASE("measurements that leave the answer free: exit code 4, and the answer is written") {
    const scratch_directory directory;
    copy_data(directory, "two_islands.csv");
    const told islands = tell("--sensing distances:two_islands.csv", directory, 4, "not determined");
    CHECK(islands.report["unknowns"].get<int>() > 6);
    CHECK(islands.out.find(" unknowns, and there are only 6 measurements") != std::string::npos);
    CHECK(islands.out.find(": it moves the distance between ") != std::string::npos);
    const json pair = islands.report["freest_entry"];
    REQUIRE(pair.size() == 2);
    CHECK((pair[0] < 3 && pair[1] >= 3));
    const told one = tell("--sensing gaussian:n=6,m=1 --planted rank=1", directory, 4, "not determined");
    CHECK(one.out.find("has 6 unknowns, and there is only 1 measurement;") != std::string::npos);
    CHECK(one.out.find(": it moves entry (") != std::string::npos);
    CHECK(one.report["noise_estimate"].is_null());
  }

  TEST_CASE("few measurements that determine the answer are no false alarm") {
    const scratch_directory directory;
    for (const char* name : {"aligned4.csv", "rank1_small.csv", "rank1_truth.npy"})
      copy_data(directory, name);
    // Four points of a line, rounded.
    for (const char* precision : {" --precision f32", " --precision f64"}) {
      const told line =
          tell(std::string("--sensing distances:aligned4.csv") + precision, directory, 0, "best fit");
      CHECK(line.report["loss"].get<double>() < 6975);
      const told small =
          tell(std::string("--sensing entries:rank1_small.csv --truth rank1_truth.npy") + precision,
               directory, 0, "recovered");
      CHECK(small.report["rank_found"] == 1);
      CHECK(small.report["relative_test_error"].get<double>() < 1e-4);
    }
  }

  TEST_CASE("a correlation matrix with entries missing is not determined") {
    const scratch_directory directory;
    copy_data(directory, "corr4.csv");
    tell("--sensing entries:corr4.csv", directory, 4, "not determined");
  }

  TEST_CASE("distances only across two groups are not enough") {
    const scratch_directory directory;
    copy_data(directory, "bipartite.csv");
    tell("--sensing distances:bipartite.csv", directory, 4, "not determined");
  }

  TEST_CASE("measurements that no positive semidefinite matrix but zero fits") {
    const scratch_directory directory;
    directory.write("E.csv", "0,0,-1\n1,1,-2\n0,1,0.5\n");
    const told all = tell("--sensing entries:E.csv --precision f64", directory, 0, "best fit");
    CHECK(all.report["rank_found"] == 0);
    CHECK(all.report["rank"] == 0);
    CHECK(all.report["sigma"].empty());
    CHECK(all.report["condition"].is_null());
    CHECK(all.report["loss"] == all.report["loss_at_zero"]);
    CHECK(all.report["smallest_eigenvalue"] > 0);
    CHECK(all.out.find("better than the zero matrix") != std::string::npos);
    const std::string factor = directory.read("U.npy");
    CHECK(factor.find("'shape': (2, 0)") != std::string::npos);
    CHECK(factor.size() % 64 == 0);
    CHECK(factor.back() == '\n');
  }

  TEST_CASE("an indefinite truth and measurements of nothing") {
    const scratch_directory directory;
    sample s;
    for (double& value : s.y) value = -value;
    s.write(directory);
    const told all = tell(measured, directory, 0, "best fit");
    CHECK(all.report["loss"].get<double>() > 0.1 * all.report["loss_at_zero"].get<double>());
    const scratch_directory nothing;
    for (double& value : s.y) value = 0;
    s.write(nothing);
    check_refused(measured, "y.npy: the measurements say nothing", nothing);
  }

  TEST_CASE("a limit on the passes ends the run, with what there is") {
    const scratch_directory directory;
    sample().write(directory);
    const told all = tell(measured + "--iterations 6", directory, 3, "none");
    CHECK(all.report["passes"] == 6);
    CHECK(all.report["outcome"] == "iteration_limit");
    for (const char* key :
         {"noise_estimate", "certificate_gap", "smallest_eigenvalue", "unknowns", "condition"}) {
      CHECK(all.report.at(key).is_null());
    }
    CHECK(all.out.find("--iterations allows more passes") != std::string::npos);
  }

  TEST_CASE("what moves most") {
    // Q = (e_0, e_1), D = (3 e_2, e_0): Q D^T + D Q^T has 3 at (0, 2) and 1 at (0, 1).
    std::array<double, 64> q{}, d{};
    const std::size_t stride = tinyrank::padded<double>(3);
    q[0] = q[stride + 1] = 1;
    d[2] = 3;
    d[stride] = 1;
    const tinyrank::factor_view<const double> of_q{q.data(), 3, 2, stride}, of_d{d.data(), 3, 2, stride};
    const tinyrank::app::freest_entry entry = tinyrank::app::find_freest<double>({}, of_q, of_d, false);
    CHECK(entry.place.first == 0);
    CHECK(entry.place.second == 2);
    CHECK(entry.change == 3);
    // Of distances (q_i - q_j).(d_i - d_j): -3 - 0 of (0, 2), -1 of (0, 1), 0 - 3 * 0 of (1, 2).
    const tinyrank::index_pair points = tinyrank::app::find_freest<double>({}, of_q, of_d, true).place;
    CHECK(points.first == 0);
    CHECK(points.second == 2);
    // q_0 = (1, 0), q_1 = (0, 5), q_2 = (1/2, 0), d_0 = (3, 0): 3 of (0, 1), 3/2 of (0, 2). Of the entries
    // beside the diagonal (0, 2) would move most.
    q = {}, d = {};
    q[0] = 1;
    q[stride + 1] = 5;
    q[2] = 0.5;
    d[0] = 3;
    CHECK(tinyrank::app::find_freest<double>({}, of_q, of_d, true).place.second == 1);
    // The diagonal counts as well: 2 q.d = 4 beside 2.
    q = {}, d = {};
    q[1] = 1;
    d[1] = 2;
    d[0] = 3;
    const tinyrank::index_pair diagonal = tinyrank::app::find_freest<double>({}, of_q, of_d, false).place;
    CHECK(diagonal.first == 1);
    CHECK(diagonal.second == 1);
  }
}
