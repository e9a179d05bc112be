// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "bench/machine.hpp"

#include <sys/resource.h>

#include <fstream>
#include <thread>

#if defined(TINYRANK_HAS_EIGEN)
#include "bench/eigen_unit.hpp"
#endif
#if defined(TINYRANK_HAS_OPENBLAS)
#include <cblas.h>
#endif

namespace tinyrank::bench {

std::string processor_name() {
  std::ifstream info("/proc/cpuinfo");
  for (std::string line; std::getline(info, line);) {
    if (line.rfind("model name", 0) != 0) continue;
    const std::size_t colon = line.find(": ");
    if (colon != std::string::npos) return line.substr(colon + 2);
  }
  return "unknown processor";
}

std::string compiler_name() {
#if defined(__clang__)
  return std::string("clang ") + __clang_version__;
#elif defined(__GNUC__)
  return std::string("gcc ") + __VERSION__;
#else
  return "unknown compiler";
#endif
}

std::string openblas_name() {
#if defined(TINYRANK_HAS_OPENBLAS)
  // The configuration ends with the family of kernels that OpenBLAS chose for this processor.
  return openblas_get_config();
#else
  return "OpenBLAS: not there when this was built; its ratios are left out";
#endif
}

std::string eigen_library_name() {
#if defined(TINYRANK_HAS_EIGEN)
  return eigen_name();
#else
  return "Eigen: not there when this was built; its ratios are left out";
#endif
}

std::uint32_t processor_count() {
  return std::thread::hardware_concurrency();
}

long preemption_count() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_nivcsw;
}

}  // namespace tinyrank::bench
