// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/resource.h>

#include <cmath>
#include <limits>
#include <vector>

#include "apps/common/npy.hpp"
#include "scratch.hpp"

namespace {

using namespace tinyrank::app;
using tinyrank::app::test::contains;
using tinyrank::app::test::refusal_of;
using tinyrank::app::test::scratch_directory;
using tinyrank::app::test::status_of_plain_user;

}  // namespace

TEST_SUITE("npy files and values") {
  TEST_CASE("paths that cannot be read are refused with the system's reason") {
    const scratch_directory directory;
    const std::string missing = directory.path("missing.npy");
    CHECK(refusal_of([&] { const npy_file file(missing); }) ==
          missing + ": cannot open: No such file or directory");
    const std::string folder = directory.path("");
    CHECK(contains(refusal_of([&] { const npy_file file(folder); }), "Is a directory"));
    const std::string below = directory.write("file", "x") + "/a.npy";
    CHECK(contains(refusal_of([&] { const npy_file file(below); }), "Not a directory"));
    CHECK(contains(refusal_of([&] { const npy_file file(directory.path("a\nb\x1b[2J")); }),
                   "a\\x0ab\\x1b[2J: "));
  }

  TEST_CASE("a file without read permission is refused") {
    const scratch_directory directory;
    const std::string path = directory.write("secret.npy", "x");
    REQUIRE(::chmod(path.c_str(), 0) == 0);
    const int status = status_of_plain_user([&] {
      return refusal_of([&] { const npy_file file(path); }) == path + ": cannot open: Permission denied" ? 0
                                                                                                         : 1;
    });
    CHECK(status == 0);
  }

  TEST_CASE("NaN and infinity are named with their index") {
    const scratch_directory directory;
    const std::string path = directory.path("a.npy");
    const std::vector<std::size_t> shape{4, 50, 60};
    for (const double bad :
         {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity(),
          -std::numeric_limits<double>::infinity()}) {
      std::vector<double> values(12000, 1.0);
      values[2 * 3000 + 7 * 60 + 11] = bad;
      values[3 * 3000] = bad;
      write_npy(path, shape, values.data());
      const std::string expected = path + ": element [2, 7, 11] is " + (std::isnan(bad) ? "NaN" : "infinite");
      const npy_file file(path);
      CHECK(refusal_of([&] { static_cast<void>(file.read_all<double>()); }) == expected);
      CHECK(refusal_of([&] { static_cast<void>(file.read_all<float>()); }) == expected);
      std::vector<float> row(3000);
      CHECK(refusal_of([&] { file.copy_rows(1, 1, std::span(row)); }).empty());
      CHECK(refusal_of([&] { file.copy_rows(2, 1, std::span(row)); }) == expected);
    }
    const std::vector<float> list{0.0F, 1.0F, std::numeric_limits<float>::quiet_NaN()};
    CHECK(refusal_of([&] { require_finite("y", std::vector<std::size_t>{7}, 4, std::span(list)); }) ==
          "y: element [6] is NaN");
    CHECK(refusal_of([&] {
            require_finite("y", std::vector<std::size_t>{7}, 4, std::span(list).first(2));
          }).empty());
  }

  TEST_CASE("a double that float cannot hold is refused, and only then") {
    const scratch_directory directory;
    const std::string path = directory.path("a.npy");
    const std::vector<double> values{1.0, 2.0, 3.0, 4.0, -1e39, 6.0};
    write_npy(path, std::vector<std::size_t>{2, 3}, values.data());
    std::string bytes = test::content_of(path);
    const npy_file file(path);
    CHECK(file.read_all<double>() == values);
    CHECK(refusal_of([&] { static_cast<void>(file.read_all<float>()); }) ==
          path + ": element [1, 1] = -1e+39 is too large for single precision");

    bytes.replace(bytes.find("False"), 5, "True ");
    const npy_file fortran(directory.write("f.npy", bytes));
    CHECK(refusal_of([&] { static_cast<void>(fortran.read_all<float>()); }) ==
          fortran.path() + ": element [0, 2] = -1e+39 is too large for single precision");

    const std::vector<double> largest{std::numeric_limits<float>::max(), -std::numeric_limits<float>::max()};
    write_npy(path, std::vector<std::size_t>{2}, largest.data());
    CHECK(npy_file(path).read_all<float>()[0] == std::numeric_limits<float>::max());
  }

  TEST_CASE("a file that shrinks after it was opened is refused, not read past its end") {
    const scratch_directory directory;
    const std::string path = directory.path("a.npy");
    const std::vector<double> values(1000, 1.0);
    write_npy(path, std::vector<std::size_t>{10, 100}, values.data());
    const npy_file file(path);
    REQUIRE(::truncate(path.c_str(), 500) == 0);
    CHECK(refusal_of([&] { static_cast<void>(file.read_all<double>()); }) ==
          path + ": became shorter while it was read");
  }

  TEST_CASE("rows that do not exist and outputs of another size are a caller's error") {
    const scratch_directory directory;
    const std::vector<double> values(6, 1.0);
    write_npy(directory.path("a.npy"), std::vector<std::size_t>{3, 2}, values.data());
    const npy_file file(directory.path("a.npy"));
    std::vector<double> out(4);
    CHECK_THROWS_AS(file.copy_rows(2, 2, std::span(out)), std::out_of_range);
    CHECK_THROWS_AS(file.copy_rows(4, 0, std::span(out).first(0)), std::out_of_range);
    CHECK_THROWS_AS(file.copy_rows(0, 1, std::span(out)), std::out_of_range);
    CHECK_NOTHROW(file.copy_rows(1, 2, std::span(out)));
    CHECK_NOTHROW(file.copy_rows(3, 0, std::span(out).first(0)));
  }

  TEST_CASE("a huge shape in a small file allocates nothing") {
    const scratch_directory directory;
    std::string text = "{'descr': '<f8', 'fortran_order': False, 'shape': (134217727,), }";
    text.append(117 - text.size(), ' ');
    const std::string path =
        directory.write("a.npy", std::string("\x93NUMPY\x01\x00\x76\x00", 10) + text + "\n");
    CHECK(contains(refusal_of([&] { const npy_file file(path); }), "data is truncated"));
  }
}
