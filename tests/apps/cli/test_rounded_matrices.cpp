// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <string>

#include "samples.hpp"

namespace {

using namespace tinyrank::test;
using nlohmann::json;

double to_bf16(double value) {
  int exponent = 0;
  const double fraction = std::frexp(value, &exponent);
  return std::ldexp(std::nearbyint(std::ldexp(fraction, 8)), exponent - 8);
}

/// Matrices that neither type holds, rounded to both by hand, with what all three measure of the truth.
struct rounded_sample {
  sample base;
  std::vector<double> given, bf16, int8;
  std::vector<double> y_given, y_bf16, y_int8;

  rounded_sample() {
    constexpr std::size_t size = sample::n * sample::n;
    for (const double entry : base.matrices) {
      given.push_back(static_cast<float>(entry / 3));
      bf16.push_back(to_bf16(given.back()));
    }
    for (std::size_t i = 0; i < sample::m; ++i) {
      double largest = 0;
      for (std::size_t k = 0; k < size; ++k) largest = std::max(largest, std::fabs(given[i * size + k]));
      const double scale = static_cast<float>(largest / 127);
      for (std::size_t k = 0; k < size; ++k)
        int8.push_back(scale * std::nearbyint(given[i * size + k] / scale));
    }
    y_given = measured_by(given);
    y_bf16 = measured_by(bf16);
    y_int8 = measured_by(int8);
  }

  [[nodiscard]] std::vector<double> measured_by(const std::vector<double>& matrices) const {
    std::vector<double> y(sample::m);
    for (std::size_t k = 0; k < matrices.size(); ++k) {
      y[k / (sample::n * sample::n)] += matrices[k] * base.truth[k % (sample::n * sample::n)];
    }
    return y;
  }

  void write(const scratch_directory& directory) const {
    directory.write("truth.npy", npy({sample::n, sample::n}, base.truth));
    directory.write("A.npy", npy({sample::m, sample::n, sample::n}, given));
    directory.write("given.npy", npy({sample::m}, y_given));
    directory.write("bf16.npy", npy({sample::m}, y_bf16));
    directory.write("int8.npy", npy({sample::m}, y_int8));
  }
};

std::string command(const std::string& kind, const std::string& y, const std::string& precision) {
  return "recover --rank 2 --truth truth.npy --report report.json --tolerance 1e-9 --precision " + precision +
         " --sensing " + kind + ":A.npy --measurements " + y + ".npy";
}

}  // namespace

TEST_SUITE("rounded matrices") {
  TEST_CASE("measurements taken with the rounded matrices recover the truth") {
    const scratch_directory directory;
    rounded_sample().write(directory);
    for (const std::string kind : {"bf16", "int8"}) {
      for (const std::string precision : {"f32", "f64"}) {
        INFO(kind, " ", precision);
        const run_result result = run(command(kind, kind, precision), directory);
        CHECK(result.exit_code == 0);
        const json report = json::parse(directory.read("report.json"));
        CHECK(report["loss"].get<double>() <= 1e-9);
        CHECK(report["relative_test_error"].get<double>() < 1e-3);
        CHECK(report["sensing"] == kind + ":A.npy");
        CHECK(result.out.find(kind + " matrices: n = 5, rank 2, 40 measurements, " + precision) !=
              std::string::npos);
      }
    }
  }

  TEST_CASE("measurements taken with the unrounded ones end on a plateau where the run said") {
    const scratch_directory directory;
    rounded_sample().write(directory);
    REQUIRE(run(command("dense", "given", "f64"), directory).exit_code == 0);
    for (const std::string kind : {"bf16", "int8"}) {
      INFO(kind);
      const run_result result = run(command(kind, "given", "f64"), directory);
      CHECK(result.exit_code == 3);
      const json report = json::parse(directory.read("report.json"));
      CHECK(report["outcome"] == "plateau");
      CHECK(report["relative_test_error"].get<double>() < 0.02);
      const std::string before = "the loss would end near ";
      const std::size_t at = result.out.find(before);
      REQUIRE(at != std::string::npos);
      const double said = std::stod(result.out.substr(at + before.size()));
      const double ended = report["loss"].get<double>() / report["loss_at_zero"].get<double>();
      CHECK(ended > said / 5);
      CHECK(ended < said * 5);
      CHECK(result.out.find("A.npy: the matrices were rounded to " + kind) != std::string::npos);
    }
  }

  TEST_CASE("what rounding changed is measured") {
    const scratch_directory directory;
    const rounded_sample s;
    s.write(directory);
    for (const std::string kind : {"bf16", "int8"}) {
      const std::vector<double>& rounded = kind == "bf16" ? s.bf16 : s.int8;
      double changed = 0, size = 0;
      for (std::size_t k = 0; k < rounded.size(); ++k) {
        changed += std::pow(rounded[k] - s.given[k], 2);
        size += std::pow(s.given[k], 2);
      }
      const run_result result = run(command(kind, kind, "f32"), directory);
      const std::string before = "which changed them by ";
      const std::size_t at = result.out.find(before);
      REQUIRE(at != std::string::npos);
      CHECK(std::stod(result.out.substr(at + before.size())) ==
            doctest::Approx(100 * std::sqrt(changed / size)).epsilon(0.01));
    }
  }

  TEST_CASE("matrices that the type holds are said not to be rounded, and are not") {
    const scratch_directory directory;
    const sample s;
    s.write(directory);
    const std::string rest = " --measurements y.npy --rank 3 --report report.json --sensing ";
    REQUIRE(run("recover" + rest + "dense:A.npy", directory).exit_code == 0);
    const json wanted = json::parse(directory.read("report.json"));
    for (const auto& layout : {npy({s.m, s.n, s.n}, s.matrices), npy({s.m, s.n * (s.n + 1) / 2}, s.packed()),
                               npy({s.m, s.n, s.n}, s.matrices, {true, true})}) {
      directory.write("A.npy", layout);
      const run_result result = run("recover" + rest + "bf16:A.npy", directory);
      CHECK(result.out.find("A.npy: bf16 holds these matrices exactly") == 0);
      const json report = json::parse(directory.read("report.json"));
      CHECK(report["loss"].get<double>() == doctest::Approx(wanted["loss"].get<double>()).epsilon(1e-3));
    }
    directory.write("A.npy", npy({s.m, s.n, s.n}, s.skewed()));
    CHECK(run("recover" + rest + "int8:A.npy --quiet", directory).out == "");
    CHECK(run("recover" + rest + "int8:A.npy", directory).out.find("40 of 40 matrices are not symmetric") !=
          std::string::npos);
  }

  TEST_CASE("what cannot be rounded is refused") {
    const scratch_directory directory;
    const sample s;
    s.write(directory);
    std::vector<double> large = s.matrices;
    large[3 * s.n * s.n] = 1e39;
    directory.write("large.npy", npy({s.m, s.n, s.n}, large));
    large[3 * s.n * s.n] = std::nan("");
    directory.write("nan.npy", npy({s.m, s.n, s.n}, large));
    directory.write("flat.npy", npy({6}, std::vector<double>(6, 1)));
    directory.write("even.npy", npy({40, 14}, std::vector<double>(40 * 14, 1)));
    for (const std::string kind : {"bf16", "int8"}) {
      const std::string start = "--rank 3 --measurements y.npy --sensing " + kind + ":";
      check_refused(start + "nan.npy", "nan.npy: element [3, 0, 0] is NaN", directory);
      check_refused(start + "flat.npy", "flat.npy: shape (6) is neither (m, n, n) nor", directory);
      check_refused(start + "even.npy", "even.npy: shape (40, 14) is neither (m, n, n) nor", directory);
      check_refused(start + "none.npy", "none.npy: cannot open: No such file", directory);
      check_refused(start + "truth.npy", "truth.npy: shape (5, 5) is neither (m, n, n) nor", directory);
      check_refused("--rank 3 --sensing " + kind + ":A.npy", "give either --measurements", directory);
      check_refused(start + "n=6,m=60", "n=6,m=60: cannot open", directory);
    }
    const std::string start = "--rank 3 --measurements y.npy --sensing ";
    check_refused(start + "bf16:large.npy", "large.npy: matrix 3 has an entry that is too large for bf16",
                  directory);
    // One byte stands for 1e39 / 127, which a float still holds.
    large[3 * s.n * s.n] = 1e300;
    directory.write("large.npy", npy({s.m, s.n, s.n}, large));
    check_refused(start + "int8:large.npy", "large.npy: matrix 3 has an entry that is too large for int8",
                  directory);
  }
}
