// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "input_file.hpp"

namespace tinyrank::app {

/// Element types that are read: IEEE floats of 2, 4 and 8 bytes, and integers, whose signs are their first
/// letter. f4 and f8 are written.
enum class npy_type : std::uint8_t { f2, f4, f8, i1, i2, i4, i8, u1, u2, u4, u8 };

/// Bytes of one element.
constexpr std::size_t size_of(npy_type type) noexcept {
  constexpr std::size_t sizes[] = {2, 4, 8, 1, 2, 4, 8, 1, 2, 4, 8};
  return sizes[static_cast<std::size_t>(type)];
}

/// What the header of an npy file says.
struct npy_header {
  npy_type type = npy_type::f8;
  bool is_complex = false;  ///< two of them an element, real and imaginary part
  bool big_endian = false;
  bool fortran_order = false;
  std::vector<std::size_t> shape;  ///< 1 to 32 dimensions, none of them 0; the product fits std::size_t
  std::size_t element_count = 0;   ///< product of the shape; times the element size it still fits std::size_t
  std::uint64_t data_offset = 0;   ///< bytes before the first element
};

/// Bytes of one element.
constexpr std::size_t size_of(const npy_header& header) noexcept {
  return size_of(header.type) * (header.is_complex ? 2 : 1);
}

/// Reads and checks the header (format 1.0, 2.0 or 3.0) and that the file ends exactly where the data does.
/// The dictionary holds exactly descr, fortran_order and shape, in any order, as literals. Dimensions may be
/// written as python 2 does (60L), or with a comma at the thousands (1,060), as programs do that print by the
/// locale, where the size of the file says that this is meant.
/// Errors: input_error naming the file, also for complex numbers unless they are allowed. Memory: at most 64
/// KiB and never more than the file.
npy_header read_npy_header(const input_file& file, bool may_be_complex = false);

/// The bytes before the data that numpy.save (numpy 1.24) writes for a C-ordered array: format 1.0, padded to
/// a multiple of 64. descr: "<f4", "<c16", ... Errors: input_error when the shape has no dimension or more
/// than 32.
std::string format_npy_header(std::string_view descr, std::span<const std::size_t> shape);

/// The same for records; descr: a list as Python writes it.
std::string format_npy_records(std::string_view descr, std::span<const std::size_t> shape);

}  // namespace tinyrank::app
