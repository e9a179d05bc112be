// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstddef>
#include <cstdint>

namespace tinyrank {

/// Every block in an arena starts at a multiple of this many bytes, and so must the arena.
inline constexpr std::size_t arena_alignment = 64;

/// A bump arena over the caller's bytes. Without a buffer it only measures, also in a constant expression; so
/// the one layout function that places a structure also tells its exact size. Overflow of the size
/// arithmetic, or of the buffer, sticks: from then on every take() returns null.
class arena {
 public:
  /// Measuring arena: take() returns null and counts.
  constexpr arena() noexcept = default;

  /// Placing arena over `bytes` bytes at `buffer` (64-byte aligned, owned by the caller, outlives all that is
  /// placed).
  constexpr arena(std::byte* buffer, std::size_t bytes) noexcept : buffer_(buffer), capacity_(bytes) {}

  /// Room for `count` objects of the trivial type T in each of `copies` runs, one after the other:
  /// uninitialised, 64-byte aligned, the whole rounded up to 64 bytes.
  template <class T>
  constexpr T* take(std::size_t count, std::size_t copies = 1) noexcept {
    std::byte* const place = take_bytes(count, copies, sizeof(T));
    return place == nullptr ? nullptr : reinterpret_cast<T*>(place);
  }

  /// Bytes taken so far: after a measuring layout, the exact size that the placing layout needs.
  [[nodiscard]] constexpr std::size_t used() const noexcept { return used_; }
  [[nodiscard]] constexpr bool overflowed() const noexcept { return overflowed_; }

 private:
  /// One for all types, and a call, for the flash of a microcontroller.
  [[gnu::noinline]] constexpr std::byte* take_bytes(std::size_t count, std::size_t copies,
                                                    std::size_t size) noexcept {
    const std::size_t limit = (SIZE_MAX - (arena_alignment - 1)) / size;
    if (copies != 0 && count > limit / copies) overflowed_ = true;
    if (overflowed_) return nullptr;
    const std::size_t bytes =
        (count * copies * size + arena_alignment - 1) / arena_alignment * arena_alignment;
    if (bytes > SIZE_MAX - used_ || (buffer_ != nullptr && bytes > capacity_ - used_)) {
      overflowed_ = true;
      return nullptr;
    }
    const std::size_t offset = used_;
    used_ += bytes;
    return buffer_ == nullptr ? nullptr : buffer_ + offset;
  }

  std::byte* buffer_ = nullptr;
  std::size_t capacity_ = 0;
  std::size_t used_ = 0;
  bool overflowed_ = false;
};

/// The exact bytes of what place(arena&) takes; SIZE_MAX when they overflow size_t.
template <class Place>
[[nodiscard]] constexpr std::size_t measured_bytes(Place place) noexcept {
  arena measuring;
  place(measuring);
  return measuring.overflowed() ? SIZE_MAX : measuring.used();
}

}  // namespace tinyrank
