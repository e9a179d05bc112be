// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT
#pragma once

// The calls of POSIX by which files, terminals and signals are used. On Windows what stands for them there.

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cstddef>

#ifdef _WIN32
#include "posix_on_windows.hpp"
#else
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/uio.h>

#include <cstdio>
#include <cstdlib>
#endif

namespace tinyrank::app {

#ifdef _WIN32
using posix_on_windows::allocate_aligned;
using posix_on_windows::free_aligned;
using posix_on_windows::modified;
using posix_on_windows::replace_file;
#else
/// When it was written to.
inline timespec modified(const struct stat& status) noexcept {
  return status.st_mtim;
}

/// rename, over a file that is there; 0, or -1 with errno set.
inline int replace_file(const char* from, const char* to) noexcept {
  return std::rename(from, to);
}

/// For free_aligned; null when there is none. bytes: a multiple of the alignment.
inline void* allocate_aligned(std::size_t alignment, std::size_t bytes) noexcept {
  return std::aligned_alloc(alignment, bytes);
}

inline void free_aligned(void* memory) noexcept {
  std::free(memory);
}
#endif

}  // namespace tinyrank::app
