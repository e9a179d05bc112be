// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "samples.hpp"

namespace {

using namespace tinyrank::test;
using nlohmann::json;

const std::string problem =
    "recover --sensing gaussian:n=12,m=200 --planted rank=2,kappa=5 --rank 4 --quiet ";

json report_of(const std::string& arguments) {
  const scratch_directory directory;
  const run_result result = run(problem + arguments + " --report report.json", directory);
  INFO(arguments, ": ", result.err);
  CHECK(result.err == "");
  REQUIRE(directory.has("report.json"));
  return json::parse(directory.read("report.json"));
}

void check_refused(const std::string& arguments, const std::string& message) {
  const scratch_directory directory;
  const run_result result = run(problem + arguments + " --report report.json", directory);
  CHECK(result.exit_code == 2);
  CHECK(result.err == "tinyrank: " + message + "\n");
  CHECK_FALSE(directory.has("report.json"));
}

}  // namespace

TEST_SUITE("methods") {
  TEST_CASE("each method recovers, in its own way, and the report names it") {
    for (const std::string precision : {" --precision f32", " --precision f64"}) {
      std::set<std::string> bits;
      for (const std::string method : {"gradient-descent", "scaled", "momentum", "quasi-newton"}) {
        const json report = report_of("--method " + method + precision);
        CHECK(report["method"] == method);
        CHECK(report["outcome"] == "recovered");
        CHECK(report["relative_test_error"].get<double>() < 0.01);
        bits.insert(report["factor_bits"].get<std::string>());
      }
      CHECK(bits.size() == 4);
      const json plain = report_of(precision);
      CHECK(plain["method"] == "gradient-descent");
      CHECK(bits.count(plain["factor_bits"].get<std::string>()) == 1);
    }
  }

  TEST_CASE("parameters reach the method, and auto is the default") {
    const auto bits = [](const std::string& arguments) { return report_of(arguments)["factor_bits"]; };
    const json scaled = bits("--method scaled");
    CHECK(bits("--method scaled --damping auto --damping-ratio 0.5") == scaled);
    CHECK(bits("--method scaled --damping 0.01") != scaled);
    CHECK(bits("--method scaled --damping-ratio 0.25") != scaled);
    const json momentum = bits("--method momentum");
    CHECK(bits("--method momentum --momentum 0.9") == momentum);
    CHECK(bits("--method momentum --momentum 0") != momentum);
    // Without momentum it is gradient descent.
    CHECK(bits("--method momentum --momentum 0") == bits(""));
    const json quasi_newton = bits("--method quasi-newton");
    CHECK(bits("--method quasi-newton --history 5 --damping-ratio 0") == quasi_newton);
    CHECK(bits("--method quasi-newton --history 2") != quasi_newton);
    CHECK(bits("--method quasi-newton --damping-ratio 0.25") != quasi_newton);
    const json report = report_of("--method quasi-newton --history 2 --damping-ratio 0.25");
    CHECK(report["history"] == "2");
    CHECK(report["damping-ratio"] == "0.25");
    CHECK(report["iterations"].get<int>() + report["step_reductions"].get<int>() < 40);
  }

  TEST_CASE("steps that were too long are told of") {
    const scratch_directory directory;
    const std::string loud = problem.substr(0, problem.find("--quiet"));
    const run_result result = run(loud + "--method quasi-newton --step 1000", directory);
    CHECK(result.exit_code == 0);
    CHECK((result.out + result.err).find(" steps were too long and taken back") != std::string::npos);
  }

  TEST_CASE("a parameter of two methods says what it is for each") {
    const scratch_directory directory;
    const std::string help = run("recover --help", directory).out;
    const std::size_t at = help.find("--damping-ratio");
    REQUIRE(at != std::string::npos);
    const std::string text = help.substr(at, help.find("\n  --", at) - at);
    CHECK(text.find("scaled: c in") != std::string::npos);
    CHECK(text.find("quasi-newton: c, the same") != std::string::npos);
  }

  TEST_CASE("bad names and parameters") {
    check_refused(
        "--method newton",
        "--method: 'newton' is not staircase, explore, gradient-descent, scaled, momentum or quasi-newton");
    check_refused("--damping 1", "--damping: is no parameter of --method gradient-descent");
    check_refused("--method scaled --momentum 0.5", "--momentum: is no parameter of --method scaled");
    check_refused("--method scaled --damping 0", "--damping: '0' is not positive");
    check_refused("--method scaled --damping -1", "--damping: '-1' is not positive");
    check_refused("--method scaled --damping 1e-60",
                  "--damping: '1e-60' is outside the range of this precision");
    check_refused("--method scaled --damping much", "--damping: 'much' is not a finite number");
    check_refused("--method scaled --damping-ratio 0",
                  "--method scaled: damping: negative or not finite, or its ratio or gamma out of range");
    check_refused("--method scaled --damping 1e300",
                  "--damping: '1e300' is outside the range of this precision");
    check_refused("--method momentum --momentum auto", "--momentum: 'auto' is not a finite number");
    check_refused("--method momentum --momentum 1", "--method momentum: momentum: not in [0, 1)");
    check_refused("--history 3", "--history: is no parameter of --method gradient-descent");
    check_refused("--method quasi-newton --damping 1", "--damping: is no parameter of --method quasi-newton");
    check_refused("--method quasi-newton --damping-ratio auto",
                  "--damping-ratio: 'auto' is not a finite number");
    check_refused(
        "--method quasi-newton --damping-ratio -1",
        "--method quasi-newton: damping: negative or not finite, or its ratio or gamma out of range");
    check_refused("--method quasi-newton --history 0",
                  "--method quasi-newton: history: 0 pairs or more than 64");
    check_refused("--method quasi-newton --history 65",
                  "--method quasi-newton: history: 0 pairs or more than 64");
    check_refused("--method quasi-newton --history 2.5",
                  "--history: '2.5' is not a whole number from 0 to 4294967295");
    check_refused("--method momentum --momentum -0.1", "--method momentum: momentum: not in [0, 1)");
  }
}
