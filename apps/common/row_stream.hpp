// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include <atomic>
#include <cstddef>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>

#include "matrix_file.hpp"
#include "npy.hpp"
#include "rounded_file.hpp"
#include "tinyrank/operators/streamed.hpp"

namespace tinyrank::app {

/// Writes rows first .. first + count - 1 of a file as an operator stores them, row_bytes apart. Called by
/// several threads at once. Errors: input_error.
using row_reader =
    std::function<void(std::size_t first, std::size_t count, std::size_t row_bytes, std::byte* rows)>;

/// Rows that stay in their file, for operators that ask for them at every pass.
class row_stream {
 public:
  explicit row_stream(row_reader read) : read_(std::move(read)) {}
  row_stream(const row_stream&) = delete;
  row_stream& operator=(const row_stream&) = delete;

  /// Gives no more rows after the first error.
  row_source source() noexcept { return {read, this}; }

  /// Errors: the first one of reading, if there was any.
  void refuse_failure() const;

 private:
  static const void* read(void* context, std::size_t first, std::size_t count, std::size_t row_bytes,
                          void* rows);

  row_reader read_;
  std::atomic<bool> failed_ = false;
  std::mutex mutex_;
  std::exception_ptr error_;
};

/// Rows of numbers as they are in the file, such as vectors or packed matrices, padded with 0.
template <class T>
row_reader read_numbers(std::shared_ptr<const npy_file> file);

/// The packed rows of whole matrices.
template <class T>
row_reader read_whole(std::shared_ptr<const matrix_file> from);

/// What `arrange(n, numbers, row)` makes of n of complex numbers, real and imaginary parts in turn, or of n
/// times as many; the file is (rows, n) or (rows, n, n).
template <class T>
row_reader read_complex(std::shared_ptr<const npy_file> file, void (*arrange)(std::size_t, const T*, T*));

row_reader read_rounded(std::shared_ptr<const rounded_file> from);

}  // namespace tinyrank::app
