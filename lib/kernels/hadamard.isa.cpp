// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "lib/kernels/hadamard.hpp"

#include "lib/kernels/hadamard_lanes.hpp"
#include "lib/kernels/tuning.hpp"
#include "tinyrank/random.hpp"

namespace tinyrank {
namespace {

template <class T>
void flip_signs(random_stream signs, T* x, std::size_t first, std::size_t last) {
  using R = wide_register<T>;
  for (std::size_t k = first; k < last; k += 32) {
    const std::uint32_t bits = random_bits(signs, static_cast<std::uint32_t>(k / 32));
    const std::size_t end = last - k < 32 ? last - k : 32;
    for (std::size_t l = 0; l < end; l += R::width)
      flip_signs(R::load(x + k + l), bits >> l).store(x + k + l);
  }
}

void permute(const keyed_permutation& permutation, std::uint32_t first, std::size_t capacity,
             std::uint32_t* out) {
  using words = register_words;
  alignas(64) static constexpr std::uint32_t lanes[16] = {0, 1, 2,  3,  4,  5,  6,  7,
                                                          8, 9, 10, 11, 12, 13, 14, 15};
  const words mask = words::broadcast(permutation.mask);
  for (std::size_t i = 0; i < capacity; i += words::width) {
    words x = words::load(lanes) + words::broadcast(first + static_cast<std::uint32_t>(i));
    for (int round = 0; round < 3; ++round) {
      x = x * words::broadcast(permutation.multiplier[round]) + words::broadcast(permutation.addend[round]);
      x = x & mask;
      x = x ^ shift_right(x, permutation.shift);
    }
    x.store(out + i);
  }
}

/// Whether a register is loaded from scattered places at once.
template <class T>
inline constexpr bool gathers = requires(const T* from, T* to, register_words places) {
  wide_register<T>::gather(from, places).scatter(to, places);
};

template <class T>
void gather(const T* slots, const std::uint32_t* places, std::size_t count, T* out) {
  std::size_t i = 0;
  if constexpr (gathers<T>) {
    using R = wide_register<T>;
    for (; i + R::width <= count; i += R::width) {
      R::gather(slots, register_words::load(places + i)).store(out + i);
    }
  }
  for (; i < count; ++i) out[i] = slots[places[i]];
}

template <class T>
void scatter(const T* x, const std::uint32_t* places, std::size_t count, T* slots) {
  std::size_t i = 0;
  if constexpr (gathers<T>) {
    using R = wide_register<T>;
    for (; i + R::width <= count; i += R::width) {
      R::load(x + i).scatter(slots, register_words::load(places + i));
    }
  }
  for (; i < count; ++i) slots[places[i]] = x[i];
}

template <class T>
void scatter_add(const T* x, const std::uint32_t* places, std::size_t count, T* slots) {
  std::size_t i = 0;
  if constexpr (gathers<T>) {
    using R = wide_register<T>;
    for (; i + R::width <= count; i += R::width) {
      const register_words at = register_words::load(places + i);
      add(R::gather(slots, at), R::load(x + i)).scatter(slots, at);
    }
  }
  for (; i < count; ++i) slots[places[i]] += x[i];
}

template <class T>
T scaled_residual(T scale, const T* y, T* e, std::size_t count) {
  using P = pack<T>;
  if constexpr (tuning::avoids_packs) {
    // The same operations without packs on the stack.
    T lanes[P::lanes] = {};
    for (std::size_t i = 0; i < count; ++i) {
      e[i] = scale * e[i] - y[i];
      lanes[i % P::lanes] = exact_fma(e[i], e[i], lanes[i % P::lanes]);
    }
    return tree_sum(lanes);
  }
  const P factor = P::broadcast(scale), minus = P::broadcast(T(-1)), zero = P::broadcast(T(-0.0));
  P squares = P::broadcast(T(0));
  const std::size_t whole = count / P::lanes * P::lanes;
  for (std::size_t i = 0; i < whole; i += P::lanes) {
    // Multiplying as fma(x, factor, -0) is one rounding; subtracting as fma(y, -1, x) another: the value that
    // measure gives, minus y.
    const P residual = fma(P::load(y + i), minus, fma(P::load(e + i), factor, zero));
    residual.store(e + i);
    squares = fma(residual, residual, squares);
  }
  alignas(64) T rest[P::lanes] = {};
  for (std::size_t i = whole; i < count; ++i) {
    e[i] = scale * e[i] - y[i];
    rest[i - whole] = e[i];
  }
  return fma(P::load(rest), P::load(rest), squares).tree_sum();
}

template <class T>
constexpr hadamard_kernels<T> table_of(family<hadamard_kernels<T>>) noexcept {
  return {transform<T>, merge_blocks<T>, flip_signs<T>,  permute,
          gather<T>,    scatter<T>,      scatter_add<T>, scaled_residual<T>};
}

}  // namespace

TINYRANK_DEFINE_TABLES(hadamard_kernels)

}  // namespace tinyrank
