// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "rounded_file.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <string_view>
#include <utility>

#include "error.hpp"
#include "memory.hpp"
#include "npy_header.hpp"
#include "npz.hpp"
#include "recovery.hpp"
#include "tinyrank/detail/quantized_rows.hpp"

namespace tinyrank::app {
namespace {

/// Before each row of int8: its scale, and nothing up to the next line of 64 bytes.
constexpr std::size_t scale_bytes = 64;
constexpr std::size_t longest_header = 512;

std::size_t stride_of(const rounded_header& header) {
  return header.type == rounded_type::bf16 ? quantized_stride<std::uint16_t>(header.n)
                                           : quantized_stride<std::int8_t>(header.n);
}

bool is_bf16_finite(std::uint16_t value) {
  return (value & 0x7f80U) != 0x7f80U;
}

/// The number behind `key` in the text; nothing where there is none.
template <class Number>
bool find_number(const std::string& text, const char* key, const char* format, Number& value) {
  const std::size_t at = text.find(key);
  return at != std::string::npos && std::sscanf(text.c_str() + at + std::strlen(key), format, &value) == 1;
}

}  // namespace

std::string name_of(rounded_type type) {
  return type == rounded_type::bf16 ? "bf16" : "int8";
}

std::size_t row_bytes(const rounded_header& header) {
  return stride_of(header) * (header.type == rounded_type::bf16 ? 2 : 1);
}

std::size_t record_bytes(const rounded_header& header) {
  return row_bytes(header) + (header.type == rounded_type::bf16 ? 0 : scale_bytes);
}

std::string format_header(const rounded_header& header) {
  std::array<char, 32> rounded{};
  // Exponents of two digits, so that the header of any number fits.
  constexpr double smallest = 1e-99;
  std::snprintf(rounded.data(), rounded.size(), "%.9e", header.rounded < smallest ? 0 : header.rounded);
  const std::string name = "'" + name_of(header.type) + " n=" + std::to_string(header.n) +
                           " rounded=" + rounded.data() + "'",
                    shape = ", (" + std::to_string(stride_of(header)) + ",))]";
  const std::array<std::size_t, 1> rows = {header.m};
  return format_npy_records(header.type == rounded_type::bf16
                                ? "[(" + name + ", '<u2'" + shape
                                : "[('scale', '<f4'), ('', '|V60'), (" + name + ", '|i1'" + shape,
                            rows);
}

std::optional<rounded_file> rounded_file::open(const std::string& path) {
  if (names_member(path)) return std::nullopt;
  input_file file(path);
  std::string text(static_cast<std::size_t>(std::min<std::uint64_t>(file.size(), longest_header)), '\0');
  file.read_exact(0, text.data(), text.size());
  if (!text.starts_with("\x93NUMPY")) return std::nullopt;
  rounded_header header;
  if (text.find("('bf16 n=") == std::string::npos) {
    if (text.find("('int8 n=") == std::string::npos) return std::nullopt;
    header.type = rounded_type::int8;
  }
  unsigned long long n = 0, m = 0;
  const bool has_numbers = find_number(text, " n=", "%llu", n) &&
                           find_number(text, " rounded=", "%le", header.rounded) &&
                           find_number(text, "'shape': (", "%llu", m);
  header.n = static_cast<std::size_t>(n);
  header.m = static_cast<std::size_t>(m);
  const bool is_possible = has_numbers && n != 0 && n <= largest_dimension && m != 0 &&
                           m <= UINT64_MAX / (2 * record_bytes(header)) && header.rounded >= 0 &&
                           header.rounded < 1;
  const std::string expected = is_possible ? format_header(header) : "";
  if (!is_possible || !text.starts_with(expected)) {
    throw file_error(path, "looks like " + name_of(header.type) +
                               " rows of tinyrank convert, but its header is not one that it writes");
  }
  const std::uint64_t needed = expected.size() + std::uint64_t{m} * record_bytes(header);
  if (file.size() != needed) {
    throw file_error(path, (file.size() < needed ? "is truncated: " : "has bytes after its rows: ") +
                               std::to_string(m) + " matrices, n = " + std::to_string(n) + ", in " +
                               name_of(header.type) + " are " + std::to_string(needed) +
                               " bytes, the file holds " + std::to_string(file.size()));
  }
  return rounded_file(std::move(file), header, expected.size());
}

void rounded_file::read_rows(std::size_t first, std::size_t count, std::byte* rows) const {
  const std::size_t bytes = row_bytes(header_), record = record_bytes(header_), before = record - bytes;
  const std::uint64_t offset = start_ + std::uint64_t{first} * record;
  if (before == 0) {
    file_.read_exact(offset, rows, count * bytes);
  } else {
    static thread_local std::vector<std::byte> records;
    if (records.size() < count * record) records.resize(count * record);
    file_.read_exact(offset, records.data(), count * record);
    for (std::size_t i = 0; i < count; ++i)
      std::memcpy(rows + i * bytes, records.data() + i * record + before, bytes);
  }
  file_.read_ahead(offset + count * record, count * record);
  file_.refuse_change();
}

std::vector<float> rounded_file::read_all(std::byte* rows) const {
  const std::size_t bytes = row_bytes(header_), record = record_bytes(header_), before = record - bytes;
  constexpr std::size_t piece = std::size_t{1} << 22U;
  const std::size_t group = std::clamp(piece / record, std::size_t{1}, header_.m);
  const aligned_buffer<std::byte> records(path(), group * record);
  std::vector<float> scales(header_.type == rounded_type::int8 ? header_.m : 0);
  for (std::size_t first = 0; first < header_.m; first += group) {
    const std::size_t count = std::min(group, header_.m - first);
    file_.read_exact(start_ + std::uint64_t{first} * record, records.data(), count * record);
    for (std::size_t i = 0; i < count; ++i) {
      const std::byte* const here = records.data() + i * record;
      bool finite = true;
      if (header_.type == rounded_type::int8) {
        std::memcpy(&scales[first + i], here, sizeof(float));
        finite = std::isfinite(scales[first + i]);
      } else {
        const auto* values = reinterpret_cast<const std::uint16_t*>(here);
        for (std::size_t k = 0; k < bytes / 2; ++k) finite = is_bf16_finite(values[k]) && finite;
      }
      if (!finite) throw file_error(path(), "matrix " + std::to_string(first + i) + " is not finite");
      if (rows != nullptr) std::memcpy(rows + (first + i) * bytes, here + before, bytes);
    }
  }
  file_.refuse_change();
  return scales;
}

std::string rounding_note(const std::string& path, const std::string& type, double share) {
  if (share == 0) return printable(path) + ": " + type + " holds these matrices exactly; nothing was rounded";
  // Errors of random sign add up like the measurements themselves.
  return printable(path) + ": the matrices were rounded to " + type + ", which changed them by " +
         short_number(100 * std::sqrt(share)) +
         "% (root mean square);\nmeasurements taken with the unrounded ones are noisy by as much: the loss "
         "would end near " +
         short_number(share) + " of its value at U = 0";
}

}  // namespace tinyrank::app
