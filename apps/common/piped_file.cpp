// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT
#include "piped_file.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <initializer_list>
#include <new>
#include <string_view>
#include <utility>

#include "error.hpp"
#include "memory.hpp"
#include "posix.hpp"
#include "processes.hpp"

namespace tinyrank::app {
namespace {

struct piped_copy {
  std::string path;
  dev_t device;
  ino_t number;
  std::shared_ptr<const byte_blocks> bytes;
};

/// One pipe may have several names, and a named one may be gone when its file is opened again.
std::vector<piped_copy>& all_copies() {
  static std::vector<piped_copy> copies;
  return copies;
}

std::shared_ptr<const byte_blocks> copy_of(const std::string& path) noexcept {
  for (const piped_copy& each : all_copies()) {
    if (each.path == path) return each.bytes;
  }
  return nullptr;
}

/// The number of an open descriptor that the path is a name of, or -1.
int own_descriptor(std::string_view path) {
  if (path == "/dev/stdin") return STDIN_FILENO;
  for (const std::string_view directory : {"/dev/fd/", "/proc/self/fd/"}) {
    if (!path.starts_with(directory)) continue;
    const char* const end = path.data() + path.size();
    int number = -1;
    const auto [stop, error] = std::from_chars(path.data() + directory.size(), end, number);
    if (stop == end && error == std::errc{}) return number;
  }
  return -1;
}

class open_descriptor {
 public:
  /// Waits at a named pipe until there is a writer; without O_NONBLOCK other devices might hang.
  open_descriptor(const std::string& path, bool is_named_pipe) {
    const int flags = O_RDONLY | O_CLOEXEC | O_NOCTTY | (is_named_pipe ? 0 : O_NONBLOCK);
    do {
      number_ = ::open(path.c_str(), flags);
    } while (number_ < 0 && errno == EINTR);
    const int reason = errno;
    // A socket, or a pipe of another user, has no file to be opened by.
    if (number_ < 0) number_ = ::fcntl(own_descriptor(path), F_DUPFD_CLOEXEC, 0);
    if (number_ < 0) throw file_error(path, "cannot open: " + system_reason(reason));
  }
  ~open_descriptor() { ::close(number_); }
  open_descriptor(const open_descriptor&) = delete;
  open_descriptor& operator=(const open_descriptor&) = delete;

  [[nodiscard]] int number() const noexcept { return number_; }

 private:
  int number_ = -1;
};

/// Bytes read, 0 at the end.
std::size_t read_some(int descriptor, const std::string& path, std::byte* out, std::size_t bytes) {
  for (;;) {
    const ssize_t got = ::read(descriptor, out, bytes);
    if (got >= 0) return static_cast<std::size_t>(got);
    if (errno == EAGAIN) {
      pollfd wait{descriptor, POLLIN, 0};
      ::poll(&wait, 1, -1);
    } else if (errno != EINTR) {
      throw file_error(path, "cannot read: " + system_reason(errno));
    }
  }
}

}  // namespace

byte_blocks::byte_blocks(std::vector<std::byte> bytes)
    : block_size_(std::max<std::size_t>(bytes.size(), 1)), size_(bytes.size()) {
  blocks_.push_back(std::move(bytes));
}

void byte_blocks::copy(std::uint64_t offset, std::byte* out, std::size_t bytes) const {
  while (bytes > 0) {
    const std::vector<std::byte>& block = blocks_[static_cast<std::size_t>(offset / block_size_)];
    const auto begin = static_cast<std::size_t>(offset % block_size_);
    const std::size_t count = std::min(bytes, block.size() - begin);
    std::copy_n(block.data() + begin, count, out);
    offset += count;
    out += count;
    bytes -= count;
  }
}

byte_blocks byte_blocks::read_to_end(int descriptor, const std::string& path, std::uint64_t most) {
  byte_blocks read;
  read.block_size_ = std::size_t{1} << 20U;
  std::size_t filled = read.block_size_;
  try {
    for (;;) {
      if (filled == read.block_size_) {
        read.blocks_.emplace_back(read.block_size_);
        filled = 0;
      }
      const std::size_t got =
          read_some(descriptor, path, read.blocks_.back().data() + filled, read.block_size_ - filled);
      if (got == 0) return read;
      filled += got;
      read.size_ += got;
      if (read.size_ > most) break;
    }
  } catch (const std::bad_alloc&) {
    const std::uint64_t needed = read.size_ + read.block_size_;
    read.blocks_.clear();
    refuse_memory(path, needed);
  }
  throw file_error(path, "gives more than " + format_bytes(static_cast<double>(most)) +
                             ", half of the memory that was available; what comes through a pipe is kept in "
                             "memory, what is in a file is not");
}

std::shared_ptr<const byte_blocks> find_piped(const std::string& path) {
  if (auto copy = copy_of(path)) return copy;
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0 || S_ISREG(status.st_mode) || S_ISDIR(status.st_mode))
    return nullptr;
  std::vector<piped_copy>& copies = all_copies();
  const auto same = std::find_if(copies.begin(), copies.end(), [&](const piped_copy& each) {
    return each.device == status.st_dev && each.number == status.st_ino;
  });
  std::shared_ptr<const byte_blocks> bytes;
  if (same != copies.end()) {
    bytes = same->bytes;
  } else {
    if (processes::count() > 1) {
      throw file_error(path, "is a pipe or a device, which only one of " +
                                 std::to_string(processes::count()) + " processes could read; give a file");
    }
    const open_descriptor opened(path, S_ISFIFO(status.st_mode));
    if (::isatty(opened.number()) != 0)
      throw file_error(path, "is a terminal; give a file, or what another program writes to a pipe");
    bytes = std::make_shared<const byte_blocks>(
        byte_blocks::read_to_end(opened.number(), path, available_memory() / 2));
  }
  copies.push_back({path, status.st_dev, status.st_ino, bytes});
  return bytes;
}

bool is_piped(const std::string& path) noexcept {
  return copy_of(path) != nullptr;
}

}  // namespace tinyrank::app
