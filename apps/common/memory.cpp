// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "memory.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>

#include "error.hpp"
#include "posix.hpp"

namespace tinyrank::app {

namespace {

/// Whether one of the names, separated by commas, is "memory".
bool controls_memory(const std::string& names) {
  return ("," + names + ",").find(",memory,") != std::string::npos;
}

}  // namespace

std::uint64_t available_memory() {
  // All memory where the kernel does not say.
  auto available =
      static_cast<std::uint64_t>(sysconf(_SC_PHYS_PAGES)) * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
  std::ifstream table("/proc/meminfo");
  for (std::string line; std::getline(table, line);) {
    unsigned long long kilobytes = 0;
    if (std::sscanf(line.c_str(), "MemAvailable: %llu kB", &kilobytes) == 1) {
      available = std::min<std::uint64_t>(available, std::uint64_t{kilobytes} * 1024);
    }
  }
  return std::min(available, control_group_limit("/proc/self/cgroup", "/sys/fs/cgroup"));
}

std::uint64_t control_group_limit(const std::string& groups, const std::string& root) {
  std::uint64_t least = UINT64_MAX;
  // "max" is no number and leaves the limit where it was.
  const auto look = [&](const std::string& file) {
    std::uint64_t limit = 0;
    if (std::ifstream(file) >> limit) least = std::min(least, limit);
  };
  const auto climb = [&](const std::string& base, std::string group, const char* name) {
    while (true) {
      look(base + group + "/" + name);
      const std::size_t slash = group.rfind('/');
      if (slash == std::string::npos) return;
      group.resize(slash);
    }
  };
  // "0::/user.slice/run" of version 2, "9:memory:/docker/1" of 1. In a container the names may be those
  // outside of it, which are not there: its own group is then the root.
  std::ifstream table(groups);
  for (std::string line; std::getline(table, line);) {
    const std::size_t first = line.find(':'), second = line.find(':', first + 1);
    if (first == std::string::npos || second == std::string::npos) continue;
    const std::string names = line.substr(first + 1, second - first - 1), group = line.substr(second + 1);
    if (names.empty()) climb(root, group, "memory.max");
    if (controls_memory(names)) climb(root + "/memory", group, "memory.limit_in_bytes");
  }
  look(root + "/memory.max");
  look(root + "/memory/memory.limit_in_bytes");
  return least;
}

std::string format_bytes(double bytes) {
  constexpr std::array<const char*, 6> units = {"bytes", "kB", "MB", "GB", "TB", "PB"};
  std::size_t unit = 0;
  for (; bytes >= 1000 && unit + 1 < units.size(); ++unit) bytes /= 1000;
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.3g %s", bytes, units[unit]);
  return text.data();
}

void refuse_memory(const std::string& what, std::uint64_t bytes) {
  throw input_error(what + ": needs " + format_bytes(static_cast<double>(bytes)) +
                    " of memory, more than this process is granted");
}

void require_memory(const std::string& what, std::uint64_t bytes) {
  // Small sizes are asked for often, and asking costs two files.
  constexpr std::uint64_t always_granted = std::uint64_t{64} << 20U;
  if (bytes <= always_granted) return;
  const std::uint64_t available = available_memory();
  const bool addressable = bytes <= SIZE_MAX / 2;
  if (bytes <= available && addressable) return;
  throw input_error(what + ": needs " + format_bytes(static_cast<double>(bytes)) + " of memory; " +
                    format_bytes(static_cast<double>(available)) + " are available");
}

std::byte* allocate_bytes(const std::string& what, std::uint64_t bytes) {
  constexpr std::size_t huge_page = std::size_t{2} << 20U;
  require_memory(what, bytes);
  const bool is_large = bytes >= 2 * huge_page;
  const std::size_t alignment = is_large ? huge_page : arena_alignment;
  const std::size_t rounded = (static_cast<std::size_t>(bytes) + alignment - 1) / alignment * alignment;
  void* memory = allocate_aligned(alignment, rounded);
  if (memory == nullptr && bytes != 0) refuse_memory(what, bytes);
  // A hint; without it the pages are ordinary ones.
  if (is_large) madvise(memory, rounded, MADV_HUGEPAGE);
  return static_cast<std::byte*>(memory);
}

void free_bytes(std::byte* memory) noexcept {
  free_aligned(memory);
}

}  // namespace tinyrank::app
