// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "piped_file.hpp"
#include "posix.hpp"

namespace tinyrank::app {

/// `count` rows of `bytes` bytes, one behind the other in a file; in memory `apart` bytes from one to the
/// next.
struct row_layout {
  std::size_t count, bytes, apart;
};

/// A file, or a part of one, open for reading at given offsets. What is no file on a disk is read to its end
/// first, once in a process (piped_file.hpp).
class input_file {
 public:
  /// Opens the file. Errors: input_error when it is missing, unreadable or a directory, and those of
  /// find_piped.
  explicit input_file(std::string path);
  ~input_file();
  input_file(input_file&& other) noexcept;
  input_file(const input_file&) = delete;
  input_file& operator=(const input_file&) = delete;

  /// These bytes under this name, as a file that was unpacked.
  input_file(std::string path, std::vector<std::byte> bytes);

  /// A part of the file, under a name of its own; what is left of this is moved from. Offset and size are
  /// within the file.
  input_file take_part(std::string name, std::uint64_t offset, std::uint64_t size) &&;

  [[nodiscard]] const std::string& path() const noexcept { return path_; }

  /// Bytes in the file when it was opened, or in the part.
  [[nodiscard]] std::uint64_t size() const noexcept { return size_; }

  /// Fills `out` with `bytes` bytes starting at `offset`. Errors: input_error when the disk fails or the
  /// file has become shorter since it was opened.
  void read_exact(std::uint64_t offset, void* out, std::size_t bytes) const;

  /// The same for rows from `offset` on. What is between them in memory is left as it is.
  void read_rows(std::uint64_t offset, row_layout rows, std::byte* out) const;

  /// Tells the system, after `bytes` bytes that end at `offset`, that those behind them will be asked for.
  void read_ahead(std::uint64_t offset, std::uint64_t bytes) const noexcept;

  /// Errors: input_error when the file was written to since it was opened.
  void refuse_change() const;

  /// Whether the bytes are in memory, as of a file that was unpacked, or came through a pipe.
  [[nodiscard]] bool is_in_memory() const noexcept { return descriptor_ < 0; }

 private:
  std::string path_;
  std::shared_ptr<const byte_blocks> bytes_;  ///< where there is no descriptor
  std::uint64_t size_ = 0, start_ = 0;
  int descriptor_ = -1;
  timespec modified_{};
};

}  // namespace tinyrank::app
