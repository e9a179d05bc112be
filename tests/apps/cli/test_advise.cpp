// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "memory.hpp"
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
    CHECK(has(made.out, "in the order of 62.6 =\n"));
    CHECK(has(made.out, "7.38 spectral + 27.6 saddle avoidance + 27.6 refinement"));
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
         "alpha, eq. (4)            at most a number too small for double precision"},
        {"--n 200 --rank 20 --truth-rank 5 --kappa 1e7 --measurements 1e4", "too small for double"},
        {"--n 200 --rank 20 --truth-rank 5 --kappa 1e30 --norm 1e150 --measurements 1e4",
         "mu                        at most less than a double can hold"},
        {"--n 200 --rank 20 --truth-rank 5 --kappa 1e30 --norm 1e-150 --measurements 1e4 "
         "--init-scale 1e-200 --step 1",
         "in the order of more than a double can hold ="},
        {"--n 200 --rank 20 --truth-rank 5 --kappa 2 --measurements 1e4", "not covered by mu = 0.25"},
        {"--n 200 --rank 20 --truth-rank 5 --kappa 2 --measurements 1e4 --init-scale 0.6",
         "iterations, eq. (6)       none: alpha is not below sigma_r*(X) = 0.5"},
    };
    for (const auto& each : cases) {
      const run_result made = run("advise " + each.first, directory);
      CAPTURE(each.second);
      CHECK(made.exit_code == 0);
      CHECK(has(made.out, each.second));
    }
  }

  TEST_CASE("what the staircase will cost comes first, and needs no rank") {
    const scratch_directory directory;
    const run_result made = run("advise --n 200 --truth-rank 5 --measurements 1e4", directory);
    CHECK(made.exit_code == 0);
    CHECK(made.out.rfind("The staircase, which finds the rank itself: tinyrank recover without --rank\n",
                         0) == 0);
    // 200 * 5 - 10, and 10,000 / 990; points on a line and their mirror image have the same distances.
    CHECK(has(made.out, "990 in X X^T of rank r*, 20100 in a symmetric matrix\n"));
    CHECK(has(made.out, "of distances 985, "));
    CHECK(has(made.out, "10000, 10.1 times the unknowns\n"));
    CHECK(has(made.out, "Gaussian, signs, Hadamard: 28 to 48, with m at 8 times the unknowns\n"));
    CHECK(has(made.out, "Theorem 3.3 there is about a factor of r columns: --rank\n"));
    CHECK_FALSE(has(made.out, "delta"));
  }

  TEST_CASE("iterations by kappa, and what a loss of 1e-6 hides") {
    const scratch_directory directory;
    const auto advised = [&](const std::string& kappa) {
      const run_result made =
          run("advise --n 60 --truth-rank 3 --measurements 900 --kappa " + kappa, directory);
      CAPTURE(kappa);
      CHECK(made.exit_code == 0);
      return made.out;
    };
    // 4 (log(1000) + log(1000)/2) = 41.4; 400 (log(100) + log(10)/2) = 2300.
    CHECK(has(advised("1"),
              "iterations to that        25 to 120 (Gaussian, signs, Hadamard; rank-one up to 330)\n"));
    const std::string ten = advised("10");
    CHECK(has(ten, "iterations to that        1400 to 6900 (Gaussian"));
    CHECK(has(ten, "of the weakest direction up to 10%"));
    CHECK(has(advised("40"), "less: a run may end without it; --relative-tolerance 1.00e-09\n"));
    const std::string hundred = advised("100");
    CHECK(has(hundred, "at kappa = 20, and not measured above"));
    CHECK(has(hundred, "less: a run may end without it; --relative-tolerance 1.00e-10\n"));
    CHECK(has(advised("1e4"), "--relative-tolerance 1.00e-18 --precision f64\n"));
    // No bound that U = 0 would keep.
    const run_result bound =
        run("advise --n 60 --truth-rank 3 --measurements 900 --kappa 100 --rank 6", directory);
    CHECK(has(bound.out, "error, eq. (5)            no bound below ||X||^2"));
  }

  TEST_CASE("of the staircase nothing is said that does not hold for these sizes") {
    const scratch_directory directory;
    const auto advised = [&](const std::string& sizes) {
      const run_result made = run("advise " + sizes, directory);
      CAPTURE(sizes);
      CHECK(made.exit_code == 0);
      CHECK_FALSE(has(made.out, "nan"));
      CHECK_FALSE(has(made.out, "inf"));
      return made.out;
    };
    const std::string few = advised("--n 40 --truth-rank 2 --measurements 78");
    CHECK(has(few, "78, fewer than the unknowns: these seldom have one solution alone\n"));
    CHECK(has(few, "not measured for m below 1.5 times the unknowns\n"));
    CHECK(has(advised("--n 40 --truth-rank 2 --measurements 79"), "79, as many as the unknowns"));
    // 1.5 * 79 = 118.5, and of distances 1.5 * 77 = 115.5.
    const std::string nearly = advised("--n 40 --truth-rank 2 --measurements 118");
    CHECK(has(nearly, "distances: with m at 1.5 times the unknowns none of 12 runs recovered\n"));
    CHECK_FALSE(has(nearly, "entries: "));
    CHECK(has(advised("--n 40 --truth-rank 2 --measurements 119"), "entries: 204 to 453"));
    const std::string one = advised("--n 1 --truth-rank 1 --measurements 5 --rank 2");
    CHECK_FALSE(has(one, "distances"));
    const std::string wide = advised("--n 92681 --truth-rank 92681 --measurements 9e15 --rank 4294967295");
    CHECK(has(wide, sizeof(std::size_t) == 4 ? "more than can be addressed: dense" : "216 PB: dense"));
    CHECK(has(wide, "--method staircase --rank 92681,\nfor without that it takes 16 columns at most\n"));
    // The transform for n = 4 has 16 rows.
    CHECK(has(advised("--n 4 --truth-rank 1 --measurements 16"), "hadamard"));
    CHECK_FALSE(has(advised("--n 4 --truth-rank 1 --measurements 17"), "hadamard"));
  }

  TEST_CASE("the memory is that of the run") {
    const scratch_directory directory;
    const run_result made = run("advise --n 40 --truth-rank 2 --measurements 400", directory);
    const std::vector<std::pair<std::string, std::string>> cases = {
        {"gaussian", "gaussian:n=40,m=400,stored=no"},
        {"hadamard", "hadamard:n=40,m=400"},
        {"generated_rank_one", "rank-one:n=40,m=400"},
    };
    for (const auto& each : cases) {
      CAPTURE(each.first);
      const run_result ran =
          run("recover --quiet --sensing " + each.second + " --planted rank=2 --report r.json", directory);
      CHECK(ran.exit_code == 0);
      const auto bytes = nlohmann::json::parse(directory.read("r.json"))["arena_bytes"].get<double>();
      const std::size_t line = made.out.find("    " + tinyrank::app::format_bytes(bytes) + ": ");
      REQUIRE(line != std::string::npos);
      CHECK(has(made.out.substr(line, made.out.find('\n', line) - line), each.first));
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
        {"advise --n 20 --truth-rank 2 --measurements 200.5",
         "--measurements: '200.5' is not a whole number"},
        {"advise --n 20 --truth-rank 2 --measurements 1e16", "--measurements: '1e16' is above 9e15"},
        {"advise --n 20 --truth-rank 2 --measurements 200 --step 1", "--step: is judged by theorem 3.3"},
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
