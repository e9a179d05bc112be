// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include <doctest/doctest.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <string>

#include "npy.hpp"
#include "samples.hpp"
#include "tinyrank/instruction_set.hpp"
#include "tinyrank/sensing.hpp"

namespace {

using namespace tinyrank::test;
using nlohmann::json;

/// Vectors, entries and sparse matrices with what they measure of sample::truth, by plain sums.
struct other_sensing {
  static constexpr std::size_t n = sample::n, m = 60;
  sample base;
  std::vector<double> vectors;   ///< (2 m, n)
  std::vector<double> squares;   ///< a^T M a for each vector
  std::string entries, pairs;    ///< row,column,value and row,column
  std::vector<double> sampled;   ///< the values of `pairs`
  std::string sparse;            ///< measurement,row,column,value, one triangle
  std::string sparse_both;       ///< the same matrices, both triangles, the measurements backwards
  std::vector<double> weighted;  ///< sum_jk A_jk M_jk of the sparse matrices

  other_sensing() {
    fractions random(11);
    vectors.resize(2 * m * n);
    for (double& value : vectors) value = random.next(8);
    for (std::size_t i = 0; i < 2 * m; ++i) {
      double square = 0;
      for (std::size_t j = 0; j < n; ++j) {
        for (std::size_t k = 0; k < n; ++k) square += vectors[i * n + j] * truth(j, k) * vectors[i * n + k];
      }
      squares.push_back(square);
    }
    for (std::size_t j = 0; j < n; ++j) {
      for (std::size_t k = 0; k <= j; ++k) {
        if (j == 3 && k == 1) continue;
        const std::string place = std::to_string(j) + "," + std::to_string(k);
        entries += place + "," + std::to_string(truth(j, k)) + "\n";
        pairs += std::to_string(k) + "," + std::to_string(j) + "\n";
        sampled.push_back(truth(j, k));
      }
    }
    for (std::size_t i = 0; i < m; ++i) {
      double sum = 0;
      std::string both;
      for (std::size_t e = 0; e < 3; ++e) {
        // Three different places of the 15 in a triangle.
        const std::size_t place = (7 * i + i / 15 + 5 * e) % 15;
        std::size_t j = 0;
        while ((j + 1) * (j + 2) / 2 <= place) ++j;
        const std::size_t k = place - j * (j + 1) / 2;
        const double value = random.next(4) + 0.125;
        const auto line = [&](std::size_t row, std::size_t column) {
          return std::to_string(i) + "," + std::to_string(row) + "," + std::to_string(column) + "," +
                 std::to_string(value) + "\n";
        };
        sparse += e == 0 ? line(j, k) : line(k, j);
        both += line(j, k) + (j == k ? "" : line(k, j));
        sum += value * truth(j, k) + (j == k ? 0 : value * truth(k, j));
      }
      sparse_both.insert(0, both);
      weighted.push_back(sum);
    }
  }

  [[nodiscard]] double truth(std::size_t j, std::size_t k) const { return base.truth[j * n + k]; }

  void write(const scratch_directory& directory) const {
    std::vector<double> differences;
    for (std::size_t i = 0; i < m; ++i) differences.push_back(squares[2 * i] - squares[2 * i + 1]);
    directory.write("truth.npy", npy({n, n}, base.truth));
    directory.write("a.npy", npy({2 * m, n}, vectors));
    directory.write("squares.npy", npy({2 * m}, squares));
    directory.write("differences.npy", npy({m}, differences));
    directory.write("E.csv", entries);
    directory.write("P.csv", pairs);
    directory.write("sampled.npy", npy({sampled.size()}, sampled));
    directory.write("S.csv", sparse);
    directory.write("B.csv", sparse_both);
    directory.write("weighted.npy", npy({m}, weighted));
  }
};

const std::vector<std::string> measured = {"rank-one:a.npy --measurements squares.npy",
                                           "rank-one-pairs:a.npy --measurements differences.npy",
                                           "entries:E.csv",
                                           "entries:P.csv --measurements sampled.npy",
                                           "sparse:S.csv --measurements weighted.npy",
                                           "sparse:B.csv --measurements weighted.npy"};

const std::vector<std::string> drawn = {"rank-one:n=6,m=60,seed=3", "rank-one-pairs:n=6,m=60,seed=3",
                                        "gaussian:n=6,m=60,seed=3,stored=no", "rademacher:n=6,m=60,seed=3",
                                        "hadamard:n=6,m=30,seed=3"};

json report_of(const std::string& arguments, const scratch_directory& directory) {
  const run_result result =
      run("recover --sensing " + arguments + " --quiet --report report.json", directory);
  INFO(arguments, ": ", result.err);
  REQUIRE(result.exit_code == 0);
  CHECK(result.out == "");
  CHECK(result.err == "");
  return json::parse(directory.read("report.json"));
}

/// ||U U^T - M||_F / ||M||_F.
double error_of(const other_sensing& s, const std::vector<double>& factor, std::size_t rank) {
  double difference = 0, size = 0;
  for (std::size_t j = 0; j < s.n; ++j) {
    for (std::size_t k = 0; k < s.n; ++k) {
      double entry = 0;
      for (std::size_t c = 0; c < rank; ++c) entry += factor[j * rank + c] * factor[k * rank + c];
      difference += std::pow(entry - s.truth(j, k), 2);
      size += std::pow(s.truth(j, k), 2);
    }
  }
  return std::sqrt(difference / size);
}

}  // namespace

TEST_SUITE("operators") {
  TEST_CASE("every operator from files recovers the matrix that was measured by hand") {
    const scratch_directory directory;
    const other_sensing s;
    s.write(directory);
    for (const std::string& sensing : measured) {
      for (const std::string precision : {"f32", "f64"}) {
        INFO(sensing, " ", precision);
        const json report = report_of(
            sensing + " --rank 2 --truth truth.npy --factor-out U.npy --precision " + precision, directory);
        CHECK(report["outcome"] == "recovered");
        CHECK(report["sensing"] == sensing.substr(0, sensing.find(' ')));
        CHECK(report["n"] == s.n);
        const double error =
            error_of(s, tinyrank::app::npy_file(directory.path("U.npy")).read_all<double>(), 2);
        CHECK(error < 0.02);
        CHECK(report["relative_test_error"].get<double>() == doctest::Approx(error).epsilon(1e-3));
      }
    }
  }

  TEST_CASE("the loss at U = 0 is that of all measurements, each once") {
    const scratch_directory directory;
    const other_sensing s;
    s.write(directory);
    const std::vector<const std::vector<double>*> values = {&s.squares, nullptr,     &s.sampled,
                                                            &s.sampled, &s.weighted, &s.weighted};
    for (std::size_t k = 0; k < measured.size(); ++k) {
      std::vector<double> y;
      if (values[k] != nullptr) y = *values[k];
      for (std::size_t i = 0; values[k] == nullptr && i < s.m; ++i) {
        y.push_back(s.squares[2 * i] - s.squares[2 * i + 1]);
      }
      double sum = 0;
      for (const double value : y) sum += value * value;
      const json report = report_of(measured[k] + " --rank 2 --precision f64", directory);
      INFO(measured[k]);
      CHECK(report["measurement_count"] == y.size());
      CHECK(report["loss_at_zero"].get<double>() ==
            doctest::Approx(sum / (4.0 * static_cast<double>(y.size()))).epsilon(1e-5));
    }
  }

  TEST_CASE("every drawn operator recovers a planted truth; files measure one too") {
    const scratch_directory directory;
    other_sensing().write(directory);
    std::vector<std::string> all = drawn;
    all.insert(all.end(), {"rank-one:a.npy", "rank-one-pairs:a.npy", "entries:P.csv", "sparse:S.csv"});
    for (const std::string& sensing : all) {
      for (const std::string precision : {"f32", "f64"}) {
        INFO(sensing, " ", precision);
        const json report =
            report_of(sensing + " --planted rank=2 --rank 2 --precision " + precision, directory);
        CHECK(report["relative_test_error"].get<double>() < 0.05);
        CHECK(report["sigma"][1].get<double>() == doctest::Approx(1).epsilon(0.05));
      }
    }
  }

  TEST_CASE("instruction sets and threads do not change a bit") {
    const scratch_directory directory;
    other_sensing().write(directory);
    std::vector<std::string> all = drawn;
    for (std::string& sensing : all) sensing += " --planted rank=2";
    all.insert(all.end(), measured.begin(), measured.end());
    for (const std::string& sensing : all) {
      INFO(sensing);
      const json wanted = report_of(sensing + " --rank 3 --threads 1", directory)["factor_bits"];
      for (const tinyrank::instruction_set isa : tinyrank::every_instruction_set) {
        if (!tinyrank::is_usable(isa)) continue;
        CHECK(report_of(sensing + " --rank 3 --isa " + to_string(isa), directory)["factor_bits"] == wanted);
      }
      if (tinyrank::check_plan({3, 16}) != tinyrank::status::ok) continue;
      CHECK(report_of(sensing + " --rank 3 --threads 3", directory)["factor_bits"] == wanted);
    }
  }

  TEST_CASE("what says the same gives the same bits") {
    const scratch_directory directory;
    const other_sensing s;
    s.write(directory);
    const auto bits = [&](const std::string& sensing) {
      return report_of(sensing + " --rank 3", directory)["factor_bits"].get<std::string>();
    };
    CHECK(bits("gaussian:n=6,m=60,stored=no --planted rank=2") ==
          bits("gaussian:n=6,m=60,stored=yes --planted rank=2"));
    CHECK(bits("rademacher:n=6,m=60 --planted rank=2") !=
          bits("rademacher:n=6,m=60,seed=2 --planted rank=2"));
    CHECK(bits("rank-one:n=6,m=60 --planted rank=2") != bits("rank-one:n=6,m=60,seed=2 --planted rank=2"));
    CHECK(bits(measured[2]) == bits(measured[3]));
    CHECK(bits(measured[4]) == bits(measured[5]));
    for (const bool fortran_order : {false, true}) {
      const std::string wanted = bits(measured[0]);
      directory.write("a.npy", npy({2 * s.m, s.n}, s.vectors, {true, fortran_order}));
      CHECK(bits(measured[0]) == wanted);
    }
    std::string windows = "\xef\xbb\xbfrow,column,value\r\n";
    for (const char symbol : s.entries) windows += symbol == '\n' ? "\r\n" : std::string(1, symbol);
    const std::string wanted = bits(measured[2]);
    directory.write("E.csv", windows);
    CHECK(bits(measured[2]) == wanted);
  }

  TEST_CASE("the output names the operator") {
    const scratch_directory directory;
    other_sensing().write(directory);
    const std::vector<std::pair<std::string, std::string>> names = {
        {measured[0], "rank-one matrices: n = 5, rank 2, 120 measurements, f32\n"},
        {measured[1], "debiased rank-one pairs: n = 5, rank 2, 60 measurements, f32\n"},
        {measured[2], "sampled entries: n = 5, rank 2, 14 measurements, f32\n"},
        {measured[4], "sparse matrices: n = 5, rank 2, 60 measurements, f32\n"},
        {drawn[0] + " --planted rank=2", "rank-one matrices: n = 6, rank 2, 60 measurements, f32\n"},
        {drawn[2] + " --planted rank=2", "Gaussian matrices, not stored: n = 6"},
        {drawn[3] + " --planted rank=2", "Rademacher matrices: n = 6"},
        {drawn[4] + " --planted rank=2", "Hadamard rows: n = 6"},
    };
    for (const auto& name : names) {
      const run_result result = run("recover --rank 2 --sensing " + name.first, directory);
      CHECK(result.exit_code == 0);
      CHECK(result.out.substr(0, name.second.size()) == name.second);
    }
  }

  TEST_CASE("entries that nothing connects are pointed out") {
    const scratch_directory directory;
    directory.write("E.csv", "0,0,1\n1,1,1\n1,2,1\n2,2,1\n");
    CHECK(
        run("recover --sensing entries:E.csv --rank 2", directory).out.find("E.csv: the rows fall into 2") ==
        0);
  }
}
