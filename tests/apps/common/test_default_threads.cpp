// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <limits>
#include <string>

#include "default_threads.hpp"
#include "lib/parallel.hpp"
#include "scratch.hpp"

namespace {

using namespace tinyrank::app;

constexpr double unlimited = std::numeric_limits<double>::infinity();

/// What a system shows of its control groups.
class fake_system {
 public:
  fake_system(const std::string& mounts, const std::string& groups) {
    write("proc/self/mountinfo", mounts);
    write("proc/self/cgroup", groups);
  }
  void write(const std::string& name, const std::string& content) const {
    const std::filesystem::path path = root() + "/" + name;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path) << content;
  }
  [[nodiscard]] std::string root() const { return directory_.path("."); }

 private:
  test::scratch_directory directory_;
};

const std::string root_mount = "22 1 0:21 / / rw,relatime shared:1 - ext4 /dev/vda rw\n";
const std::string second_version =
    root_mount + "31 22 0:28 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n";
const std::string first_version =
    root_mount +
    "31 22 0:28 / /sys/fs/cgroup rw - tmpfs tmpfs rw\n"
    "32 31 0:29 / /sys/fs/cgroup/memory rw shared:5 - cgroup cgroup rw,memory\n"
    "33 31 0:30 / /sys/fs/cgroup/cpu,cpuacct rw shared:6 - cgroup cgroup rw,cpu,cpuacct\n";

/// While it lives, the variable has this value, or none.
class variable {
 public:
  variable(const char* name, const char* value) : name_(name) {
    const char* const before = std::getenv(name);
    had_ = before != nullptr;
    if (had_) before_ = before;
    value == nullptr ? ::unsetenv(name) : ::setenv(name, value, 1);
  }
  ~variable() { had_ ? ::setenv(name_, before_.c_str(), 1) : ::unsetenv(name_); }
  variable(const variable&) = delete;
  variable& operator=(const variable&) = delete;

 private:
  const char* name_;
  bool had_;
  std::string before_;
};

}  // namespace

TEST_SUITE("default threads") {
  TEST_CASE("no control groups, none that limits, and files of nonsense are no limit") {
    CHECK(processor_quota(test::scratch_directory().path(".")) == unlimited);
    const fake_system none(second_version, "0::/user.slice\n");
    CHECK(processor_quota(none.root()) == unlimited);
    for (const char* text : {"max 100000\n", "", "nonsense", "200000", "-1 100000", "0 100000", "100000 0"}) {
      INFO(text);
      none.write("sys/fs/cgroup/user.slice/cpu.max", text);
      CHECK(processor_quota(none.root()) == unlimited);
    }
    const fake_system broken("a b c\n- - -\n31 22 0:28 / /x rw -\n", "no colon\n1:\n:::\n");
    CHECK(processor_quota(broken.root()) == unlimited);
  }

  TEST_CASE("version 2: the least of the group and all above it") {
    const fake_system system(second_version, "0::/a.slice/b.scope/c\n");
    system.write("sys/fs/cgroup/a.slice/b.scope/c/cpu.max", "800000 100000\n");
    CHECK(processor_quota(system.root()) == 8);
    system.write("sys/fs/cgroup/a.slice/cpu.max", "150000 100000\n");
    CHECK(processor_quota(system.root()) == 1.5);
    system.write("sys/fs/cgroup/a.slice/b.scope/cpu.max", "max 100000\n");
    CHECK(processor_quota(system.root()) == 1.5);
    system.write("sys/fs/cgroup/other/cpu.max", "50000 100000\n");
    CHECK(processor_quota(system.root()) == 1.5);
    // A container sees its own group as the root.
    system.write("sys/fs/cgroup/cpu.max", "25000 50000\n");
    CHECK(processor_quota(system.root()) == 0.5);
  }

  TEST_CASE("version 1: the hierarchy with the controller cpu") {
    const fake_system system(first_version, "5:memory:/m\n4:cpu,cpuacct:/docker/x\n0::/unused\n");
    system.write("sys/fs/cgroup/cpu,cpuacct/docker/x/cpu.cfs_quota_us", "-1\n");
    system.write("sys/fs/cgroup/cpu,cpuacct/docker/x/cpu.cfs_period_us", "100000\n");
    system.write("sys/fs/cgroup/memory/m/cpu.cfs_quota_us", "1\n");
    system.write("sys/fs/cgroup/memory/m/cpu.cfs_period_us", "100000\n");
    CHECK(processor_quota(system.root()) == unlimited);
    system.write("sys/fs/cgroup/cpu,cpuacct/docker/cpu.cfs_quota_us", "300000\n");
    system.write("sys/fs/cgroup/cpu,cpuacct/docker/cpu.cfs_period_us", "100000\n");
    CHECK(processor_quota(system.root()) == 3);
    system.write("sys/fs/cgroup/cpu,cpuacct/docker/x/cpu.cfs_quota_us", "250000\n");
    CHECK(processor_quota(system.root()) == 2.5);
  }

  TEST_CASE("both versions at once, a mount of a part, one of another name space, and a place with a space") {
    const fake_system both(first_version +
                               "34 31 0:31 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n"
                               "35 31 0:31 /docker/y /my\\040groups rw - cgroup2 cgroup2 rw\n",
                           "4:cpu,cpuacct:/g\n0::/docker/y/z\n");
    both.write("sys/fs/cgroup/cpu,cpuacct/g/cpu.cfs_quota_us", "700000\n");
    both.write("sys/fs/cgroup/cpu,cpuacct/g/cpu.cfs_period_us", "100000\n");
    CHECK(processor_quota(both.root()) == 7);
    both.write("sys/fs/cgroup/unified/docker/cpu.max", "600000 100000\n");
    CHECK(processor_quota(both.root()) == 6);
    both.write("my groups/z/cpu.max", "500000 100000\n");
    CHECK(processor_quota(both.root()) == 5);
    both.write("my groups/cpu.max", "400000 100000\n");
    CHECK(processor_quota(both.root()) == 4);
    const fake_system elsewhere(root_mount + "35 31 0:31 /docker/y /cg rw - cgroup2 cgroup2 rw\n", "0::/\n");
    elsewhere.write("cg/cpu.max", "200000 100000\n");
    CHECK(processor_quota(elsewhere.root()) == 2);
  }

  TEST_CASE("OMP_NUM_THREADS where it is a number, else the processors that may be used") {
    if (!tinyrank::has_threads) {
      const variable told("OMP_NUM_THREADS", "3");
      CHECK(default_threads() == 1);
      return;
    }
    const auto with = [](const char* value) {
      const variable told("OMP_NUM_THREADS", value);
      return default_threads();
    };
    CHECK(with("3") == 3);
    CHECK(with(" 5\t") == 5);
    CHECK(with("7,2,1") == 7);
    CHECK(with("1024") == 1024);
    CHECK(with("99999") == 1024);
    const std::uint32_t usable = usable_processors();
    CHECK(usable >= 1);
    for (const char* nonsense :
         {"", " ", "0", "-2", "two", "2x", "0x2", "2.5", ",4", "99999999999999999999"}) {
      INFO(nonsense);
      CHECK(with(nonsense) == usable);
    }
    CHECK(with(nullptr) == usable);
  }
}
