// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

// A pack is the fixed virtual width, 16 floats or 8 doubles, in as many registers as that takes. Kernels are
// written over packs alone, so the order of every sum is the same on every instruction set.

#include <cstddef>
#include <utility>

#include "lib/simd/registers_scalar.hpp"
#include "tinyrank/views.hpp"

// The registers of the unit's instruction set.
#if defined(TINYRANK_ISA_avx2)
#include "lib/simd/registers_avx2.hpp"
#elif defined(TINYRANK_ISA_avx512)
#include "lib/simd/registers_avx512.hpp"
#elif defined(TINYRANK_ISA_neon)
#include "lib/simd/registers_neon.hpp"
#elif defined(TINYRANK_ISA_helium)
#include "lib/simd/registers_helium.hpp"
#elif defined(TINYRANK_ISA_rvv)
#include "lib/simd/registers_rvv.hpp"
#elif defined(TINYRANK_ISA_sve)
#include "lib/simd/registers_sve.hpp"
#endif

namespace tinyrank {
namespace {

#if defined(TINYRANK_ISA_scalar)
using register_f32 = scalar_register<float>;
using register_f64 = scalar_register<double>;
using register_words = scalar_words;
#endif

/// Loads what several operations use. On x86-64 gcc would load it again as an operand of each of them, and a
/// tile that the multiply-adds should bind is then bound by its loads.
template <class Register>
TINYRANK_INLINE Register load_once(const typename Register::element* from) noexcept {
  if constexpr (requires(Register x) { kept_in_register(x); }) {
    return kept_in_register(Register::load(from));
  } else {
    return Register::load(from);
  }
}

/// x as the second factor of fma in every lane: as it is where fma takes it from a core register.
template <class Register>
TINYRANK_INLINE auto common_factor(typename Register::element x) noexcept {
  if constexpr (requires(Register a) { fma(a, x, a); }) {
    return x;
  } else {
    return Register::broadcast(x);
  }
}

template <class Register>
struct basic_pack {
  using T = typename Register::element;
  static constexpr std::size_t lanes = virtual_lanes<T>;
  static constexpr std::size_t registers = lanes / Register::width;
  using indices = std::make_index_sequence<registers>;
  Register r[registers];

  template <class Make, std::size_t... I>
  static TINYRANK_INLINE basic_pack each(std::index_sequence<I...>, Make make) noexcept {
    return {{make(I)...}};
  }
  static TINYRANK_INLINE basic_pack load(const T* from) noexcept {
    return each(indices{},
                [=](std::size_t i) TINYRANK_LAMBDA { return Register::load(from + i * Register::width); });
  }
  static TINYRANK_INLINE basic_pack load_for_several(const T* from) noexcept {
    return each(indices{}, [=](std::size_t i)
                               TINYRANK_LAMBDA { return load_once<Register>(from + i * Register::width); });
  }
  static TINYRANK_INLINE basic_pack broadcast(T value) noexcept {
    const Register one = Register::broadcast(value);
    return each(indices{}, [=](std::size_t) TINYRANK_LAMBDA { return one; });
  }
  TINYRANK_INLINE void store(T* to) const noexcept { store_each(to, indices{}); }

  /// The sum by the fixed lane tree: lane i takes lane i + width/2, and so on by halves.
  TINYRANK_INLINE T tree_sum() const noexcept { return halve<registers>(*this).r[0].tree_sum(); }

 private:
  template <std::size_t... I>
  TINYRANK_INLINE void store_each(T* to, std::index_sequence<I...>) const noexcept {
    (r[I].store(to + I * Register::width), ...);
  }
  template <std::size_t Count>
  static TINYRANK_INLINE basic_pack halve(const basic_pack& x) noexcept {
    if constexpr (Count == 1) {
      return x;
    } else {
      basic_pack y = x;
      for (std::size_t i = 0; i < Count / 2; ++i) y.r[i] = add(x.r[i], x.r[i + Count / 2]);
      return halve<Count / 2>(y);
    }
  }
};

template <class Register>
TINYRANK_INLINE basic_pack<Register> add(const basic_pack<Register>& a,
                                         const basic_pack<Register>& b) noexcept {
  return basic_pack<Register>::each(typename basic_pack<Register>::indices{},
                                    [&](std::size_t i) TINYRANK_LAMBDA { return add(a.r[i], b.r[i]); });
}

/// a * b + c, rounded once.
template <class Register>
TINYRANK_INLINE basic_pack<Register> fma(const basic_pack<Register>& a, const basic_pack<Register>& b,
                                         const basic_pack<Register>& c) noexcept {
  return basic_pack<Register>::each(typename basic_pack<Register>::indices{},
                                    [&](std::size_t i)
                                        TINYRANK_LAMBDA { return fma(a.r[i], b.r[i], c.r[i]); });
}

/// The same tree over lanes in memory, which are used up.
template <class T, std::size_t Lanes>
TINYRANK_INLINE T tree_sum(T (&x)[Lanes]) noexcept {
  for (std::size_t half = Lanes / 2; half > 0; half /= 2) {
    for (std::size_t l = 0; l < half; ++l) x[l] += x[l + half];
  }
  return x[0];
}

template <class T>
struct pack_for;
template <>
struct pack_for<float> {
  using type = basic_pack<register_f32>;
};
template <>
struct pack_for<double> {
  using type = basic_pack<register_f64>;
};
template <class T>
using pack = typename pack_for<T>::type;

}  // namespace
}  // namespace tinyrank
