// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

// RISC-V's vectors, by clang's vector types: registers as wide as the target's flags promise (-march=rv64gcv:
// 128 bits; with _zvl256b: 256), which run on every wider machine, too. Sizes that are known only at run time
// could not be members of a pack.

#include <cstddef>
#include <cstdint>
#include <utility>

#include "lib/simd/registers_scalar.hpp"

namespace tinyrank {
namespace {

inline constexpr std::size_t register_bytes = __riscv_v_min_vlen / 8 < 64 ? __riscv_v_min_vlen / 8 : 64;

template <class T>
using lanes_of __attribute__((vector_size(register_bytes))) = T;

/// {make(0), make(1), ...}
template <class T, class Make, std::size_t... I>
TINYRANK_INLINE lanes_of<T> lanes_from(std::index_sequence<I...>, Make make) noexcept {
  return lanes_of<T>{make(I)...};
}

template <class T>
struct vector_register {
  static constexpr std::size_t width = register_bytes / sizeof(T);
  using element = T;
  using lanes = std::make_index_sequence<width>;
  lanes_of<T> v;

  static TINYRANK_INLINE vector_register load(const T* from) noexcept {
    vector_register x;
    __builtin_memcpy(&x.v, from, register_bytes);
    return x;
  }
  static TINYRANK_INLINE vector_register broadcast(T value) noexcept {
    return {lanes_from<T>(lanes{}, [=](std::size_t) TINYRANK_LAMBDA { return value; })};
  }
  TINYRANK_INLINE void store(T* to) const noexcept { __builtin_memcpy(to, &v, register_bytes); }
  /// Lane i takes lane i + width/2, and so on by halves.
  TINYRANK_INLINE T tree_sum() const noexcept { return halve<width / 2>(v)[0]; }

  template <std::size_t H, std::size_t... I>
  static TINYRANK_INLINE lanes_of<T> exchanged(lanes_of<T> x, std::index_sequence<I...>) noexcept {
    return __builtin_shufflevector(x, x, (I ^ H)...);
  }

 private:
  template <std::size_t H>
  static TINYRANK_INLINE lanes_of<T> halve(lanes_of<T> x) noexcept {
    if constexpr (H == 0) {
      return x;
    } else {
      return halve<H / 2>(x + exchanged<H>(x, lanes{}));
    }
  }
};

using vector_f32 = vector_register<float>;
using vector_f64 = vector_register<double>;

template <class T>
TINYRANK_INLINE vector_register<T> add(vector_register<T> a, vector_register<T> b) noexcept {
  return {a.v + b.v};
}
template <class T>
TINYRANK_INLINE vector_register<T> subtract(vector_register<T> a, vector_register<T> b) noexcept {
  return {a.v - b.v};
}
template <class T>
TINYRANK_INLINE vector_register<T> fma(vector_register<T> a, vector_register<T> b,
                                       vector_register<T> c) noexcept {
  return {__builtin_elementwise_fma(a.v, b.v, c.v)};
}

struct vector_words {
  static constexpr std::size_t width = vector_f32::width;
  using floats = vector_f32;
  using lanes = vector_f32::lanes;
  lanes_of<std::uint32_t> v;

  static TINYRANK_INLINE vector_words load(const std::uint32_t* from) noexcept {
    vector_words x;
    __builtin_memcpy(&x.v, from, register_bytes);
    return x;
  }
  static TINYRANK_INLINE vector_words broadcast(std::uint32_t value) noexcept {
    return {lanes_from<std::uint32_t>(lanes{}, [=](std::size_t) TINYRANK_LAMBDA { return value; })};
  }
  TINYRANK_INLINE void store(std::uint32_t* to) const noexcept { __builtin_memcpy(to, &v, register_bytes); }
  friend TINYRANK_INLINE vector_words operator+(vector_words a, vector_words b) noexcept {
    return {a.v + b.v};
  }
  friend TINYRANK_INLINE vector_words operator*(vector_words a, vector_words b) noexcept {
    return {a.v * b.v};
  }
  friend TINYRANK_INLINE vector_words operator^(vector_words a, vector_words b) noexcept {
    return {a.v ^ b.v};
  }
  friend TINYRANK_INLINE vector_words operator&(vector_words a, vector_words b) noexcept {
    return {a.v & b.v};
  }
  friend TINYRANK_INLINE vector_words operator|(vector_words a, vector_words b) noexcept {
    return {a.v | b.v};
  }
  template <int Bits>
  TINYRANK_INLINE vector_words shifted_right() const noexcept {
    return {v >> broadcast(Bits).v};
  }
  template <int Bits>
  TINYRANK_INLINE vector_words shifted_left() const noexcept {
    return {v << broadcast(Bits).v};
  }
  TINYRANK_INLINE vector_words masked_xor(std::uint32_t mask, std::uint32_t bits) const noexcept {
    return (*this & broadcast(mask)) ^ broadcast(bits);
  }
  TINYRANK_INLINE vector_words masked_or(std::uint32_t mask, std::uint32_t bits) const noexcept {
    return (*this & broadcast(mask)) | broadcast(bits);
  }
  TINYRANK_INLINE floats to_float() const noexcept {
    return {__builtin_convertvector(__builtin_convertvector(v, lanes_of<std::int32_t>), lanes_of<float>)};
  }
  static TINYRANK_INLINE vector_words bits_of(floats x) noexcept {
    return {same_bits<lanes_of<std::uint32_t>>(x.v)};
  }
  TINYRANK_INLINE floats as_floats() const noexcept { return {same_bits<lanes_of<float>>(v)}; }
  TINYRANK_INLINE floats look_up(const float* table) const noexcept {
    const lanes_of<std::uint32_t> index = v & broadcast(31).v;
    return {lanes_from<float>(lanes{}, [&](std::size_t i) TINYRANK_LAMBDA { return table[index[i]]; })};
  }
};

/// Lane i of exchange<H>(x) is lane i xor H of x; H is a power of two below the width.
template <std::size_t H, class T>
TINYRANK_INLINE vector_register<T> exchange(vector_register<T> x) noexcept {
  return {vector_register<T>::template exchanged<H>(x.v, typename vector_register<T>::lanes{})};
}

/// x, negated in the lanes whose words (of its size) have their highest bit set.
template <class Word, class T>
TINYRANK_INLINE vector_register<T> negated_where(lanes_of<Word> words, vector_register<T> x) noexcept {
  constexpr Word sign = Word{1} << (8 * sizeof(Word) - 1);
  return {same_bits<lanes_of<T>>(same_bits<lanes_of<Word>>(x.v) ^ (words & sign))};
}
template <class Word, class T>
TINYRANK_INLINE vector_register<T> flip_lanes(vector_register<T> x, std::uint32_t bits) noexcept {
  using lanes = typename vector_register<T>::lanes;
  const lanes_of<Word> all =
      lanes_from<Word>(lanes{}, [=](std::size_t) TINYRANK_LAMBDA { return Word{bits}; });
  constexpr std::size_t top = 8 * sizeof(Word) - 1;
  const lanes_of<Word> shifts =
      lanes_from<Word>(lanes{}, [](std::size_t i) TINYRANK_LAMBDA { return static_cast<Word>(top - i); });
  return negated_where<Word>(all << shifts, x);
}
TINYRANK_INLINE vector_f32 flip_signs(vector_f32 x, std::uint32_t bits) noexcept {
  return flip_lanes<std::uint32_t>(x, bits);
}
TINYRANK_INLINE vector_f64 flip_signs(vector_f64 x, std::uint32_t bits) noexcept {
  return flip_lanes<std::uint64_t>(x, bits);
}
TINYRANK_INLINE vector_words shift_right(vector_words x, std::uint32_t by) noexcept {
  return {x.v >> vector_words::broadcast(by).v};
}

template <>
struct lane_signs<vector_f32> {
  vector_words v;
  static TINYRANK_INLINE lane_signs load(const std::uint32_t* from) noexcept {
    return {vector_words::load(from)};
  }
  TINYRANK_INLINE lane_signs doubled() const noexcept { return {v + v}; }
  TINYRANK_INLINE vector_f32 flip(vector_f32 x) const noexcept {
    return negated_where<std::uint32_t>(v.v, x);
  }
};
template <>
struct lane_signs<vector_f64> {
  lanes_of<std::uint64_t> v;
  static TINYRANK_INLINE lane_signs load(const std::uint32_t* from) noexcept {
    return {lanes_from<std::uint64_t>(
        vector_f64::lanes{}, [=](std::size_t i) TINYRANK_LAMBDA { return std::uint64_t{from[i]} << 32; })};
  }
  TINYRANK_INLINE lane_signs doubled() const noexcept { return {v + v}; }
  TINYRANK_INLINE vector_f64 flip(vector_f64 x) const noexcept { return negated_where<std::uint64_t>(v, x); }
};

TINYRANK_INLINE void widen(vector_f32 x, vector_f64 (&out)[2]) noexcept {
  for (std::size_t half = 0; half < 2; ++half) {
    out[half] = {lanes_from<double>(vector_f64::lanes{}, [&](std::size_t i) TINYRANK_LAMBDA {
      return static_cast<double>(x.v[half * vector_f64::width + i]);
    })};
  }
}

using register_f32 = vector_f32;
using register_f64 = vector_f64;
using register_words = vector_words;

}  // namespace
}  // namespace tinyrank
