// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "lib/kernels/hadamard.hpp"
#include "lib/kernels/hadamard_lanes.hpp"

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
    store(x, out + i);
  }
}

template <class T>
T scaled_residual(T scale, const T* y, T* e, std::size_t count) {
  using P = pack<T>;
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
void unpack_symmetric(T scale, T diagonal_scale, const T* packed, std::size_t n, std::size_t first,
                      std::size_t last, T* full) {
  using P = pack<T>;
  constexpr std::size_t side = P::lanes;
  const std::size_t stride = padded<T>(n);
  const P factor = P::broadcast(scale), zero = P::broadcast(T(-0.0));
  alignas(64) T tile[side][side];
  for (std::size_t j0 = first; j0 < last; j0 += side) {
    const std::size_t rows = n - j0 < side ? n - j0 : side;
    for (std::size_t i = rows; i < side; ++i) {
      for (T& entry : tile[i]) entry = 0;
    }
    // Tile by tile, because the rows of `full` are powers of two apart or nearly so, and a whole column of it
    // would not stay in cache.
    for (std::size_t k0 = 0; k0 < j0; k0 += side) {
      for (std::size_t i = 0; i < rows; ++i) {
        const P row = fma(P::load(packed + packed_index(j0 + i, k0)), factor, zero);
        row.store(full + (j0 + i) * stride + k0);
        row.store(tile[i]);
      }
      for (std::size_t l = 0; l < side; ++l) {
        T* out = full + (k0 + l) * stride + j0;
        for (std::size_t i = 0; i < side; ++i) out[i] = tile[i][l];
      }
    }
    for (std::size_t i = 0; i < rows; ++i) {
      const T* row = packed + packed_index(j0 + i, j0);
      for (std::size_t l = 0; l < i; ++l) tile[i][l] = tile[l][i] = scale * row[l];
      tile[i][i] = diagonal_scale * row[i];
      for (std::size_t l = rows; l < side; ++l) tile[i][l] = 0;
    }
    for (std::size_t i = 0; i < rows; ++i) P::load(tile[i]).store(full + (j0 + i) * stride + j0);
  }
}

}  // namespace

#define TINYRANK_HADAMARD_TABLE(T)                                            \
  template <>                                                                 \
  const hadamard_kernels<T> isa_tables<hadamard_kernels<T>>::TINYRANK_ISA = { \
      transform<T>, merge_blocks<T>, flip_signs<T>, permute, scaled_residual<T>, unpack_symmetric<T>};
TINYRANK_HADAMARD_TABLE(float)
TINYRANK_HADAMARD_TABLE(double)

}  // namespace tinyrank
