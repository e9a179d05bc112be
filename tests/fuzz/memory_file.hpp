// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

// A file in memory, for readers that want a path. One at a time.

#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "checks.hpp"

namespace tinyrank::fuzz {

class memory_file {
 public:
  memory_file(const std::uint8_t* bytes, std::size_t count) {
    require(ftruncate(descriptor(), 0) == 0);
    require(pwrite(descriptor(), bytes, count, 0) == static_cast<ssize_t>(count));
  }
  memory_file(const memory_file&) = delete;
  memory_file& operator=(const memory_file&) = delete;

  [[nodiscard]] static std::string path() { return "/proc/self/fd/" + std::to_string(descriptor()); }

  /// The same file by a name of this directory that ends as an archive's does.
  [[nodiscard]] static std::string archive_path() {
    static const std::string name = [] {
      const std::string chosen = "input." + std::to_string(getpid()) + ".npz";
      require(symlink(path().c_str(), chosen.c_str()) == 0);
      std::atexit([] { unlink(name_of_archive().c_str()); });
      return chosen;
    }();
    return name;
  }

 private:
  static std::string name_of_archive() { return archive_path(); }
  static int descriptor() {
    static const int opened = [] {
      const int made = memfd_create("input", 0);
      require(made >= 0);
      return made;
    }();
    return opened;
  }
};

}  // namespace tinyrank::fuzz
