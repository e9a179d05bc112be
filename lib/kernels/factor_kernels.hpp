// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

// Kernels between the factor (by columns) and matrices. Lanes lie along a matrix row and every sum runs over
// the shared index one term at a time, so no lane is ever added to another.

#include "lib/kernels/tuning.hpp"
#include "lib/simd/pack.hpp"

namespace tinyrank {
namespace {
namespace by_packs {

template <std::size_t Rows, class T>
TINYRANK_INLINE void form_gram_block(const T* u, std::size_t stride, std::size_t r, std::size_t j,
                                     T* z) noexcept {
  using P = pack<T>;
  for (std::size_t k = 0; k < j + Rows; k += P::lanes) {
    P sums[Rows];
    for (std::size_t i = 0; i < Rows; ++i) sums[i] = P::broadcast(T(0));
    for (std::size_t c = 0; c < r; ++c) {
      const T* column = u + c * stride;
      const P uk = P::load(column + k);
#pragma GCC unroll 8
      for (std::size_t i = 0; i < Rows; ++i) sums[i] = fma(P::broadcast(column[j + i]), uk, sums[i]);
    }
    for (std::size_t i = 0; i < Rows; ++i) {
      const std::size_t row = j + i;
      if (k > row) continue;
      if (k + P::lanes <= row) {
        add(sums[i], sums[i]).store(z + packed_index(row, k));
        continue;
      }
      // A pack may reach past the end of the row, where the next one starts; so only its own entries are
      // copied.
      alignas(64) T lanes[P::lanes];
      add(sums[i], sums[i]).store(lanes);
      const std::size_t left = row + 1 - k;
      T* out = z + packed_index(row, k);
      for (std::size_t l = 0; l < (left < P::lanes ? left : P::lanes); ++l) out[l] = lanes[l];
      if (left <= P::lanes) {
        sums[i].store(lanes);
        out[left - 1] = lanes[left - 1];
      }
    }
  }
}

template <class T>
void form_gram_rows(const T* u, std::size_t stride, std::size_t r, std::size_t first, std::size_t last,
                    T* z) {
  constexpr std::size_t block = 4;
  std::size_t j = first;
  for (; j + block <= last; j += block) form_gram_block<block>(u, stride, r, j, z);
  for (; j < last; ++j) form_gram_block<1>(u, stride, r, j, z);
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

/// Packs first, first + lanes, .. while `Packs` of them are left; then half as many at a time. A chain of fma
/// on one pack waits for itself, so few columns take more packs.
template <std::size_t Columns, std::size_t Packs, class T>
TINYRANK_INLINE void symmetric_times_block(const T* s, std::size_t n, std::size_t stride, const T* v, T* out,
                                           std::size_t first = 0) noexcept {
  using P = pack<T>;
  std::size_t j = first;
  for (; j + Packs * P::lanes <= stride; j += Packs * P::lanes) {
    P sums[Columns][Packs];
#pragma GCC unroll 8
    for (std::size_t c = 0; c < Columns; ++c) {
#pragma GCC unroll 16
      for (std::size_t p = 0; p < Packs; ++p) sums[c][p] = P::broadcast(T(0));
    }
    for (std::size_t k = 0; k < n; ++k) {
      P sk[Packs];
#pragma GCC unroll 16
      for (std::size_t p = 0; p < Packs; ++p) {
        const T* from = s + k * stride + j + p * P::lanes;
        sk[p] = Columns > 1 ? P::load_for_several(from) : P::load(from);
      }
#pragma GCC unroll 8
      for (std::size_t c = 0; c < Columns; ++c) {
        const P vk = P::broadcast(v[c * stride + k]);
#pragma GCC unroll 16
        for (std::size_t p = 0; p < Packs; ++p) sums[c][p] = fma(vk, sk[p], sums[c][p]);
      }
    }
#pragma GCC unroll 8
    for (std::size_t c = 0; c < Columns; ++c) {
#pragma GCC unroll 16
      for (std::size_t p = 0; p < Packs; ++p) sums[c][p].store(out + c * stride + j + p * P::lanes);
    }
  }
  if constexpr (Packs > 1) symmetric_times_block<Columns, Packs / 2>(s, n, stride, v, out, j);
}

template <class T>
void symmetric_times(const T* s, std::size_t n, std::size_t stride, const T* v, std::size_t columns, T* out) {
  constexpr std::size_t block = 4, packs = tuning::symmetric_packs;
  std::size_t c = 0;
  for (; c + block <= columns; c += block) {
    symmetric_times_block<block, packs / 4>(s, n, stride, v + c * stride, out + c * stride);
  }
  const std::size_t left = columns - c;
  v += c * stride;
  out += c * stride;
  if (left >= 2) symmetric_times_block<2, packs / 2>(s, n, stride, v, out);
  if (left % 2 == 1) {
    symmetric_times_block<1, packs>(s, n, stride, v + (left - 1) * stride, out + (left - 1) * stride);
  }
}

}  // namespace by_packs
}  // namespace
}  // namespace tinyrank
