// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT
#include "input_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "error.hpp"

namespace tinyrank::app {

input_file::input_file(std::string path) : path_(std::move(path)) {
  // O_NONBLOCK: opening a named pipe without a writer would otherwise hang instead of being refused.
  descriptor_ = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (descriptor_ < 0) throw file_error(path_, "cannot open: " + system_reason(errno));
  struct stat status {};
  std::string refusal;
  if (::fstat(descriptor_, &status) != 0) {
    refusal = "cannot read: " + system_reason(errno);
  } else if (S_ISDIR(status.st_mode)) {
    refusal = "cannot read: " + system_reason(EISDIR);
  } else if (!S_ISREG(status.st_mode)) {
    refusal = "not a regular file";
  }
  if (!refusal.empty()) {
    ::close(descriptor_);
    throw file_error(path_, refusal);
  }
  size_ = static_cast<std::uint64_t>(status.st_size);
}

input_file::~input_file() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

input_file::input_file(std::string path, std::vector<std::byte> bytes)
    : path_(std::move(path)), bytes_(std::move(bytes)), size_(bytes_.size()) {}

input_file::input_file(input_file&& other) noexcept
    : path_(std::move(other.path_)),
      bytes_(std::move(other.bytes_)),
      size_(other.size_),
      start_(other.start_),
      descriptor_(std::exchange(other.descriptor_, -1)) {}

input_file& input_file::operator=(input_file&& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(bytes_, other.bytes_);
  std::swap(size_, other.size_);
  std::swap(start_, other.start_);
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

input_file input_file::take_part(std::string name, std::uint64_t offset, std::uint64_t size) && {
  input_file part(std::move(*this));
  part.path_ = std::move(name);
  part.start_ += offset;
  part.size_ = size;
  return part;
}

void input_file::read_exact(std::uint64_t offset, void* out, std::size_t bytes) const {
  // One system call moves at most 2 GiB on Linux and never more than SSIZE_MAX anywhere.
  constexpr std::size_t largest_read = std::size_t{1} << 30U;
  auto* target = static_cast<std::byte*>(out);
  if (descriptor_ < 0) {
    if (offset > size_ || bytes > size_ - offset) throw file_error(path_, "ends too early");
    std::copy_n(bytes_.data() + offset, bytes, target);
    return;
  }
  offset += start_;
  while (bytes > 0) {
    const ssize_t got =
        ::pread(descriptor_, target, std::min(bytes, largest_read), static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) throw file_error(path_, "cannot read: " + system_reason(errno));
    if (got == 0) throw file_error(path_, "became shorter while it was read");
    target += got;
    offset += static_cast<std::uint64_t>(got);
    bytes -= static_cast<std::size_t>(got);
  }
}

}  // namespace tinyrank::app
