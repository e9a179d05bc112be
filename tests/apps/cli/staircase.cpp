// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "staircase.hpp"

#include <doctest/doctest.h>

#include <fstream>
#include <iterator>

namespace tinyrank::test {

using nlohmann::json;

void copy_data(const scratch_directory& directory, const std::string& name) {
  std::ifstream stream(std::string(TINYRANK_TEST_DATA) + "/" + name, std::ios::binary);
  REQUIRE(stream.good());
  directory.write(name, std::string(std::istreambuf_iterator<char>(stream), {}));
}

told tell(const std::string& arguments, const scratch_directory& directory, int exit_code,
          const std::string& verdict) {
  const run_result result = run("recover " + arguments + outputs, directory);
  INFO(arguments, ": ", result.out, result.err);
  CHECK(result.exit_code == exit_code);
  REQUIRE(directory.has("report.json"));
  REQUIRE(directory.has("U.npy"));
  REQUIRE(directory.has("trace.csv"));
  const json report = json::parse(directory.read("report.json"));
  CHECK(report["verdict"] == verdict);
  CHECK(result.out.find(verdict == "none" ? report["outcome"].get<std::string>() : verdict) !=
        std::string::npos);
  CHECK(result.out.find("nan") == std::string::npos);
  return {report, result.out};
}

}  // namespace tinyrank::test
