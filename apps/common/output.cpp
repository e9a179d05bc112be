// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT
#include "output.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <climits>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <system_error>
#include <utility>

#include "error.hpp"
#include "posix.hpp"
#include "temporaries.hpp"

namespace tinyrank::app {
namespace {

constexpr std::size_t buffer_bytes = std::size_t{1} << 16U;

// Two outputs with one name would overwrite each other at their commits.
std::vector<std::string>& open_targets() {
  static std::vector<std::string> targets;
  return targets;
}

/// The number behind /dev/stdout, /dev/stderr, /dev/fd/N and /proc/self/fd/N, or -1. Opening such a name anew
/// would start at offset 0 of a redirected file, over what others have written.
int named_descriptor(std::string_view path) {
  if (path == "/dev/stdout") return STDOUT_FILENO;
  if (path == "/dev/stderr") return STDERR_FILENO;
  for (const std::string_view prefix : {"/dev/fd/", "/proc/self/fd/"}) {
    if (!path.starts_with(prefix)) continue;
    const std::string_view digits = path.substr(prefix.size());
    int number = -1;
    const auto [stop, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (error == std::errc{} && stop == digits.data() + digits.size()) return number;
  }
  return -1;
}

/// The absolute path without links, or an empty string with errno set.
std::string resolved(const std::string& path) {
  const std::unique_ptr<char, decltype(&std::free)> result(::realpath(path.c_str(), nullptr), &std::free);
  return result ? std::string(result.get()) : std::string();
}

/// A new name is on the disk only after its directory is. Some file systems cannot synchronise a directory;
/// that is no reason to fail.
void synchronise_directory(const std::string& file) {
  const std::string name = file.substr(0, file.rfind('/') + 1);
  const int directory = ::open(name.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (directory < 0) return;
  static_cast<void>(::fsync(directory));
  ::close(directory);
}

}  // namespace

output_file::output_file(std::string path) : path_(std::move(path)) {
  buffer_.reserve(buffer_bytes);
  if (path_.empty()) throw input_error("the name of an output file is empty");
  struct stat status {};
  const int number = named_descriptor(path_);
  if (number >= 0) {
    descriptor_ = ::fcntl(number, F_DUPFD_CLOEXEC, 0);
    if (descriptor_ < 0) fail("cannot write", errno);
    const int flags = ::fcntl(descriptor_, F_GETFL);
    if (flags < 0 || (flags & O_ACCMODE) == O_RDONLY) {
      discard();
      fail("cannot write", EBADF);
    }
  } else if (::stat(path_.c_str(), &status) == 0) {
    if (S_ISDIR(status.st_mode)) fail("cannot write", EISDIR);
    if (!S_ISREG(status.st_mode)) {
      descriptor_ = ::open(path_.c_str(), O_WRONLY | O_CLOEXEC | O_NOCTTY);
      if (descriptor_ < 0) fail("cannot write", errno);
      return;
    }
    if (::access(path_.c_str(), W_OK) != 0) fail("cannot write", errno);
    target_ = resolved(path_);
    if (target_.empty()) fail("cannot write", errno);
    open_temporary(status.st_mode & 0777U);
  } else {
    if (errno != ENOENT) fail("cannot write", errno);
    if (::lstat(path_.c_str(), &status) == 0) fail("cannot write: a symbolic link to nowhere", 0);
    const std::size_t slash = path_.rfind('/');
    const std::string name = slash == std::string::npos ? path_ : path_.substr(slash + 1);
    const std::string directory = resolved(slash == std::string::npos ? "." : path_.substr(0, slash + 1));
    if (directory.empty()) fail("cannot write: its directory", errno);
    if (name.empty()) fail("cannot write", EISDIR);
    target_ = directory + (directory.ends_with('/') ? "" : "/") + name;
    open_temporary(0);
  }
}

output_file::~output_file() {
  discard();
}

void output_file::fail(std::string_view what, int error_number) const {
  std::string reason(what);
  if (error_number != 0) reason += ": " + system_reason(error_number);
  throw file_error(path_, reason);
}

void output_file::open_temporary(unsigned mode) {
  auto& targets = open_targets();
  if (std::find(targets.begin(), targets.end(), target_) != targets.end()) {
    target_.clear();
    fail("is named for two outputs", 0);
  }
  targets.push_back(target_);
  const std::size_t name_begin = target_.rfind('/') + 1;
  // The prefix and the number need room below the usual limit of 255 bytes for a name.
  constexpr std::size_t longest_name = 200;
  const std::string stem = target_.substr(0, name_begin) + "." + target_.substr(name_begin, longest_name) +
                           ".tmp." + std::to_string(::getpid());
  const signal_pause pause;
  for (int attempt = 0; descriptor_ < 0; ++attempt) {
    std::string name = attempt == 0 ? stem : stem + "." + std::to_string(attempt);
    descriptor_ = ::open(name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0666);
    // A process with the same number may have been killed here before.
    if (descriptor_ < 0 && errno == EEXIST && attempt < 100) continue;
    if (descriptor_ < 0) {
      const int reason = errno;
      discard();
      fail("cannot write", reason);
    }
    temporary_ = std::move(name);
  }
  registration_ = register_temporary(temporary_);
  if (registration_ < 0) {
    discard();
    fail("cannot write: too many output files, or too long a path", 0);
  }
  // The permissions may not be ours to change (a file of a group); the content is what counts.
  if (mode != 0) static_cast<void>(::fchmod(descriptor_, static_cast<mode_t>(mode)));
}

void output_file::write(std::string_view text) {
  write(std::as_bytes(std::span(text.data(), text.size())));
}

void output_file::write_start(std::string_view text) {
  flush();
  std::size_t done = 0;
  // Once at least: a start that is empty asks whether there is one.
  do {
    const std::string_view rest = text.substr(done);
    ssize_t written;
    do {
      written = ::pwrite(descriptor_, rest.data(), rest.size(), static_cast<off_t>(done));
    } while (written < 0 && errno == EINTR);
    if (written < 0 && errno == ESPIPE)
      fail("cannot write: its start is written last, so that it must be a file", 0);
    if (written < 0) fail("cannot write", errno);
    done += static_cast<std::size_t>(written);
  } while (done < text.size());
}

void output_file::write(std::span<const std::byte> bytes) {
  written_ += bytes.size();
  if (buffer_.size() + bytes.size() > buffer_bytes) flush();
  if (bytes.size() > buffer_bytes) {
    write_all(bytes.data(), bytes.size());
  } else {
    buffer_.insert(buffer_.end(), bytes.begin(), bytes.end());
  }
}

void output_file::flush() {
  write_all(buffer_.data(), buffer_.size());
  buffer_.clear();
}

void output_file::write_all(const std::byte* data, std::size_t size) {
  constexpr std::size_t largest_write = std::size_t{1} << 30U;
  while (size > 0) {
    const ssize_t written = ::write(descriptor_, data, std::min(size, largest_write));
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail("cannot write", errno);
    data += written;
    size -= static_cast<std::size_t>(written);
  }
}

void output_file::complete() {
  try {
    flush();
    // Pipes and devices have nothing to synchronise and say so with EINVAL.
    if (!temporary_.empty() && ::fsync(descriptor_) != 0) fail("cannot write", errno);
    if (::close(std::exchange(descriptor_, -1)) != 0) fail("cannot write", errno);
  } catch (...) {
    discard();
    throw;
  }
}

void output_file::commit() {
  try {
    if (descriptor_ >= 0) complete();
    if (!temporary_.empty() && replace_file(temporary_.c_str(), target_.c_str()) != 0)
      fail("cannot write", errno);
    temporary_.clear();
  } catch (...) {
    discard();
    throw;
  }
  if (!target_.empty()) synchronise_directory(target_);
  discard();
}

void occupy_standard_streams() {
  // The lowest free number is given out, so each call fills the gap that was found.
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::fcntl(stream, F_GETFD) >= 0) continue;
    // What is printed there is to fail, as it would have.
    static_cast<void>(::open("/dev/null", stream == STDOUT_FILENO ? O_RDONLY : O_RDWR));
  }
}

void output_file::discard() noexcept {
  if (descriptor_ >= 0) ::close(std::exchange(descriptor_, -1));
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
  unregister_temporary(std::exchange(registration_, -1));
  temporary_.clear();
  std::erase(open_targets(), target_);
  target_.clear();
}

}  // namespace tinyrank::app
