// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include <doctest/doctest.h>
#include <sys/resource.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "program.hpp"
#include "samples.hpp"

namespace {

using namespace tinyrank::test;
using nlohmann::json;

struct judged {
  json report;
  std::string out;
  int exit_code = -1;
  [[nodiscard]] std::string verdict() const { return report["verdict"]; }
  [[nodiscard]] bool says(const std::string& text) const { return out.find(text) != std::string::npos; }
};

judged judge(const std::string& arguments, const scratch_directory& directory) {
  const run_result ended = run("recover " + arguments + " --report report.json --threads 1", directory);
  INFO(arguments, ": ", ended.out, ended.err);
  REQUIRE(directory.has("report.json"));
  judged found{json::parse(directory.read("report.json")), ended.out, ended.exit_code};
  CHECK((found.exit_code == 0) == (found.verdict() == "recovered"));
  CHECK((found.says(found.verdict() + " after ") || found.says(found.verdict() + ": rank ")));
  return found;
}

/// Matrices of random signs over 2 to 64 with a truth of rank 2, and measurements of all kinds.
struct random_problem {
  static constexpr std::size_t n = 12, m = 300;
  std::vector<double> matrices = std::vector<double>(m * n * n), truth = std::vector<double>(n * n);
  std::mt19937_64 generator{7};
  std::normal_distribution<double> normal;

  random_problem() {
    for (std::size_t i = 0; i < m; ++i) {
      for (std::size_t j = 0; j < n; ++j) {
        for (std::size_t k = 0; k <= j; ++k)
          matrices[(i * n + j) * n + k] = matrices[(i * n + k) * n + j] = normal(generator);
      }
    }
    truth = product(2);
  }

  std::vector<double> product(std::size_t rank) {
    std::vector<double> x(n * rank), z(n * n);
    for (double& value : x) value = normal(generator) / std::sqrt(n);
    for (std::size_t j = 0; j < n; ++j) {
      for (std::size_t k = 0; k < n; ++k) {
        for (std::size_t c = 0; c < rank; ++c) z[j * n + k] += x[j * rank + c] * x[k * rank + c];
      }
    }
    return z;
  }

  [[nodiscard]] std::vector<double> measure(const std::vector<double>& z) const {
    std::vector<double> y(m);
    for (std::size_t i = 0; i < m; ++i) {
      for (std::size_t k = 0; k < n * n; ++k) y[i] += matrices[i * n * n + k] * z[k];
    }
    return y;
  }

  void write(const scratch_directory& directory, const std::vector<double>& y) const {
    directory.write("A.npy", npy({m, n, n}, matrices));
    directory.write("y.npy", npy({m}, y));
    directory.write("truth.npy", npy({n, n}, truth));
  }
};

const std::string from_files = "--sensing dense:A.npy --measurements y.npy --truth truth.npy ";

/// Two groups of six points of the plane, `apart` from each other.
std::string two_groups(double apart) {
  std::mt19937_64 generator(11);
  std::normal_distribution<double> normal;
  std::vector<double> x, y;
  for (int i = 0; i < 12; ++i) {
    x.push_back(normal(generator) + (i < 6 ? 0 : apart));
    y.push_back(normal(generator));
  }
  std::string table;
  for (std::size_t i = 0; i < 12; ++i) {
    for (std::size_t j = 0; j < 12; ++j)
      table += (j == 0 ? "" : ",") + std::to_string(std::hypot(x[i] - x[j], y[i] - y[j]));
    table += "\n";
  }
  return table;
}

}  // namespace

TEST_SUITE("verdicts of descents") {
  TEST_CASE("no false plateau: a direction that grows is waited for, or said to be lost in rounding") {
    const scratch_directory directory;
    const std::string noiseless = "--sensing gaussian:n=30,m=600 --rank 2 --planted rank=2,kappa=";
    for (const char* alpha : {"1e-3", "1e-4", "1e-5", "1e-6"}) {
      CAPTURE(alpha);
#ifdef TINYRANK_LIGHT_TESTS  // up to ten thousand iterations each, of the same bits on every processor
      if (std::string(alpha) != "1e-5") continue;
#endif
      const std::string start = std::string(" --init-scale ") + alpha;
      // At the usual tolerance the second direction, 1e-8 of the loss, is missing.
      const judged early = judge(noiseless + "100" + start, directory);
      CHECK(early.exit_code == 3);
      CHECK(early.verdict() == "loss reached, but incomplete");
      const bool is_seen = early.says(" of y, shows 1 direction that U has at most ");
      CHECK((is_seen || early.says("of the weakest of its 2 directions")));
      if (has_emulator()) continue;  // minutes, of one start
      const judged late = judge(noiseless + "100 --relative-tolerance 1e-10" + start, directory);
      CHECK(late.report["outcome"] != "recovered");
      CHECK(late.verdict() != "plateau");
      const bool is_lost = late.report["standstill"] == "stuck";
      CHECK((late.verdict() == "stuck") == is_lost);
      CHECK(is_lost == (std::string(alpha) > "1e-3"));
      CHECK_FALSE(late.says("noisy"));
      const judged of_doubles =
          judge(noiseless + "100 --relative-tolerance 1e-10 --precision f64" + start, directory);
      CHECK(of_doubles.verdict() == "iteration_limit");
      if (is_lost) CHECK(of_doubles.says("U is growing into:\nabout "));
      const judged milder = judge(noiseless + "10 --relative-tolerance 1e-8" + start, directory);
      CHECK(milder.verdict() == "recovered");
      CHECK(milder.report["relative_test_error"].get<double>() < 1e-3);
    }
  }

  TEST_CASE("a part of X that was never found, though the loss is at the tolerance") {
    const scratch_directory directory;
    const judged found = judge("--sensing gaussian:n=30,m=600 --planted rank=2,kappa=33 --rank 2", directory);
    CHECK(found.exit_code == 3);
    CHECK(found.report["outcome"] == "recovered");
    CHECK(found.report["rank_carried"] == 1);
    CHECK(found.report["examined"]["missing_directions"] == 1);
    CHECK(found.report["examined"]["weakest_direction"].get<double>() < 0.1);
    CHECK(found.report["second_look"].is_null());
    CHECK(found.says(" of y, shows 1 direction that U has at most "));
    // Of columns beyond the rank nothing is missing.
    const judged wide = judge("--sensing gaussian:n=30,m=600 --planted rank=2 --rank 6", directory);
    CHECK(wide.verdict() == "recovered");
    CHECK(wide.report["rank_carried"] == 2);
  }

  TEST_CASE("two groups of points far apart, and one measurement in another unit") {
    const scratch_directory directory;
    for (const double apart : {100.0, 1000.0}) {
      directory.write("D.csv", two_groups(apart));
      const judged found = judge("--sensing distances:D.csv --rank 2", directory);
      CHECK(found.exit_code == 3);
      CHECK(found.says(" of 66 measurements that are not zero are missed by more than half of their size"));
    }
    // Of the staircase, too, which finds the distances in groups a hundred apart.
    const judged left = judge("--sensing distances:D.csv", directory);
    CHECK(left.exit_code == 3);
    CHECK(left.says(" of 66 measurements that are not zero are missed by more than half of their size"));
    directory.write("D.csv", two_groups(100));
    CHECK(judge("--sensing distances:D.csv", directory).verdict() == "recovered");
    random_problem one;
    for (std::size_t k = 0; k < one.n * one.n; ++k) one.matrices[k] *= 1e6;
    one.write(directory, one.measure(one.truth));
    const judged found = judge(from_files + "--rank 2", directory);
    CHECK(found.exit_code == 3);
    CHECK(found.says("are missed by more than half"));
  }

  TEST_CASE("one, two or ten distinct measurements, three hundred times") {
    const scratch_directory directory;
    for (const std::size_t distinct : {1U, 2U, 10U}) {
      CAPTURE(distinct);
      random_problem few;
      const std::size_t size = few.n * few.n;
      for (std::size_t k = distinct * size; k < few.m * size; ++k)
        few.matrices[k] = few.matrices[k % (distinct * size)];
      few.write(directory, few.measure(few.truth));
      const judged found = judge(from_files + "--rank 2", directory);
      CHECK(found.exit_code == 4);
      CHECK(found.verdict() == "loss reached, but not determined");
      CHECK(found.says("\nalong a direction within rank "));
      CHECK(found.says(" the measurements do not change: "));
      CHECK(found.report["examined"]["verdict"] == "not determined");
    }
  }

  TEST_CASE("noise that as many columns as rows fit: not recovered") {
    // Thousands of iterations with 64 columns.
    if (has_emulator()) return;
    const scratch_directory directory;
    constexpr std::size_t n = 64, m = 4 * n * 3;
    std::mt19937_64 generator(3);
    std::normal_distribution<double> normal;
    std::vector<double> x(n * 3), matrices(m * n * n), y(m);
    for (double& value : x) value = normal(generator) / 8;
    double squares = 0;
    for (std::size_t i = 0; i < m; ++i) {
      for (std::size_t j = 0; j < n; ++j) {
        for (std::size_t k = 0; k <= j; ++k) {
          const double a = normal(generator);
          matrices[(i * n + j) * n + k] = matrices[(i * n + k) * n + j] = a;
          const double z = x[3 * j] * x[3 * k] + x[3 * j + 1] * x[3 * k + 1] + x[3 * j + 2] * x[3 * k + 2];
          y[i] += (j == k ? 1 : 2) * a * z;
        }
      }
      squares += y[i] * y[i];
    }
    for (double& value : y) value += 0.1 * std::sqrt(squares / m) * normal(generator);
    directory.write("A.npy", npy({m, n, n}, matrices, {true}));
    directory.write("y.npy", npy({m}, y));
    const judged found = judge("--sensing dense:A.npy --measurements y.npy --rank 64", directory);
    CHECK(found.report["outcome"] == "recovered");
    CHECK(found.exit_code == 4);
    CHECK(found.verdict() == "loss reached, but not determined");
    CHECK(found.says("unknowns, and there are only 768 measurements"));
  }

  TEST_CASE("rank-one pairs, r = 5, m = n to 2 n: what is not determined is not recovered") {
    const scratch_directory directory;
    for (int seed = 1; seed <= 3; ++seed) {
      for (int m = 20; m <= 40; m += 10) {
        const std::string number = std::to_string(seed);
        const judged found = judge("--sensing rank-one-pairs:n=20,m=" + std::to_string(m) +
                                       ",seed=" + number + " --planted rank=5,seed=" + number + " --rank 5",
                                   directory);
        CHECK(found.exit_code == 4);
      }
    }
  }

  TEST_CASE("runs that cannot succeed end, and are not told to go on") {
    const scratch_directory directory;
    random_problem a;
    const std::vector<double> y = a.measure(a.truth), other = a.measure(a.product(2));
    const auto end = [&](const std::vector<double>& measured, const std::string& options) {
      a.write(directory, measured);
      const judged found = judge(from_files + "--rank 2" + options, directory);
      CHECK(found.exit_code == 3);
      CHECK(found.report["iterations"].get<int>() < 5000);
      CHECK_FALSE(found.says("--iterations allows more"));
      CHECK_FALSE(found.says("noisy"));
      return found;
    };
    std::vector<double> negative, indefinite, noise, wild = y;
    for (std::size_t i = 0; i < a.m; ++i) {
      negative.push_back(-y[i]);
      indefinite.push_back(y[i] - other[i]);
      noise.push_back(a.normal(a.generator));
    }
    wild[7] = 1e4;
    CHECK(end(negative, "").verdict() == "plateau");
    CHECK(end(indefinite, "").verdict() == "plateau");
    const judged of_noise = end(noise, "");
    CHECK(of_noise.verdict() == "plateau");
    CHECK(of_noise.says("% of y for the best fit; of 30 measurements held out it misses "));
    CHECK(of_noise.says(" than the zero matrix would"));
    CHECK(end(wild, "").verdict() == "plateau");
    directory.write("U0.npy", npy({a.n, 2}, std::vector<double>(a.n * 2)));
    CHECK(end(y, " --init U0.npy").verdict() == "stuck");
    const double step = judge(from_files + "--rank 2", directory).report["step_size"].get<double>();
    const judged cycle = end(y, " --step " + std::to_string(4 * step));
    CHECK(cycle.verdict() == "cycle");
    CHECK(cycle.says("the steps lead back and forth"));
    const judged at_limit =
        end(y, " --plateau-window 0 --iterations 1000 --step " + std::to_string(4 * step));
    CHECK(at_limit.verdict() == "iteration_limit");
    CHECK(at_limit.says("the steps lead back and forth"));
    const judged rounded = end(y, " --tolerance 0");
    CHECK(rounded.report["standstill"] == "rounding");
    CHECK(rounded.says("a smaller one cannot be told in this precision"));
    const judged low = judge(from_files + "--rank 1", directory);
    CHECK(low.report["standstill"] == "local minimum");
    CHECK(low.verdict() == "plateau");
    CHECK(low.says(": more columns than --rank 1"));
  }

  TEST_CASE("a run whose loss falls until its limit is told to go on, and nothing else") {
    const scratch_directory directory;
    const judged found =
        judge("--sensing gaussian:n=30,m=600 --planted rank=2,kappa=5 --rank 2 --iterations 600", directory);
    CHECK(found.exit_code == 3);
    CHECK(found.report["standstill"].is_null());
    CHECK_FALSE(found.says("back and forth"));
    CHECK(found.says("\n--iterations allows more"));
  }

  TEST_CASE("a step that is too long for the start is halved, which is said") {
    const scratch_directory directory;
    random_problem a;
    a.write(directory, a.measure(a.truth));
    directory.write("U0.npy", npy({a.n, 2}, std::vector<double>(a.n * 2, 50)));
    const judged found = judge(from_files + "--rank 2 --iterations 20000 --init U0.npy", directory);
    CHECK(found.says("\nthe loss grew: the step size was halved "));
    CHECK(found.report["step_reductions"].get<int>() > 3);
  }

  TEST_CASE("the look at an answer takes a tenth of the passes that led to it, or a few") {
    const scratch_directory directory;
    const auto passes = [&](const std::string& arguments) {
      const judged found = judge(arguments, directory);
      CHECK(found.verdict() == "recovered");
      CHECK(found.report["second_look"].is_null());
      return std::pair(found.report["examined"]["passes"].get<int>(), found.report["iterations"].get<int>());
    };
    for (const char* arguments : {"--sensing gaussian:n=64,m=1920 --planted rank=3 --rank 3",
                                  "--sensing rademacher:n=60,m=1500 --planted rank=3 --rank 3",
                                  "--sensing rank-one-pairs:n=60,m=1500 --planted rank=3 --rank 3",
                                  "--sensing gaussian:n=64,m=768 --planted rank=3 --rank 3"}) {
      CAPTURE(arguments);
      const auto [looks, iterations] = passes(arguments);
      CHECK(looks <= std::max(8, iterations / 10) + 3);
    }
  }

  TEST_CASE("unchecked, a run ends as it ends") {
    const scratch_directory directory;
    const judged found =
        judge("--sensing gaussian:n=30,m=600 --planted rank=2,kappa=33 --rank 2 --unchecked", directory);
    CHECK(found.exit_code == 0);
    CHECK(found.report["second_look"].is_null());
    CHECK(found.report["standstill"].is_null());
    CHECK(found.report["examined"].is_null());
  }

#ifndef TINYRANK_LIGHT_TESTS  // under an emulator and the sanitizers the limit is not of the program alone
  TEST_CASE("a run is not lost where there is no memory to look again, which is said") {
    const scratch_directory directory;
    const std::string arguments =
        "recover --sensing hadamard:n=512,m=6000 --planted rank=1 --rank 1 --threads 1";
    // What the look needs is five steps.
    constexpr std::uint64_t step = std::uint64_t{1} << 19, most = 200 * step;
    std::size_t unconfirmed = 0;
    bool is_confirmed = false;
    for (std::uint64_t bytes = 16 * step; bytes < most && !is_confirmed; bytes += step) {
      CAPTURE(bytes);
      const run_result result = run(arguments, directory, [=] {
        const rlimit limit{bytes, bytes};
        ::setrlimit(RLIMIT_AS, &limit);
      });
      const bool has_begun = result.err.find("phase") != std::string::npos;
      is_confirmed = result.exit_code == 0;
      if (has_begun && !is_confirmed) CHECK(result.exit_code == 4);
      if (result.exit_code == 4) {
        CHECK(result.out.find("loss reached, but unconfirmed after") != std::string::npos);
        CHECK(result.out.find("a second look, which this answer asks for, was not possible") !=
              std::string::npos);
        ++unconfirmed;
      }
      if (is_confirmed) CHECK(result.out.find("recovered after") != std::string::npos);
    }
    CHECK(unconfirmed > 0);
    CHECK(is_confirmed);
  }
#endif
}
