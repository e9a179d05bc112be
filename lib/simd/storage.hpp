// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

// How packed rows are stored, and how one line of 64 bytes becomes packs. Narrow types are interleaved (see
// quantized.hpp): word l of a line holds entries l, 16 + l, .., so that shifts and masks within words give
// packs in their natural order on every instruction set, and nothing moves between lanes.

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "lib/simd/pack.hpp"

namespace tinyrank {
namespace {

using float_pack = basic_pack<register_f32>;

/// Sixteen words, in as many registers as a pack of floats.
struct word_pack {
  register_words r[float_pack::registers];

  static TINYRANK_INLINE word_pack load(const void* line) noexcept {
    word_pack x;
    const auto* const bytes = static_cast<const std::byte*>(line);
    for (std::size_t i = 0; i < float_pack::registers; ++i) {
      const auto* const from = bytes + i * sizeof(register_words);
      // The line holds narrower integers, which plain C++ must not read as words; vector loads may. (Copied
      // as well, AVX2 registers go through the stack with gcc 12.)
      if constexpr (register_words::width == 1) {
        std::memcpy(static_cast<void*>(&x.r[i]), from, sizeof x.r[i]);
      } else {
        x.r[i] = register_words::load(reinterpret_cast<const std::uint32_t*>(from));
      }
    }
    return x;
  }
  template <class Make>
  TINYRANK_INLINE float_pack each(Make make) const noexcept {
    return float_pack::each(typename float_pack::indices{},
                            [&](std::size_t i) TINYRANK_LAMBDA { return make(r[i]); });
  }
};

/// A pack of floats as packs of T.
TINYRANK_INLINE void widen(const float_pack& x, float_pack (&out)[1]) noexcept {
  out[0] = x;
}

template <class Float, class Double>
TINYRANK_INLINE void widen(const basic_pack<Float>& x, basic_pack<Double> (&out)[2]) noexcept {
  if constexpr (requires(Float from, Double(&to)[2]) { widen(from, to); }) {
    constexpr std::size_t in_pack = basic_pack<Double>::registers;
#pragma GCC unroll 4
    for (std::size_t i = 0; i < basic_pack<Float>::registers; ++i) {
      Double halves[2];
      widen(x.r[i], halves);
      out[2 * i / in_pack].r[2 * i % in_pack] = halves[0];
      out[(2 * i + 1) / in_pack].r[(2 * i + 1) % in_pack] = halves[1];
    }
  } else {
    alignas(64) float narrow[basic_pack<Float>::lanes];
    x.store(narrow);
    for (std::size_t l = 0; l < basic_pack<Float>::lanes; ++l) {
      out[l / basic_pack<Double>::lanes].r[l % basic_pack<Double>::lanes] = {static_cast<double>(narrow[l])};
    }
  }
}

/// Entries stored as they are: one pack for each line.
template <class T>
struct plain_storage {
  using element = T;
  static constexpr bool has_scales = false;
  static constexpr std::size_t packs = 1;

  static TINYRANK_INLINE void load(const element* line, pack<T> (&out)[packs]) noexcept {
    out[0] = pack<T>::load(line);
  }
};

/// The upper halves of floats: the even places of a line hold its first sixteen entries, the odd ones the
/// others.
template <class T>
struct bf16_storage {
  using element = std::uint16_t;
  static constexpr bool has_scales = false;
  static constexpr std::size_t halves = float_pack::lanes / pack<T>::lanes, packs = 2 * halves;

  static TINYRANK_INLINE void load(const element* line, pack<T> (&out)[packs]) noexcept {
    const word_pack words = word_pack::load(line);
    pack<T> part[halves];
    widen(words.each([](register_words w)
                         TINYRANK_LAMBDA { return w.template shifted_left<16>().as_floats(); }),
          part);
    for (std::size_t h = 0; h < halves; ++h) out[h] = part[h];
    widen(words.each([](register_words w) TINYRANK_LAMBDA {
      return (w & register_words::broadcast(0xffff0000u)).as_floats();
    }),
          part);
    for (std::size_t h = 0; h < halves; ++h) out[halves + h] = part[h];
  }
};

/// Signed bytes: byte b of word l is entry 16 b + l of the line's 64. A byte with its sign bit flipped is
/// q + 128; put into the fraction of 2^23 (or, a byte further up, of 2^15) it counts in ones, and subtracting
/// 2^23 + 128 (2^15 + 128) leaves q, exactly.
template <class T>
struct int8_storage {
  using element = std::int8_t;
  static constexpr bool has_scales = true;
  static constexpr std::size_t halves = float_pack::lanes / pack<T>::lanes, packs = 4 * halves;

  static TINYRANK_INLINE float_pack first_byte(const word_pack& words) noexcept {
    return words.each([](register_words w) TINYRANK_LAMBDA {
      return add(w.masked_xor(0xffu, 0x4b000080u).as_floats(), register_f32::broadcast(-8388736.0f));
    });
  }
  static TINYRANK_INLINE float_pack second_byte(const word_pack& words) noexcept {
    return words.each([](register_words w) TINYRANK_LAMBDA {
      return add(w.masked_xor(0xff00u, 0x47008000u).as_floats(), register_f32::broadcast(-32896.0f));
    });
  }
  static TINYRANK_INLINE void load(const element* line, pack<T> (&out)[packs]) noexcept {
    const word_pack low = word_pack::load(line);
    word_pack high = low;
    for (register_words& w : high.r) w = w.template shifted_right<16>();
    pack<T> part[halves];
    widen(first_byte(low), part);
    for (std::size_t h = 0; h < halves; ++h) out[h] = part[h];
    widen(second_byte(low), part);
    for (std::size_t h = 0; h < halves; ++h) out[halves + h] = part[h];
    widen(first_byte(high), part);
    for (std::size_t h = 0; h < halves; ++h) out[2 * halves + h] = part[h];
    widen(second_byte(high), part);
    for (std::size_t h = 0; h < halves; ++h) out[3 * halves + h] = part[h];
  }
};

}  // namespace
}  // namespace tinyrank
