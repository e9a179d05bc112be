// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

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

/// How often the system has taken a processor from a running thread of this program.
long preemption_count();

}  // namespace tinyrank::bench
