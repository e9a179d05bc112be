// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include <doctest/doctest.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <chrono>
#include <cmath>
#include <sstream>
#include <string>
#include <thread>

#include "npy.hpp"
#include "staircase.hpp"
#include "tinyrank/tinyrank.hpp"

namespace {

using namespace tinyrank::test;
using nlohmann::json;

/// Points in the plane, all distances below the reach.
std::string distances_of_points(std::size_t count, double reach) {
  fractions random(3);
  std::vector<double> x;
  for (std::size_t i = 0; i < 2 * count; ++i) x.push_back(random.next(1000));
  std::ostringstream list;
  list.precision(17);
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      const double distance = std::hypot(x[2 * i] - x[2 * j], x[2 * i + 1] - x[2 * j + 1]);
      if (distance < reach) list << j << "," << i << "," << distance << "\n";
    }
  }
  return list.str();
}

/// Two thirds of the places of a symmetric matrix, the diagonal among them.
std::string places(std::size_t n) {
  std::string list;
  for (std::size_t j = 0; j < n; ++j) {
    for (std::size_t k = 0; k <= j; ++k) {
      if ((j + 2 * k) % 3 != 0 || j == k) list += std::to_string(j) + "," + std::to_string(k) + "\n";
    }
  }
  return list;
}

}  // namespace

TEST_SUITE("nothing told") {
  TEST_CASE("the rank is found, and the verdict is recovered") {
    const scratch_directory directory;
    directory.write("E.csv", places(30));
    directory.write("D.csv", distances_of_points(20, 1.5));
    const std::pair<const char*, int> problems[] = {
        {"--sensing gaussian:n=20,m=400 --planted rank=3,kappa=10", 3},
        {"--sensing gaussian:n=20,m=400,stored=no --planted rank=2", 2},
        {"--sensing rank-one:n=20,m=400 --planted rank=2,kappa=3", 2},
        {"--sensing hadamard:n=20,m=180 --planted rank=1", 1},
        {"--sensing entries:E.csv --planted rank=2,kappa=2", 2},
        {"--sensing distances:D.csv", 2},
    };
    for (const auto& problem : problems) {
      const std::string arguments = problem.first;
      const int rank = problem.second;
      for (const char* precision : {" --precision f32", " --precision f64"}) {
        INFO(arguments, precision);
        const told all = tell(arguments + precision, directory, 0, "recovered");
        CHECK(all.out.find("recovered: rank " + std::to_string(rank) + " after ") != std::string::npos);
        CHECK(all.report["rank_found"] == rank);
        CHECK(all.report["rank"] == rank);
        CHECK(all.report["outcome"] == "recovered");
        CHECK(all.report["passes"] < 200);
        CHECK(all.report["sigma"].size() == static_cast<std::size_t>(rank));
        const tinyrank::app::npy_file factor(directory.path("U.npy"));
        CHECK(factor.shape()[1] == static_cast<std::size_t>(rank));
        if (!all.report["relative_test_error"].is_null())
          CHECK(all.report["relative_test_error"].get<double>() < 1e-4);
      }
    }
  }

  TEST_CASE("every key is there, and what no staircase has is null") {
    const scratch_directory directory;
    const told all =
        tell("--sensing gaussian:n=20,m=400 --planted rank=3 --threads 1", directory, 0, "recovered");
    for (const char* key : {"n", "rank", "rank_found", "rank_limit", "measurement_count", "threads", "shards",
                            "arena_bytes", "seed", "passes", "iterations", "unknowns"}) {
      INFO(key);
      CHECK(all.report.at(key).is_number_unsigned());
      CHECK(all.report.at(key) > 0);
    }
    for (const char* key : {"loss", "loss_at_zero", "relative_test_error", "noise_estimate", "condition",
                            "certificate_gap", "smallest_eigenvalue", "seconds", "seconds_per_iteration"}) {
      INFO(key);
      CHECK(all.report.at(key).is_number_float());
    }
    for (const char* key : {"step_size", "step_reductions", "initial_scale", "freest_entry"}) {
      INFO(key);
      CHECK(all.report.at(key).is_null());
    }
    CHECK(all.report["method"] == "staircase");
    CHECK(all.report["unknowns"] == 57);
    CHECK(all.report["rank_limit"] == 16);
    CHECK(all.report["condition"] >= 1);
    CHECK(all.report["iterations"] == all.report["passes"]);
  }

  TEST_CASE("the trace has U = 0 and every factor after it") {
    const scratch_directory directory;
    const told all =
        tell("--sensing gaussian:n=20,m=400 --planted rank=2,kappa=4", directory, 0, "recovered");
    std::istringstream lines(directory.read("trace.csv"));
    std::string line, last;
    std::getline(lines, line);
    CHECK(line == "pass,rank,loss,relative_test_error");
    std::getline(lines, line);
    CHECK(line.starts_with("0,0,"));
    CHECK(line.ends_with(",1.0"));
    int pass = 0;
    for (; std::getline(lines, line); last = line) {
      // A pass that looks at the spectrum has no factor of its own.
      if (!last.empty()) CHECK(line.substr(line.find(',')) != last.substr(last.find(',')));
      CHECK(std::stoi(line) > pass);
      pass = std::stoi(line);
    }
    CHECK(pass <= all.report["passes"]);
    CHECK(last == std::to_string(pass) + ",2," + all.report["loss"].dump() + "," +
                      all.report["relative_test_error"].dump());
  }

  TEST_CASE("its name does the same, and neither threads nor instruction sets change a bit") {
    const scratch_directory directory;
    for (const std::string problem : {"--sensing gaussian:n=20,m=400 --planted rank=2 ",
                                      "--sensing hadamard:n=20,m=180 --planted rank=2 --precision f64 "}) {
      const json bits = tell(problem, directory, 0, "recovered").report["factor_bits"];
      for (const char* extra : {"--method staircase", "--threads 1", "--threads 2", "--isa scalar",
                                "--iterations 500", "--method staircase --rank 16"}) {
        const std::string word = extra;
        if (word == "--threads 2" && tinyrank::check_plan({2, 16}) != tinyrank::status::ok) continue;
        INFO(extra);
        CHECK(tell(problem + word, directory, 0, "recovered").report["factor_bits"] == bits);
      }
      CHECK(tell(problem + "--seed 5", directory, 0, "recovered").report["factor_bits"] != bits);
    }
  }

  TEST_CASE("an operator that forms the residual matrix shows all of it in a look") {
    const scratch_directory directory;
    constexpr std::size_t n = 20, m = 400;
    tinyrank::recovery_options<float> options;
    const auto bytes = [&](const std::string& sensing) {
      return tell("--sensing " + sensing + " --planted rank=1 --threads 1", directory, 0, "recovered")
          .report["arena_bytes"]
          .get<std::size_t>();
    };
    const tinyrank::gaussian_sensing<float> gaussian{n, m, 1};
    const tinyrank::hadamard_sensing<float> hadamard{n, 180, 1};
    CHECK(bytes("gaussian:n=20,m=400,stored=no") == recovery_bytes(gaussian, options));
    CHECK(bytes("hadamard:n=20,m=180") == recovery_bytes(hadamard, options));
    options.probes = 8;
    CHECK(bytes("gaussian:n=20,m=400,stored=no") > recovery_bytes(gaussian, options));
    CHECK(bytes("hadamard:n=20,m=180") == recovery_bytes(hadamard, options));
  }

  TEST_CASE("an interrupted run writes what it has, without a verdict") {
    const scratch_directory directory;
    const auto in_child = [] {
      const int file = ::open("heading.txt", O_WRONLY | O_CREAT, 0666);
      ::dup2(file, STDOUT_FILENO);
    };
    program running(
        words("recover --sensing gaussian:n=60,m=6000,stored=no --planted rank=3,kappa=100" + outputs),
        directory.path(), in_child);
    for (int round = 0; round < 3000 && directory.read("heading.txt").empty(); ++round)
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    ::kill(running.process(), SIGINT);
    CHECK(running.finish().exit_code == 3);
    CHECK(directory.snapshot().size() == 4);
    REQUIRE(directory.has("report.json"));
    const json report = json::parse(directory.read("report.json"));
    CHECK(report["outcome"] == "interrupted");
    CHECK(report["verdict"] == "none");
    CHECK(directory.read("heading.txt").find("interrupted at rank ") != std::string::npos);
  }

  TEST_CASE("refused: what only the other methods have, and ranks that are none") {
    const scratch_directory directory;
    sample().write(directory);
    for (const std::string option : {"--step 0.1", "--step auto", "--init-scale 1", "--init U0.npy",
                                     "--damping 1", "--damping-ratio 0.5", "--momentum 0.5", "--history 3"}) {
      const std::string name = option.substr(0, option.find(' '));
      std::string arguments = measured;
      arguments.append("--method staircase ").append(option);
      check_refused(arguments, name + ": is no parameter of --method staircase", directory);
      if (option != "--step 0.1" && option != "--init-scale 1") continue;
      check_refused(measured + option, std::string("--rank: is missing, and ").append(name), directory);
    }
    for (const std::string method : {"gradient-descent", "scaled", "momentum", "quasi-newton"}) {
      std::string arguments = measured;
      arguments.append("--method ").append(method);
      check_refused(arguments, std::string("--rank: is missing, and --method ").append(method), directory);
    }
    const std::pair<const char*, const char*> values[] = {
        {"--method staircase --rank 0", "--rank: '0'"},
        {"--method staircase --rank 6", "--rank: 6 columns for n = 5"},
        {"--method staircase --rank two", "--rank: 'two'"},
        {"--iterations 0", "--iterations: '0'"},
        {"--tolerance -1", "--tolerance: '-1'"},
        {"--tolerance 1e-300", "--tolerance: '1e-300'"},
        {"--seed x", "--seed: 'x'"},
        {"--threads 0", "--threads: '0'"},
        {"--isa mmx", "--isa: 'mmx'"},
        {"--precision f16", "--precision: 'f16'"},
        {"--planted rank=2", "--measurements"},
        {"--factor-out y.npy", "y.npy: is an input of this run"},
    };
    for (const auto& [option, message] : values) check_refused(measured + option, message, directory);
  }

  TEST_CASE("memory that is not there is refused, in the name of what takes it") {
    const scratch_directory directory;
    directory.write("one.npy", npy({1}, {1}));
    const std::string large = " --measurements one.npy --precision f64 --method staircase";
    check_refused("--sensing gaussian:n=90000,m=1,stored=no" + large + " --rank 3",
                  "--method staircase with n = 90000: ", directory);
    check_refused("--sensing rank-one:n=90000,m=1" + large + " --rank 90000", "--rank 90000: ", directory);
  }

  TEST_CASE("a rank alone is gradient descent's, as it was") {
    const scratch_directory directory;
    const std::string problem = "recover --sensing gaussian:n=6,m=60 --planted rank=2 --rank 3 --quiet ";
    const auto bits = [&](const std::string& extra) {
      CHECK(run(problem + extra + "--report report.json", directory).exit_code == 0);
      const json report = json::parse(directory.read("report.json"));
      CHECK(report["method"] == "gradient-descent");
      CHECK(report["rank"] == 3);
      return report["factor_bits"];
    };
    CHECK(bits("") == bits("--method gradient-descent "));
  }

  TEST_CASE("the help leads with it") {
    const scratch_directory directory;
    const std::string help = run("recover --help", directory).out;
    const std::size_t at = help.find("--method");
    REQUIRE(at != std::string::npos);
    CHECK(help.find("staircase, explore, gradient-descent, scaled", at) != std::string::npos);
    CHECK(at < help.find("--rank COUNT"));
    CHECK(help.find("4 the measurements do not determine") != std::string::npos);
  }
}
