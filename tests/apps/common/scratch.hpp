// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT
#pragma once

#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstddef>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include "apps/common/error.hpp"

namespace tinyrank::app::test {

/// A directory that is removed with all it holds; every user may read and enter it.
class scratch_directory {
 public:
  scratch_directory() {
    std::string name = (std::filesystem::temp_directory_path() / "tinyrank_io_XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no scratch directory");
    ::chmod(name.c_str(), 0755);
    path_ = name;
  }
  ~scratch_directory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  scratch_directory(const scratch_directory&) = delete;
  scratch_directory& operator=(const scratch_directory&) = delete;

  [[nodiscard]] std::string path(std::string_view name) const { return path_ + "/" + std::string(name); }

  [[nodiscard]] std::string write(std::string_view name, std::string_view content) const {
    std::ofstream(path(name), std::ios::binary) << content;
    return path(name);
  }

  [[nodiscard]] std::size_t entry_count() const {
    return static_cast<std::size_t>(
        std::distance(std::filesystem::directory_iterator(path_), std::filesystem::directory_iterator()));
  }

 private:
  std::string path_;
};

inline std::string content_of(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

/// The message of the input_error that the action throws; "" when it throws none.
template <class Action>
std::string refusal_of(Action&& action) {
  try {
    std::forward<Action>(action)();
  } catch (const input_error& error) {
    return error.what();
  }
  return "";
}

/// A refusal without the directory of its file, and without the separator of a table of commas.
inline std::string without_surroundings(std::string_view message) {
  constexpr std::string_view separator = " (cells separated by ',')";
  if (message.ends_with(separator)) message.remove_suffix(separator.size());
  // Cells may have slashes, too.
  const std::size_t name = message.substr(0, message.find(' ')).rfind('/');
  return std::string(message.substr(name + 1));
}

inline bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

/// Of the preset coverage: without it what a child did is not counted.
extern "C" int __llvm_profile_write_file() __attribute__((weak));

/// Runs the action in a child process; returns its wait status. The action's result is the exit code.
template <class Action>
int status_of_child(Action&& action) {
  const pid_t child = ::fork();
  if (child == 0) {
    int code = 99;
    try {
      code = std::forward<Action>(action)();
    } catch (...) {
      code = 98;
    }
    // Not where files may not grow: half of it would spoil what others counted.
    struct rlimit files {};
    ::getrlimit(RLIMIT_FSIZE, &files);
    if (&__llvm_profile_write_file != nullptr && files.rlim_cur == RLIM_INFINITY) __llvm_profile_write_file();
    ::_exit(code);
  }
  int status = -1;
  ::waitpid(child, &status, 0);
  return status;
}

/// The same, as a user whom file permissions stop: root gives up its rights first.
template <class Action>
int status_of_plain_user(Action&& action) {
  return status_of_child([&] {
    if (::geteuid() == 0 && (::setgid(65534) != 0 || ::setuid(65534) != 0)) return 97;
    return action();
  });
}

}  // namespace tinyrank::app::test
