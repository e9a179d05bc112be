// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include <doctest/doctest.h>

#include <fstream>
#include <string>
#include <vector>

namespace tinyrank::test {

/// The values of a little-endian, C-ordered npy file of version 1 of our own making.
template <class Element>
std::vector<Element> read_npy(const std::string& name, const std::string& type, std::size_t count) {
  std::ifstream file(std::string(TINYRANK_TEST_DATA) + "/" + name, std::ios::binary);
  REQUIRE(file.good());
  char start[10] = {};
  file.read(start, 10);
  const auto header_bytes = static_cast<std::size_t>(static_cast<unsigned char>(start[8])) +
                            256 * static_cast<std::size_t>(static_cast<unsigned char>(start[9]));
  std::string header(header_bytes, ' ');
  file.read(header.data(), static_cast<std::streamsize>(header_bytes));
  REQUIRE(header.find("'" + type + "'") != std::string::npos);
  REQUIRE(header.find("'fortran_order': False") != std::string::npos);
  std::vector<Element> values(count);
  file.read(reinterpret_cast<char*>(values.data()), static_cast<std::streamsize>(count * sizeof(Element)));
  REQUIRE(file.good());
  REQUIRE(file.peek() == std::ifstream::traits_type::eof());
  return values;
}

}  // namespace tinyrank::test
