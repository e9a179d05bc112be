// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace tinyrank::app {

/// Bytes in memory, in blocks of one size: how much a pipe will give is not known beforehand, and a vector
/// that grows would need up to three times as much.
class byte_blocks {
 public:
  byte_blocks() = default;
  /// One block.
  explicit byte_blocks(std::vector<std::byte> bytes);

  [[nodiscard]] std::uint64_t size() const noexcept { return size_; }

  /// Fills `out` with `bytes` bytes from `offset` on, which are there.
  void copy(std::uint64_t offset, std::byte* out, std::size_t bytes) const;

  /// Reads a descriptor to its end. Errors: input_error naming the path when reading fails, when it gives
  /// more than `most` bytes, and when there is no memory for them.
  static byte_blocks read_to_end(int descriptor, const std::string& path, std::uint64_t most);

 private:
  std::vector<std::vector<std::byte>> blocks_;
  std::size_t block_size_ = 1;
  std::uint64_t size_ = 0;
};

/// What there is to read under a path that is neither a file on a disk nor a directory: a named pipe,
/// standard input, a shell's <(...), a device. Null for all others, also for what is missing. The first call
/// waits for whoever writes, reads to the end and keeps the bytes as long as the process lives; those after
/// it get the same ones, so that a file may be opened to see what it is, and then again. They are kept in
/// memory, half of what is available at most, and not on a disk, which an endless pipe would fill.
///
/// Errors: as read_to_end; also when it cannot be opened, for a terminal, where a program would seem to hang,
/// and in a run of several processes, of which one alone would get the bytes. By one thread at a time.
std::shared_ptr<const byte_blocks> find_piped(const std::string& path);

/// Whether an earlier find_piped read something under this path.
bool is_piped(const std::string& path) noexcept;

}  // namespace tinyrank::app
