// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "apps/common/output.hpp"
#include "scratch.hpp"

namespace {

using namespace tinyrank::app;
using tinyrank::app::test::contains;
using tinyrank::app::test::content_of;
using tinyrank::app::test::refusal_of;
using tinyrank::app::test::scratch_directory;
using tinyrank::app::test::status_of_child;
using tinyrank::app::test::status_of_plain_user;

std::string opening_refusal(const std::string& path) {
  return refusal_of([&] { const output_file output(path); });
}

unsigned mode_of(const std::string& path) {
  struct stat status {};
  REQUIRE(::stat(path.c_str(), &status) == 0);
  return status.st_mode & 0777U;
}

}  // namespace

TEST_SUITE("output file") {
  TEST_CASE("the file appears at commit, complete, and nothing else stays") {
    const scratch_directory directory;
    const std::string path = directory.path("out.txt");
    {
      output_file output(path);
      CHECK(::access(path.c_str(), F_OK) != 0);
      CHECK(::access(directory.path(".out.txt.tmp." + std::to_string(::getpid())).c_str(), F_OK) == 0);
      output.write("one ");
      const std::string large(200000, 'x');
      output.write(large);
      const std::array<std::byte, 2> bytes{std::byte{0}, std::byte{255}};
      output.write(bytes);
      output.commit();
      CHECK(content_of(path) == "one " + large + std::string("\0\xff", 2));
      CHECK(directory.entry_count() == 1);
    }
    CHECK(directory.entry_count() == 1);
  }

  TEST_CASE("without commit an older file stays as it was") {
    const scratch_directory directory;
    const std::string path = directory.write("out.txt", "old");
    {
      output_file output(path);
      output.write(std::string(100000, 'n'));
      CHECK(directory.entry_count() == 2);
    }
    CHECK(content_of(path) == "old");
    CHECK(directory.entry_count() == 1);
  }

  TEST_CASE("an existing file is replaced with its permissions, a link's target in its place") {
    const scratch_directory directory;
    const std::string path = directory.write("out.txt", "old");
    REQUIRE(::chmod(path.c_str(), 0640) == 0);
    const std::string link = directory.path("link");
    REQUIRE(::symlink("out.txt", link.c_str()) == 0);
    output_file output(link);
    output.write("new");
    output.commit();
    CHECK(content_of(path) == "new");
    CHECK(mode_of(path) == 0640);
    CHECK(std::filesystem::is_symlink(link));
    CHECK(directory.entry_count() == 2);
  }

  TEST_CASE("a relative path stays the same file when the directory changes") {
    const scratch_directory directory;
    CHECK(status_of_child([&] {
            if (::chdir(directory.path("").c_str()) != 0) return 1;
            output_file output("out.txt");
            if (::chdir("/") != 0) return 2;
            output.write("text");
            output.commit();
            return 0;
          }) == 0);
    CHECK(content_of(directory.path("out.txt")) == "text");
  }

  TEST_CASE("places that cannot be written are refused before anything is written") {
    const scratch_directory directory;
    CHECK(opening_refusal("") == "the name of an output file is empty");
    const std::string folder = directory.path("folder");
    REQUIRE(::mkdir(folder.c_str(), 0755) == 0);
    CHECK(opening_refusal(folder) == folder + ": cannot write: Is a directory");
    CHECK(opening_refusal(directory.path("new/")) ==
          directory.path("new/") + ": cannot write: its directory: No such file or directory");
    CHECK(opening_refusal(directory.path("new/a.npy")) ==
          directory.path("new/a.npy") + ": cannot write: its directory: No such file or directory");
    const std::string file = directory.write("file", "x");
    CHECK(opening_refusal(file + "/a.npy") == file + "/a.npy: cannot write: Not a directory");
    const std::string link = directory.path("link");
    REQUIRE(::symlink("nowhere", link.c_str()) == 0);
    CHECK(opening_refusal(link) == link + ": cannot write: a symbolic link to nowhere");
    CHECK(contains(opening_refusal("/proc/tinyrank.out"), "/proc/tinyrank.out: cannot write: "));
    CHECK(contains(opening_refusal(directory.path(std::string(300, 'n'))), "File name too long"));
    CHECK(directory.entry_count() == 3);
  }

  TEST_CASE("a name of the greatest length works") {
    const scratch_directory directory;
    const std::string path = directory.path(std::string(255, 'n'));
    output_file output(path);
    output.write("x");
    output.commit();
    CHECK(content_of(path) == "x");
  }

  TEST_CASE("permissions are checked before the run") {
    const scratch_directory directory;
    const std::string file = directory.write("file", "x");
    REQUIRE(::chmod(file.c_str(), 0444) == 0);
    const std::string fresh = directory.path("fresh");
    const bool directory_of_root = ::geteuid() == 0;
    CHECK(status_of_plain_user([&] {
            if (opening_refusal(file) != file + ": cannot write: Permission denied") return 1;
            if (directory_of_root && opening_refusal(fresh) != fresh + ": cannot write: Permission denied")
              return 2;
            return 0;
          }) == 0);
  }

  TEST_CASE("two outputs cannot have one name, one after the other can") {
    const scratch_directory directory;
    const std::string path = directory.path("out");
    {
      const output_file output(path);
      CHECK(opening_refusal(directory.path("./out")) ==
            directory.path("./out") + ": is named for two outputs");
    }
    CHECK(opening_refusal(path).empty());
    CHECK(directory.entry_count() == 0);
  }

  TEST_CASE("a temporary file that was left behind is not in the way") {
    const scratch_directory directory;
    const std::string stale = directory.write(".out.tmp." + std::to_string(::getpid()), "stale");
    output_file output(directory.path("out"));
    output.write("x");
    output.commit();
    CHECK(content_of(directory.path("out")) == "x");
    CHECK(content_of(stale) == "stale");
    CHECK(directory.entry_count() == 2);
  }

  TEST_CASE("more files than can be cleaned up after are refused") {
    const scratch_directory directory;
    std::vector<std::unique_ptr<output_file>> outputs;
    for (int k = 0; k < 16; ++k)
      outputs.push_back(std::make_unique<output_file>(directory.path(std::to_string(k))));
    CHECK(contains(opening_refusal(directory.path("16")), "too many output files"));
    outputs.clear();
    CHECK(directory.entry_count() == 0);
  }

  TEST_CASE("devices and pipes are written directly") {
    const scratch_directory directory;
    {
      output_file output("/dev/null");
      output.write("x");
      CHECK_NOTHROW(output.commit());
    }
    const std::string pipe = directory.path("pipe");
    REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
    const int reader = ::open(pipe.c_str(), O_RDONLY | O_NONBLOCK);
    REQUIRE(reader >= 0);
    output_file output(pipe);
    output.write("through");
    output.commit();
    std::array<char, 16> text{};
    CHECK(::read(reader, text.data(), text.size()) == 7);
    CHECK(std::string(text.data()) == "through");
    ::close(reader);
    CHECK(directory.entry_count() == 1);
  }

  TEST_CASE("/dev/stdout continues a redirected file") {
    const scratch_directory directory;
    const std::string log = directory.path("log");
    CHECK(status_of_child([&] {
            const int descriptor = ::open(log.c_str(), O_WRONLY | O_CREAT, 0600);
            if (::dup2(descriptor, STDOUT_FILENO) < 0 || ::write(STDOUT_FILENO, "before ", 7) != 7) return 1;
            output_file output("/dev/stdout");
            output.write("during ");
            output.commit();
            return ::write(STDOUT_FILENO, "after", 5) == 5 ? 0 : 2;
          }) == 0);
    CHECK(content_of(log) == "before during after");
    CHECK(directory.entry_count() == 1);
    CHECK(contains(opening_refusal("/dev/fd/987"), "/dev/fd/987: cannot write: Bad file descriptor"));
  }

  TEST_CASE("a full disk is reported with the file's name") {
    const std::string full = "/dev/full: cannot write: No space left on device";
    output_file output("/dev/full");
    output.write("little");
    CHECK(refusal_of([&] { output.commit(); }) == full);
    output_file other("/dev/full");
    CHECK(refusal_of([&] { other.write(std::string(1000000, 'x')); }) == full);
  }

  TEST_CASE("a failing write of a regular file keeps the old file and removes the temporary one") {
    const scratch_directory directory;
    const std::string path = directory.write("out", "old");
    CHECK(status_of_child([&] {
            remove_temporaries_on_signal();
            const struct rlimit limit { 1000, 1000 };
            if (::setrlimit(RLIMIT_FSIZE, &limit) != 0) return 1;
            output_file output(path);
            output.write(std::string(5000, 'x'));
            const std::string message = refusal_of([&] { output.commit(); });
            if (message != path + ": cannot write: File too large") return 2;
            return directory.entry_count() == 1 ? 0 : 3;
          }) == 0);
    CHECK(content_of(path) == "old");
  }

  TEST_CASE("a target that became a directory is reported at commit") {
    const scratch_directory directory;
    const std::string path = directory.path("out");
    output_file output(path);
    REQUIRE(::mkdir(path.c_str(), 0755) == 0);
    CHECK(refusal_of([&] { output.commit(); }) == path + ": cannot write: Is a directory");
    CHECK(directory.entry_count() == 1);
  }

  TEST_CASE("signals remove the temporary files and still end the process") {
    for (const int signal_number : {SIGINT, SIGTERM, SIGHUP, SIGPIPE}) {
      const scratch_directory directory;
      const int status = status_of_child([&] {
        remove_temporaries_on_signal();
        output_file done(directory.path("done"));
        done.commit();
        output_file first(directory.path("first"));
        output_file second(directory.path("second"));
        first.write("x");
        if (directory.entry_count() != 3) return 1;
        ::raise(signal_number);
        return 2;
      });
      CAPTURE(signal_number);
      CHECK(WIFSIGNALED(status));
      CHECK(WTERMSIG(status) == signal_number);
      CHECK(directory.entry_count() == 1);
    }
  }

  TEST_CASE("an ignored signal stays ignored") {
    const scratch_directory directory;
    CHECK(status_of_child([&] {
            ::signal(SIGHUP, SIG_IGN);
            remove_temporaries_on_signal();
            output_file output(directory.path("out"));
            ::raise(SIGHUP);
            output.commit();
            return 0;
          }) == 0);
    CHECK(directory.entry_count() == 1);
  }
}
