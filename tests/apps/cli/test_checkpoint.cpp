// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include <doctest/doctest.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "apps/common/memory.hpp"
#include "staircase.hpp"
#include "tinyrank/operators/gaussian.hpp"
#include "tinyrank/sensing.hpp"

namespace {

using namespace tinyrank;
using namespace tinyrank::test;

// Under an emulator and the sanitizers every iteration takes as long as ten.
#ifdef TINYRANK_LIGHT_TESTS
const std::string slow =
    "recover --sensing gaussian:n=40,m=1000,stored=no --planted rank=3,kappa=30 --quiet ";
const std::vector<std::string> ways = {"--rank 4 --method quasi-newton --iterations 60", "--loss huber"};
constexpr std::size_t noisy_count = 300;
const std::vector<std::string> ridge_ways = {"--ridge auto"};
constexpr int fewest_times = 1;
#else
const std::string slow =
    "recover --sensing gaussian:n=40,m=4000,stored=no --planted rank=3,kappa=30 --quiet ";
const std::vector<std::string> ways = {"--rank 4 --iterations 60",
                                       "--rank 4 --method scaled --iterations 60",
                                       "--rank 4 --method momentum --iterations 60",
                                       "--rank 4 --method quasi-newton --iterations 60",
                                       "--precision f64",
                                       "--loss huber",
                                       "--method explore"};
constexpr std::size_t noisy_count = 4000;
const std::vector<std::string> ridge_ways = {"--ridge 0.05 --rank 4 --precision f64", "--ridge auto",
                                             "--ridge auto --rank 4 --precision f64"};
constexpr int fewest_times = 10;
#endif

/// Of a matrix of rank 2, by --sensing gaussian of the default seed, with so much noise that the penalty
/// which foretells them best is not the least.
std::string noisy_measurements(std::size_t n, std::size_t m) {
  const gaussian_sensing<double> gaussians{n, m, 1};
  sensing_operator<double> a;
  REQUIRE(make_operator(gaussians, a) == status::ok);
  const app::aligned_buffer<std::byte> scratch("scratch", scratch_bytes(a, 2, {}));
  const app::aligned_buffer<double> cells("factor", factor_count<double>(n, 2));
  std::fill(cells.data(), cells.data() + cells.size(), 0.0);
  const factor_view<double> u{cells.data(), n, 2, padded<double>(n)};
  const auto draw = [](std::uint64_t stream, std::size_t k) {
    return static_cast<double>(
        gaussian(make_stream(1, random_purpose::test, stream), static_cast<std::uint32_t>(k)));
  };
  for (std::size_t k = 0; k < 2 * n; ++k) u(k % n, k / n) = draw(0, k);
  workspace<double> how;
  REQUIRE(make_workspace(how, a, 2, {}, instruction_set::automatic, scratch.data(), scratch.size()) ==
          status::ok);
  std::vector<double> y(m);
  a.measure(how, u, y.data());
  for (std::size_t i = 0; i < m; ++i) y[i] += 10 * draw(1, i);
  return npy({m}, y);
}

/// The keys by which a run that went on is compared with one that was not interrupted.
nlohmann::json result_of(const scratch_directory& directory) {
  auto report = nlohmann::json::parse(directory.read("report.json"));
  for (const char* key : {"seconds", "seconds_per_iteration", "threads", "isa", "arena_bytes"})
    report.erase(key);
  for (const char* look : {"examined", "second_look"}) {
    if (report.contains(look) && report[look].is_object()) report[look].erase("seconds");
  }
  return report;
}

void remove_outputs(const scratch_directory& directory) {
  for (const char* name : {"report.json", "U.npy", "trace.csv"})
    std::filesystem::remove(directory.path(name));
}

/// Goes on until the run has ended, interrupted again and again; returns how often, or -1.
int resume_to_end(const std::string& arguments, const scratch_directory& directory, int signal_number) {
  for (int times = 0; times < 100; ++times) {
    std::string all = arguments + outputs + " --checkpoint F --checkpoint-every 0.02";
    if (directory.has("F")) all += " --resume F";
    // Neither threads nor instruction sets change it.
    const bool has_threads = tinyrank::check_plan({2, 16}) == tinyrank::status::ok;
    all += times % 2 == 1 && has_threads ? " --threads 2" : " --threads 1";
    // Whose fma is emulated: once, it takes ten times as long.
    if (times == 1) all += " --isa scalar";
    program running(words(all), directory.path());
    std::this_thread::sleep_for(std::chrono::milliseconds(60 + 20 * times));
    ::kill(running.process(), signal_number);
    const run_result result = running.finish();
    CAPTURE(result.err);
    REQUIRE((result.signal == signal_number || result.exit_code == 0 || result.exit_code == 3));
    if (result.signal != 0) continue;
    const auto report = nlohmann::json::parse(directory.read("report.json"));
    if (report["outcome"] != "interrupted") return times;
    CHECK(result.exit_code == 3);
    remove_outputs(directory);
  }
  return -1;
}

struct times_of {
  int interrupted = 0, killed = 0;
};

void check_goes_on(const std::string& arguments, times_of& times, const std::string& noisy = "") {
  INFO(arguments);
  const scratch_directory directory;
  directory.write("noisy.npy", noisy);
  run(arguments + outputs, directory);
  REQUIRE(directory.has("report.json"));
  const auto expected = result_of(directory);
  const std::string trace = directory.read("trace.csv"), factor = directory.read("U.npy");
  for (const int signal_number : {SIGTERM, SIGKILL}) {
    remove_outputs(directory);
    std::filesystem::remove(directory.path("F"));
    const int found = resume_to_end(arguments, directory, signal_number);
    REQUIRE(found >= 0);
    (signal_number == SIGTERM ? times.interrupted : times.killed) += found;
    CHECK(result_of(directory) == expected);
    CHECK(directory.read("trace.csv") == trace);
    CHECK(directory.read("U.npy") == factor);
  }
}

}  // namespace

TEST_SUITE("checkpoints") {
  TEST_CASE("a run that is interrupted again and again has the bits of one that is not, and its trace") {
    // qemu ends by an assertion of its own when a signal meets it at its start.
    if (has_emulator()) return;
    times_of times;
    for (const std::string& way : ways) check_goes_on(slow + way, times);
    CHECK(times.interrupted > fewest_times);
    CHECK(times.killed > fewest_times);
  }

  TEST_CASE("so has a ridge, and a path of them") {
    if (has_emulator()) return;
    times_of times;
    const std::string noisy = noisy_measurements(20, noisy_count);
    const std::string problem = "recover --sensing gaussian:n=20,m=" + std::to_string(noisy_count) +
                                ",stored=no --measurements noisy.npy --quiet ";
    for (const std::string& way : ridge_ways) check_goes_on(problem + way, times, noisy);
    CHECK(times.interrupted > fewest_times / 2);
    CHECK(times.killed > fewest_times / 2);
  }

  TEST_CASE(
      "a ridge that its limit has ended goes on with a higher one, and that of another run is refused") {
    const scratch_directory directory;
    const std::string problem =
        "--sensing gaussian:n=20,m=300 --planted rank=2 --rank 16 --precision f64 --quiet ";
    const std::string ridge = "recover " + problem + "--ridge 1e-3", whole = ridge + outputs,
                      resumed = ridge + " --resume F" + outputs;
    CHECK(run(whole, directory).exit_code == 0);
    const auto expected = result_of(directory);
    const std::string trace = directory.read("trace.csv"), factor = directory.read("U.npy");
    // The last fit ends where its limit of iterations hides that it is at the minimum, too.
    for (const int limit : {3, expected["iterations"].get<int>()}) {
      std::string limited = ridge;
      limited.append(" --checkpoint F --iterations ").append(std::to_string(limit));
      CHECK(run(limited, directory).exit_code == 3);
      CHECK(run(resumed, directory).exit_code == 0);
      CHECK(result_of(directory) == expected);
      CHECK(directory.read("trace.csv") == trace);
      CHECK(directory.read("U.npy") == factor);
    }
    const std::string is = "F: is the checkpoint of a run ";
    check_refused(problem + "--ridge 2e-3 --resume F", is + "whose --ridge is '1e-3', not '2e-3'", directory);
    check_refused(problem + "--ridge auto --resume F", is + "whose --ridge is '1e-3', not 'auto'", directory);
    check_refused(problem + "--method quasi-newton --resume F", is + "by another method", directory);
    check_refused(problem + "--ridge 1e-3 --iterations 2 --resume F",
                  is + "with other options, or of more iterations", directory);
  }

  TEST_CASE("a run that its limit has ended goes on with a higher one") {
    const scratch_directory directory;
    const std::string problem = "recover " + planted + "--tolerance 0 --plateau-window 0";
    CHECK(run(problem + " --iterations 90" + outputs, directory).exit_code == 3);
    const std::string trace = directory.read("trace.csv"), factor = directory.read("U.npy");
    CHECK(run(problem + " --iterations 40 --checkpoint F" + outputs, directory).exit_code == 3);
    CHECK(directory.read("U.npy") != factor);
    // Without outputs of its own at first, and with them then.
    CHECK(run(problem + " --iterations 60 --resume F --checkpoint F", directory).exit_code == 3);
    const run_result resumed = run(problem + " --iterations 90 --resume F" + outputs, directory);
    CHECK(resumed.exit_code == 3);
    // The refinement was entered before the checkpoint, and nothing is known of the time before.
    CAPTURE(resumed.err);
    CHECK(resumed.err.find("phase") == std::string::npos);
    CHECK(resumed.err.starts_with("recovering 60/90 (66%)  loss"));
    CHECK(directory.read("trace.csv") == trace);
    CHECK(directory.read("U.npy") == factor);
    check_refused(planted + "--tolerance 0 --plateau-window 0 --iterations 20 --resume F",
                  "F: is the checkpoint of a run with other options, or of more iterations", directory);
  }

  TEST_CASE("a run that stands still ends with the same words from its last checkpoint") {
    const scratch_directory directory;
    directory.write("zeros.npy", npy({12, 2}, std::vector<double>(24)));
    const std::string problem = "recover --sensing gaussian:n=12,m=300 --planted rank=2 --plateau-window 25 ";
    const std::pair<std::string, std::string> ends[] = {{"--rank 1", "local minimum"},
                                                        {"--rank 2 --init zeros.npy", "stuck"}};
    for (const auto& end : ends) {
      const std::string& options = end.first;
      CAPTURE(options);
      std::filesystem::remove(directory.path("F"));
      const std::string all = problem + options + outputs;
      const run_result whole = run(all + " --checkpoint F --checkpoint-every 0", directory);
      CHECK(whole.exit_code == 3);
      const auto expected = result_of(directory);
      CHECK(expected["standstill"] == end.second);
      const run_result resumed = run(all + " --resume F", directory);
      CHECK(resumed.exit_code == 3);
      CHECK(result_of(directory) == expected);
    }
  }

  TEST_CASE("refused: the checkpoint of another run, and what differs is said") {
    const scratch_directory directory;
    sample problem;
    problem.write(directory);
    const std::string more = "--iterations 7 --tolerance 0 --seed 3 ";
    CHECK(run("recover " + dense + more + "--checkpoint F", directory).exit_code == 3);
    for (double& value : problem.y) value *= 2;
    directory.write("twice.npy", npy({sample::m}, problem.y));
    problem.matrices[0] *= 3;
    directory.write("B.npy", npy({sample::m, sample::n, sample::n}, problem.matrices));
    const std::string is = "F: is the checkpoint of a run ";
    const std::string resumed = dense + more + "--resume F ";
    check_refused(dense + "--iterations 7 --tolerance 0 --resume F", is + "whose --seed is '3', not 'auto'",
                  directory);
    check_refused(resumed + "--precision f64", is + "whose --precision is 'f32', not 'f64'", directory);
    check_refused(resumed + "--method momentum", is + "whose --method is 'gradient-descent', not 'momentum'",
                  directory);
    check_refused(resumed + "--step 0.01", is + "whose --step is 'auto', not '0.01'", directory);
    check_refused(resumed + "--init U0.npy", is + "with other start", directory);
    check_refused("--sensing dense:A.npy --measurements twice.npy --rank 3 " + more + "--resume F",
                  is + "with other measurements", directory);
    check_refused("--sensing dense:B.npy --measurements y.npy --rank 3 " + more + "--resume F",
                  is + "with other sensing matrices", directory);
    check_refused("--sensing dense:A.npy --measurements y.npy --resume F",
                  is + "whose --method is 'gradient-descent', not 'staircase'", directory);
    check_refused(resumed + "--truth truth.npy", is + "with other truth", directory);
    std::string torn = directory.read("F");
    torn.resize(torn.size() - 1);
    directory.write("torn", torn);
    check_refused(dense + more + "--resume torn", "torn: is damaged", directory);
    check_refused(dense + more + "--resume y.npy", "y.npy: is no checkpoint", directory);
    check_refused(dense + more + "--resume none", "none: cannot open", directory);
    check_refused(dense + more + "--checkpoint none/F", "none/F: cannot write", directory);
    check_refused(dense + more + "--checkpoint y.npy", "y.npy: is an input of this run", directory);
    check_refused(dense + more + "--checkpoint-every 1", "--checkpoint-every: asks for --checkpoint",
                  directory);
    check_refused(dense + more + "--checkpoint G --checkpoint-every -1",
                  "--checkpoint-every: '-1' is negative", directory);
    CHECK(run("recover " + resumed, directory).exit_code == 3);
  }
}
