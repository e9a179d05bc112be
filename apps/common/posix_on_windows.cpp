// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "posix.hpp"

#ifndef NOMINMAX
#define NOMINMAX
#endif
#define WIN32_LEAN_AND_MEAN
#include <io.h>
#include <malloc.h>
#include <windows.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>

namespace {

constexpr long page = 65536;

HANDLE handle_of(int descriptor) {
  return reinterpret_cast<HANDLE>(::_get_osfhandle(descriptor));
}

OVERLAPPED place_of(off_t offset) {
  OVERLAPPED place{};
  place.Offset = static_cast<DWORD>(static_cast<std::uint64_t>(offset));
  place.OffsetHigh = static_cast<DWORD>(static_cast<std::uint64_t>(offset) >> 32U);
  return place;
}

}  // namespace

int sigaction(int number, const struct sigaction* wanted, struct sigaction* before) noexcept {
  const auto found = ::signal(number, wanted != nullptr ? wanted->sa_handler : SIG_DFL);
  if (found == SIG_ERR) return -1;
  if (wanted == nullptr) ::signal(number, found);
  if (before != nullptr) {
    before->sa_handler = found;
  }
  return 0;
}

ssize_t pread(int descriptor, void* out, std::size_t bytes, off_t offset) noexcept {
  OVERLAPPED place = place_of(offset);
  DWORD got = 0;
  if (::ReadFile(handle_of(descriptor), out, static_cast<DWORD>(bytes), &got, &place) == 0 &&
      ::GetLastError() != ERROR_HANDLE_EOF) {
    errno = EIO;
    return -1;
  }
  return static_cast<ssize_t>(got);
}

ssize_t preadv(int descriptor, const iovec* places, int, off_t offset) noexcept {
  return pread(descriptor, places->iov_base, places->iov_len, offset);
}

ssize_t pwrite(int descriptor, const void* bytes, std::size_t count, off_t offset) noexcept {
  OVERLAPPED place = place_of(offset);
  DWORD written = 0;
  if (::WriteFile(handle_of(descriptor), bytes, static_cast<DWORD>(count), &written, &place) == 0) {
    errno = EIO;
    return -1;
  }
  return static_cast<ssize_t>(written);
}

int fsync(int descriptor) noexcept {
  return ::_commit(descriptor);
}

char* realpath(const char* path, char*) noexcept {
  char* const full = ::_fullpath(nullptr, path, 0);
  if (full == nullptr) return nullptr;
  for (char* symbol = full; *symbol != '\0'; ++symbol) {
    if (*symbol == '\\') *symbol = '/';
  }
  struct stat status {};
  if (::access(full, F_OK) == 0 || ::stat(full, &status) == 0) return full;
  std::free(full);
  return nullptr;
}

int fcntl(int descriptor, int what, int) noexcept {
  if (descriptor < 0 || handle_of(descriptor) == INVALID_HANDLE_VALUE) {
    errno = EBADF;
    return -1;
  }
  return what == F_DUPFD_CLOEXEC ? ::_dup(descriptor) : O_RDWR;
}

int ioctl(int descriptor, unsigned, winsize* size) noexcept {
  CONSOLE_SCREEN_BUFFER_INFO found{};
  if (::GetConsoleScreenBufferInfo(handle_of(descriptor), &found) == 0) return -1;
  size->ws_col = static_cast<unsigned short>(found.srWindow.Right - found.srWindow.Left + 1);
  return 0;
}

long sysconf(int what) noexcept {
  MEMORYSTATUSEX found{};
  found.dwLength = sizeof found;
  if (what == _SC_PAGESIZE) return page;
  return ::GlobalMemoryStatusEx(&found) != 0 ? static_cast<long>(found.ullAvailPhys / page) : 0;
}

namespace tinyrank::app::posix_on_windows {

int replace_file(const char* from, const char* to) noexcept {
  if (::MoveFileExA(from, to, MOVEFILE_REPLACE_EXISTING | MOVEFILE_WRITE_THROUGH) != 0) return 0;
  errno = ::GetLastError() == ERROR_ACCESS_DENIED ? EACCES : EIO;
  return -1;
}

void* allocate_aligned(std::size_t alignment, std::size_t bytes) noexcept {
  return ::_aligned_malloc(bytes, alignment);
}

void free_aligned(void* memory) noexcept {
  ::_aligned_free(memory);
}

}  // namespace tinyrank::app::posix_on_windows
