// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include <array>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <functional>
#include <iostream>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "commands.hpp"
#include "error.hpp"
#include "matrix_file.hpp"
#include "memory.hpp"
#include "npz.hpp"
#include "output.hpp"
#include "rounded_file.hpp"
#include "tinyrank/operators/dense_bf16.hpp"
#include "tinyrank/operators/dense_int8.hpp"

namespace tinyrank::app {
namespace {

constexpr std::array<std::string_view, 4> formats = {"bf16", "int8", "f32", "f64"};

/// By the end of the name: .npy is f32.
std::string format_of(const convert_arguments& given) {
  for (const std::string_view known : formats) {
    if (given.format == known) return given.format;
    if (given.format.empty() && given.output.ends_with("." + std::string(known))) return std::string(known);
  }
  if (!given.format.empty())
    throw input_error("--format: " + in_quotes(given.format) + " is not bf16, int8, f32 or f64");
  if (given.output.ends_with(".npy")) return "f32";
  throw file_error(given.output, "ends in none of .bf16, .int8 and .npy; --format says what to write");
}

/// Squares of what rounding changed, and of what was there, over the whole matrices.
struct rounding_sums {
  double changed = 0, size = 0;

  void add(std::size_t n, const double* given, const double* rounded) {
    for (std::size_t j = 0; j < n; ++j) {
      for (std::size_t k = 0; k <= j; ++k) {
        const double entry = given[packed_index(j, k)], difference = rounded[packed_index(j, k)] - entry;
        changed += (j == k ? 1 : 2) * difference * difference;
        size += (j == k ? 1 : 2) * entry * entry;
      }
    }
  }
  [[nodiscard]] double share() const { return changed == 0 ? 0 : changed / size; }
};

[[noreturn]] void refuse_entry(const matrix_file& from, std::size_t i, const std::string& format) {
  throw file_error(from.file.path(),
                   "matrix " + std::to_string(i) + " has an entry that is too large for " + format);
}

using listener = std::function<void(const std::string&)>;

/// Rows as the operators of bf16 and int8 store them.
rounding_sums write_rounded(const matrix_file& from, rounded_type type, output_file& out,
                            const listener& note) {
  const std::size_t n = from.n;
  rounded_header header{type, n, from.file.row_count(), 0};
  out.write_start("");  // what has no start is refused before anything is written
  out.write(format_header(header));
  const aligned_buffer<double> packed(from.file.path(), packed_stride<double>(n)),
      rounded(from.file.path(), packed_count(n));
  const aligned_buffer<std::byte> record(from.file.path(), record_bytes(header));
  std::byte* const row = record.data() + (record_bytes(header) - row_bytes(header));
  std::memset(record.data(), 0, record_bytes(header));
  rounding_sums sums;
  read_matrices<double>(
      from, note, [&](std::size_t) { return packed.data(); },
      [&](std::size_t i, const double* given) {
        if (type == rounded_type::bf16) {
          auto* const values = reinterpret_cast<std::uint16_t*>(row);
          if (!pack_row_bf16(n, given, values)) refuse_entry(from, i, "bf16");
          unpack_row_bf16(n, values, rounded.data());
        } else {
          auto* const values = reinterpret_cast<std::int8_t*>(row);
          const float scale = pack_row_int8(n, given, values);
          if (!std::isfinite(scale)) refuse_entry(from, i, "int8");
          std::memcpy(record.data(), &scale, sizeof scale);
          unpack_row_int8(n, values, scale, rounded.data());
        }
        sums.add(n, given, rounded.data());
        out.write(std::span<const std::byte>(record.data(), record.size()));
      });
  header.rounded = std::sqrt(sums.share());
  out.write_start(format_header(header));
  return sums;
}

/// Packed rows of T.
template <class T>
rounding_sums write_packed(const matrix_file& from, output_file& out, const listener& note) {
  const std::size_t n = from.n, count = packed_count(n);
  const std::array<std::size_t, 2> shape = {from.file.row_count(), count};
  out.write(format_npy_header(sizeof(T) == 4 ? "<f4" : "<f8", shape));
  const aligned_buffer<double> packed(from.file.path(), packed_stride<double>(n)),
      rounded(from.file.path(), count);
  const aligned_buffer<T> row(from.file.path(), count);
  rounding_sums sums;
  read_matrices<double>(
      from, note, [&](std::size_t) { return packed.data(); },
      [&](std::size_t i, const double* given) {
        for (std::size_t k = 0; k < count; ++k) {
          row.data()[k] = static_cast<T>(given[k]);
          if (!std::isfinite(row.data()[k])) refuse_entry(from, i, "f32");
          rounded.data()[k] = static_cast<double>(row.data()[k]);
        }
        sums.add(n, given, rounded.data());
        out.write(std::as_bytes(std::span<const T>(row.data(), count)));
      });
  return sums;
}

}  // namespace

int run_convert(const convert_arguments& given) {
  const std::string format = format_of(given);
  if (rounded_file::open(given.input))
    throw file_error(given.input, "was rounded already; convert the matrices that it was made of");
  const matrix_file from(given.input);
  std::error_code none;
  if (std::filesystem::equivalent(given.output, file_of(given.input), none))
    throw file_error(given.output, "is what is to be converted; give the output another name");
  output_file out(given.output);
  const auto print = [&](const std::string& line) {
    if (!given.quiet && !(std::cout << line << std::endl)) throw input_error("standard output: cannot write");
  };
  std::vector<std::string> notes;
  const listener note = [&](const std::string& line) { notes.push_back(line); };
  const rounding_sums sums = format == "bf16"   ? write_rounded(from, rounded_type::bf16, out, note)
                             : format == "int8" ? write_rounded(from, rounded_type::int8, out, note)
                             : format == "f32"  ? write_packed<float>(from, out, note)
                                                : write_packed<double>(from, out, note);
  out.complete();
  for (const std::string& line : notes) print(line);
  print(rounding_note(given.output, format, sums.share()));
  const double before = static_cast<double>(from.file.input().size()),
               after = static_cast<double>(out.written());
  print(printable(given.output) + ": " + std::to_string(from.file.row_count()) + " matrices, n = " +
        std::to_string(from.n) + ", " + format_bytes(after) + " instead of " + format_bytes(before));
  out.commit();
  return exit_recovered;
}

}  // namespace tinyrank::app
