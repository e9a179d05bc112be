// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "memory.hpp"

#include <unistd.h>

#include <array>
#include <cstdio>

#include "error.hpp"

namespace tinyrank::app {
namespace {

std::string format_bytes(double bytes) {
  constexpr std::array<const char*, 6> units = {"bytes", "kB", "MB", "GB", "TB", "PB"};
  std::size_t unit = 0;
  for (; bytes >= 1000 && unit + 1 < units.size(); ++unit) bytes /= 1000;
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.3g %s", bytes, units[unit]);
  return text.data();
}

}  // namespace

void require_memory(const std::string& what, std::uint64_t bytes) {
  const auto pages = static_cast<std::uint64_t>(sysconf(_SC_PHYS_PAGES));
  const std::uint64_t available = pages * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
  const bool addressable = bytes <= SIZE_MAX / 2;
  if (bytes <= available && addressable) return;
  throw input_error(what + ": needs " + format_bytes(static_cast<double>(bytes)) +
                    " of memory; this machine has " + format_bytes(static_cast<double>(available)));
}

}  // namespace tinyrank::app
