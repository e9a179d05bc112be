// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

// For each path on standard input a line: "refused WHY", or "read SHAPE HEX", the elements in C order as
// doubles, of complex numbers both parts.

#include <cstdio>
#include <cstring>
#include <iostream>
#include <span>
#include <string>
#include <vector>

#include "error.hpp"
#include "npy.hpp"

using namespace tinyrank::app;

namespace {

std::vector<double> read_elements(const std::string& path, std::string& shape) {
  try {
    const npy_file file(path);
    for (const std::size_t extent : file.shape())
      shape += (shape.empty() ? "" : ",") + std::to_string(extent);
    return file.read_numbers();
  } catch (const input_error&) {
    shape.clear();
  }
  const npy_file file(path, true);
  shape = "complex";
  for (const std::size_t extent : file.shape()) shape += "," + std::to_string(extent);
  std::vector<double> parts(2 * file.element_count());
  file.copy_complex_rows(0, file.row_count(), std::span<double>(parts));
  return parts;
}

}  // namespace

int main() {
  for (std::string path; std::getline(std::cin, path);) {
    try {
      std::string shape;
      const std::vector<double> elements = read_elements(path, shape);
      std::printf("read %s ", shape.c_str());
      for (const double element : elements) {
        unsigned long long bits = 0;
        std::memcpy(&bits, &element, sizeof bits);
        std::printf("%016llx", bits);
      }
      std::printf("\n");
    } catch (const input_error& error) {
      std::printf("refused %s\n", error.what());
    }
  }
}
