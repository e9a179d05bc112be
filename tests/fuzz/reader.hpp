// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

// Values from the bytes of an input, zeros when they are used up.

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace tinyrank::fuzz {

struct reader {
  const std::uint8_t* bytes;
  std::size_t left;

  template <class T>
  T take() {
    T value{};
    const std::size_t count = left < sizeof value ? left : sizeof value;
    if (count != 0) std::memcpy(static_cast<void*>(&value), bytes, count);
    bytes += count;
    left -= count;
    return value;
  }

  /// 0 .. most, but whatever there is in one of 16.
  std::size_t size(std::size_t most) {
    const auto kind = take<std::uint8_t>();
    if (kind % 16 == 15) return take<std::size_t>();
    return take<std::uint16_t>() % (most + 1);
  }

  /// Multiples of 1/64, but any bits in one of 16.
  template <class T>
  T number() {
    const auto kind = take<std::uint8_t>();
    if (kind % 16 == 15) return take<T>();
    return static_cast<T>(take<std::int16_t>()) / T(64);
  }
};

}  // namespace tinyrank::fuzz
