// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include <doctest/doctest.h>

#include <cstdint>
#include <cstring>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>

#include "npy.hpp"
#include "samples.hpp"
#include "tinyrank/version.hpp"

namespace {

using namespace tinyrank::test;
using nlohmann::json;

const std::string outputs = "--factor-out U.npy --trace trace.csv --report report.json";

/// FNV-1a, 64 bits, as 16 hexadecimal digits.
std::string hash_of(const std::string& bytes) {
  std::uint64_t hash = 0xcbf29ce484222325U;
  for (const char byte : bytes) hash = (hash ^ static_cast<unsigned char>(byte)) * 0x100000001b3U;
  std::string text;
  for (int shift = 60; shift >= 0; shift -= 4) text += "0123456789abcdef"[(hash >> shift) & 15U];
  return text;
}

/// The factor as it is in memory, row after row.
template <class T>
std::string bytes_of(const scratch_directory& directory) {
  const auto elements = tinyrank::app::npy_file(directory.path("U.npy")).read_all<T>();
  std::string bytes(elements.size() * sizeof(T), '\0');
  std::memcpy(bytes.data(), elements.data(), bytes.size());
  return bytes;
}

std::vector<std::vector<std::string>> rows_of(const std::string& csv) {
  std::vector<std::vector<std::string>> rows;
  std::istringstream lines(csv);
  for (std::string line; std::getline(lines, line);) {
    rows.emplace_back();
    for (std::size_t end = 0; end != std::string::npos; line.erase(0, end + 1)) {
      end = line.find(',');
      rows.back().push_back(line.substr(0, end));
      if (end == std::string::npos) break;
    }
  }
  return rows;
}

}  // namespace

TEST_SUITE("report") {
  TEST_CASE("every key is there, with the right type") {
    const scratch_directory directory;
    CHECK(run("recover " + planted + "--quiet --threads 1 " + outputs, directory).exit_code == 0);
    const json report = json::parse(directory.read("report.json"));
    for (const char* key :
         {"n", "rank", "measurement_count", "threads", "shards", "arena_bytes", "iterations"}) {
      INFO(key);
      CHECK(report.at(key).is_number_unsigned());
      CHECK(report.at(key) > 0);
    }
    for (const char* key :
         {"step_size", "initial_scale", "loss", "relative_test_error", "seconds", "seconds_per_iteration"}) {
      INFO(key);
      CHECK(report.at(key).is_number_float());
      CHECK(report.at(key) > 0);
    }
    CHECK(report["version"] == TINYRANK_VERSION_STRING);
    CHECK(report["n"] == 6);
    CHECK(report["rank"] == 3);
    CHECK(report["measurement_count"] == 60);
    CHECK(report["precision"] == "f32");
    CHECK(report["threads"] == 1);
    CHECK(report["isa"].is_string());
    CHECK(report["outcome"] == "recovered");
    REQUIRE(report["sigma"].is_array());
    CHECK(report["sigma"].size() == 3);
    for (std::size_t k = 1; k < 3; ++k) CHECK(report["sigma"][k - 1] >= report["sigma"][k]);
    CHECK(report["factor_bits"].get<std::string>().find_first_not_of("0123456789abcdef") ==
          std::string::npos);
    CHECK(report["seconds"].get<double>() == doctest::Approx(report["seconds_per_iteration"].get<double>() *
                                                             report["iterations"].get<double>()));
  }

  TEST_CASE("the bits are those of the factor") {
    const scratch_directory directory;
    CHECK(run("recover " + planted + "--quiet " + outputs, directory).exit_code == 0);
    CHECK(tinyrank::app::npy_file(directory.path("U.npy")).element_type() == tinyrank::app::npy_type::f4);
    CHECK(json::parse(directory.read("report.json"))["factor_bits"] == hash_of(bytes_of<float>(directory)));
    CHECK(run("recover " + planted + "--precision f64 --quiet " + outputs, directory).exit_code == 0);
    const tinyrank::app::npy_file file(directory.path("U.npy"));
    CHECK(file.element_type() == tinyrank::app::npy_type::f8);
    CHECK_FALSE(file.fortran_order());
    REQUIRE(file.shape().size() == 2);
    CHECK(file.shape()[0] == 6);
    CHECK(file.shape()[1] == 3);
    CHECK(json::parse(directory.read("report.json"))["factor_bits"] == hash_of(bytes_of<double>(directory)));
  }

  TEST_CASE("the trace has a header and a row for every iteration") {
    const scratch_directory directory;
    sample().write(directory);
    for (const std::string& problem : {planted, dense, dense + "--truth truth.npy "}) {
      CHECK(run("recover " + problem + "--quiet " + outputs, directory).exit_code == 0);
      const json report = json::parse(directory.read("report.json"));
      const auto rows = rows_of(directory.read("trace.csv"));
      REQUIRE(rows.size() == report["iterations"].get<std::size_t>() + 2);
      CHECK(rows[0][0] == "iteration");
      CHECK(rows[0][1] == "loss");
      CHECK(rows[0][2] == "relative_test_error");
      for (std::size_t k = 1; k < rows.size(); ++k) {
        CHECK(rows[k].size() == rows[0].size());
        CHECK(rows[k][0] == std::to_string(k - 1));
        CHECK(std::stod(rows[k][1]) > 0);
        CHECK(rows[k][2].empty() == (problem == dense));
      }
      CHECK(std::stod(rows.back()[1]) == report["loss"].get<double>());
      if (problem != dense) CHECK(std::stod(rows.back()[2]) == report["relative_test_error"].get<double>());
    }
  }

  TEST_CASE("a run that does not recover says why, exits with 3, and writes its outputs") {
    const scratch_directory directory;
    const std::vector<std::pair<std::string, std::string>> runs = {
        {"--iterations 0 ", "iteration_limit"},
        {"--iterations 2 ", "iteration_limit"},
        {"--tolerance 0 --iterations 300 ", "iteration_limit"},
        {"--step 1e30 ", "diverged"},
        {"--step 40 ", "diverged"},
        {"--init-scale 1e30 ", "diverged"},
    };
    for (const auto& ending : runs) {
      const std::string extra = ending.first, outcome = ending.second;
      INFO(extra);
      const run_result result = run("recover " + planted + extra + outputs, directory);
      CHECK(result.exit_code == 3);
      CHECK(result.out.find(outcome) != std::string::npos);
      CHECK((result.out + result.err).find("-nan") == std::string::npos);
      if (outcome == "diverged") CHECK(result.err.find("refinement") == std::string::npos);
      const json report = json::parse(directory.read("report.json"));
      CHECK(report["outcome"] == outcome);
      CHECK(report["factor_bits"] == hash_of(bytes_of<float>(directory)));
      const auto rows = rows_of(directory.read("trace.csv"));
      CHECK(rows.size() == report["iterations"].get<std::size_t>() + 2);
      if (outcome == "iteration_limit") CHECK(report["loss"].is_number());
      CHECK(directory.snapshot().size() == 3);
    }
  }

  TEST_CASE("measurements of no positive semidefinite matrix are not recovered") {
    const scratch_directory directory;
    sample s;
    for (double& value : s.y) value = -value;
    s.write(directory);
    CHECK(run("recover " + dense + outputs, directory).exit_code == 3);
    CHECK(json::parse(directory.read("report.json"))["outcome"] != "recovered");
  }

  TEST_CASE("measurements of a higher rank end on a plateau") {
    const scratch_directory directory;
    const run_result result =
        run("recover --sensing gaussian:n=6,m=60,seed=3 --planted rank=2 --rank 1 " + outputs, directory);
    CHECK(result.exit_code == 3);
    CHECK(json::parse(directory.read("report.json"))["outcome"] == "plateau");
  }

  TEST_CASE("the tolerance may be a share of the loss at zero, and the plateau's window another") {
    const scratch_directory directory;
    const auto run_to_report = [&](const std::string& arguments) {
      run("recover " + arguments + outputs, directory);
      return json::parse(directory.read("report.json"));
    };
    const json loose = run_to_report(planted + "--relative-tolerance 0.01 "),
               tight = run_to_report(planted + "--relative-tolerance 1e-4 ");
    for (const auto& [report, share] : {std::pair(loose, 0.01), std::pair(tight, 1e-4)}) {
      CHECK(report["outcome"] == "recovered");
      const double relative = report["loss"].get<double>() / report["loss_at_zero"].get<double>();
      CHECK(relative <= share);
      CHECK(relative > share / 100);
    }
    CHECK(loose["iterations"] < tight["iterations"]);
    // With both, the larger counts: the share alone would go on.
    const json both =
        run_to_report(planted + "--relative-tolerance 1e-9 --tolerance 0.001 --iterations 300 ");
    CHECK(both["outcome"] == "recovered");
    CHECK(both["loss"].get<double>() / both["loss_at_zero"].get<double>() > 1e-9);

    const std::string stuck = "--sensing gaussian:n=6,m=60,seed=3 --planted rank=2 --rank 1 ";
    const json usual = run_to_report(stuck), short_window = run_to_report(stuck + "--plateau-window 20 "),
               never = run_to_report(stuck + "--plateau-window 0 --iterations 2000 ");
    CHECK(usual["outcome"] == "plateau");
    CHECK(short_window["outcome"] == "plateau");
    CHECK(short_window["iterations"] < usual["iterations"]);
    CHECK(never["outcome"] == "iteration_limit");
  }
}
