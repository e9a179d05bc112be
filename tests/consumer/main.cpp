// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include <cstdio>
#include <tinyrank/version.hpp>

int main() {
  std::puts(TINYRANK_VERSION_STRING);
  return 0;
}
