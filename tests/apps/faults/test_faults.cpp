// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

// Every call of the system and every allocation of a run fails once. What the run then leaves: each output as
// it was or whole, nothing else, and one line with exit code 2; or all that it would have left.

#include <doctest/doctest.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "checkpoint_file.hpp"
#include "tests/apps/cli/samples.hpp"

namespace {

using namespace tinyrank::test;

using files = std::map<std::string, std::string>;

struct scenario {
  std::string arguments;
  files inputs;
  std::vector<std::string> outputs;
  int exit_code = 0;
};

constexpr int told = 99;  // where inject.cpp writes to

struct broken_run {
  run_result result;
  files left;
  bool was_broken = false;
};

broken_run run_with(const scenario& s, const std::string& fault) {
  const scratch_directory directory;
  for (const auto& [name, content] : s.inputs) directory.write(name, content);
  std::array<int, 2> pipe{};
  REQUIRE(::pipe2(pipe.data(), O_CLOEXEC | O_NONBLOCK) == 0);
  broken_run run;
  run.result = run_arguments(words(s.arguments), directory, [&] {
    ::dup2(pipe[1], told);
    ::setenv("LD_PRELOAD", TINYRANK_FAULTS, 1);
    ::setenv("TINYRANK_FAULT", fault.c_str(), 1);
  });
  char byte = 0;
  run.was_broken = ::read(pipe[0], &byte, 1) == 1;
  ::close(pipe[0]);
  ::close(pipe[1]);
  run.left = directory.snapshot();
  return run;
}

bool is_checkpoint(const std::string& content) {
  std::uint64_t sum = 0;
  if (!content.starts_with("tinyrank checkpoint") || content.size() < 40) return false;
  const std::string_view summed = std::string_view(content).substr(0, content.size() - sizeof sum);
  std::memcpy(&sum, content.data() + summed.size(), sizeof sum);
  return sum == tinyrank::app::hash_of_values(summed);
}

/// Seconds differ from run to run.
bool is_whole(const std::string& name, const std::string& content, const std::string& wanted) {
  if (name.ends_with(".json")) return content.ends_with("}\n") && nlohmann::json::accept(content);
  if (name.ends_with(".ckpt")) return is_checkpoint(content);
  return content == wanted;
}

/// One line, if any.
bool is_line(const std::string& text) {
  return text.starts_with("tinyrank: ") && text.find('\n') == text.size() - 1;
}

void check_left(const scenario& s, const broken_run& run, const broken_run& whole) {
  const bool has_failed = run.result.exit_code == 2;
  CHECK(run.result.signal == 0);
  CHECK((has_failed || run.result.exit_code == s.exit_code));
  INFO("printed: ", run.result.out, run.result.err);
  CHECK(run.result.out.empty());
  CHECK((is_line(run.result.err) || (run.result.err.empty() && !has_failed)));
  for (const auto& file : run.left) {
    const auto& [name, content] = file;
    INFO(file.first);
    const auto before = s.inputs.find(name);
    const bool is_output = std::find(s.outputs.begin(), s.outputs.end(), name) != s.outputs.end();
    const bool is_old = before != s.inputs.end() && content == before->second;
    const bool is_new = is_output && is_whole(name, content, whole.left.at(name));
    CHECK((has_failed ? is_old || is_new : is_output ? is_new : is_old));
  }
  for (const auto& [name, content] : s.inputs) CHECK(run.left.contains(name));
}

/// kind: of inject.cpp; least: calls of this kind that there are at least.
void break_each(const scenario& s, const std::string& kind, int least) {
  const broken_run whole = run_with(s, "nothing:0");
  REQUIRE(whole.result.exit_code == s.exit_code);
  REQUIRE(whole.result.err.empty());
  for (const std::string& output : s.outputs) REQUIRE(whole.left.contains(output));
  int failed = 0, number = 1;
  for (;; ++number) {
    const std::string fault = kind + ":" + std::to_string(number);
    INFO(s.arguments, " with ", fault);
    const broken_run run = run_with(s, fault);
    check_left(s, run, whole);
    if (!run.was_broken) break;
    failed += run.result.exit_code == 2 ? 1 : 0;
  }
  MESSAGE(kind, ": ", number - 1, " calls failed, of which ", failed, " ended the run");
  CHECK(number > least);
  // A short read or write, or one that a signal interrupted, is none that is to be told.
  CHECK((failed != 0) == (kind != "short" && kind != "again"));
}

void break_system(const scenario& s, int least) {
  for (const char* kind : {"system", "short", "again"})
    break_each(s, kind, kind[0] == 's' && kind[1] == 'y' ? least : 2);
}

scenario dense_run() {
  const sample data;
  return {
      "recover --sensing dense:A.npy --measurements y.npy --rank 3 --iterations 3 --plateau-window 0 "
      "--threads 1 --quiet --factor-out U.npy --trace trace.csv --report run.json --truth truth.npy",
      {{"A.npy", npy({sample::m, sample::n, sample::n}, data.matrices)},
       {"y.npy", npy({sample::m}, data.y)},
       {"truth.npy", npy({sample::n, sample::n}, data.truth)},
       {"U.npy", "old"},
       {"trace.csv", "old"},
       {"run.json", "old"}},
      {"U.npy", "trace.csv", "run.json"},
      3};
}

scenario table_run() {
  return {
      "recover --sensing distances:table.csv --threads 1 --quiet --estimate-out map.csv --factor-out U.csv",
      {{"table.csv", named_distance_table}, {"map.csv", "old"}},
      {"map.csv", "U.csv"}};
}

scenario checkpoint_run() {
  return {
      "recover --sensing gaussian:n=4,m=24 --planted rank=1 --rank 2 --iterations 3 --threads 1 --quiet "
      "--checkpoint run.ckpt --checkpoint-every 1e-9 --factor-out U.npy",
      {{"U.npy", "old"}},
      {"run.ckpt", "U.npy"},
      3};
}

scenario conversion() {
  const sample data;
  return {"convert A.npy A.bf16 --quiet",
          {{"A.npy", npy({sample::m, sample::n, sample::n}, data.matrices, {true, true})}, {"A.bf16", "old"}},
          {"A.bf16"}};
}

scenario run_in_threads() {
  return {
      "recover --sensing gaussian:n=4,m=24 --planted rank=1 --rank 2 --iterations 2 --threads 4 --quiet "
      "--trace trace.csv",
      {{"trace.csv", "old"}},
      {"trace.csv"},
      3};
}

}  // namespace

TEST_SUITE("calls of the system") {
  TEST_CASE("of a run from matrices") {
    break_system(dense_run(), 40);
  }
  TEST_CASE("of a run from a table") {
    break_system(table_run(), 20);
  }
  TEST_CASE("of a run with checkpoints") {
    break_system(checkpoint_run(), 20);
  }
  TEST_CASE("of a conversion") {
    break_system(conversion(), 10);
  }
  TEST_CASE("of a run in threads") {
    break_each(run_in_threads(), "system", 10);
  }
}

TEST_SUITE("memory") {
  TEST_CASE("of a run from matrices, and of reading the command line") {
    break_each(dense_run(), "allocation", 500);
  }
  TEST_CASE("of a run from a table") {
    break_each(table_run(), "late", 50);
  }
  TEST_CASE("of a run with checkpoints") {
    break_each(checkpoint_run(), "late", 50);
  }
  TEST_CASE("of a conversion") {
    break_each(conversion(), "late", 20);
  }
  TEST_CASE("of a run in threads") {
    break_each(run_in_threads(), "late", 20);
  }
}
