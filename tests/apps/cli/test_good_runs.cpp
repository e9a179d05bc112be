// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>

#include "npy.hpp"
#include "samples.hpp"
#include "tinyrank/gradient_descent.hpp"
#include "tinyrank/instruction_set.hpp"

namespace {

using namespace tinyrank::test;
using nlohmann::json;

/// The report of a quiet run that recovers and prints nothing.
json report_of(const std::string& arguments, const scratch_directory& directory) {
  const run_result result = run("recover " + arguments + " --quiet --report report.json", directory);
  INFO(arguments, ": ", result.err);
  CHECK(result.exit_code == 0);
  CHECK(result.out == "");
  CHECK(result.err == "");
  REQUIRE(directory.has("report.json"));
  return json::parse(directory.read("report.json"));
}

std::string bits_of(const std::string& arguments, const scratch_directory& directory) {
  return report_of(arguments, directory)["factor_bits"].get<std::string>();
}

}  // namespace

TEST_SUITE("good runs") {
  TEST_CASE("the same matrices in every layout give the same bits") {
    const scratch_directory directory;
    const sample s;
    s.write(directory);
    for (const std::string precision : {" --precision f32", " --precision f64"}) {
      const std::string wanted = bits_of(dense + precision, directory);
      CHECK(wanted.size() == 16);
      for (const bool single : {false, true}) {
        for (const bool fortran_order : {false, true}) {
          const npy_format format{single, fortran_order};
          INFO("f4: ", single, ", Fortran order: ", fortran_order, precision);
          directory.write("B.npy", npy({s.m, s.n, s.n}, s.matrices, format));
          directory.write("z.npy", npy({s.m, 1}, s.y, format));
          const std::string arguments = "--sensing dense:B.npy --measurements z.npy --rank 3" + precision;
          CHECK(bits_of(arguments, directory) == wanted);
          directory.write("B.npy", npy({s.m, s.n * (s.n + 1) / 2}, s.packed(), format));
          CHECK(bits_of(arguments, directory) == wanted);
        }
      }
    }
  }

  TEST_CASE("matrices that are not symmetric are symmetrised, and the run says so") {
    const scratch_directory directory;
    const sample s;
    s.write(directory);
    const std::string wanted = bits_of(dense, directory);
    CHECK(run("recover " + dense, directory).out.find("symmetric") == std::string::npos);
    directory.write("A.npy", npy({s.m, s.n, s.n}, s.skewed()));
    CHECK(bits_of(dense, directory) == wanted);
    const run_result result = run("recover " + dense, directory);
    CHECK(result.out.find("A.npy: 40 of 40 matrices are not symmetric") != std::string::npos);
  }

  TEST_CASE("instruction sets and threads do not change a bit") {
    const scratch_directory directory;
    sample().write(directory);
    directory.write("D.csv", distance_table);
    for (const std::string& problem :
         {planted, dense, planted + "--precision f64", std::string("--sensing distances:D.csv --rank 5")}) {
      const std::string wanted = bits_of(problem, directory);
      CHECK(bits_of(problem, directory) == wanted);
      for (const tinyrank::instruction_set isa : tinyrank::every_instruction_set) {
        if (!tinyrank::is_usable(isa)) continue;
        const json report = report_of(problem + " --isa " + to_string(isa), directory);
        CHECK(report["isa"] == to_string(isa));
        CHECK(report["factor_bits"] == wanted);
      }
      for (const std::uint32_t threads : {1U, 2U, 4U}) {
        if (tinyrank::check_plan({threads, 16}) != tinyrank::status::ok) continue;
        const json report = report_of(problem + " --threads " + std::to_string(threads), directory);
        CHECK(report["threads"] == threads);
        CHECK(report["factor_bits"] == wanted);
      }
    }
    CHECK(bits_of(planted + "--seed 2", directory) != bits_of(planted + "--seed 3", directory));
  }

  TEST_CASE("a planted truth is recovered") {
    const scratch_directory directory;
    for (const std::string extra : {"", "--precision f64", "--seed 18446744073709551615"}) {
      const json report = report_of(planted + extra, directory);
      CHECK(report["outcome"] == "recovered");
      CHECK(report["relative_test_error"].get<double>() < 0.01);
      CHECK(report["sigma"][0].get<double>() == doctest::Approx(1).epsilon(0.01));
      CHECK(report["sigma"][1].get<double>() == doctest::Approx(1).epsilon(0.01));
      CHECK(report["sigma"][2].get<double>() < 0.1);
    }
    const json stretched =
        report_of("--sensing gaussian:n=6,m=60,law=as-printed --planted rank=2,kappa=2 --rank 6", directory);
    CHECK(stretched["sigma"].size() == 6);
    CHECK(stretched["sigma"][1].get<double>() == doctest::Approx(0.5).epsilon(0.02));
  }

  TEST_CASE("the edges of what makes sense") {
    const scratch_directory directory;
    report_of("--sensing gaussian:n=1,m=1 --planted rank=1 --rank 1", directory);
    CHECK(report_of("--sensing gaussian:n=2,m=30 --planted rank=1 --rank 9", directory)["sigma"].size() == 2);
    // A hundred columns a row are allowed, and not one more.
    report_of("--sensing gaussian:n=2,m=30 --planted rank=1 --rank 200", directory);
    check_refused("--sensing gaussian:n=2,m=30 --planted rank=1 --rank 201", "at most 100 n make sense",
                  directory);
    report_of("--sensing gaussian:n=6,m=1 --planted rank=1 --rank 1 --unchecked", directory);
    directory.write("D.csv", "a,b,5\n");
    report_of("--sensing distances:D.csv --rank 1", directory);
  }

  TEST_CASE("a known truth is compared with, and without one there is no error") {
    const scratch_directory directory;
    const sample s;
    s.write(directory);
    CHECK(report_of(dense, directory)["relative_test_error"].is_null());
    const json report = report_of(dense + "--truth truth.npy --factor-out U.npy --precision f64", directory);
    const auto factor = tinyrank::app::npy_file(directory.path("U.npy")).read_all<double>();
    double difference = 0, size = 0;
    for (std::size_t j = 0; j < s.n; ++j) {
      for (std::size_t k = 0; k < s.n; ++k) {
        double entry = 0;
        for (std::size_t c = 0; c < s.rank; ++c) entry += factor[j * s.rank + c] * factor[k * s.rank + c];
        difference += std::pow(entry - s.truth[j * s.n + k], 2);
        size += std::pow(s.truth[j * s.n + k], 2);
      }
    }
    const double error = std::sqrt(difference / size);
    CHECK(error < 0.02);
    CHECK(report["relative_test_error"].get<double>() == doctest::Approx(error).epsilon(1e-6));
    CHECK(report["loss"].get<double>() == doctest::Approx(s.loss(factor)).epsilon(1e-6));
  }

  TEST_CASE("a given start is where the run starts") {
    const scratch_directory directory;
    const sample s;
    s.write(directory);
    const std::string arguments = dense + "--init U0.npy --step 0.01 --precision f64 --trace trace.csv";
    const json report = report_of(arguments, directory);
    CHECK(report["initial_scale"].is_null());
    const std::string trace = directory.read("trace.csv");
    const std::size_t begin = trace.find("\n0,") + 3;
    CHECK(std::stod(trace.substr(begin)) == doctest::Approx(s.loss(s.start)).epsilon(1e-12));
    CHECK(bits_of(arguments + " --seed 77", directory) == report["factor_bits"].get<std::string>());
  }

  TEST_CASE("points without a path of known distances between them are pointed out") {
    const scratch_directory directory;
    directory.write("D.csv", "0,1,5\n2,3,4\n");
    CHECK(run("recover --sensing distances:D.csv --rank 2", directory).out.find("2 groups") !=
          std::string::npos);
    directory.write("D.csv", "0,1,5\n2,3,4\n1,3,2\n");
    CHECK(run("recover --sensing distances:D.csv --rank 2", directory).out.find("groups") ==
          std::string::npos);
  }

  TEST_CASE("distances as a table with or without names, and as a list") {
    const scratch_directory directory;
    const std::string arguments = "--sensing distances:D.csv --rank 5";
    directory.write("D.csv", distance_table);
    const json report = report_of(arguments, directory);
    CHECK(report["n"] == 5);
    CHECK(report["measurement_count"] == 10);
    const std::string wanted = report["factor_bits"];
    directory.write("D.csv", named_distance_table);
    CHECK(bits_of(arguments, directory) == wanted);
    std::string list = "from,to,km\n", numbers;
    const std::string cells[5] = {"3,5,4,2.5", "4,5,2.5", "3,2.5", "2.5", ""};
    for (std::size_t i = 0; i < 5; ++i) {
      std::string rest = cells[i];
      for (std::size_t j = i + 1; j < 5; ++j) {
        const std::string distance = rest.substr(0, rest.find(','));
        rest.erase(0, distance.size() + 1);
        list += std::string(1, static_cast<char>('A' + i)) + "," + static_cast<char>('A' + j) + "," +
                distance + "\r\n";
        numbers += std::to_string(j) + "," + std::to_string(i) + "," + distance + "\n";
      }
    }
    directory.write("D.csv", list);
    CHECK(bits_of(arguments, directory) == wanted);
    directory.write("D.csv", numbers);
    CHECK(bits_of(arguments, directory) == wanted);
    directory.write("D.csv", "0,3,,4,2.5\n3,0,4,5,2.5\n,4,0,3,2.5\n4,5,3,0,2.5\n2.5,2.5,2.5,2.5,0\n");
    CHECK(report_of(arguments, directory)["measurement_count"] == 9);
  }
}
