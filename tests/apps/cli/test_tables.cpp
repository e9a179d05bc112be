// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

// Tables with holes: --center, --range and --ridge.

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <sstream>
#include <string>
#include <vector>

#include "staircase.hpp"

namespace {

using namespace tinyrank::test;
using nlohmann::json;

/// 30 people and 12 questions: means of both, and two opinions.
struct survey {
  static constexpr std::size_t rows = 30, columns = 12;
  double entries[rows][columns] = {};
  bool known[rows][columns] = {};

  explicit survey(double noise, std::uint32_t holes = 12) {
    fractions random(7);
    double people[rows][3], questions[columns][3];
    for (auto& each : people) {
      for (double& value : each) value = random.next(1000);
    }
    for (auto& each : questions) {
      for (double& value : each) value = random.next(1000);
    }
    for (std::size_t j = 0; j < rows; ++j) {
      for (std::size_t k = 0; k < columns; ++k) {
        entries[j][k] = 20 + 3 * people[j][0] + 5 * questions[k][0] + 4 * people[j][1] * questions[k][1] +
                        3 * people[j][2] * questions[k][2];
      }
    }
    for (std::size_t j = 0; j < rows; ++j) {
      for (std::size_t k = 0; k < columns; ++k) known[j][k] = (7 * j + 5 * k + j * k) % holes != 0;
    }
    for (auto& row : noises) {
      for (double& value : row) value = noise * (random.next(1000) + random.next(1000) + random.next(1000));
    }
  }
  double noises[rows][columns] = {};
  double low = -1000, high = 1000;  ///< of an answer

  [[nodiscard]] std::string text() const {
    std::ostringstream out;
    out.precision(15);
    for (std::size_t k = 0; k < columns; ++k) out << ",q" << k;
    for (std::size_t j = 0; j < rows; ++j) {
      out << "\np" << j;
      for (std::size_t k = 0; k < columns; ++k) {
        out << ",";
        if (known[j][k]) out << std::clamp(entries[j][k] + noises[j][k], low, high);
      }
    }
    out << "\n";
    return out.str();
  }
  /// The largest error, and the root mean square, of the cells of such a table that are not known.
  [[nodiscard]] std::pair<double, double> missed(const std::string& csv) const {
    std::istringstream lines(csv);
    std::string line, cell;
    std::getline(lines, line);
    double most = 0, squares = 0, count = 0;
    for (std::size_t j = 0; j < rows; ++j) {
      std::getline(lines, line);
      std::istringstream cells(line);
      std::getline(cells, cell, ',');
      CHECK(cell == "p" + std::to_string(j));
      for (std::size_t k = 0; k < columns; ++k) {
        REQUIRE(std::getline(cells, cell, ','));
        if (known[j][k]) continue;
        const double error = std::abs(std::stod(cell) - entries[j][k]);
        most = std::max(most, error);
        squares += error * error;
        ++count;
      }
    }
    return {most, std::sqrt(squares / count)};
  }
};

const std::string of_table = "--sensing rectangular:t.csv --precision f64 ";

}  // namespace

TEST_SUITE_BEGIN("tables with holes");

TEST_CASE("means come off before a run, count as unknowns, and are added to what is written") {
  const scratch_directory directory;
  const survey exact(0);
  directory.write("t.csv", exact.text());
  const told all = tell(of_table + "--center --estimate-out M.csv", directory, 0, "recovered");
  CHECK(exact.missed(directory.read("M.csv")).first < 1e-3);
  CHECK(directory.read("M.csv").starts_with(",q0,q1,"));
  CHECK(all.report["center"] == "both");
  CHECK(all.report["spent"] == survey::rows + survey::columns - 1);
  CHECK(all.report["mean"].get<double>() == doctest::Approx(20).epsilon(0.1));
  CHECK(all.out.find("--center: the least-squares fit of means of 30 rows and 12 columns, 41 unknowns, was "
                     "taken off; root mean square 20") != std::string::npos);

  const told columns = tell(of_table + "--center columns", directory, 0, "recovered");
  CHECK(columns.report["spent"] == survey::columns);
  CHECK(columns.report["center"] == "columns");
  const told rows = tell(of_table + "--center rows", directory, 0, "recovered");
  CHECK(rows.report["spent"] == survey::rows);
  const told none = tell(of_table, directory, 0, "recovered");
  CHECK(none.report["spent"].is_null());
  CHECK(none.report["center"].is_null());
  CHECK(none.report["range"].is_null());

  // By another method, and with the truth.
  std::vector<double> truth;
  for (const auto& row : exact.entries) truth.insert(truth.end(), std::begin(row), std::end(row));
  directory.write("truth.npy", npy({survey::rows, survey::columns}, truth));
  const run_result told_rank =
      run("recover " + of_table +
              "--center --rank 4 --method quasi-newton --tolerance 1e-12 --truth truth.npy "
              "--report r.json --quiet",
          directory);
  CHECK(told_rank.exit_code == 0);
  CHECK(json::parse(directory.read("r.json"))["relative_test_error"].get<double>() < 1e-4);
  CHECK(json::parse(directory.read("r.json"))["spent"] == survey::rows + survey::columns - 1);
}

TEST_CASE("the noise estimate knows of the means") {
  const scratch_directory directory;
  const survey noisy(0.05);
  directory.write("t.csv", noisy.text());
  const told fit = tell(of_table + "--center", directory, 0, "best fit");
  const double m = fit.report["measurement_count"], unknowns = fit.report["unknowns"],
               spent = fit.report["spent"], loss = fit.report["loss"];
  CHECK(fit.report["noise_estimate"].get<double>() ==
        doctest::Approx(std::sqrt(4 * m * loss / (m - spent - unknowns))));
  CHECK(fit.out.find("% of y without its means") != std::string::npos);
}

TEST_CASE("so few values that the means take most leave the answer free, and that is said") {
  const scratch_directory directory;
  const survey noisy(0.5, 3);
  survey few = noisy;
  for (std::size_t j = 0; j < survey::rows; ++j) {
    for (std::size_t k = 0; k < survey::columns; ++k) few.known[j][k] = (j + k) % 5 == 0 || k == j % 12;
  }
  directory.write("t.csv", few.text());
  const told free = tell(of_table + "--center", directory, 4, "not determined");
  CHECK(free.out.find(" that count beside the means") != std::string::npos);
}

TEST_CASE("a range clips what is written, says how much of it, and refuses values outside") {
  const scratch_directory directory;
  survey noisy(1);
  noisy.low = 14;
  noisy.high = 25;
  directory.write("t.csv", noisy.text());
  const told fit = tell(of_table + "--center --range 14,25 --estimate-out M.csv", directory, 0, "best fit");
  std::istringstream lines(directory.read("M.csv"));
  std::string line, cell;
  std::getline(lines, line);
  std::size_t at_ends = 0;
  while (std::getline(lines, line)) {
    std::istringstream cells(line);
    std::getline(cells, cell, ',');
    while (std::getline(cells, cell, ',')) {
      CHECK(std::stod(cell) >= 14);
      CHECK(std::stod(cell) <= 25);
      if (cell == "14" || cell == "25") ++at_ends;
    }
  }
  CHECK(fit.out.find(std::to_string(at_ends) +
                     " of the 360 entries were outside --range 14,25 and are written as its ends\n") !=
        std::string::npos);
  CHECK(fit.report["range"] == json({14, 25}));
  CHECK(at_ends > 10);

  directory.write("wild.csv", ",a,b,c,d\nx,1,2,3,4\ny,5,4,6.5,2\nz,1,2,,1\n");
  const run_result refused =
      check_refused("--sensing rectangular:wild.csv --range 1,6", "--range", directory);
  CHECK(refused.err.find("wild.csv") != std::string::npos);
}

TEST_CASE("a penalty lowers singular values, and one that is too large leaves the means") {
  const scratch_directory directory;
  const survey noisy(1);
  directory.write("t.csv", noisy.text());
  const auto fit = [&](const std::string& more) {
    const run_result ended =
        run("recover " + of_table + "--center --estimate-out M.csv --report r.json " + more, directory);
    INFO(ended.err);
    REQUIRE(ended.exit_code == 0);
    return std::pair(json::parse(directory.read("r.json")), ended.out);
  };
  const auto [large, of_large] = fit("--ridge 1");
  CHECK(large["numerical_rank"] == 0);
  CHECK(large["loss"] == large["loss_at_zero"]);
  CHECK(large["rank"] == 12);
  const double most = large["largest_ridge"];
  CHECK(of_large.find("penalised fit of rank 0 after 0 iterations") != std::string::npos);
  CHECK(of_large.find(" on nothing would be left but the means\n") != std::string::npos);

  // Half of it leaves something, a hundredth more.
  const auto [half, of_half] = fit("--ridge " + std::to_string(most / 2));
  const auto [little, of_little] = fit("--ridge " + std::to_string(most / 100));
  CHECK(half["numerical_rank"] >= 1);
  CHECK(half["numerical_rank"] < little["numerical_rank"]);
  CHECK(half["rms"].get<double>() > 2 * little["rms"].get<double>());
  CHECK(half["outcome"] == "minimum");
  CHECK(half["held_out_rms"].is_null());
  CHECK(of_half.find("foretold") == std::string::npos);

  // What foretells best is nearer the truth than either end.
  const double of_means = (fit("--ridge 1"), noisy.missed(directory.read("M.csv")).second);
  const double of_all =
      (fit("--ridge " + std::to_string(most / 1000)), noisy.missed(directory.read("M.csv")).second);
  const auto [chosen, of_chosen] = fit("--ridge auto --trace path.csv");
  const double of_best = noisy.missed(directory.read("M.csv")).second;
  CHECK(of_best < 0.8 * of_means);
  CHECK(of_best < 0.9 * of_all);
  CHECK(chosen["held_out_rms"].get<double>() > 0.5);
  CHECK(of_chosen.find("chosen because it foretold " + std::to_string(chosen["held_out"].get<int>())) !=
        std::string::npos);
  CHECK(chosen["ridge"].get<double>() < most);
  CHECK(directory.read("path.csv").starts_with("ridge,iterations,loss,rank,held_out_rms\n"));

  // The same bits again, from another number of threads, too.
  CHECK(fit("--ridge auto --threads 2").first["factor_bits"] == chosen["factor_bits"]);
  CHECK(fit("--ridge auto --seed 2").first["factor_bits"] != chosen["factor_bits"]);
}

TEST_CASE("an entry that is given twice counts twice beside the penalty") {
  const scratch_directory directory;
  const double values[4][3] = {{5, 1, 2}, {3, 4, 1}, {2, 2, 6}, {1, 5, 3}};
  std::ostringstream list;
  list << "row,column,value\n";
  for (std::size_t j = 0; j < 4; ++j) {
    for (std::size_t k = 0; k < 3; ++k) list << "r" << j << ",c" << k << "," << values[j][k] << "\n";
  }
  list << "r0,c0,5\nr0,c0,5\n";
  directory.write("t.csv", list.str());
  const run_result ended =
      run("recover " + of_table + "--ridge 0.05 --estimate-out M.csv --report r.json", directory);
  REQUIRE(ended.exit_code == 0);
  const json report = json::parse(directory.read("r.json"));
  CHECK(report["measurement_count"] == 12);
  std::istringstream lines(directory.read("M.csv"));
  std::string line, cell;
  std::getline(lines, line);
  double squares = 0, weights = 0, nuclear = 0;
  for (std::size_t j = 0; j < 4; ++j) {
    std::getline(lines, line);
    std::istringstream cells(line);
    std::getline(cells, cell, ',');
    for (std::size_t k = 0; k < 3; ++k) {
      std::getline(cells, cell, ',');
      const double weight = j == 0 && k == 0 ? 3 : 1;
      squares += weight * std::pow(std::stod(cell) - values[j][k], 2);
      weights += weight;
    }
  }
  for (const double sigma : report["sigma"]) nuclear += sigma * sigma / 2;
  CHECK(weights == 14);
  CHECK(report["loss"].get<double>() == doctest::Approx(squares / (4 * 12) + 0.05 * nuclear).epsilon(1e-6));
}

TEST_CASE("a penalty is for any operator, of which it is told the size where nothing can be held out") {
  const scratch_directory directory;
  const run_result exact = run(
      "recover --sensing gaussian:n=20,m=300 --planted rank=2 --ridge auto --precision f64 --report r.json",
      directory);
  CHECK(exact.exit_code == 0);
  const json report = json::parse(directory.read("r.json"));
  // Without noise the least penalty is the best.
  CHECK(report["numerical_rank"] == 2);
  CHECK(report["relative_test_error"].get<double>() < 0.02);
  CHECK(exact.out.find("the smallest that was tried") != std::string::npos);
  check_refused("--sensing gaussian:n=4,m=20 --planted rank=1 --ridge auto", "--ridge auto: a tenth of 20",
                directory);
  const run_result stopped =
      run("recover --sensing gaussian:n=20,m=300 --planted rank=2 --ridge 1e-4 --iterations 3", directory);
  CHECK(stopped.exit_code == 3);
  CHECK(stopped.out.find("not at its minimum") != std::string::npos);
}

TEST_CASE("what does not go together is one line") {
  const scratch_directory directory;
  directory.write("t.csv", survey(1).text());
  const std::string drawn = "--sensing gaussian:n=6,m=90 --planted rank=1 ";
  check_refused(drawn + "--center", "--center: is for --sensing rectangular", directory);
  check_refused(drawn + "--range 0,1", "--range: is for --sensing rectangular", directory);
  check_refused(of_table + "--center middle", "--center: 'middle' is not both, rows or columns", directory);
  check_refused(of_table + "--range 1", "--range: '1' is not low,high", directory);
  check_refused(of_table + "--range 6,1", "--range: '6,1' is not low,high with low below high", directory);
  check_refused(of_table + "--range 1,x", "--range: 'x' is not a finite number", directory);
  check_refused(of_table + "--ridge 0", "--ridge: '0' is not positive", directory);
  check_refused(of_table + "--ridge much", "--ridge: 'much' is not a finite number", directory);
  check_refused(of_table + "--ridge 1 --method momentum", "--ridge: goes by --method quasi-newton",
                directory);
  check_refused(of_table + "--ridge 1 --method staircase", "--ridge: goes by --method quasi-newton",
                directory);
  check_refused(of_table + "--ridge 1 --loss huber", "--loss: is no option beside --ridge", directory);
  check_refused(of_table + "--ridge 1 --step 1", "--step: is no option beside --ridge", directory);
  check_refused(of_table + "--ridge 1 --tolerance 1", "--tolerance: is no option beside --ridge", directory);
  check_refused(of_table + "--ridge 1 --history 3", "--history: is no option beside --ridge", directory);
  check_refused(of_table + "--ridge 1 --rank 13", "--rank: 13 columns for 30 x 12", directory);
  // Five means of five values; a sum of two sides and nothing else.
  directory.write("tiny.csv", ",a,b,c\nx,1,2,\ny,,3,4\nz,5,,\n");
  check_refused("--sensing rectangular:tiny.csv --center", "none would be left", directory);
  directory.write("sum.csv", ",a,b,c\nx,1,2,3\ny,2,3,4\nz,5,6,7\n");
  check_refused("--sensing rectangular:sum.csv --center", "explain every value", directory);
}

TEST_SUITE_END();
