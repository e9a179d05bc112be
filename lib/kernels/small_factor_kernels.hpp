// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

// The kernels of factor_kernels.hpp for microcontrollers: tiles of registers instead of packs, of which not
// one fits beside its operands, and little code and stack. The additions of every element are the same, so
// the bits are.

#include <type_traits>

#include "lib/kernels/tuning.hpp"
#include "lib/simd/pack.hpp"

namespace tinyrank {
namespace {
namespace by_registers {

template <class T>
void form_gram_rows(const T* u, std::size_t stride, std::size_t r, std::size_t first, std::size_t last,
                    T* z) {
  using R = std::remove_cvref_t<decltype(pack<T>{}.r[0])>;
  constexpr std::size_t registers = 4, entries = registers * R::width;
  for (std::size_t j = first; j < last; ++j) {
    T* row = z + packed_index(j, 0);
    for (std::size_t k = 0; k <= j; k += entries) {
      R sums[registers];
#pragma GCC unroll 4
      for (std::size_t p = 0; p < registers; ++p) sums[p] = R::broadcast(T(0));
      for (std::size_t c = 0; c < r; ++c) {
        const T* column = u + c * stride;
        const R uj = R::broadcast(column[j]);
#pragma GCC unroll 4
        for (std::size_t p = 0; p < registers; ++p)
          sums[p] = fma(uj, R::load(column + k + p * R::width), sums[p]);
      }
      if (k + entries <= j) {
#pragma GCC unroll 4
        for (std::size_t p = 0; p < registers; ++p) add(sums[p], sums[p]).store(row + k + p * R::width);
        continue;
      }
      // A tile may reach past the end of the row, where the next one starts.
      T lanes[entries];
#pragma GCC unroll 4
      for (std::size_t p = 0; p < registers; ++p) sums[p].store(lanes + p * R::width);
      const std::size_t left = j + 1 - k < entries ? j + 1 - k : entries;
      for (std::size_t l = 0; l < left; ++l) row[k + l] = k + l == j ? lanes[l] : lanes[l] + lanes[l];
    }
  }
}

template <class T>
void unpack_symmetric(T scale, T diagonal_scale, const T* packed, std::size_t n, std::size_t first,
                      std::size_t last, T* full) {
  const std::size_t stride = padded<T>(n);
  for (std::size_t j = first; j < last; ++j) {
    const T* row = packed + packed_index(j, 0);
    T* out = full + j * stride;
    for (std::size_t k = 0; k < j; ++k) full[k * stride + j] = out[k] = scale * row[k];
    out[j] = diagonal_scale * row[j];
    for (std::size_t k = n; k < stride; ++k) out[k] = 0;
  }
}

template <std::size_t Columns, std::size_t Registers, class T>
TINYRANK_INLINE void symmetric_times_columns(const T* s, std::size_t n, std::size_t stride, const T* v,
                                             T* out) noexcept {
  using R = std::remove_cvref_t<decltype(pack<T>{}.r[0])>;
  for (std::size_t j = 0; j < stride; j += Registers * R::width) {
    R sums[Columns][Registers];
#pragma GCC unroll 4
    for (std::size_t c = 0; c < Columns; ++c) {
#pragma GCC unroll 4
      for (std::size_t p = 0; p < Registers; ++p) sums[c][p] = R::broadcast(T(0));
    }
    for (std::size_t k = 0; k < n; ++k) {
      R sk[Registers];
#pragma GCC unroll 4
      for (std::size_t p = 0; p < Registers; ++p) sk[p] = R::load(s + k * stride + j + p * R::width);
#pragma GCC unroll 4
      for (std::size_t c = 0; c < Columns; ++c) {
        const R vk = R::broadcast(v[c * stride + k]);
#pragma GCC unroll 4
        for (std::size_t p = 0; p < Registers; ++p) sums[c][p] = fma(vk, sk[p], sums[c][p]);
      }
    }
#pragma GCC unroll 4
    for (std::size_t c = 0; c < Columns; ++c) {
#pragma GCC unroll 4
      for (std::size_t p = 0; p < Registers; ++p) sums[c][p].store(out + c * stride + j + p * R::width);
    }
  }
}

template <class T>
void symmetric_times(const T* s, std::size_t n, std::size_t stride, const T* v, std::size_t columns, T* out) {
  constexpr tile_shape tile = tuning::symmetric_tile;
  std::size_t c = 0;
  for (; c + tile.rows <= columns; c += tile.rows) {
    symmetric_times_columns<tile.rows, tile.columns>(s, n, stride, v + c * stride, out + c * stride);
  }
  for (; c < columns; ++c) {
    symmetric_times_columns<1, 4>(s, n, stride, v + c * stride, out + c * stride);
  }
}

}  // namespace by_registers
}  // namespace
}  // namespace tinyrank
