// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "default_threads.hpp"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <limits>
#include <map>
#include <sstream>
#include <string_view>
#include <vector>

#include "lib/parallel.hpp"

namespace tinyrank::app {
namespace {

namespace fs = std::filesystem;

constexpr double unlimited = std::numeric_limits<double>::infinity();
constexpr std::uint32_t most_threads = 1024;

/// One hierarchy of control groups: where it is seen, and what of it is seen there.
struct hierarchy {
  bool is_second_version = false;
  std::string place, root;
};

std::vector<std::string> cut_at(std::string_view text, char at) {
  std::vector<std::string> parts(1);
  for (const char c : text) {
    if (c == at) {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  return parts;
}

bool contains(const std::vector<std::string>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

/// Spaces, tabs, line ends and backslashes are there as a backslash and three octal digits.
std::string without_escapes(const std::string& text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    int code = 0;
    const char* const digits = text.data() + i + 1;
    if (text[i] == '\\' && i + 3 < text.size() &&
        std::from_chars(digits, digits + 3, code, 8).ptr == digits + 3) {
      plain += static_cast<char>(code);
      i += 3;
    } else {
      plain += text[i];
    }
  }
  return plain;
}

/// Those that may limit processors: version 2, and of version 1 the one with the controller `cpu`. A line is
/// "36 35 98:0 ROOT PLACE OPTIONS [MORE] - TYPE SOURCE OPTIONS".
std::vector<hierarchy> mounted_hierarchies(const fs::path& proc) {
  std::vector<hierarchy> found;
  std::ifstream in(proc / "mountinfo");
  for (std::string line; std::getline(in, line);) {
    const std::vector<std::string> words = cut_at(line, ' ');
    const auto dash = std::find(words.begin(), words.end(), "-");
    if (dash - words.begin() < 6 || words.end() - dash < 4) continue;
    const bool second = dash[1] == "cgroup2";
    if (second || (dash[1] == "cgroup" && contains(cut_at(dash[3], ','), "cpu"))) {
      found.push_back({second, without_escapes(words[4]), without_escapes(words[3])});
    }
  }
  return found;
}

/// The group of this process in either version. A line is "NUMBER:CONTROLLERS:PATH", with the number 0 and no
/// controller in version 2.
std::map<bool, std::string> own_groups(const fs::path& proc) {
  std::map<bool, std::string> found;
  std::ifstream in(proc / "cgroup");
  for (std::string line; std::getline(in, line);) {
    const std::size_t first = line.find(':'), second = line.find(':', first + 1);
    if (second == std::string::npos) continue;
    const std::string controllers = line.substr(first + 1, second - first - 1);
    if (controllers.empty() || contains(cut_at(controllers, ','), "cpu")) {
      found[controllers.empty()] = line.substr(second + 1);
    }
  }
  return found;
}

/// Of one group: "QUOTA PERIOD" or "max PERIOD" in version 2, a file for each in version 1, where -1 is no
/// limit.
double quota_of(const fs::path& group, bool is_second_version) {
  double quota = -1, period = 0;
  if (is_second_version) {
    std::ifstream(group / "cpu.max") >> quota >> period;
  } else {
    std::ifstream(group / "cpu.cfs_quota_us") >> quota;
    std::ifstream(group / "cpu.cfs_period_us") >> period;
  }
  return quota > 0 && period > 0 ? quota / period : unlimited;
}

/// OMP_NUM_THREADS: a number, or one for each level of nested regions, the first of which is ours; 0 for
/// anything else, which OpenMP does not heed either.
std::uint32_t told_by_environment() {
  const char* const text = std::getenv("OMP_NUM_THREADS");
  if (text == nullptr) return 0;
  std::string first = cut_at(text, ',').front();
  const std::size_t begin = first.find_first_not_of(" \t"), end = first.find_last_not_of(" \t");
  if (begin == std::string::npos) return 0;
  first = first.substr(begin, end - begin + 1);
  std::uint64_t value = 0;
  const char* const last = first.data() + first.size();
  const auto [stopped, error] = std::from_chars(first.data(), last, value);
  if (error != std::errc{} || stopped != last) return 0;
  return static_cast<std::uint32_t>(std::min<std::uint64_t>(value, most_threads));
}

}  // namespace

double processor_quota(const std::string& root) {
  const fs::path proc = fs::path(root) / "proc" / "self";
  const std::map<bool, std::string> groups = own_groups(proc);
  double least = unlimited;
  for (const hierarchy& one : mounted_hierarchies(proc)) {
    const auto own = groups.find(one.is_second_version);
    if (own == groups.end()) continue;
    const fs::path place = fs::path(root) / fs::path(one.place).relative_path();
    // What is above the root of the mount cannot be seen. A group that is not below it is one of another name
    // space, and the mount is all there is to ask.
    fs::path below = fs::path(own->second).lexically_relative(one.root);
    if (below.empty() || *below.begin() == "..") below = ".";
    for (;;) {
      least = std::min(least, quota_of(place / below, one.is_second_version));
      if (below == "." || below.empty()) break;
      below = below.parent_path();
    }
    least = std::min(least, quota_of(place, one.is_second_version));
  }
  return least;
}

std::uint32_t usable_processors() {
  const double most = std::min(processor_quota("/"), static_cast<double>(most_threads));
  // What is left of a processor is not one: a thread on it would stand still for most of a period.
  const auto by_quota = static_cast<std::uint32_t>(std::max(1.0, most));
  return std::min(static_cast<std::uint32_t>(allowed_processors()), by_quota);
}

std::uint32_t default_threads() {
  if (!has_threads) return 1;
  const std::uint32_t told = told_by_environment();
  return told != 0 ? told : usable_processors();
}

}  // namespace tinyrank::app
