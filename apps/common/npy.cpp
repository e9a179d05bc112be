// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT
#include "npy.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <type_traits>
#include <utility>

#include "error.hpp"
#include "memory.hpp"
#include "npz.hpp"
#include "output.hpp"

namespace tinyrank::app {
namespace {

static_assert(std::endian::native == std::endian::little, "elements are read and written without swapping");
static_assert(sizeof(float) == 4 && sizeof(double) == 8 && std::numeric_limits<double>::is_iec559);

constexpr std::size_t piece_bytes = std::size_t{1} << 20U;
constexpr std::size_t short_column_bytes = std::size_t{1} << 14U;

std::string index_text(std::span<const std::size_t> shape, std::size_t flat_index) {
  std::string text = "]";
  for (std::size_t axis = shape.size(); axis-- > 0;) {
    text.insert(0, std::to_string(flat_index % shape[axis]));
    text.insert(0, axis > 0 ? ", " : "[");
    flat_index /= shape[axis];
  }
  return text;
}

std::string number_text(double value) {
  char digits[32];
  return {digits, std::to_chars(digits, digits + sizeof digits, value).ptr};
}

/// A number of 2 bytes in IEEE's binary16.
struct half {
  std::uint16_t bits = 0;

  explicit operator double() const {
    const int exponent = (bits >> 10U) & 31U;
    const double fraction = bits & 1023U;
    double size = exponent == 0 ? std::ldexp(fraction, -24) : std::ldexp(1024 + fraction, exponent - 25);
    if (exponent == 31)
      size =
          fraction == 0 ? std::numeric_limits<double>::infinity() : std::numeric_limits<double>::quiet_NaN();
    return (bits & 0x8000U) != 0 ? -size : size;
  }
  explicit operator float() const { return static_cast<float>(static_cast<double>(*this)); }
};

bool is_finite(half value) {
  return std::isfinite(static_cast<double>(value));
}

template <class Source>
bool is_finite(Source value) {
  if constexpr (std::is_floating_point_v<Source>) return std::isfinite(value);
  return true;
}

/// From one byte order to the other.
template <class Source>
void swap_bytes(std::span<Source> values) {
  for (Source& value : values) {
    auto* bytes = reinterpret_cast<unsigned char*>(&value);
    std::reverse(bytes, bytes + sizeof value);
  }
}

template <class Source>
void read_elements(const input_file& file, const npy_header& header, std::uint64_t first,
                   std::span<Source> out) {
  file.read_exact(header.data_offset + first * sizeof(Source), out.data(), out.size_bytes());
  if (header.big_endian) swap_bytes(out);
}

template <class Source, class T>
T convert(Source value) {
  if constexpr (std::is_same_v<Source, double> && std::is_same_v<T, float>) {
    // Too large for float becomes an infinity, which the caller reports with the value from the file.
    constexpr double largest = std::numeric_limits<float>::max();
    if (value > largest) return std::numeric_limits<float>::infinity();
    if (value < -largest) return -std::numeric_limits<float>::infinity();
  }
  return static_cast<T>(value);
}

template <class T>
std::size_t find_non_finite(std::span<const T> values) {
  // Blocks without an early exit vectorise; the index is looked for only in a block that has an offender.
  constexpr std::size_t block = 1024;
  for (std::size_t begin = 0; begin < values.size(); begin += block) {
    const auto part = values.subspan(begin, std::min(block, values.size() - begin));
    bool all_finite = true;
    for (const T value : part) all_finite &= std::abs(value) <= std::numeric_limits<T>::max();
    if (all_finite) continue;
    const auto offender =
        std::find_if_not(part.begin(), part.end(), [](T value) { return std::isfinite(value); });
    return begin + static_cast<std::size_t>(offender - part.begin());
  }
  return values.size();
}

/// Walks the C-order positions inside a row in the order in which Fortran stores them.
class fortran_walk {
 public:
  explicit fortran_walk(std::span<const std::size_t> shape)
      : extents_(shape.subspan(1)), index_(shape.size() - 1, 0) {
    strides_.assign(extents_.size(), 1);
    for (std::size_t axis = extents_.size(); axis-- > 1;)
      strides_[axis - 1] = strides_[axis] * extents_[axis];
  }

  [[nodiscard]] std::size_t position() const noexcept { return position_; }

  void advance() noexcept {
    for (std::size_t axis = 0; axis < extents_.size(); ++axis) {
      position_ += strides_[axis];
      if (++index_[axis] < extents_[axis]) return;
      position_ -= strides_[axis] * extents_[axis];
      index_[axis] = 0;
    }
  }

 private:
  std::span<const std::size_t> extents_;
  std::vector<std::size_t> index_;
  std::vector<std::size_t> strides_;
  std::size_t position_ = 0;
};

struct row_range {
  std::size_t first;
  std::size_t count;
};

template <class Source, class T>
void copy_c_order(const input_file& file, const npy_header& header, std::size_t first_index,
                  std::span<T> out) {
  if constexpr (std::is_same_v<Source, T>) {
    read_elements<Source>(file, header, first_index, out);
  } else {
    std::vector<Source> piece(std::min(out.size(), piece_bytes / sizeof(Source)));
    for (std::size_t done = 0; done < out.size(); done += piece.size()) {
      piece.resize(std::min(piece.size(), out.size() - done));
      read_elements<Source>(file, header, std::uint64_t{first_index} + done, piece);
      std::transform(piece.begin(), piece.end(), out.data() + done, convert<Source, T>);
    }
  }
}

template <class Source, class T>
void copy_fortran_order(const input_file& file, const npy_header& header, row_range rows, std::span<T> out) {
  const std::size_t column_length = header.shape[0];
  const std::size_t row_size = header.element_count / column_length;
  const auto element_at = [&](std::size_t column, std::size_t row) {
    return std::uint64_t{column} * column_length + row;
  };
  fortran_walk walk(header.shape);
  const auto scatter = [&](const Source* values, std::size_t to_row, std::size_t count) {
    for (std::size_t k = 0; k < count; ++k) {
      out[(to_row + k) * row_size + walk.position()] = convert<Source, T>(values[k]);
    }
  };
  std::vector<Source> piece;
  if (column_length <= short_column_bytes / sizeof(Source)) {
    // Short columns: one large read of many whole columns beats one tiny read for each.
    const std::size_t columns = std::min(row_size, piece_bytes / sizeof(Source) / column_length);
    for (std::size_t begin = 0; begin < row_size; begin += columns) {
      const std::size_t count = std::min(columns, row_size - begin);
      piece.resize(count * column_length);
      read_elements<Source>(file, header, element_at(begin, 0), piece);
      for (std::size_t k = 0; k < count; ++k, walk.advance()) {
        scatter(piece.data() + k * column_length + rows.first, 0, rows.count);
      }
    }
    return;
  }
  const std::size_t longest = std::min(rows.count, piece_bytes / sizeof(Source));
  for (std::size_t column = 0; column < row_size; ++column, walk.advance()) {
    for (std::size_t done = 0; done < rows.count; done += longest) {
      piece.resize(std::min(longest, rows.count - done));
      read_elements<Source>(file, header, element_at(column, rows.first + done), piece);
      scatter(piece.data(), done, piece.size());
    }
  }
}

/// The offset in the file, in elements, of the element with this flat C-order index.
std::uint64_t stored_index(const npy_header& header, std::size_t flat_index) {
  if (!header.fortran_order) return flat_index;
  std::uint64_t result = 0;
  std::uint64_t stride = header.element_count;
  for (std::size_t axis = header.shape.size(); axis-- > 0;) {
    stride /= header.shape[axis];
    result += stride * (flat_index % header.shape[axis]);
    flat_index /= header.shape[axis];
  }
  return result;
}

enum class values_are : std::uint8_t { finite, any };

template <class Source, class T>
void copy_from(const input_file& file, const npy_header& header, row_range rows, std::span<T> out,
               values_are wanted) {
  const std::size_t first_index = rows.first * (header.element_count / header.shape[0]);
  if (header.fortran_order && header.shape.size() > 1) {
    copy_fortran_order<Source>(file, header, rows, out);
  } else {
    copy_c_order<Source>(file, header, first_index, out);
  }
  if (wanted == values_are::any) return;
  const std::size_t offender = find_non_finite(std::span<const T>(out));
  if (offender == out.size()) return;
  Source value{};
  read_elements<Source>(file, header, stored_index(header, first_index + offender), {&value, 1});
  if (!is_finite(value))
    require_finite(file.path(), header.shape, first_index + offender, std::span<const T>(&out[offender], 1));
  throw file_error(file.path(), "element " + index_text(header.shape, first_index + offender) + " = " +
                                    number_text(static_cast<double>(value)) +
                                    " is too large for single precision");
}

template <class T>
void copy_rows_of(const input_file& file, const npy_header& header, row_range rows, std::span<T> out,
                  values_are wanted) {
  switch (header.type) {
    case npy_type::f2:
      return copy_from<half>(file, header, rows, out, wanted);
    case npy_type::f4:
      return copy_from<float>(file, header, rows, out, wanted);
    case npy_type::f8:
      return copy_from<double>(file, header, rows, out, wanted);
    case npy_type::i1:
      return copy_from<std::int8_t>(file, header, rows, out, wanted);
    case npy_type::i2:
      return copy_from<std::int16_t>(file, header, rows, out, wanted);
    case npy_type::i4:
      return copy_from<std::int32_t>(file, header, rows, out, wanted);
    case npy_type::i8:
      return copy_from<std::int64_t>(file, header, rows, out, wanted);
    case npy_type::u1:
      return copy_from<std::uint8_t>(file, header, rows, out, wanted);
    case npy_type::u2:
      return copy_from<std::uint16_t>(file, header, rows, out, wanted);
    case npy_type::u4:
      return copy_from<std::uint32_t>(file, header, rows, out, wanted);
    case npy_type::u8:
      return copy_from<std::uint64_t>(file, header, rows, out, wanted);
  }
}

}  // namespace

npy_file::npy_file(const std::string& path, bool may_be_complex)
    : file_(open_array(path)),
      header_(read_npy_header(file_, may_be_complex)),
      row_count_(header_.shape[0]) {}

std::string npy_file::shape_text() const {
  std::string text;
  for (const std::size_t extent : shape()) text += (text.empty() ? "(" : ", ") + std::to_string(extent);
  return text + ")";
}

std::size_t npy_file::suggested_rows() const noexcept {
  if (header_.is_complex && header_.fortran_order) return row_count();
  const std::size_t group_bytes = piece_bytes * (header_.fortran_order ? 64 : 4);
  return std::clamp<std::size_t>(group_bytes / size_of(header_) / row_size(), 1, row_count());
}

template <class T>
void npy_file::copy_rows(std::size_t first, std::size_t count, std::span<T> out) const {
  if (first > row_count() || count > row_count() - first || out.size() != count * row_size()) {
    throw std::out_of_range("copy_rows: no such rows, or an output of another size");
  }
  if (header_.is_complex) throw std::logic_error("copy_rows: of complex numbers");
  if (count == 0) return;
  copy_rows_of(file_, header_, {first_row_ + first, count}, out, values_are::finite);
}

template <class T>
void npy_file::copy_complex_rows(std::size_t first, std::size_t count, std::span<T> out) const {
  if (first > row_count() || count > row_count() - first || out.size() != 2 * count * row_size()) {
    throw std::out_of_range("copy_complex_rows: no such rows, or an output of another size");
  }
  const std::size_t elements = count * row_size();
  if (elements == 0) return;
  if (!header_.is_complex) {
    copy_rows(first, count, out.first(elements));
    for (std::size_t k = elements; k-- > 0;) {
      out[2 * k] = out[k];
      out[2 * k + 1] = T(0);
    }
    return;
  }
  // The same bytes as numbers: both parts are the last axis, in Fortran order the first.
  npy_header parts = header_;
  parts.is_complex = false;
  parts.element_count *= 2;
  if (!header_.fortran_order) {
    parts.shape.push_back(2);
    return copy_rows_of(file_, parts, {first_row_ + first, count}, out, values_are::finite);
  }
  parts.shape.insert(parts.shape.begin(), 2);
  std::vector<T> all(parts.element_count);
  copy_rows_of(file_, parts, {0, 2}, std::span<T>(all), values_are::finite);
  for (std::size_t k = 0; k < elements; ++k) {
    const std::size_t at = (first_row_ + first) * row_size() + k;
    out[2 * k] = all[at];
    out[2 * k + 1] = all[element_count() + at];
  }
}

template <class T>
std::vector<T> npy_file::read_all() const {
  std::vector<T> elements;
  if (element_count() > elements.max_size()) throw file_error(path(), "is too large for this machine");
  elements.resize(element_count());
  copy_rows(0, row_count(), std::span<T>(elements));
  return elements;
}

std::vector<double> npy_file::read_numbers() const {
  require_memory(path(), std::uint64_t{element_count()} * sizeof(double));
  std::vector<double> elements(element_count());
  copy_rows_of(file_, header_, {0, row_count()}, std::span<double>(elements), values_are::any);
  return elements;
}

bool is_array_file(const std::string& path) {
  if (names_member(path)) return true;
  const input_file file(path);
  std::array<char, 4> start{};
  if (file.size() < start.size()) return false;
  file.read_exact(0, start.data(), start.size());
  const std::string_view found(start.data(), start.size());
  return found == "\x93NUM" || found == "PK\3\4";
}

template <class T>
void require_finite(std::string_view name, std::span<const std::size_t> shape, std::size_t first_index,
                    std::span<const T> values) {
  const std::size_t offender = find_non_finite(values);
  if (offender == values.size()) return;
  throw file_error(name, "element " + index_text(shape, first_index + offender) + " is " +
                             (std::isnan(values[offender]) ? "NaN" : "infinite"));
}

template <class T>
void write_npy(output_file& output, std::span<const std::size_t> shape, const T* elements) {
  output.write(format_npy_header(sizeof(T) == 4 ? "<f4" : "<f8", shape));
  std::size_t count = 1;
  for (const std::size_t extent : shape) count *= extent;
  output.write(std::as_bytes(std::span<const T>(elements, count)));
}

template <class T>
void write_complex_npy(output_file& output, std::span<const std::size_t> shape, const T* elements) {
  output.write(format_npy_header(sizeof(T) == 4 ? "<c8" : "<c16", shape));
  std::size_t count = 2;
  for (const std::size_t extent : shape) count *= extent;
  output.write(std::as_bytes(std::span<const T>(elements, count)));
}

template <class T>
void write_npy(const std::string& path, std::span<const std::size_t> shape, const T* elements) {
  output_file output(path);
  write_npy(output, shape, elements);
  output.commit();
}

template void npy_file::copy_rows<float>(std::size_t, std::size_t, std::span<float>) const;
template void npy_file::copy_rows<double>(std::size_t, std::size_t, std::span<double>) const;
template void npy_file::copy_complex_rows<float>(std::size_t, std::size_t, std::span<float>) const;
template void npy_file::copy_complex_rows<double>(std::size_t, std::size_t, std::span<double>) const;
template std::vector<float> npy_file::read_all<float>() const;
template std::vector<double> npy_file::read_all<double>() const;
template void require_finite(std::string_view, std::span<const std::size_t>, std::size_t,
                             std::span<const float>);
template void require_finite(std::string_view, std::span<const std::size_t>, std::size_t,
                             std::span<const double>);
template void write_complex_npy(output_file&, std::span<const std::size_t>, const float*);
template void write_complex_npy(output_file&, std::span<const std::size_t>, const double*);
template void write_npy(output_file&, std::span<const std::size_t>, const float*);
template void write_npy(output_file&, std::span<const std::size_t>, const double*);
template void write_npy(const std::string&, std::span<const std::size_t>, const float*);
template void write_npy(const std::string&, std::span<const std::size_t>, const double*);

}  // namespace tinyrank::app
