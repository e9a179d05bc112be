// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

#include "tinyrank/arena.hpp"
#include "tinyrank/views.hpp"

namespace tinyrank::app {

/// "3.2 TB".
std::string format_bytes(double bytes);

/// The least limit of the control groups that a process is in, of version 2 or 1, and of those above them;
/// UINT64_MAX where there is none. groups: /proc/self/cgroup; root: /sys/fs/cgroup.
std::uint64_t control_group_limit(const std::string& groups, const std::string& root);
/// What the kernel could hand out now, within the limit of the control group.
std::uint64_t available_memory();

/// Refuses a size that the memory available now cannot hold, before anything is touched: Linux would grant
/// the addresses and kill the program later. Errors: input_error "WHAT: needs 3.2 TB of memory; 24 GB are
/// available".
void require_memory(const std::string& what, std::uint64_t bytes);

/// Says the same of memory that was refused by the system after all, as under a limit of the shell.
[[noreturn]] void refuse_memory(const std::string& what, std::uint64_t bytes);

/// Uninitialised memory, 64-byte aligned; from 4 MB on in huge pages where the system grants them: with 4 KB
/// pages a pass over a dense operator measured 7 to 10% slower. Errors: as require_memory.
std::byte* allocate_bytes(const std::string& what, std::uint64_t bytes);
void free_bytes(std::byte* memory) noexcept;

/// `count` elements of T, as allocate_bytes gives them.
template <class T>
class aligned_buffer {
 public:
  aligned_buffer() = default;
  /// Errors: as require_memory.
  aligned_buffer(const std::string& what, std::size_t count) : count_(count) {
    data_ = reinterpret_cast<T*>(allocate_bytes(what, static_cast<std::uint64_t>(count) * sizeof(T)));
  }
  ~aligned_buffer() { free_bytes(reinterpret_cast<std::byte*>(data_)); }
  aligned_buffer(aligned_buffer&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)), count_(std::exchange(other.count_, 0)) {}
  aligned_buffer& operator=(aligned_buffer&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(count_, other.count_);
    return *this;
  }
  aligned_buffer(const aligned_buffer&) = delete;
  aligned_buffer& operator=(const aligned_buffer&) = delete;

  [[nodiscard]] T* data() const noexcept { return data_; }
  [[nodiscard]] std::size_t size() const noexcept { return count_; }

 private:
  T* data_ = nullptr;
  std::size_t count_ = 0;
};

/// factor_count<T>(n, rank), which wraps where size_t has 32 bits. Errors: as require_memory.
template <class T>
std::size_t require_factor(const std::string& what, std::size_t n, std::size_t rank) {
  const std::uint64_t stride = padded<T>(n), most = SIZE_MAX / sizeof(T);
  const bool fits = rank == 0 || stride <= most / rank;
  // Both are below 2^32 there, so that this product is none that wraps.
  if (!fits) refuse_memory(what, sizeof(std::size_t) == 4 ? stride * rank * sizeof(T) : UINT64_MAX);
  return static_cast<std::size_t>(stride) * rank;
}

}  // namespace tinyrank::app
