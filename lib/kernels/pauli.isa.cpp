// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "lib/kernels/pauli.hpp"

#include <type_traits>

#include "lib/kernels/row_products.hpp"

namespace tinyrank {
namespace {

/// Pairs of rows that are worked on at a time: a word has the signs of as many.
inline constexpr std::size_t together = 32;

/// Of numbers that packs are loaded from; a small stack has no room to align them for nothing.
template <class T>
inline constexpr std::size_t line = tuning::avoids_packs ? alignof(T) : 64;

TINYRANK_INLINE bool is_odd(std::uint32_t bits) noexcept {
  bits ^= bits >> 16;
  bits ^= bits >> 8;
  bits ^= bits >> 4;
  return (0x6996u >> (bits & 15) & 1) != 0;
}

/// The rows of the pairs of one x: those with the uppermost bit of x clear, numbered without that bit.
struct coupled_rows {
  std::uint32_t x, below;  ///< the bits below the uppermost; all of them where x = 0
  std::size_t pairs;

  coupled_rows(std::uint32_t of, std::size_t d) noexcept : x(of), below(~0u), pairs(d) {
    if (x == 0) return;
    std::uint32_t upper = x;
    while ((upper & (upper - 1)) != 0) upper &= upper - 1;
    below = upper - 1;
    pairs = d / 2;
  }
  TINYRANK_INLINE std::uint32_t row(std::size_t pair) const noexcept {
    const auto number = static_cast<std::uint32_t>(pair);
    return (number & below) | (number & ~below) << 1;
  }
  /// A mask of rows as one of pairs.
  TINYRANK_INLINE std::uint32_t compressed(std::uint32_t z) const noexcept {
    return x == 0 ? z : (z & below) | (z >> 1 & ~below);
  }
};

/// Bit k: whether (-1)^popcount(z and (first + k)) is -1; first: a multiple of 32.
TINYRANK_INLINE std::uint32_t signs_of(std::uint32_t z, std::size_t first) noexcept {
  std::uint32_t signs = is_odd(z & static_cast<std::uint32_t>(first)) ? ~0u : 0;
  if ((z & 1) != 0) signs ^= 0xaaaaaaaau;
  if ((z & 2) != 0) signs ^= 0xccccccccu;
  if ((z & 4) != 0) signs ^= 0xf0f0f0f0u;
  if ((z & 8) != 0) signs ^= 0xff00ff00u;
  if ((z & 16) != 0) signs ^= 0xffff0000u;
  return signs;
}

/// The number of Ys is odd, and twice the rest of it by 4: the phase is 1, i, -1 or -i.
struct pauli_phase {
  bool imaginary, negative;

  TINYRANK_INLINE explicit pauli_phase(pauli_string of) noexcept {
    std::uint32_t quarters = 0;
    for (std::uint32_t bits = of.x & of.z; bits != 0; bits &= bits - 1) ++quarters;
    imaginary = (quarters & 1) != 0;
    negative = (quarters & 2) != 0;
  }
};

template <class T>
using pack_register = std::remove_cvref_t<decltype(pack<T>{}.r[0])>;

/// A pack of x, each lane negated where its bit is set.
template <class T>
TINYRANK_INLINE pack<T> flipped(const pack<T>& x, std::uint32_t signs) noexcept {
  return pack<T>::each(typename pack<T>::indices{}, [&](std::size_t i) TINYRANK_LAMBDA {
    return flip_signs(x.r[i], signs >> i * pack_register<T>::width);
  });
}

/// x[0..32) with these signs, added up by halves.
template <class T>
TINYRANK_INLINE T signed_sum(const T* x, std::uint32_t signs) noexcept {
  if constexpr (tuning::avoids_packs) {
    T lanes[together];
    for (std::size_t k = 0; k < together; ++k) lanes[k] = (signs >> k & 1) != 0 ? -x[k] : x[k];
    return tree_sum(lanes);
  } else {
    constexpr std::size_t packs = together / virtual_lanes<T>;
    pack<T> parts[packs];
    for (std::size_t p = 0; p < packs; ++p) {
      parts[p] = flipped<T>(pack<T>::load(x + p * virtual_lanes<T>), signs >> p * virtual_lanes<T>);
    }
    for (std::size_t half = packs / 2; half > 0; half /= 2) {
      for (std::size_t p = 0; p < half; ++p) parts[p] = add(parts[p], parts[p + half]);
    }
    return parts[0].tree_sum();
  }
}

/// x[0..32) += w with these signs.
template <class T>
TINYRANK_INLINE void add_signed(T w, std::uint32_t signs, T* x) noexcept {
  if constexpr (tuning::avoids_packs) {
    for (std::size_t k = 0; k < together; ++k) x[k] += (signs >> k & 1) != 0 ? -w : w;
  } else {
    const pack<T> weight = pack<T>::broadcast(w);
    for (std::size_t k = 0; k < together; k += virtual_lanes<T>) {
      add(pack<T>::load(x + k), flipped<T>(weight, signs >> k)).store(x + k);
    }
  }
}

/// Strings of the same x from the first on, and which of even_l and odd_l they take.
struct pauli_run {
  std::size_t count;
  bool even, odd;

  pauli_run(const pauli_string* strings, std::size_t most) noexcept : count(0), even(false), odd(false) {
    for (; count < most && strings[count].x == strings[0].x; ++count) {
      const bool imaginary = is_odd(strings[count].x & strings[count].z);
      even = even || !imaginary;
      odd = odd || imaginary;
    }
  }
};

template <class T>
void pauli_values(const T* u, std::size_t rank, std::size_t d, const pauli_string* strings, std::size_t count,
                  T* out) {
  const std::size_t stride = row_stride<T>(rank), half = d * stride;
  alignas(line<T>) T even[together], odd[together];
  while (count > 0) {
    const pauli_run run(strings, count);
    const coupled_rows rows(strings[0].x, d);
    for (std::size_t first = 0; first < rows.pairs; first += together) {
      const std::size_t pairs = rows.pairs - first < together ? rows.pairs - first : together;
      for (std::size_t t = 0; t < pairs; ++t) {
        const std::size_t row = rows.row(first + t), l = row * stride, k = (row ^ rows.x) * stride;
        if (run.even)
          even[t] = row_product(u + l, u + k, rank) + row_product(u + half + l, u + half + k, rank);
        if (run.odd) odd[t] = row_product(u + l, u + half + k, rank) - row_product(u + k, u + half + l, rank);
      }
      for (std::size_t t = pairs; t < together; ++t) even[t] = odd[t] = 0;
      for (std::size_t i = 0; i < run.count; ++i) {
        const bool imaginary = is_odd(strings[i].x & strings[i].z);
        const T part = signed_sum(imaginary ? odd : even, signs_of(rows.compressed(strings[i].z), first));
        out[i] = first == 0 ? part : out[i] + part;
      }
    }
    if (rows.x != 0) {
      for (std::size_t i = 0; i < run.count; ++i) out[i] *= pauli_phase(strings[i]).negative ? T(-2) : T(2);
    }
    strings += run.count;
    out += run.count;
    count -= run.count;
  }
}

template <class T>
T accumulate_pauli(const T* w, const T* v, std::size_t rank, std::size_t d, const pauli_string* strings,
                   std::size_t count, T* sum, T squares) {
  for (std::size_t i = 0; i < count; ++i) squares += w[i] * w[i];
  const std::size_t stride = row_stride<T>(rank), half = d * stride;
  alignas(line<T>) T even[together], odd[together];
  while (count > 0) {
    const pauli_run run(strings, count);
    const coupled_rows rows(strings[0].x, d);
    for (std::size_t first = 0; first < rows.pairs; first += together) {
      for (std::size_t t = 0; t < together; ++t) even[t] = odd[t] = 0;
      for (std::size_t i = 0; i < run.count; ++i) {
        const pauli_phase phase(strings[i]);
        add_signed(phase.negative ? -w[i] : w[i], signs_of(rows.compressed(strings[i].z), first),
                   phase.imaginary ? odd : even);
      }
      const std::size_t pairs = rows.pairs - first < together ? rows.pairs - first : together;
      for (std::size_t t = 0; t < pairs; ++t) {
        const std::size_t row = rows.row(first + t), l = row * stride, k = (row ^ rows.x) * stride;
        if (rows.x == 0) {
          accumulate_row(even[t], v + l, rank, sum + l);
          accumulate_row(even[t], v + half + l, rank, sum + half + l);
          continue;
        }
        if (run.even) {
          accumulate_both(even[t], v, rank, l, k, sum);
          accumulate_both(even[t], v, rank, half + l, half + k, sum);
        }
        if (run.odd) {
          accumulate_both(odd[t], v, rank, l, half + k, sum);
          accumulate_both(-odd[t], v, rank, k, half + l, sum);
        }
      }
    }
    strings += run.count;
    w += run.count;
    count -= run.count;
  }
  return squares;
}

template <class T>
constexpr pauli_kernels<T> table_of(family<pauli_kernels<T>>) noexcept {
  return {pauli_values<T>, accumulate_pauli<T>};
}

}  // namespace

TINYRANK_DEFINE_TABLES(pauli_kernels)

}  // namespace tinyrank
