// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

// npy files, and members A of npz archives: read whole, by rows, as real and as complex numbers, or refused
// with a line. However an array is read its numbers are the same.

#include <cstring>
#include <span>
#include <vector>

#include "checks.hpp"
#include "inflate.hpp"
#include "matrix_file.hpp"
#include "memory_file.hpp"
#include "npy.hpp"

using namespace tinyrank::app;
using namespace tinyrank::fuzz;

namespace {

template <class T>
void require_same(std::span<const T> a, std::span<const T> b) {
  require(a.size() == b.size() && (a.empty() || std::memcmp(a.data(), b.data(), a.size_bytes()) == 0));
}

void read_real(const std::string& path) {
  const npy_file array(path);
  const std::size_t group = array.suggested_rows(), elements = array.element_count();
  require(group != 0 && group <= array.row_count() && array.row_count() * array.row_size() == elements);
  const std::vector<double> numbers = array.read_numbers();
  require(numbers.size() == elements);
  const auto all = array.read_all<double>();
  // What is read for a run is finite.
  for (const double value : all) require(is_number(value));
  require_same<double>(all, numbers);
  std::vector<double> rows(elements);
  const std::size_t half = array.row_count() / 2, first = half * array.row_size();
  array.copy_rows(0, half, std::span(rows).first(first));
  array.copy_rows(half, array.row_count() - half, std::span(rows).subspan(first));
  require_same<double>(rows, all);
  for (const float value : array.read_all<float>()) require(is_number(value));
}

void read_complex(const std::string& path) {
  const npy_file array(path, true);
  std::vector<double> parts(2 * array.element_count());
  array.copy_complex_rows(0, array.row_count(), std::span<double>(parts));
  for (const double value : parts) require(is_number(value));
}

void read_symmetric(const std::string& path) {
  const matrix_file matrices(path);
  std::vector<float> packed(tinyrank::packed_stride<float>(matrices.n));
  read_matrices<float>(
      matrices, [&](const std::string& note) { require_line(note, path); },
      [&](std::size_t) { return packed.data(); },
      [&](std::size_t, const float* row) {
        for (std::size_t k = 0; k < packed.size(); ++k) require(is_number(row[k]));
      });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t count) {
  const memory_file file(bytes, count);
  for (const std::string& path : {memory_file::path(), memory_file::archive_path() + ":A"}) {
    for (const auto read : {read_real, read_complex, read_symmetric}) {
      try {
        read(path);
      } catch (const input_error& error) {
        // Of an archive that has no such member the message is about the archive.
        require_line(error.what(), path.substr(0, path.find(":A")));
      }
    }
  }
  // Before a checksum that no input guesses.
  std::vector<std::byte> out(std::size_t{1} << 12U);
  static_cast<void>(inflate(std::as_bytes(std::span(bytes, count)), out));
  return 0;
}
