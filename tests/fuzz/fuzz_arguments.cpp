// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

// The first line is what follows --sensing and, by other parsers, --planted, --memory and options with
// numbers; an '@' in it stands for a file, which the rest is, and a '~' before it for memory so short that
// rows stay in that file. What is accepted is loaded, where it is small, and recovered from.

#include <algorithm>

#include "arguments.hpp"
#include "checks.hpp"
#include "memory_file.hpp"
#include "problem.hpp"
#include "staircase_recovery.hpp"

using namespace tinyrank::app;
using namespace tinyrank::fuzz;

namespace {

template <class Parse>
void accept_or_refuse(const char* about, Parse parse) {
  try {
    parse();
  } catch (const input_error& error) {
    require_line(error.what(), about);
  }
}

bool is_small(const sensing_argument& a) {
  return std::max(a.n, a.rows + a.columns) <= 16 && a.measurement_count <= 64 && a.masks <= 8;
}

void recover_from(const problem<float>& a) {
  tinyrank::recovery_options<float> options;
  options.pass_limit = 40;
  options.weights = a.weights.empty() ? nullptr : a.weights.data();
  std::vector<float> factor;
  const auto result = climb(
      a, options, "--rank", factor, [](const auto&) {}, [] { return true; });
  require(result.report.result != tinyrank::outcome::running);
  require(factor.size() == a.sensing.n * result.report.rank_found);
  if (result.report.verdict == tinyrank::verdict::none) return;
  require(is_number(result.report.loss));
  for (const float entry : factor) require(is_number(entry));
}

void load(const std::string& text, bool is_short_of_memory) {
  sensing_argument a = parse_sensing(text);
  const bool of_file = a.path == memory_file::path() || a.path == memory_file::archive_path() + ":A";
  if (!a.path.empty() && !of_file) return;
  if (a.path.empty() && !is_small(a)) return;
  a.memory = is_short_of_memory ? 1 : 0;
  problem<float> made;
  load_operator(made, a, {}, tinyrank::instruction_set::automatic,
                [](const std::string& note) { require_lines(note); });
  const std::size_t m = made.sensing.measurement_count;
  require(made.sensing.n != 0 && m != 0 && (made.y.empty() || made.y.size() == m));
  if (made.sensing.n > 24 || m > 64) return;
  for (std::size_t i = made.y.size(); i < m; ++i) made.y.push_back(1 + 0.25F * static_cast<float>(i % 5));
  recover_from(made);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t count) {
  const std::uint8_t* const end = std::find(bytes, bytes + count, '\n');
  const std::string line(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(end - bytes));
  const std::uint8_t* const rest = end == bytes + count ? end : end + 1;
  const memory_file file(rest, static_cast<std::size_t>(bytes + count - rest));
  std::string text = line.starts_with('~') ? line.substr(1) : line;
  if (const std::size_t at = text.find("@.npz"); at != std::string::npos) {
    text.replace(at, 5, memory_file::archive_path());
  } else if (const std::size_t alone = text.find('@'); alone != std::string::npos) {
    text.replace(alone, 1, memory_file::path());
  }
  accept_or_refuse("", [&] { load(text, line.starts_with('~')); });
  accept_or_refuse("--planted", [&] { require(parse_planted(line).rank != 0); });
  accept_or_refuse("--memory", [&] { static_cast<void>(parse_size("--memory", line)); });
  accept_or_refuse("--number", [&] {
    const double number = parse_positive("--number", line);
    require(number > 0 && is_number(number));
    static_cast<void>(in_range_of<float>("--number", line, number));
  });
  accept_or_refuse("--integer", [&] {
    const std::uint64_t number = parse_integer("--integer", line, 3, 70000);
    require(number >= 3 && number <= 70000);
  });
  return 0;
}
