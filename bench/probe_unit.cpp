// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

// Compiled once per instruction set, as lib/kernels/*.isa.cpp are.

#include "bench/probes.hpp"
#include "lib/simd/pack.hpp"

#define TINYRANK_JOIN(a, b) a##b
#define TINYRANK_PROBES(name) TINYRANK_JOIN(probes_, name)

namespace tinyrank {
namespace {

template <class T>
struct register_for;
template <>
struct register_for<float> {
  using type = register_f32;
};
template <>
struct register_for<double> {
  using type = register_f64;
};

/// Reads `count` elements as `Streams` runs side by side, `Unroll` packs of each at a time, asking for the
/// line `Ahead` bytes further on (0: leaving that to the processor).
template <std::size_t Streams, std::size_t Unroll, std::size_t Ahead, class T>
T read_streams(const T* from, std::size_t count) {
  using P = pack<T>;
  constexpr std::size_t step = Unroll * P::lanes;
  const std::size_t run = count / Streams / step * step;
  P sums[Streams * Unroll];
  for (P& sum : sums) sum = P::broadcast(T(0));
  for (std::size_t k = 0; k < run; k += step) {
#pragma GCC unroll 8
    for (std::size_t s = 0; s < Streams; ++s) {
#pragma GCC unroll 8
      for (std::size_t u = 0; u < Unroll; ++u) {
        const T* at = from + s * run + k + u * P::lanes;
        if constexpr (Ahead != 0) __builtin_prefetch(at + Ahead / sizeof(T), 0, 3);
        sums[s * Unroll + u] = add(sums[s * Unroll + u], P::load(at));
      }
    }
  }
  T rest = 0;
  for (std::size_t k = Streams * run; k < count; ++k) rest += from[k];
  for (const P& sum : sums) rest += sum.tree_sum();
  return rest;
}

/// Twelve chains hide a latency of four cycles on up to three multipliers, and fit sixteen registers.
inline constexpr std::size_t chains = 12;

template <class T>
T fma_chains(T multiplier, T addend, std::size_t steps) {
  using R = typename register_for<T>::type;
  const R a = R::broadcast(multiplier), b = R::broadcast(addend);
  R x[chains];
  for (R& one : x) one = b;
  for (std::size_t i = 0; i < steps; ++i) {
#pragma GCC unroll 12
    for (std::size_t c = 0; c < chains; ++c) x[c] = fma(x[c], a, b);
  }
  T sum = 0;
  for (const R& one : x) sum += one.tree_sum();
  return sum;
}

template <class T>
constexpr bench::probe_table<T> make_probes() {
  return {{{"1 stream", read_streams<1, 8, 0, T>},
           {"4 streams", read_streams<4, 2, 0, T>},
           {"8 streams", read_streams<8, 1, 0, T>},
           {"1 stream, 1 KB ahead", read_streams<1, 8, 1024, T>},
           {"4 streams, 4 KB ahead", read_streams<4, 2, 4096, T>}},
          fma_chains<T>,
          chains * register_for<T>::type::width};
}

}  // namespace

namespace bench {

extern const probe_set TINYRANK_PROBES(TINYRANK_ISA);
constinit const probe_set TINYRANK_PROBES(TINYRANK_ISA) = {make_probes<float>(), make_probes<double>()};

}  // namespace bench
}  // namespace tinyrank
