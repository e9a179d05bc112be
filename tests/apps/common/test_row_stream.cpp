// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

// Files that fail while a run reads them: every way to recover ends with the error, and no answer.

#include <doctest/doctest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "apps/common/recovery.hpp"
#include "apps/common/row_stream.hpp"
#include "apps/common/staircase_recovery.hpp"
#include "scratch.hpp"
#include "tinyrank/gradient_descent.hpp"

namespace {

using namespace tinyrank;
using namespace tinyrank::app;
using namespace tinyrank::app::test;

constexpr std::size_t n = 16, m = 300;

/// A problem whose rows stay in A.npy, of random matrices.
void load(problem<float>& made, const std::string& path) {
  std::vector<float> packed(m * packed_count(n));
  const random_stream stream = make_stream(1, random_purpose::test, 0);
  for (std::size_t k = 0; k < packed.size(); ++k) packed[k] = gaussian(stream, static_cast<std::uint32_t>(k));
  const std::size_t shape[] = {m, packed_count(n)};
  write_npy(path, shape, packed.data());
  problem_sources sources;
  sources.sensing = parse_sensing("dense:" + path);
  sources.sensing.memory = 1;
  sources.planted = parse_planted("rank=2");
  load_problem(made, sources, {}, instruction_set::automatic, [](const std::string&) {});
}

}  // namespace

TEST_SUITE_BEGIN("row stream");

TEST_CASE("a file that becomes shorter ends a run, before its start and after it, without an answer") {
  for (const bool has_begun : {false, true}) {
    const scratch_directory directory;
    const std::string path = directory.path("A.npy");
    const auto cut = [&] { std::filesystem::resize_file(path, 130); };
    const auto refusal_of_run = [&](auto&& start) {
      problem<float> a;
      load(a, path);
      if (!has_begun) cut();
      return without_surroundings(refusal_of([&] { start(a); }));
    };
    const auto descend = [&](const problem<float>& a) {
      gradient_descent_options<float> options;
      options.rank = 2;
      std::vector<float> factor;
      recover(a, options, gradient_descent_method<float>, true, factor, [&](const observation&) { cut(); });
    };
    const auto climb_up = [&](const problem<float>& a) {
      std::vector<float> factor;
      climb<float>(
          a, {}, "--rank", factor, [&](const staircase_observation&) { cut(); }, [] { return true; });
    };
    CHECK(refusal_of_run(descend) == "A.npy: became shorter while it was read");
    CHECK(refusal_of_run(climb_up) == "A.npy: became shorter while it was read");
  }
}

TEST_CASE("rows of any length are read to their places, and nothing between them is touched") {
  const scratch_directory directory;
  // Short rows are copied, long ones scattered, more than one call of the system takes.
  for (const std::size_t bytes : {std::size_t{12}, std::size_t{4096}, std::size_t{5004}}) {
    constexpr std::size_t count = 600, offset = 7;
    const std::size_t apart = bytes + 64 - bytes % 64;
    std::string content(offset + count * bytes, '\0');
    for (std::size_t k = 0; k < content.size(); ++k) content[k] = static_cast<char>(k * 31 >> 3U);
    const input_file file(directory.write("rows", content));
    std::vector<std::byte> out(count * apart, std::byte{0x5a});
    file.read_rows(offset, {count, bytes, apart}, out.data());
    bool same = true;
    for (std::size_t i = 0; i < count; ++i) {
      for (std::size_t k = 0; k < apart; ++k) {
        const auto expected =
            k < bytes ? static_cast<std::byte>(content[offset + i * bytes + k]) : std::byte{0x5a};
        same = same && out[i * apart + k] == expected;
      }
    }
    CHECK(same);
    CHECK(contains(refusal_of([&] {
                     file.read_rows(offset + 1, {count, bytes, apart}, out.data());
                   }),
                   "became shorter while it was read"));
  }
}

TEST_SUITE_END();
