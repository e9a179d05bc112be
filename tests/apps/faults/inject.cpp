// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

// A library for LD_PRELOAD: the N-th call of a kind that the program makes after main has begun fails, once.
//
//   TINYRANK_FAULT=allocation:N   memory is refused; those of the same calls one in another count once
//   TINYRANK_FAULT=late:N         the same, once a file has been opened
//   TINYRANK_FAULT=system:N       a call of the system for files, threads or pages fails
//   TINYRANK_FAULT=short:N        a read or a write moves one byte
//   TINYRANK_FAULT=again:N        a read or a write was interrupted by a signal
//
// Once it has failed, a byte is written to descriptor 99, which tells that there was such a call.

#include <dlfcn.h>
#include <execinfo.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdarg>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <new>
#include <string_view>
#include <utility>

extern "C" {
void* __libc_malloc(std::size_t);
void* __libc_calloc(std::size_t, std::size_t);
void* __libc_realloc(void*, std::size_t);
void* __libc_memalign(std::size_t, std::size_t);
}

namespace {

enum class kind { nothing, allocation, system, cut, again, late, object };

std::atomic<kind> wanted{kind::nothing};
std::atomic<long> calls_left{0};
bool counts_places = true;

std::uint64_t hash_of(void* const* calls, int count) noexcept {
  std::uint64_t hash = 1;
  for (int i = 0; i < count; ++i) hash = (hash ^ reinterpret_cast<std::uintptr_t>(calls[i])) * 0x100000001b3u;
  return hash;
}

/// Whether it was not there.
bool add_place(std::uint64_t place) noexcept {
  constexpr std::size_t most = std::size_t{1} << 14U;
  static std::uint64_t known[most];
  std::size_t at = place % most;
  for (; known[at] != 0; at = (at + 1) % most) {
    if (known[at] == place) return false;
  }
  known[at] = place;
  return true;
}

/// Whether these calls, one in another, have not asked for memory before.
bool is_new_place() noexcept {
  constexpr int deepest = 64;
  static std::atomic_flag is_used = ATOMIC_FLAG_INIT;
  static thread_local bool is_inside = false;
  if (is_inside) return false;  // what backtrace itself asks for
  is_inside = true;
  void* calls[deepest];
  const int count = ::backtrace(calls, deepest);
  is_inside = false;
  while (is_used.test_and_set()) {
  }
  const bool is_new = add_place(hash_of(calls, count));
  is_used.clear();
  return is_new;
}
/// Whether this call is the one.
bool fails(kind asked) noexcept {
  if (wanted.load(std::memory_order_relaxed) != asked) return false;
  if (asked == kind::allocation && counts_places && !is_new_place()) return false;
  if (calls_left.fetch_sub(1) != 1) return false;
  wanted = kind::nothing;
  constexpr int told = 99;
  static_cast<void>(::syscall(SYS_write, told, "x", 1));
  return true;
}

void begin_late() noexcept {
  if (wanted == kind::late) wanted = kind::allocation;
}

bool fails_with(kind asked, int error) noexcept {
  if (!fails(asked)) return false;
  errno = error;
  return true;
}

/// The function of that name which this library stands before.
#define NEXT(name) (reinterpret_cast<decltype(&::name)>(::dlsym(RTLD_NEXT, #name)))

int (*program)(int, char**, char**) = nullptr;

int armed_main(int count, char** arguments, char** environment) {
  const char* text = std::getenv("TINYRANK_FAULT");
  const char* colon = text == nullptr ? nullptr : std::strchr(text, ':');
  if (colon != nullptr) {
    calls_left = std::atol(colon + 1);
    for (const auto& [name, meant] : {std::pair("allocation", kind::allocation),
                                      std::pair("late", kind::late), std::pair("system", kind::system),
                                      std::pair("short", kind::cut), std::pair("again", kind::again)}) {
      if (std::string_view(text).starts_with(name)) wanted = meant;
    }
  }
  return program(count, arguments, environment);
}

}  // namespace

void* operator new(std::size_t bytes) {
  if (fails(kind::object)) throw std::bad_alloc();
  for (;;) {
    if (void* const memory = std::malloc(bytes == 0 ? 1 : bytes); memory != nullptr) return memory;
    const std::new_handler handler = std::get_new_handler();
    if (handler == nullptr) throw std::bad_alloc();
    handler();
  }
}
void operator delete(void* memory) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}

extern "C" {

/// For a process that arms itself, as Python does by ctypes: kind 6 is `new`, for numpy 1.24 crashes where
/// malloc fails; 0: nothing more fails, and the result is whether anything did since.
int tinyrank_fault(int asked, long number) {
  static std::atomic<bool> is_armed{false};
  const bool has_failed = is_armed && wanted == kind::nothing;
  wanted = kind::nothing;
  counts_places = false;
  calls_left = number;
  is_armed = asked != 0;
  wanted = static_cast<kind>(asked);
  return has_failed ? 1 : 0;
}

int __libc_start_main(int (*main)(int, char**, char**), int count, char** arguments, void (*init)(),
                      void (*fini)(), void (*unload)(), void* stack) {
  program = main;
  using start = int(int (*)(int, char**, char**), int, char**, void (*)(), void (*)(), void (*)(), void*);
  auto* const begin = reinterpret_cast<start*>(::dlsym(RTLD_NEXT, "__libc_start_main"));
  return begin(armed_main, count, arguments, init, fini, unload, stack);
}

void* malloc(std::size_t bytes) {
  return fails_with(kind::allocation, ENOMEM) ? nullptr : __libc_malloc(bytes);
}
void* calloc(std::size_t count, std::size_t bytes) {
  return fails_with(kind::allocation, ENOMEM) ? nullptr : __libc_calloc(count, bytes);
}
void* realloc(void* memory, std::size_t bytes) {
  return fails_with(kind::allocation, ENOMEM) ? nullptr : __libc_realloc(memory, bytes);
}
void* aligned_alloc(std::size_t alignment, std::size_t bytes) {
  return fails_with(kind::allocation, ENOMEM) ? nullptr : __libc_memalign(alignment, bytes);
}
int posix_memalign(void** memory, std::size_t alignment, std::size_t bytes) {
  if (fails(kind::allocation)) return ENOMEM;
  *memory = __libc_memalign(alignment, bytes);
  return *memory == nullptr ? ENOMEM : 0;
}

// What follows stands before the functions of libc by their names there, those for large files too.

#define OPEN(name)                                                             \
  int name(const char* path, int flags, ...) {                                 \
    std::va_list rest;                                                         \
    va_start(rest, flags);                                                     \
    const mode_t mode = va_arg(rest, mode_t);                                  \
    va_end(rest);                                                              \
    begin_late();                                                              \
    return fails_with(kind::system, EIO) ? -1 : NEXT(name)(path, flags, mode); \
  }
OPEN(open)
OPEN(open64)

#define FOPEN(name)                                                          \
  FILE* name(const char* path, const char* mode) {                           \
    return fails_with(kind::system, EIO) ? nullptr : NEXT(name)(path, mode); \
  }
FOPEN(fopen)
FOPEN(fopen64)

ssize_t read(int file, void* data, std::size_t bytes) {
  if (fails_with(kind::system, EIO) || fails_with(kind::again, EINTR)) return -1;
  return NEXT(read)(file, data, bytes > 1 && fails(kind::cut) ? 1 : bytes);
}
#define PREAD(name, offset_type)                                                      \
  ssize_t name(int file, void* data, std::size_t bytes, offset_type offset) {         \
    if (fails_with(kind::system, EIO) || fails_with(kind::again, EINTR)) return -1;   \
    return NEXT(name)(file, data, bytes > 1 && fails(kind::cut) ? 1 : bytes, offset); \
  }
PREAD(pread, off_t)
PREAD(pread64, off64_t)

#define PREADV(name, offset_type)                                                       \
  ssize_t name(int file, const iovec* places, int count, offset_type offset) {          \
    if (fails_with(kind::system, EIO) || fails_with(kind::again, EINTR)) return -1;     \
    return NEXT(name)(file, places, count > 1 && fails(kind::cut) ? 1 : count, offset); \
  }
PREADV(preadv, off_t)
PREADV(preadv64, off64_t)

ssize_t write(int file, const void* data, std::size_t bytes) {
  // A line about a fault cannot be where standard error has it.
  if (file == STDERR_FILENO) return NEXT(write)(file, data, bytes);
  if (fails_with(kind::system, EIO) || fails_with(kind::again, EINTR)) return -1;
  return NEXT(write)(file, data, bytes > 1 && fails(kind::cut) ? 1 : bytes);
}
ssize_t writev(int file, const iovec* places, int count) {
  if (file == STDERR_FILENO) return NEXT(writev)(file, places, count);
  if (fails_with(kind::system, EIO) || fails_with(kind::again, EINTR)) return -1;
  return NEXT(writev)(file, places, count > 1 && fails(kind::cut) ? 1 : count);
}
#define PWRITE(name, offset_type)                                                     \
  ssize_t name(int file, const void* data, std::size_t bytes, offset_type offset) {   \
    if (fails_with(kind::system, EIO) || fails_with(kind::again, EINTR)) return -1;   \
    return NEXT(name)(file, data, bytes > 1 && fails(kind::cut) ? 1 : bytes, offset); \
  }
PWRITE(pwrite, off_t)
PWRITE(pwrite64, off64_t)

int fsync(int file) {
  return fails_with(kind::system, EIO) ? -1 : NEXT(fsync)(file);
}
/// Linux has closed the file then all the same.
int close(int file) {
  const int closed = NEXT(close)(file);
  return fails_with(kind::system, EIO) ? -1 : closed;
}
int rename(const char* from, const char* to) {
  return fails_with(kind::system, EIO) ? -1 : NEXT(rename)(from, to);
}
int fstat(int file, struct stat* status) {
  return fails_with(kind::system, EIO) ? -1 : NEXT(fstat)(file, status);
}
int fstat64(int file, struct stat64* status) {
  return fails_with(kind::system, EIO) ? -1 : NEXT(fstat64)(file, status);
}
int stat64(const char* path, struct stat64* status) {
  return fails_with(kind::system, EIO) ? -1 : NEXT(stat64)(path, status);
}
int lstat64(const char* path, struct stat64* status) {
  return fails_with(kind::system, EIO) ? -1 : NEXT(lstat64)(path, status);
}
int fcntl64(int file, int command, ...) {
  std::va_list rest;
  va_start(rest, command);
  const long argument = va_arg(rest, long);
  va_end(rest);
  return fails_with(kind::system, EBADF) ? -1 : NEXT(fcntl64)(file, command, argument);
}
int fchmod(int file, mode_t mode) {
  return fails_with(kind::system, EPERM) ? -1 : NEXT(fchmod)(file, mode);
}
char* realpath(const char* path, char* resolved) {
  return fails_with(kind::system, EIO) ? nullptr : NEXT(realpath)(path, resolved);
}
int access(const char* path, int mode) {
  return fails_with(kind::system, EIO) ? -1 : NEXT(access)(path, mode);
}
int madvise(void* memory, std::size_t bytes, int advice) {
  return fails_with(kind::system, EINVAL) ? -1 : NEXT(madvise)(memory, bytes, advice);
}
void* mmap(void* memory, std::size_t bytes, int protection, int flags, int file, off_t offset) {
  return fails_with(kind::system, ENOMEM) ? MAP_FAILED
                                          : NEXT(mmap)(memory, bytes, protection, flags, file, offset);
}
int pthread_create(pthread_t* thread, const pthread_attr_t* attributes, void* (*run)(void*), void* data) {
  return fails(kind::system) ? EAGAIN : NEXT(pthread_create)(thread, attributes, run, data);
}
}
