// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT
#include "npy_header.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>
#include <system_error>

#include "error.hpp"

namespace tinyrank::app {
namespace {

constexpr std::string_view magic = "\x93NUMPY";
constexpr std::size_t most_dimensions = 32;
/// Of npy_type, in its order; one character before them is the byte order.
constexpr std::array<std::string_view, 11> type_names = {"f2", "f4", "f8", "i1", "i2", "i4",
                                                         "i8", "u1", "u2", "u4", "u8"};
constexpr std::size_t largest_header = 65536;

std::string describe_dtype(std::string_view descr) {
  if (descr.size() < 2) return "unknown";
  const std::string_view kind = descr.substr(1);
  switch (kind[0]) {
    case 'f':
      return "floating point";
    case 'i':
    case 'u':
      return "integer";
    case 'b':
      return "boolean";
    case 'c':
      return "complex";
    case 'O':
      return "Python objects";
    case 'S':
    case 'U':
      return "text";
    case 'm':
    case 'M':
      return "time";
    default:
      return "unknown";
  }
}

/// Parser of the one dictionary that a header holds; anything else is refused.
class header_parser {
 public:
  header_parser(const std::string& path, std::string_view text, bool may_be_complex)
      : path_(path), rest_(text), may_be_complex_(may_be_complex) {}

  npy_header parse() {
    if (rest_.empty() || rest_.back() != '\n') fail("it does not end with a newline");
    rest_.remove_suffix(1);
    npy_header header;
    std::array<bool, 3> seen{};
    expect('{');
    while (!accept('}')) {
      const std::string_view key = string_literal();
      expect(':');
      mark(seen, key);
      if (key == "descr") {
        header.type = dtype(header);
      } else if (key == "fortran_order") {
        header.fortran_order = boolean();
      } else {
        shape(header.shape);
      }
      if (!accept(',')) {
        expect('}');
        break;
      }
    }
    for (std::size_t k = 0; k < keys.size(); ++k) {
      if (!seen[k]) fail("the key " + in_quotes(keys[k]) + " is missing");
    }
    skip_spaces();
    if (!rest_.empty()) fail("unexpected text after the dictionary: " + in_quotes(rest_));
    return header;
  }

  /// The shape with commas taken for those at the thousands: three digits belong to the number before them.
  [[nodiscard]] std::vector<std::size_t> joined(const std::vector<std::size_t>& shape) const {
    std::vector<std::size_t> numbers;
    bool may_go_on = false;
    for (std::size_t k = 0; k < shape.size(); ++k) {
      constexpr std::size_t thousand = 1000;
      if (may_go_on && digits_[k] == 3 && numbers.back() <= SIZE_MAX / thousand - 1) {
        numbers.back() = numbers.back() * thousand + shape[k];
      } else {
        numbers.push_back(shape[k]);
        may_go_on = digits_[k] <= 3;
      }
    }
    return numbers;
  }

  /// A dimension like 060 stands only after such a comma.
  void refuse_leading_zero() const {
    if (!leading_zero_.empty()) fail("a dimension starts with 0: " + in_quotes(leading_zero_));
  }

 private:
  static constexpr std::array<std::string_view, 3> keys{"descr", "fortran_order", "shape"};

  [[noreturn]] void fail(const std::string& what) const {
    throw file_error(path_, "malformed npy header: " + what);
  }

  void mark(std::array<bool, 3>& seen, std::string_view key) const {
    for (std::size_t k = 0; k < keys.size(); ++k) {
      if (key != keys[k]) continue;
      if (seen[k]) fail("the key " + in_quotes(key) + " appears twice");
      seen[k] = true;
      return;
    }
    fail("unknown key " + in_quotes(key));
  }

  void skip_spaces() {
    while (!rest_.empty() && rest_.front() == ' ') rest_.remove_prefix(1);
  }

  bool accept(char symbol) {
    skip_spaces();
    if (rest_.empty() || rest_.front() != symbol) return false;
    rest_.remove_prefix(1);
    return true;
  }

  void expect(char symbol) {
    if (accept(symbol)) return;
    const std::string found = rest_.empty() ? "the end" : in_quotes(rest_);
    fail("expected " + in_quotes(std::string_view(&symbol, 1)) + " but found " + found);
  }

  bool accept_word(std::string_view word) {
    skip_spaces();
    if (!rest_.starts_with(word)) return false;
    rest_.remove_prefix(word.size());
    return true;
  }

  std::string_view string_literal() {
    skip_spaces();
    const char quote = rest_.empty() ? '\0' : rest_.front();
    if (quote != '\'' && quote != '"') fail("expected a quoted string but found " + in_quotes(rest_));
    const std::size_t end = rest_.find(quote, 1);
    if (end == std::string_view::npos) fail("a quoted string does not end");
    const std::string_view value = rest_.substr(1, end - 1);
    rest_.remove_prefix(end + 1);
    return value;
  }

  npy_type dtype(npy_header& header) {
    skip_spaces();
    const std::string needed = std::string("; need floats f2, f4 or f8, or integers") +
                               (may_be_complex_ ? ", or complex numbers c8 or c16" : "");
    if (!rest_.empty() && rest_.front() == '[') {
      throw file_error(path_, "dtype is structured (records)" + needed);
    }
    const std::string_view descr = string_literal();
    const char order = descr.empty() ? '\0' : descr[0];
    header.big_endian = order == '>';
    std::string_view name = descr.substr(descr.empty() ? 0 : 1);
    header.is_complex = may_be_complex_ && (name == "c8" || name == "c16");
    if (header.is_complex) name = name == "c8" ? "f4" : "f8";
    const auto found = std::find(type_names.begin(), type_names.end(), name);
    const bool has_order = order == '<' || order == '>' || order == '=';
    if (found != type_names.end() && (has_order || (order == '|' && found->ends_with('1'))))
      return static_cast<npy_type>(found - type_names.begin());
    throw file_error(
        path_, "dtype " + in_quotes(descr) + " (" + describe_dtype(descr) + ") is not supported" + needed);
  }

  bool boolean() {
    if (accept_word("True")) return true;
    if (accept_word("False")) return false;
    fail("fortran_order is neither True nor False: " + in_quotes(rest_));
  }

  std::size_t dimension() {
    skip_spaces();
    std::size_t value = 0;
    const char* const end = rest_.data() + rest_.size();
    const auto [stop, error] = std::from_chars(rest_.data(), end, value);
    if (error == std::errc::result_out_of_range) {
      throw file_error(path_, "shape is too large for this machine: " + in_quotes(rest_));
    }
    if (error != std::errc{}) fail("a dimension is not a whole number: " + in_quotes(rest_));
    const auto length = static_cast<std::size_t>(stop - rest_.data());
    digits_.push_back(length);
    if (length > 1 && rest_.front() == '0') leading_zero_ = rest_;
    rest_.remove_prefix(length);
    if (!rest_.empty() && rest_.front() == 'L') rest_.remove_prefix(1);  // a long of python 2
    return value;
  }

  void shape(std::vector<std::size_t>& dimensions) {
    expect('(');
    while (!accept(')')) {
      if (dimensions.size() == most_dimensions) fail("more than 32 dimensions");
      dimensions.push_back(dimension());
      if (accept(',')) continue;
      // In Python "(3)" is a number, not a shape of one dimension.
      if (dimensions.size() == 1) fail("shape is not a tuple");
      expect(')');
      break;
    }
  }

  const std::string& path_;
  std::string_view rest_, leading_zero_;
  bool may_be_complex_;
  std::vector<std::size_t> digits_;  ///< of each dimension
};

std::string shape_text(std::span<const std::size_t> shape) {
  std::string text = "(";
  for (std::size_t axis = 0; axis < shape.size(); ++axis) {
    if (axis > 0) text += ", ";
    text += std::to_string(shape[axis]);
  }
  return text + (shape.size() == 1 ? ",)" : ")");
}

/// UINT64_MAX when it overflows.
std::uint64_t bytes_of(std::span<const std::size_t> shape, const npy_header& header) {
  std::uint64_t bytes = size_of(header);
  for (const std::size_t extent : shape) {
    if (__builtin_mul_overflow(bytes, std::uint64_t{extent}, &bytes)) return UINT64_MAX;
  }
  return bytes;
}

std::size_t count_elements(const std::string& path, const npy_header& header) {
  if (header.shape.empty()) throw file_error(path, "holds a single number (shape ()), not an array");
  std::size_t count = 1;
  std::size_t bytes = 0;
  for (const std::size_t extent : header.shape) {
    if (extent == 0) throw file_error(path, "has no elements (shape " + shape_text(header.shape) + ")");
    if (__builtin_mul_overflow(count, extent, &count) ||
        __builtin_mul_overflow(count, size_of(header), &bytes)) {
      throw file_error(path, "shape " + shape_text(header.shape) + " is too large for this machine");
    }
  }
  return count;
}

}  // namespace

npy_header read_npy_header(const input_file& file, bool may_be_complex) {
  const std::string& path = file.path();
  std::array<unsigned char, 12> start{};
  if (file.size() < 10) throw file_error(path, "not an npy file (too short)");
  file.read_exact(0, start.data(), 10);
  if (std::string_view(reinterpret_cast<const char*>(start.data()), magic.size()) != magic) {
    throw file_error(path, "not an npy file (wrong magic bytes)");
  }
  const unsigned major = start[6];
  const unsigned minor = start[7];
  if (major < 1 || major > 3 || minor != 0) {
    throw file_error(path, "npy format version " + std::to_string(major) + "." + std::to_string(minor) +
                               " is not supported (1.0, 2.0 and 3.0 are)");
  }
  std::uint64_t text_offset = 10;
  std::uint64_t length = start[8] + 256U * start[9];
  if (major > 1) {
    if (file.size() < 12) throw file_error(path, "not an npy file (too short)");
    file.read_exact(10, start.data() + 10, 2);
    text_offset = 12;
    length += 65536ULL * start[10] + 16777216ULL * start[11];
  }
  if (length > file.size() - text_offset) {
    throw file_error(path, "npy header of " + std::to_string(length) + " bytes is larger than the file");
  }
  if (length > largest_header) {
    throw file_error(path, "npy header of " + std::to_string(length) + " bytes is absurdly long");
  }
  std::string text(static_cast<std::size_t>(length), ' ');
  file.read_exact(text_offset, text.data(), text.size());
  header_parser parser(path, text, may_be_complex);
  npy_header header = parser.parse();
  header.data_offset = text_offset + length;
  const std::uint64_t present = file.size() - header.data_offset;
  const std::vector<std::size_t> joined = parser.joined(header.shape);
  if (joined != header.shape && bytes_of(joined, header) == present) {
    header.shape = joined;
  } else {
    parser.refuse_leading_zero();
  }
  header.element_count = count_elements(path, header);
  const std::uint64_t needed = std::uint64_t{header.element_count} * size_of(header);
  if (needed != present) {
    throw file_error(
        path, (present < needed ? "data is truncated: shape " : "has bytes after the data: shape ") +
                  shape_text(header.shape) + " needs " + std::to_string(needed) + " bytes, the file holds " +
                  std::to_string(present));
  }
  return header;
}

std::string format_npy_header(std::string_view descr, std::span<const std::size_t> shape) {
  return format_npy_records("'" + std::string(descr) + "'", shape);
}

std::string format_npy_records(std::string_view descr, std::span<const std::size_t> shape) {
  if (shape.empty() || shape.size() > most_dimensions) {
    throw input_error("an npy array must have 1 to 32 dimensions, not " + std::to_string(shape.size()));
  }
  std::string text =
      "{'descr': " + std::string(descr) + ", 'fortran_order': False, 'shape': " + shape_text(shape) + ", }";
  // numpy leaves room for the first dimension to grow to 21 digits in place.
  constexpr std::size_t growth_digits = 21;
  text.append(growth_digits - std::to_string(shape[0]).size(), ' ');
  constexpr std::size_t alignment = 64;
  constexpr std::size_t prefix = 10;
  const std::size_t unpadded = prefix + text.size() + 1;
  // A header that ends on the boundary still gets a full 64 spaces: numpy does so, and bytes are to agree.
  text.append(alignment - unpadded % alignment, ' ');
  text += '\n';
  std::string header(magic);
  header += '\x01';
  header += '\x00';
  header += static_cast<char>(text.size() & 255U);
  header += static_cast<char>(text.size() >> 8U);
  return header + text;
}

}  // namespace tinyrank::app
