// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "program.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include "program_words.hpp"

namespace tinyrank::test {
namespace {

constexpr unsigned longest_run_seconds = 120;
constexpr int cannot_start = 96;

std::string joined(const std::vector<std::string>& list) {
  std::string text;
  for (const std::string& word : list) text += word + " ";
  return text;
}

[[noreturn]] void become_program(const std::vector<std::string>& arguments) {
  std::vector<char*> argv;
  for (const char* word : program_words) argv.push_back(const_cast<char*>(word));
  for (const std::string& word : arguments) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  ::execvp(argv[0], argv.data());
  ::_exit(cannot_start);
}

/// False at the end. A terminal whose other side is gone says EIO.
bool read_some(int descriptor, std::string& text) {
  std::array<char, 4096> buffer{};
  const ssize_t count = ::read(descriptor, buffer.data(), buffer.size());
  if (count < 0 && errno == EINTR) return true;
  if (count > 0) text.append(buffer.data(), static_cast<std::size_t>(count));
  return count > 0;
}

}  // namespace

scratch_directory::scratch_directory() {
  std::string name = (std::filesystem::temp_directory_path() / "tinyrank_cli_XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no scratch directory");
  ::chmod(name.c_str(), 0755);
  path_ = name;
}

scratch_directory::~scratch_directory() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

void scratch_directory::write(std::string_view name, std::string_view content) const {
  std::ofstream(path(name), std::ios::binary) << content;
}

std::string scratch_directory::read(std::string_view name) const {
  std::ifstream stream(path(name), std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

bool scratch_directory::has(std::string_view name) const {
  return std::filesystem::exists(std::filesystem::symlink_status(path(name)));
}

std::map<std::string, std::string> scratch_directory::snapshot() const {
  std::map<std::string, std::string> found;
  for (const auto& entry : std::filesystem::directory_iterator(path_)) {
    const bool file = entry.symlink_status().type() == std::filesystem::file_type::regular;
    const std::string name = entry.path().filename().string();
    found[name] = file ? read(name) : std::to_string(static_cast<int>(entry.symlink_status().type()));
  }
  return found;
}

bool has_emulator() noexcept {
  return std::size(program_words) > 1;
}

std::vector<std::string> words(std::string_view text) {
  std::vector<std::string> list;
  while (true) {
    text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
    if (text.empty()) return list;
    const std::size_t end = std::min(text.find(' '), text.size());
    list.emplace_back(text.substr(0, end));
    text.remove_prefix(end);
  }
}

program::program(const std::vector<std::string>& arguments, const std::string& directory,
                 const std::function<void()>& in_child, int terminal) {
  std::array<int, 2> out{}, err{};
  if (::pipe2(out.data(), O_CLOEXEC) != 0 || ::pipe2(err.data(), O_CLOEXEC) != 0) {
    throw std::runtime_error("no pipe");
  }
  process_ = ::fork();
  if (process_ == 0) {
    const int nothing = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    ::dup2(nothing, STDIN_FILENO);
    ::dup2(out[1], STDOUT_FILENO);
    ::dup2(err[1], STDERR_FILENO);
    if (::chdir(directory.c_str()) != 0) ::_exit(cannot_start);
    ::alarm(longest_run_seconds);
    if (in_child) in_child();
    become_program(arguments);
  }
  ::close(out[1]);
  ::close(err[1]);
  out_ = out[0];
  err_ = err[0];
  if (terminal >= 0) {
    ::close(err_);
    err_ = terminal;
  }
}

program::~program() {
  if (process_ > 0) {
    ::kill(process_, SIGKILL);
    ::waitpid(process_, nullptr, 0);
  }
  if (out_ >= 0) ::close(out_);
  if (err_ >= 0) ::close(err_);
}

run_result program::finish() {
  run_result result;
  std::array<pollfd, 2> sources{{{out_, POLLIN, 0}, {err_, POLLIN, 0}}};
  while (sources[0].fd >= 0 || sources[1].fd >= 0) {
    if (::poll(sources.data(), sources.size(), -1) < 0 && errno != EINTR) break;
    for (pollfd& source : sources) {
      if (source.fd < 0 || source.revents == 0) continue;
      if (!read_some(source.fd, source.fd == out_ ? result.out : result.err)) source.fd = -1;
    }
  }
  int status = 0;
  while (::waitpid(process_, &status, 0) < 0 && errno == EINTR) {
  }
  process_ = -1;
  if (WIFEXITED(status)) result.exit_code = WEXITSTATUS(status);
  if (WIFSIGNALED(status)) result.signal = WTERMSIG(status);
  return result;
}

run_result run_arguments(const std::vector<std::string>& arguments, const scratch_directory& directory,
                         const std::function<void()>& in_child) {
  return program(arguments, directory.path(), in_child).finish();
}

run_result run(std::string_view arguments, const scratch_directory& directory,
               const std::function<void()>& in_child) {
  return run_arguments(words(arguments), directory, in_child);
}

void become_plain_user() {
  constexpr unsigned nobody = 65534;
  if (::geteuid() == 0 && (::setgid(nobody) != 0 || ::setuid(nobody) != 0)) ::_exit(cannot_become_plain_user);
  if (::access(*(std::end(program_words) - 1), X_OK) != 0) ::_exit(cannot_become_plain_user);
  // In the preset coverage this user may not write where the others count, and would say so.
  ::setenv("LLVM_PROFILE_FILE", "/dev/null", 1);
}

void check_error_line(const run_result& result, std::string_view named) {
  INFO("standard error: ", result.err);
  CHECK(result.signal == 0);
  CHECK(result.exit_code == 2);
  if (result.exit_code != 2) return;
  CHECK(result.out == "");
  CHECK(result.err.starts_with("tinyrank: "));
  CHECK(std::count(result.err.begin(), result.err.end(), '\n') == 1);
  CHECK(result.err.ends_with('\n'));
  CHECK(std::count_if(result.err.begin(), result.err.end() - 1,
                      [](char c) { return static_cast<unsigned char>(c) < 0x20; }) == 0);
  CHECK(result.err.find(named) != std::string::npos);
}

run_result check_arguments_refused(const std::vector<std::string>& arguments, std::string_view named,
                                   const scratch_directory& directory,
                                   const std::function<void()>& in_child) {
  std::vector<std::string> all = {"recover"};
  all.insert(all.end(), arguments.begin(), arguments.end());
  const auto add_output = [&](const std::string& option, const std::string& file) {
    if (std::find(all.begin(), all.end(), option) == all.end()) all.insert(all.end(), {option, file});
  };
  add_output("--factor-out", "out.npy");
  add_output("--trace", "out.csv");
  add_output("--report", "out.json");
  INFO("arguments: ", joined(all), " -> ", named);
  const auto before = directory.snapshot();
  const run_result result = run_arguments(all, directory, in_child);
  if (result.exit_code == cannot_become_plain_user) {
    MESSAGE("skipped: no other user can run the program here");
    return result;
  }
  check_error_line(result, named);
  CHECK((directory.snapshot() == before));
  return result;
}

run_result check_refused(std::string_view arguments, std::string_view named,
                         const scratch_directory& directory, const std::function<void()>& in_child) {
  return check_arguments_refused(words(arguments), named, directory, in_child);
}

}  // namespace tinyrank::test
