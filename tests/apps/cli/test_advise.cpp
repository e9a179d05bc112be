// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

#include "program.hpp"

namespace {

using namespace tinyrank::test;

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_SUITE("advise") {
  TEST_CASE("the seed paper's setting") {
    const scratch_directory directory;
    const run_result made = run("advise --n 200 --rank 20 --truth-rank 5 --measurements 10000", directory);
    CHECK(made.exit_code == 0);
    CHECK(made.err.empty());
    CHECK(has(made.out, "1e+04 were enough; given: 1e+04\n"));
    CHECK(has(made.out, "delta of rank 2 r* + 1    at most 0.447"));
    // log(2 sqrt(10)) = 1.844, log(1000) = 6.908 twice; over mu = 1/4.
    CHECK(has(made.out, "62.6 = 7.38 spectral + 27.6 saddle avoidance + 27.6 refinement"));
    CHECK(has(made.out, "not covered by alpha = 0.001"));
    CHECK(has(made.out, "What it does not cover: noise"));
  }

  TEST_CASE("what is outside is said") {
    const scratch_directory directory;
    const std::vector<std::pair<std::string, std::string>> cases = {
        {"--n 20 --rank 3 --truth-rank 2 --measurements 400", "r* <= r < 2 r*"},
        {"--n 20 --rank 1 --truth-rank 2 --measurements 400", "r < r*, U U^T cannot be X X^T"},
        {"--n 20 --rank 40 --truth-rank 20 --measurements 400", "r* = n"},
        {"--n 20 --rank 4 --truth-rank 2 --measurements 210", "m determines any matrix"},
        {"--n 20 --rank 4 --truth-rank 2 --measurements 200", "200, fewer"},
        {"--n 200 --rank 20 --truth-rank 5 --kappa 10 --measurements 1e4",
         "alpha, eq. (4)            at most 10^-"},
        {"--n 200 --rank 20 --truth-rank 5 --kappa 2 --measurements 1e4", "not covered by mu = 0.25"},
        {"--n 200 --rank 20 --truth-rank 5 --kappa 2 --measurements 1e4 --init-scale 0.6",
         "iterations, eq. (6)       not covered: alpha is not below sigma_r*(X) = 0.5"},
    };
    for (const auto& each : cases) {
      const run_result made = run("advise " + each.first, directory);
      CAPTURE(each.second);
      CHECK(made.exit_code == 0);
      CHECK(has(made.out, each.second));
    }
  }

  TEST_CASE("bad sizes are refused by name") {
    const scratch_directory directory;
    const std::string good = "advise --n 20 --rank 4 --truth-rank 2 --measurements 200";
    const std::vector<std::pair<std::string, std::string>> cases = {
        {"advise --n 20 --rank 4 --truth-rank 2", "--measurements"},
        {"advise --n 0 --rank 4 --truth-rank 2 --measurements 200", "--n: '0'"},
        {"advise --n 20 --rank x --truth-rank 2 --measurements 200", "--rank: 'x'"},
        {"advise --n 20 --rank 30 --truth-rank 21 --measurements 200", "--truth-rank: '21'"},
        {"advise --n 20 --rank 4 --truth-rank 2 --measurements -5", "--measurements: '-5'"},
        {good + " --kappa 0.5", "--kappa: '0.5'"},
        {good + " --kappa nan", "--kappa: 'nan'"},
        {good + " --kappa 1e31", "--kappa: '1e31'"},
        {good + " --norm 0", "--norm: '0'"},
        {good + " --norm 1e-300", "--norm: '1e-300' has a square"},
        {good + " --step -1", "--step: '-1'"},
        {good + " --init-scale", "--init-scale"},
    };
    for (const auto& each : cases) {
      const run_result made = run(each.first, directory);
      CAPTURE(each.first);
      check_error_line(made, each.second);
    }
  }
}
