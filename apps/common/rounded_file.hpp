// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "input_file.hpp"

namespace tinyrank::app {

enum class rounded_type : std::uint8_t { bf16, int8 };

/// "bf16" or "int8"
std::string name_of(rounded_type type);

/// What the header of a file of rounded matrices says. The file is npy, of records that numpy reads, each a
/// row as pack_row_bf16 or pack_row_int8 wrote it, of stride elements:
///
///   [('bf16 n=N rounded=R', '<u2', (stride,))]
///   [('scale', '<f4'), ('', '|V60'), ('int8 n=N rounded=R', '|i1', (stride,))]
///
/// R: ||rounded - given|| / ||given|| over all matrices, as %.9e.
struct rounded_header {
  rounded_type type = rounded_type::bf16;
  std::size_t n = 0, m = 0;
  double rounded = 0;
};

/// The bytes before the rows, as many for every `rounded`.
std::string format_header(const rounded_header& header);

/// Bytes of a row, and of a record: before the row of int8 there are 64, with its scale.
std::size_t row_bytes(const rounded_header& header);
std::size_t record_bytes(const rounded_header& header);

/// A file that `tinyrank convert` wrote; opening reads the header alone.
class rounded_file {
 public:
  /// None when the file is another npy file, or no npy file. Errors: input_error when it cannot be read, has
  /// not the size that its header says, or has a header that is nearly one of these.
  static std::optional<rounded_file> open(const std::string& path);

  [[nodiscard]] const rounded_header& header() const noexcept { return header_; }
  [[nodiscard]] const std::string& path() const noexcept { return file_.path(); }

  /// From here on the file is these rows alone, counted from 0.
  void keep_rows(std::size_t first, std::size_t count) noexcept {
    start_ += std::uint64_t{first} * record_bytes(header_);
    header_.m = count;
  }

  /// Rows first .. first + count - 1, without gaps. Errors: input_error, also when the file was changed since
  /// it was opened.
  void read_rows(std::size_t first, std::size_t count, std::byte* rows) const;

  /// Reads all rows: that they are finite, and the scales of int8. `rows` gets them, unless null. Errors:
  /// input_error.
  std::vector<float> read_all(std::byte* rows) const;

 private:
  rounded_file(input_file file, const rounded_header& header, std::uint64_t start)
      : file_(std::move(file)), header_(header), start_(start) {}

  input_file file_;
  rounded_header header_;
  std::uint64_t start_;
};

/// What a run is told of matrices that were rounded; `share`: sum of squared changes over sum of squares.
std::string rounding_note(const std::string& path, const std::string& type, double share);

}  // namespace tinyrank::app
