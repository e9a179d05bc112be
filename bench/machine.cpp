// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "bench/machine.hpp"

#include <sys/resource.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <thread>

#if defined(TINYRANK_HAS_EIGEN)
#include "bench/eigen_unit.hpp"
#endif
#if defined(TINYRANK_HAS_OPENBLAS)
#include <cblas.h>
#endif

namespace tinyrank::bench {
namespace {

long preemption_count() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_nivcsw;
}

/// Time that the threads of this program were ready to run and had no processor; NaN when unknown. The system
/// gives, for each thread, nanoseconds on a processor, nanoseconds waiting for one, and a count.
double seconds_waited() {
  double total = 0;
  std::error_code failed;
  for (const auto& thread : std::filesystem::directory_iterator("/proc/self/task", failed)) {
    std::ifstream file(thread.path() / "schedstat");
    double ran = 0, waited = 0;
    // A thread that has just ended is not there any more; it counted while it lived.
    if (file >> ran >> waited) total += waited * 1e-9;
  }
  return failed || total == 0 ? std::nan("") : total;
}

}  // namespace

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

disturbance::disturbance()
    : start_(std::chrono::steady_clock::now()), waited_(seconds_waited()), preemptions_(preemption_count()) {}

bool disturbance::is_noticeable() const {
  constexpr double noticeable = 0.01;
  const double waited = seconds_waited() - waited_;
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start_;
  return std::isnan(waited) ? preemption_count() != preemptions_ : waited > noticeable * elapsed.count();
}

}  // namespace tinyrank::bench
