// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT
#pragma once

// Included by posix.hpp on Windows: under the names of POSIX what mingw-w64 lacks, as far as the command line
// asks for it. Files are opened as bytes, not as text; there is no waiting for devices, no permission but
// "read only", and Ctrl-C and SIGTERM are the signals there are.

#include <cstddef>
#include <cstdint>

inline constexpr int O_CLOEXEC = O_NOINHERIT | O_BINARY;
inline constexpr int O_NONBLOCK = 0, O_NOCTTY = 0, O_DIRECTORY = 0, O_NOFOLLOW = 0;

// A number that no signal has: nothing is done then.
inline constexpr int SIGHUP = 100, SIGPIPE = 101, SIGQUIT = 102, SIGALRM = 103, SIGVTALRM = 104,
                     SIGPROF = 105, SIGXCPU = 106, SIGUSR1 = 107, SIGUSR2 = 108, SIGXFSZ = 109;
inline constexpr int SA_RESTART = 1, SA_RESETHAND = 2;
using sigset_t = std::uint32_t;
struct sigaction {
  void (*sa_handler)(int);
  int sa_flags;
  sigset_t sa_mask;
};
// The function has the name of the type, as in POSIX.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"
/// A handler is called once, whatever the flags.
int sigaction(int number, const struct sigaction* wanted, struct sigaction* before) noexcept;
#pragma GCC diagnostic pop
inline int sigfillset(sigset_t* all) noexcept {
  *all = UINT32_MAX;
  return 0;
}
// winpthreads has macros of these, which do nothing, either, where it is included before.
#ifndef SIG_SETMASK
inline constexpr int SIG_SETMASK = 0;
#endif
#ifndef pthread_sigmask
inline int pthread_sigmask(int, const sigset_t*, sigset_t*) noexcept {
  return 0;
}
#endif

struct iovec {
  void* iov_base;
  std::size_t iov_len;
};
// Those that are there take an unsigned int.
inline ssize_t read(int descriptor, void* out, std::size_t bytes) noexcept {
  return ::read(descriptor, out, static_cast<unsigned>(bytes));
}
inline ssize_t write(int descriptor, const void* bytes, std::size_t count) noexcept {
  return ::write(descriptor, bytes, static_cast<unsigned>(count));
}
ssize_t pread(int descriptor, void* out, std::size_t bytes, off_t offset) noexcept;
/// Fewer bytes than asked for, those of the first place.
ssize_t preadv(int descriptor, const iovec* places, int count, off_t offset) noexcept;
ssize_t pwrite(int descriptor, const void* bytes, std::size_t count, off_t offset) noexcept;
inline constexpr int POSIX_FADV_WILLNEED = 0;
inline int posix_fadvise(int, off_t, off_t, int) noexcept {
  return 0;
}
int fsync(int descriptor) noexcept;
inline int fchmod(int, mode_t) noexcept {
  return 0;
}
inline int lstat(const char* path, struct stat* status) noexcept {
  return ::stat(path, status);
}
/// To be freed; with slashes.
char* realpath(const char* path, char* none) noexcept;

inline constexpr int F_DUPFD_CLOEXEC = 1, F_GETFL = 2, F_GETFD = 3;
int fcntl(int descriptor, int what, int from = 0) noexcept;

struct pollfd {
  int fd;
  short events, revents;
};
inline constexpr short POLLIN = 1;
inline int poll(pollfd*, unsigned, int) noexcept {
  return 0;
}

struct winsize {
  unsigned short ws_row, ws_col;
};
inline constexpr unsigned TIOCGWINSZ = 0;
int ioctl(int descriptor, unsigned what, winsize* size) noexcept;

inline constexpr int MADV_HUGEPAGE = 0;
inline int madvise(void*, std::size_t, int) noexcept {
  return 0;
}
inline constexpr int _SC_PHYS_PAGES = 0, _SC_PAGESIZE = 1;
/// Pages of the memory that is available, of 64 KB.
long sysconf(int what) noexcept;

namespace tinyrank::app::posix_on_windows {

inline timespec modified(const struct stat& status) noexcept {
  return {status.st_mtime, 0};
}
int replace_file(const char* from, const char* to) noexcept;
void* allocate_aligned(std::size_t alignment, std::size_t bytes) noexcept;
void free_aligned(void* memory) noexcept;

}  // namespace tinyrank::app::posix_on_windows
