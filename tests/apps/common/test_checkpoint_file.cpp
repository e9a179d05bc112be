// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include <doctest/doctest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <span>
#include <string>
#include <vector>

#include "apps/common/checkpoint_file.hpp"
#include "apps/common/error.hpp"
#include "apps/common/output.hpp"

using namespace tinyrank::app;

namespace {

namespace fs = std::filesystem;

struct scratch {
  fs::path path;
  scratch() {
    std::string name = (fs::temp_directory_path() / "tinyrank_checkpoint_XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    path = name;
  }
  ~scratch() { fs::remove_all(path); }
  scratch(const scratch&) = delete;
  scratch& operator=(const scratch&) = delete;
  [[nodiscard]] std::string file() const { return (path / "F").string(); }
};

std::string content_of(const fs::path& path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

void put(const std::string& path, const std::string& content) {
  std::ofstream(path, std::ios::binary) << content;
}

std::string refusal_of(const auto& call) {
  try {
    call();
  } catch (const input_error& error) {
    return error.what();
  }
  return "";
}

const std::vector<run_fact> facts = {
    {"version", "1", false}, {"--seed", "1", false}, {"measurements", "ab", true}};

/// `count` numbers as what was saved of a run, and a line of trace for each.
void write(const std::string& path, int count) {
  checkpoint_file file(path, 0, "");
  file.set_facts(facts);
  std::vector<int> run(static_cast<std::size_t>(count), 7);
  for (int k = 0; k < count; ++k) file.add_to_trace("line " + std::to_string(k) + "\n");
  const double beside = 0.5 * count;
  file.write(std::as_bytes(std::span(run)), std::as_bytes(std::span(&beside, 1)));
}

void check_whole(const std::string& path, int count) {
  checkpoint_file file("", 0, path);
  file.set_facts(facts);
  CHECK(file.content().run.size() == static_cast<std::size_t>(count) * sizeof(int));
  CHECK(file.content().beside.size() == sizeof(double));
  CHECK(file.content().trace.find("line " + std::to_string(count - 1) + "\n") != std::string::npos);
}

}  // namespace

TEST_SUITE("checkpoint files") {
  TEST_CASE("killed at every tenth byte of the write, the file is the one before") {
    const scratch directory;
    const std::string path = directory.file();
    write(path, 20);
    const std::string before = content_of(path);
    write(path, 30);
    const std::size_t size = content_of(path).size();
    write(path, 20);
    REQUIRE(content_of(path) == before);
    REQUIRE(size > 400);
    for (std::size_t at = 0; at < size; at += 10) {
      CAPTURE(at);
      const pid_t child = ::fork();
      if (child == 0) {
        // The signal ends the process where its write crosses the limit, as SIGKILL might.
        ::signal(SIGXFSZ, SIG_DFL);
        const struct rlimit limit { at, at }, no_core{};
        ::setrlimit(RLIMIT_CORE, &no_core);
        ::setrlimit(RLIMIT_FSIZE, &limit);
        write(path, 30);
        ::_exit(0);
      }
      int status = 0;
      REQUIRE(::waitpid(child, &status, 0) == child);
      REQUIRE(WIFSIGNALED(status));
      REQUIRE(content_of(path) == before);
      // What was written of the new one is there under another name, and is no checkpoint.
      int torn = 0;
      for (const auto& entry : fs::directory_iterator(directory.path)) {
        if (entry.path() == fs::path(path)) continue;
        ++torn;
        CHECK(content_of(entry.path()).size() == at);
        CHECK(refusal_of([&] { checkpoint_file("", 0, entry.path().string()); }) != "");
        fs::remove(entry.path());
      }
      CHECK(torn == 1);
    }
    check_whole(path, 20);
    write(path, 30);
    check_whole(path, 30);
  }

  TEST_CASE("a file that is short, long or has changed is refused in one line") {
    const scratch directory;
    const std::string path = directory.file();
    write(path, 5);
    const std::string whole = content_of(path);
    const auto refused = [&](const std::string& content) {
      put(path, content);
      const std::string text = refusal_of([&] { checkpoint_file("", 0, path); });
      return text.starts_with(path + ": is ") && text.find('\n') == std::string::npos;
    };
    for (std::size_t size = 0; size < whole.size(); ++size) REQUIRE(refused(whole.substr(0, size)));
    CHECK(refused(whole + "x"));
    std::string changed = whole;
    for (std::size_t bit = 0; bit < 8 * whole.size(); ++bit) {
      changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << (bit % 8)));
      REQUIRE(refused(changed));
      changed[bit / 8] = whole[bit / 8];
    }
    // A sum that fits says nothing of what there is.
    std::size_t complete = 0;
    for (std::size_t size = 8; size <= whole.size() - 8; ++size) {
      std::string cut = whole.substr(0, size);
      const std::uint64_t sum = hash_of_bytes(std::as_bytes(std::span(cut)));
      cut.append(reinterpret_cast<const char*>(&sum), sizeof sum);
      if (!refused(cut)) ++complete;
    }
    CHECK(complete == 1);
    put(path, whole);
    check_whole(path, 5);
  }

  TEST_CASE("what differs is said") {
    const scratch directory;
    const std::string path = directory.file();
    write(path, 5);
    const auto differs = [&](std::size_t k, const run_fact& fact) {
      std::vector<run_fact> others = facts;
      others[k] = fact;
      checkpoint_file file("", 0, path);
      return refusal_of([&] { file.set_facts(others); });
    };
    CHECK(differs(1, {"--seed", "2", false}) ==
          path + ": is the checkpoint of a run whose --seed is '1', not '2'");
    CHECK(differs(2, {"measurements", "cd", true}) ==
          path + ": is the checkpoint of a run with other measurements");
    const std::string by_another = path + ": is the checkpoint of a run by another method";
    CHECK(differs(2, {"momentum", "cd", true}) == by_another);
    std::vector<run_fact> more = facts, fewer = facts;
    more.push_back({"--momentum", "0.9", false});
    fewer.pop_back();
    for (const std::vector<run_fact>& others : {more, fewer}) {
      checkpoint_file file("", 0, path);
      CHECK(refusal_of([&] { file.set_facts(others); }) == by_another);
      // One that has no file to write writes none.
      const std::array<std::byte, 3> run{};
      file.write(run, run);
    }
    check_whole(path, 5);
  }

  TEST_CASE("a place that cannot be written is refused at the start, and later does not end the run") {
    const scratch directory;
    CHECK(refusal_of([&] { checkpoint_file((directory.path / "none" / "F").string(), 0, ""); }) != "");
    const std::string path = directory.file();
    checkpoint_file file(path, 1000, "");
    CHECK_FALSE(file.is_due());
    CHECK_FALSE(fs::exists(path));
    fs::create_directory(path);
    const std::array<std::byte, 3> run{};
    CHECK_NOTHROW(file.write(run, run));
    CHECK_NOTHROW(file.write(run, run));
    fs::remove(path);
    file.write(run, run);
    CHECK(fs::is_regular_file(path));
  }
}
