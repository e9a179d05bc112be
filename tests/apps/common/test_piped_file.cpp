// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <string>
#include <thread>
#include <vector>

#include "apps/common/input_file.hpp"
#include "apps/common/piped_file.hpp"
#include "scratch.hpp"

namespace {

using namespace tinyrank::app;
using tinyrank::app::test::refusal_of;
using tinyrank::app::test::scratch_directory;

/// Closed at the end.
struct descriptor {
  explicit descriptor(const std::string& path, int flags = O_RDONLY) : number(::open(path.c_str(), flags)) {}
  ~descriptor() { ::close(number); }
  descriptor(const descriptor&) = delete;
  descriptor& operator=(const descriptor&) = delete;
  int number;
};

}  // namespace

TEST_SUITE("pipes as files") {
  TEST_CASE("what is longer than the limit is refused, and not before") {
    const descriptor zeros("/dev/zero");
    constexpr std::uint64_t most = 3500000;
    CHECK(refusal_of([&] { byte_blocks::read_to_end(zeros.number, "p", most); }) ==
          "p: gives more than 3.5 MB, half of the memory that was available; what comes through a pipe is "
          "kept in "
          "memory, what is in a file is not");
    const scratch_directory directory;
    const descriptor longest(directory.write("longest", std::string(most, 'a')));
    CHECK(byte_blocks::read_to_end(longest.number, "p", most).size() == most);
    const descriptor longer(directory.write("longer", std::string(most + 1, 'a')));
    CHECK(refusal_of([&] { byte_blocks::read_to_end(longer.number, "p", most); }) != "");
  }

  TEST_CASE("a read that fails is told with its path") {
    const scratch_directory directory;
    const descriptor write_only(directory.write("file", "x"), O_WRONLY);
    CHECK(refusal_of([&] { byte_blocks::read_to_end(write_only.number, "a pipe", 100); }) ==
          "a pipe: cannot read: Bad file descriptor");
  }

  TEST_CASE("bytes from anywhere, across blocks, and in a part of the file") {
    std::string content;
    for (std::size_t k = 0; content.size() < 5000000; ++k) content += std::to_string(k * k) + ",";
    const scratch_directory directory;
    const std::string pipe = directory.path("pipe");
    REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
    std::thread writer([&] {
      const descriptor end(pipe, O_WRONLY);
      for (std::size_t done = 0; done < content.size();) {
        const ssize_t count = ::write(end.number, content.data() + done, content.size() - done);
        if (count <= 0) return;
        done += static_cast<std::size_t>(count);
      }
    });
    CHECK_FALSE(is_piped(pipe));
    const input_file file(pipe);
    writer.join();
    CHECK(is_piped(pipe));
    REQUIRE(file.size() == content.size());
    CHECK(file.is_in_memory());
    const auto text = [](const input_file& from, std::uint64_t offset, std::size_t count) {
      std::string found(count, ' ');
      from.read_exact(offset, found.data(), count);
      return found;
    };
    CHECK(text(file, 0, content.size()) == content);
    constexpr std::size_t edge = std::size_t{1} << 20U;
    for (const std::size_t offset : {std::size_t{0}, edge - 1, edge, 3 * edge - 7})
      CHECK(text(file, offset, 20) == content.substr(offset, 20));
    // Nobody writes to it any more.
    const input_file part = input_file(pipe).take_part("part", edge - 10, 40);
    CHECK(text(part, 5, 30) == content.substr(edge - 5, 30));
    CHECK(refusal_of([&] { text(part, 5, 36); }) == "part: ends too early");
    part.refuse_change();
    std::string rows(3 * 9, '-');
    part.read_rows(2, {3, 7, 9}, reinterpret_cast<std::byte*>(rows.data()));
    CHECK(rows == content.substr(edge - 8, 7) + "--" + content.substr(edge - 1, 7) + "--" +
                      content.substr(edge + 6, 7) + "--");
  }

  TEST_CASE("files, directories and what is missing are none") {
    const scratch_directory directory;
    CHECK(find_piped(directory.write("file", "x")) == nullptr);
    CHECK(find_piped(directory.path("")) == nullptr);
    CHECK(find_piped(directory.path("missing")) == nullptr);
    CHECK_FALSE(is_piped(directory.path("file")));
  }
}
