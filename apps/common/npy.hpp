// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "input_file.hpp"
#include "npy_header.hpp"

namespace tinyrank::app {

class output_file;

/// A checked npy file, read in pieces: opening reads only the header, the data stay on disk until asked for.
///
/// The array is seen as `row_count()` rows (the first axis) of `row_size()` elements (the other axes) in C
/// order, whatever the order in the file, so a (m,n,n) data set can be packed group by group.
class npy_file {
 public:
  /// Opens and checks the file, or a member of an archive: "FILE.npz:NAME" (npz.hpp). Errors: input_error
  /// naming the file when it is missing, unreadable, not npy, of another dtype than npy_type has,
  /// 0-dimensional, empty, truncated, followed by more bytes, or when its header or shape is too large.
  explicit npy_file(const std::string& path, bool may_be_complex = false);

  [[nodiscard]] const std::string& path() const noexcept { return file_.path(); }
  [[nodiscard]] const input_file& input() const noexcept { return file_; }
  [[nodiscard]] std::uint64_t data_offset() const noexcept { return header_.data_offset; }

  /// Whether the bytes of the file, from data_offset() on, are the rows as elements of T.
  template <class T>
  [[nodiscard]] bool is_stored_as() const noexcept {
    const bool in_rows = !header_.fortran_order || header_.shape.size() == 1;
    return in_rows && !header_.is_complex && !header_.big_endian &&
           header_.type == (sizeof(T) == 4 ? npy_type::f4 : npy_type::f8);
  }
  [[nodiscard]] std::span<const std::size_t> shape() const noexcept { return header_.shape; }

  /// The shape for a message: "(40, 5, 4)".
  [[nodiscard]] std::string shape_text() const;

  [[nodiscard]] npy_type element_type() const noexcept { return header_.type; }
  [[nodiscard]] bool fortran_order() const noexcept { return header_.fortran_order; }
  [[nodiscard]] std::size_t element_count() const noexcept { return header_.element_count; }

  /// Extent of the first axis, or the rows that are kept of it.
  [[nodiscard]] std::size_t row_count() const noexcept { return row_count_; }

  /// From here on row 0 is this one, and there are `count` of them: what a process has of the file. The
  /// others are never read, in Fortran order but for those of short columns.
  void keep_rows(std::size_t first, std::size_t count) noexcept {
    first_row_ = first;
    row_count_ = count;
  }
  [[nodiscard]] std::size_t first_row() const noexcept { return first_row_; }

  /// Product of the extents of the other axes (1 for a vector).
  [[nodiscard]] std::size_t row_size() const noexcept { return header_.element_count / header_.shape[0]; }

  /// A good number of rows for one copy_rows call, between 1 and row_count(): about 4 MiB of the file, or
  /// 64 MiB in Fortran order, where a small group would read the disk in small scattered pieces.
  [[nodiscard]] std::size_t suggested_rows() const noexcept;

  /// Writes rows [first, first + count) to `out` (count * row_size() elements, C order), as T = float or
  /// double. Errors: input_error naming the file and the index of the first element that is NaN, infinite or
  /// too large for T; std::out_of_range when the rows do not exist or `out` has another size.
  /// Cost: reads the rows once; in Fortran order columns of up to 16 KiB are read whole. Memory: at most 1
  /// MiB.
  template <class T>
  void copy_rows(std::size_t first, std::size_t count, std::span<T> out) const;

  /// The whole array in C order, as T = float or double. Errors: as copy_rows. Memory: the result, whose
  /// elements the file was checked to hold, and at most 1 MiB.
  template <class T>
  [[nodiscard]] std::vector<T> read_all() const;

  /// Rows of complex numbers, real and imaginary part in turn, 2 count row_size() of T; of a real array the
  /// imaginary parts are 0. Errors and cost: as copy_rows; in Fortran order the whole array is read, for all
  /// of its rows at once.
  template <class T>
  void copy_complex_rows(std::size_t first, std::size_t count, std::span<T> out) const;

  /// The same as double, with NaN and infinities as they are.
  [[nodiscard]] std::vector<double> read_numbers() const;

 private:
  input_file file_;
  npy_header header_;
  std::size_t first_row_ = 0, row_count_ = 0;
};

/// Whether it is an npy file, an npz archive, or a member of one. Errors: input_error when it cannot be read.
bool is_array_file(const std::string& path);

/// Refuses NaN and infinity. `values` are the elements of an array of this shape from flat C-order index
/// `first_index` on. Errors: input_error "NAME: element [i, j] is NaN" for the first offender.
/// Cost: one pass. T = float or double.
template <class T>
void require_finite(std::string_view name, std::span<const std::size_t> shape, std::size_t first_index,
                    std::span<const T> values);

/// Writes an array in C order to an open output, byte for byte as numpy.save does; the caller commits.
/// `elements` has the product of the shape. Errors: input_error naming the file when it cannot be written,
/// or when the shape has no dimension or more than 32. T = float or double.
template <class T>
void write_npy(output_file& output, std::span<const std::size_t> shape, const T* elements);

/// The same for complex numbers: real and imaginary part of each in turn, twice the product of the shape.
template <class T>
void write_complex_npy(output_file& output, std::span<const std::size_t> shape, const T* elements);

/// write_npy to a path: creates the file under a temporary name, writes it and renames it.
template <class T>
void write_npy(const std::string& path, std::span<const std::size_t> shape, const T* elements);

}  // namespace tinyrank::app
