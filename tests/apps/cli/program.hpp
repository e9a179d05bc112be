// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT
#pragma once

#include <sys/types.h>

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace tinyrank::test {

/// A directory that is removed with all it holds; every user may read and enter it.
class scratch_directory {
 public:
  scratch_directory();
  ~scratch_directory();
  scratch_directory(const scratch_directory&) = delete;
  scratch_directory& operator=(const scratch_directory&) = delete;

  [[nodiscard]] const std::string& path() const noexcept { return path_; }
  [[nodiscard]] std::string path(std::string_view name) const { return path_ + "/" + std::string(name); }
  void write(std::string_view name, std::string_view content) const;
  [[nodiscard]] std::string read(std::string_view name) const;
  [[nodiscard]] bool has(std::string_view name) const;

  /// Every name here with what it is: the content of a file, the kind of anything else.
  [[nodiscard]] std::map<std::string, std::string> snapshot() const;

 private:
  std::string path_;
};

struct run_result {
  int exit_code = -1;  ///< -1 when a signal ended it
  int signal = 0;
  std::string out, err;
};

/// Whether the address sanitizer, whose memory is beyond any limit, is in the program under test.
#ifdef __SANITIZE_ADDRESS__
inline constexpr bool is_sanitized = true;
#else
inline constexpr bool is_sanitized = false;
#endif

/// Whether another program stands between the tests and the program under test.
bool has_emulator() noexcept;

/// Words at spaces.
std::vector<std::string> words(std::string_view text);

/// The program under test, started in a directory; ended by SIGALRM when it hangs.
class program {
 public:
  /// `in_child` runs before the program takes over; `terminal` is read instead of a pipe from standard
  /// error, when it is not -1.
  program(const std::vector<std::string>& arguments, const std::string& directory,
          const std::function<void()>& in_child = {}, int terminal = -1);
  ~program();
  program(const program&) = delete;
  program& operator=(const program&) = delete;

  [[nodiscard]] pid_t process() const noexcept { return process_; }

  /// Reads all output and waits for the end.
  run_result finish();

 private:
  pid_t process_ = -1;
  int out_ = -1, err_ = -1;
};

run_result run_arguments(const std::vector<std::string>& arguments, const scratch_directory& directory,
                         const std::function<void()>& in_child = {});
run_result run(std::string_view arguments, const scratch_directory& directory,
               const std::function<void()>& in_child = {});

/// For `in_child`: makes root a user whom file permissions stop. The exit code is `cannot_become_plain_user`
/// where that user cannot reach the program.
void become_plain_user();
inline constexpr int cannot_become_plain_user = 97;

/// Runs `recover` with three outputs, and checks that it is refused: exit code 2, one line on standard error
/// that starts with "tinyrank: " and contains `named`, nothing else printed, nothing in the directory
/// changed. Returns what the run was.
run_result check_arguments_refused(const std::vector<std::string>& arguments, std::string_view named,
                                   const scratch_directory& directory,
                                   const std::function<void()>& in_child = {});
run_result check_refused(std::string_view arguments, std::string_view named,
                         const scratch_directory& directory, const std::function<void()>& in_child = {});

/// Checks exit code 2 and the one line; nothing about files.
void check_error_line(const run_result& result, std::string_view named);

}  // namespace tinyrank::test
