// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT
#include "input_file.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include "error.hpp"
#include "posix.hpp"

namespace tinyrank::app {

input_file::input_file(std::string path) : path_(std::move(path)) {
  bytes_ = find_piped(path_);
  if (bytes_) {
    size_ = bytes_->size();
    return;
  }
  // O_NONBLOCK: what became a named pipe meanwhile would hang.
  descriptor_ = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (descriptor_ < 0) throw file_error(path_, "cannot open: " + system_reason(errno));
  struct stat status {};
  std::string refusal;
  if (::fstat(descriptor_, &status) != 0) {
    refusal = "cannot read: " + system_reason(errno);
  } else if (S_ISDIR(status.st_mode)) {
    refusal = "cannot read: " + system_reason(EISDIR);
  }
  if (!refusal.empty()) {
    ::close(descriptor_);
    throw file_error(path_, refusal);
  }
  size_ = static_cast<std::uint64_t>(status.st_size);
  modified_ = modified(status);
}

input_file::~input_file() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

input_file::input_file(std::string path, std::vector<std::byte> bytes)
    : path_(std::move(path)),
      bytes_(std::make_shared<const byte_blocks>(std::move(bytes))),
      size_(bytes_->size()) {}

input_file::input_file(input_file&& other) noexcept
    : path_(std::move(other.path_)),
      bytes_(std::move(other.bytes_)),
      size_(other.size_),
      start_(other.start_),
      descriptor_(std::exchange(other.descriptor_, -1)),
      modified_(other.modified_) {}

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
    bytes_->copy(start_ + offset, target, bytes);
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

void input_file::read_rows(std::uint64_t offset, row_layout rows, std::byte* out) const {
  if (rows.bytes == rows.apart) return read_exact(offset, out, rows.count * rows.bytes);
  // Many short rows are faster copied than told to the system one by one.
  constexpr std::size_t short_row = 4096, most = 256, largest_read = std::size_t{1} << 30U;
  if (rows.bytes < short_row || is_in_memory()) {
    static thread_local std::vector<std::byte> together;
    if (together.size() < rows.count * rows.bytes) together.resize(rows.count * rows.bytes);
    read_exact(offset, together.data(), rows.count * rows.bytes);
    for (std::size_t i = 0; i < rows.count; ++i)
      std::copy_n(together.data() + i * rows.bytes, rows.bytes, out + i * rows.apart);
    return;
  }
  for (std::size_t done = 0; done < rows.count;) {
    std::array<iovec, most> places;
    const std::size_t fitting = std::max(largest_read / rows.bytes, std::size_t{1}),
                      now = std::min({rows.count - done, most, fitting});
    for (std::size_t i = 0; i < now; ++i) places[i] = {out + (done + i) * rows.apart, rows.bytes};
    const ssize_t got = ::preadv(descriptor_, places.data(), static_cast<int>(now),
                                 static_cast<off_t>(start_ + offset + std::uint64_t{done} * rows.bytes));
    const std::size_t whole = got < 0 ? 0 : static_cast<std::size_t>(got) / rows.bytes;
    done += whole;
    // Whatever stopped it before the end of a row is met again, and named, by reading that row.
    if (whole < now) {
      read_exact(offset + std::uint64_t{done} * rows.bytes, out + done * rows.apart, rows.bytes);
      ++done;
    }
  }
}

void input_file::read_ahead(std::uint64_t offset, std::uint64_t bytes) const noexcept {
  if (is_in_memory()) return;
  // A window is asked for when the one before it is begun, in pieces that the kernel takes whole.
  constexpr std::uint64_t window = std::uint64_t{4} << 20U, piece = std::uint64_t{1} << 20U;
  const std::uint64_t begun = (start_ + offset) / window;
  if ((start_ + offset - bytes) / window == begun) return;
  for (std::uint64_t done = 0; done < window; done += piece) {
    static_cast<void>(::posix_fadvise(descriptor_, static_cast<off_t>((begun + 1) * window + done),
                                      static_cast<off_t>(piece), POSIX_FADV_WILLNEED));
  }
}

void input_file::refuse_change() const {
  if (is_in_memory()) return;
  struct stat status {};
  if (::fstat(descriptor_, &status) != 0) throw file_error(path_, "cannot read: " + system_reason(errno));
  const timespec now = modified(status);
  if (now.tv_sec == modified_.tv_sec && now.tv_nsec == modified_.tv_nsec) return;
  throw file_error(path_, "was changed while it was read");
}

}  // namespace tinyrank::app
