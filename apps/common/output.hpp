// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tinyrank::app {

/// A result that appears under its name only when it is complete.
///
/// The constructor proves that the place can be written, before a long run. Text goes to a temporary file
/// `.NAME.tmp.PID` in the same directory, and commit() renames it over NAME; without commit() the destructor
/// removes it, so a failed run leaves an older NAME as it was. A symbolic link is followed: its target is
/// replaced, and the mode bits of an existing file are kept. Devices and pipes (/dev/null, /dev/full, a
/// terminal, a named pipe) and /dev/stdout, /dev/stderr, /dev/fd/N are written directly, without a rename.
///
/// Every error is an input_error that names the path as the caller gave it.
class output_file {
 public:
  /// Errors: an empty path, a directory, a missing or unwritable directory, a write-protected file, a
  /// dangling link, or a file that another output_file of this process already writes.
  explicit output_file(std::string path);
  ~output_file();
  output_file(const output_file&) = delete;
  output_file& operator=(const output_file&) = delete;

  [[nodiscard]] const std::string& path() const noexcept { return path_; }

  /// Appends; buffered. Errors: the disk is full, or failed.
  void write(std::string_view text);
  void write(std::span<const std::byte> bytes);

  /// Writes over the first bytes, which are there. Errors: as write; what has no first bytes, as a pipe.
  void write_start(std::string_view text);

  /// Bytes up to now.
  [[nodiscard]] std::uint64_t written() const noexcept { return written_; }

  /// Flushes to the disk and checks every error; nothing can be written afterwards. Of several outputs, all
  /// are completed before the first is committed, so that a full disk leaves none of them.
  /// Errors: as write; the temporary file is removed then.
  void complete();

  /// Completes if that was not done, and gives the file its name. Call once. Errors: as complete.
  void commit();

 private:
  void open_temporary(unsigned mode);
  void flush();
  void write_all(const std::byte* data, std::size_t size);
  void discard() noexcept;
  [[noreturn]] void fail(std::string_view what, int error_number) const;

  std::string path_;
  std::string target_;     ///< absolute path to rename to; empty when written directly
  std::string temporary_;  ///< absolute path of the temporary file; empty when there is none
  int registration_ = -1;
  int descriptor_ = -1;
  std::vector<std::byte> buffer_;
  std::uint64_t written_ = 0;
};

/// Opens /dev/null in place of a closed standard stream: an output file that got its number would also
/// receive what is printed. Standard output that was closed cannot be written. Call first, from main.
void occupy_standard_streams();

/// Installs handlers for the signals that users, terminals, timers and batch systems end programs by. They
/// remove the temporary files of all open outputs, restore the default action and raise the signal again. A
/// signal that is ignored (nohup) stays ignored. The same on exit(), which destroys no output. Also ignores
/// SIGXFSZ, so that a file size limit is a reported error. Call once, from main.
void remove_temporaries_on_signal();

}  // namespace tinyrank::app
