// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include <doctest/doctest.h>
#include <signal.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <vector>

#include "staircase.hpp"
#include "tinyrank/sensing.hpp"

namespace {

using namespace tinyrank::test;

// Under an emulator and the sanitizers every iteration takes as long as ten.
#ifdef TINYRANK_LIGHT_TESTS
const std::string slow =
    "recover --sensing gaussian:n=40,m=1000,stored=no --planted rank=3,kappa=30 --quiet ";
const std::vector<std::string> ways = {"--rank 4 --method quasi-newton --iterations 60", "--loss huber"};
constexpr int fewest_times = 1;
#else
const std::string slow =
    "recover --sensing gaussian:n=40,m=8000,stored=no --planted rank=3,kappa=30 --quiet ";
const std::vector<std::string> ways = {"--rank 4 --iterations 60",
                                       "--rank 4 --method scaled --iterations 60",
                                       "--rank 4 --method momentum --iterations 60",
                                       "--rank 4 --method quasi-newton --iterations 60",
                                       "--precision f64",
                                       "--loss huber",
                                       "--method explore"};
constexpr int fewest_times = 10;
#endif

/// The keys by which a run that went on is compared with one that was not interrupted.
nlohmann::json result_of(const scratch_directory& directory) {
  auto report = nlohmann::json::parse(directory.read("report.json"));
  for (const char* key : {"seconds", "seconds_per_iteration", "threads", "isa", "arena_bytes"})
    report.erase(key);
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
    if (times % 3 == 1) all += " --isa scalar";
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

}  // namespace

TEST_SUITE("checkpoints") {
  TEST_CASE("a run that is interrupted again and again has the bits of one that is not, and its trace") {
    // qemu ends by an assertion of its own when a signal meets it at its start.
    if (has_emulator()) return;
    int interrupted = 0, killed = 0;
    for (const std::string& way : ways) {
      INFO(way);
      const scratch_directory directory;
      run(slow + way + outputs, directory);
      REQUIRE(directory.has("report.json"));
      const auto expected = result_of(directory);
      const std::string trace = directory.read("trace.csv"), factor = directory.read("U.npy");
      for (const int signal_number : {SIGTERM, SIGKILL}) {
        remove_outputs(directory);
        std::filesystem::remove(directory.path("F"));
        const int times = resume_to_end(slow + way, directory, signal_number);
        REQUIRE(times >= 0);
        (signal_number == SIGTERM ? interrupted : killed) += times;
        CHECK(result_of(directory) == expected);
        CHECK(directory.read("trace.csv") == trace);
        CHECK(directory.read("U.npy") == factor);
      }
    }
    CHECK(interrupted > fewest_times);
    CHECK(killed > fewest_times);
  }

  TEST_CASE("a run that its limit has ended goes on with a higher one") {
    const scratch_directory directory;
    const std::string problem = "recover " + planted + "--tolerance 0 --plateau-window 0 --quiet";
    CHECK(run(problem + " --iterations 90" + outputs, directory).exit_code == 3);
    const std::string trace = directory.read("trace.csv"), factor = directory.read("U.npy");
    CHECK(run(problem + " --iterations 40 --checkpoint F" + outputs, directory).exit_code == 3);
    CHECK(directory.read("U.npy") != factor);
    // Without outputs of its own at first, and with them then.
    CHECK(run(problem + " --iterations 60 --resume F --checkpoint F", directory).exit_code == 3);
    CHECK(run(problem + " --iterations 90 --resume F" + outputs, directory).exit_code == 3);
    CHECK(directory.read("trace.csv") == trace);
    CHECK(directory.read("U.npy") == factor);
    check_refused(planted + "--tolerance 0 --plateau-window 0 --iterations 20 --resume F",
                  "F: is the checkpoint of a run with other options, or of more iterations", directory);
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
    check_refused("--sensing dense:A.npy --measurements y.npy --ridge 1 --checkpoint G",
                  "--checkpoint: is no option beside --ridge", directory);
    CHECK(run("recover " + resumed, directory).exit_code == 3);
  }
}
