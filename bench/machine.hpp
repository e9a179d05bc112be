// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace tinyrank::bench {

/// As the operating system names it; "unknown processor" where it does not.
std::string processor_name();

std::string compiler_name();

/// Version, configuration and kernel family of the OpenBLAS linked, or that there is none.
std::string openblas_name();

/// Version, flags and vector instructions of Eigen as it was compiled here, or that there is none.
std::string eigen_library_name();

std::uint32_t processor_count();

/// Other programs take time from this one. Tells how much, from when it is made.
class disturbance {
 public:
  disturbance();

  /// Whether the threads of this program have waited for a processor for a noticeable part of the time: not
  /// only when one was taken from them, but also when they were woken and got none. Where the system does
  /// not tell that, whether a processor was taken at all.
  [[nodiscard]] bool is_noticeable() const;

 private:
  std::chrono::steady_clock::time_point start_;
  double waited_;
  long preemptions_;
};

}  // namespace tinyrank::bench
