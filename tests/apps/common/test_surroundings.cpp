// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include <doctest/doctest.h>
#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>

#include "apps/common/error.hpp"
#include "apps/common/memory.hpp"

using namespace tinyrank::app;
namespace fs = std::filesystem;

TEST_SUITE("surroundings") {
  TEST_CASE("the least limit of all control groups counts, nested ones and those of version 1") {
    std::string name = (fs::temp_directory_path() / "tinyrank_groups_XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    const fs::path root = name;
    const auto put = [&](const fs::path& file, const std::string& text) {
      fs::create_directories((root / file).parent_path());
      std::ofstream(root / file) << text;
    };
    const auto limit = [&] {
      return control_group_limit((root / "groups").string(), (root / "fs").string());
    };
    CHECK(limit() == UINT64_MAX);
    put("groups", "0::/user.slice/run.scope\n");
    put("fs/user.slice/run.scope/memory.max", "max\n");
    CHECK(limit() == UINT64_MAX);
    put("fs/user.slice/memory.max", "5000\n");
    CHECK(limit() == 5000);
    put("fs/user.slice/run.scope/memory.max", "4000\n");
    CHECK(limit() == 4000);
    put("fs/memory.max", "3000\n");
    CHECK(limit() == 3000);
    put("groups", "12:cpu,cpuacct:/job\n9:memory:/job/7\n0::/\n");
    put("fs/memory/job/memory.limit_in_bytes", "2000\n");
    CHECK(limit() == 2000);
    put("fs/memory/job/7/memory.limit_in_bytes", "1000\n");
    CHECK(limit() == 1000);
    // Names of outside a container.
    put("groups", "9:memory:/docker/abc\n");
    put("fs/memory/memory.limit_in_bytes", "900\n");
    CHECK(limit() == 900);
    fs::remove_all(root);
  }

  TEST_CASE("no control character reaches the terminal, and names in UTF-8 stay as they are") {
    CHECK(printable("Gr\xc3\xb6\xc3\x9f"
                    "e-\xe6\x97\xa5 \xf0\x9f\x90\x9f") ==
          "Gr\xc3\xb6\xc3\x9f"
          "e-\xe6\x97\xa5 \xf0\x9f\x90\x9f");
    CHECK(printable("a\x1b[31m\x7f") == "a\\x1b[31m\\x7f");
    // U+009B, which is ESC [ in one, as UTF-8 and as a byte.
    CHECK(printable("\xc2\x9b"
                    "31m") == "\\xc2\\x9b31m");
    CHECK(printable("\x9b"
                    "31m") == "\\x9b31m");
    CHECK(printable("\xc2\xa0") == "\xc2\xa0");
    CHECK(printable("\xe6\x97") == "\\xe6\\x97");
    CHECK(printable("\xc0\x9b") == "\\xc0\\x9b");
  }
}
