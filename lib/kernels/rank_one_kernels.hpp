// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

// Kernels of the rank-one operators: two products with a tall thin factor, in register tiles. Lanes lie along
// the dimension n in both, so a small rank wastes none. Tile sizes set how often an operand is loaded; they
// never change the bits: every dot has its own pack of partial sums, and an entry of the sum takes the rows
// one after the other.

#include <cstddef>
#include <type_traits>

#include "lib/kernels/rank_one.hpp"
#include "lib/kernels/tuning.hpp"
#include "lib/simd/lines_cortex_m.hpp"
#include "lib/simd/tree_sums.hpp"

namespace tinyrank {
namespace {

/// One register of a pack: the tiles are sized in registers, so that also sixteen lanes of 128 bits stay in
/// them.
template <class T>
using register_of = std::remove_cvref_t<decltype(pack<T>{}.r[0])>;

inline constexpr std::size_t tile_rows = tuning::product_tile.rows,
                             tile_columns = tuning::product_tile.columns, sum_columns = tuning::sum_tile.rows,
                             sum_registers = tuning::sum_tile.columns;

template <std::size_t Rows, std::size_t Columns, class T>
TINYRANK_INLINE void product_tile(const T* a, std::size_t stride, const T* u, T* out) noexcept {
  using R = register_of<T>;
  pack<T> sums[Rows][Columns];
  for (std::size_t part = 0; part < pack<T>::registers; ++part) {
    R lanes[Rows][Columns];
#pragma GCC unroll 4
    for (std::size_t i = 0; i < Rows; ++i) {
#pragma GCC unroll 4
      for (std::size_t c = 0; c < Columns; ++c) lanes[i][c] = R::broadcast(T(0));
    }
    for (std::size_t k = part * R::width; k < stride; k += pack<T>::lanes) {
      R uk[Columns];
#pragma GCC unroll 4
      for (std::size_t c = 0; c < Columns; ++c) uk[c] = load_once<R>(u + c * stride + k);
#pragma GCC unroll 4
      for (std::size_t i = 0; i < Rows; ++i) {
        const R ak = load_once<R>(a + i * stride + k);
#pragma GCC unroll 4
        for (std::size_t c = 0; c < Columns; ++c) lanes[i][c] = fma(ak, uk[c], lanes[i][c]);
      }
    }
#pragma GCC unroll 4
    for (std::size_t i = 0; i < Rows; ++i) {
#pragma GCC unroll 4
      for (std::size_t c = 0; c < Columns; ++c) sums[i][c].r[part] = lanes[i][c];
    }
  }
  tree_sums(sums, out);
}

/// Prefetches a few lines at a time, between tiles, so that they come while those compute.
struct line_prefetches {
  const char* next;
  std::size_t lines;  ///< left
  std::size_t each_time;

  TINYRANK_INLINE void prefetch() noexcept {
    const std::size_t now = each_time < lines ? each_time : lines;
    for (std::size_t i = 0; i < now; ++i) __builtin_prefetch(next + 64 * i, 0, 3);
    next += 64 * now;
    lines -= now;
  }
};

template <std::size_t Columns, class T>
TINYRANK_INLINE void product_columns(const T* a, std::size_t stride, std::size_t rows, const T* u, T* out,
                                     line_prefetches& ahead) noexcept {
  std::size_t i = 0;
  for (; i + tile_rows <= rows; i += tile_rows) {
    ahead.prefetch();
    product_tile<tile_rows, Columns>(a + i * stride, stride, u, out + 4 * i);
  }
  for (; i < rows; ++i) product_tile<1, Columns>(a + i * stride, stride, u, out + 4 * i);
}

template <class T>
void products(const T* a, std::size_t stride, std::size_t rows, const T* u, std::size_t r, T* b,
              const T* next, std::size_t next_rows) {
  const std::size_t rounded = (rows + 3) / 4 * 4;
  const std::size_t lines = next_rows * stride * sizeof(T) / 64;
  const std::size_t tiles = (rows / tile_rows) * ((r + tile_columns - 1) / tile_columns);
  line_prefetches ahead{reinterpret_cast<const char*>(next), lines, tiles == 0 ? 0 : lines / tiles + 1};
  for (std::size_t first = 0; first < r; first += 4, b += 4 * rank_one_block) {
    const std::size_t columns = r - first < 4 ? r - first : 4;
    for (std::size_t k = columns == 4 ? 4 * rows : 0; k < 4 * rounded; ++k) b[k] = 0;
    if constexpr (has_float_lines && std::is_same_v<T, float>) {
      for (std::size_t i = 0; i < rows; ++i) {
        for (std::size_t c = 0; c < columns; ++c)
          b[4 * i + c] = dot_line(a + i * stride, u + (first + c) * stride, stride);
      }
      continue;
    }
    std::size_t c = 0;
    for (; c + tile_columns <= columns; c += tile_columns) {
      product_columns<tile_columns>(a, stride, rows, u + (first + c) * stride, b + c, ahead);
    }
    for (; c < columns; ++c) product_columns<1>(a, stride, rows, u + (first + c) * stride, b + c, ahead);
  }
}

template <class T>
void square_norms(const T* b, std::size_t rows, std::size_t r, T* norms) {
  if constexpr (tuning::avoids_packs) {
    // The same sums without packs on the stack.
    for (std::size_t i = 0; i < rows; ++i) {
      T four[4] = {};
      for (std::size_t c = 0; c < r; c += 4) {
        const T* x = b + (c / 4 * rank_one_block + i) * 4;
        for (std::size_t l = 0; l < 4; ++l) four[l] = exact_fma(x[l], x[l], four[l]);
      }
      norms[i] = (four[0] + four[2]) + (four[1] + four[3]);
    }
    return;
  }
  using P = pack<T>;
  for (std::size_t first = 0; first < rows; first += P::lanes / 4) {
    P sums = P::broadcast(T(0));
    for (std::size_t c = 0; c < r; c += 4) {
      const P x = P::load(b + (c / 4 * rank_one_block + first) * 4);
      sums = fma(x, x, sums);
    }
    alignas(64) T lanes[P::lanes];
    sums.store(lanes);
    for (std::size_t i = 0; i < P::lanes / 4 && first + i < rows; ++i) {
      const T* four = lanes + 4 * i;
      norms[first + i] = (four[0] + four[2]) + (four[1] + four[3]);
    }
  }
}

template <class T>
void scale_products(const T* w, std::size_t rows, std::size_t r, T* b) {
  using P = pack<T>;
  if constexpr (tuning::avoids_packs) {
    // The same products without packs on the stack.
    constexpr std::size_t together = P::lanes / 4;
    for (std::size_t i = 0; i < (rows + together - 1) / together * together; ++i) {
      const T weight = i < rows ? w[i] : T(0);
      for (std::size_t c = 0; c < r; c += 4) {
        T* x = b + (c / 4 * rank_one_block + i) * 4;
        for (std::size_t l = 0; l < 4; ++l) x[l] *= weight;
      }
    }
    return;
  }
  // Multiplying as fma(x, w, -0) keeps it one correctly rounded operation with the sign of the product.
  const P zero = P::broadcast(T(-0.0));
  for (std::size_t first = 0; first < rows; first += P::lanes / 4) {
    alignas(64) T lanes[P::lanes] = {};
    for (std::size_t i = 0; i < P::lanes / 4 && first + i < rows; ++i) {
      for (std::size_t c = 0; c < 4; ++c) lanes[4 * i + c] = w[first + i];
    }
    const P weights = P::load(lanes);
    for (std::size_t c = 0; c < r; c += 4) {
      T* x = b + (c / 4 * rank_one_block + first) * 4;
      fma(P::load(x), weights, zero).store(x);
    }
  }
}

template <std::size_t Registers, std::size_t Columns, class T>
TINYRANK_INLINE void accumulate_tile(const T* a, std::size_t stride, std::size_t rows, const T* b,
                                     T* sum) noexcept {
  using R = register_of<T>;
  R sums[Columns][Registers];
#pragma GCC unroll 4
  for (std::size_t c = 0; c < Columns; ++c) {
#pragma GCC unroll 4
    for (std::size_t k = 0; k < Registers; ++k) sums[c][k] = R::load(sum + c * stride + k * R::width);
  }
  for (std::size_t i = 0; i < rows; ++i) {
    R ai[Registers];
#pragma GCC unroll 4
    for (std::size_t k = 0; k < Registers; ++k) ai[k] = load_once<R>(a + i * stride + k * R::width);
#pragma GCC unroll 4
    for (std::size_t c = 0; c < Columns; ++c) {
      const auto bic = common_factor<R>(b[4 * i + c]);
#pragma GCC unroll 4
      for (std::size_t k = 0; k < Registers; ++k) sums[c][k] = fma(ai[k], bic, sums[c][k]);
    }
  }
#pragma GCC unroll 4
  for (std::size_t c = 0; c < Columns; ++c) {
#pragma GCC unroll 4
    for (std::size_t k = 0; k < Registers; ++k) sums[c][k].store(sum + c * stride + k * R::width);
  }
}

template <std::size_t Columns, class T>
TINYRANK_INLINE void accumulate_columns(const T* a, std::size_t stride, std::size_t rows, const T* b,
                                        T* sum) noexcept {
  constexpr std::size_t width = register_of<T>::width;
  std::size_t k = 0;
  if constexpr (virtual_lanes<T> % (sum_registers * width) == 0) {
    for (; k < stride; k += sum_registers * width) {
      accumulate_tile<sum_registers, Columns>(a + k, stride, rows, b, sum + k);
    }
    return;
  }
  for (; k + 6 * width <= stride || k + 4 * width == stride; k += 4 * width) {
    accumulate_tile<4, Columns>(a + k, stride, rows, b, sum + k);
  }
  for (; k + 3 * width <= stride; k += 3 * width) {
    accumulate_tile<3, Columns>(a + k, stride, rows, b, sum + k);
  }
  for (; k + 2 * width <= stride; k += 2 * width) {
    accumulate_tile<2, Columns>(a + k, stride, rows, b, sum + k);
  }
  for (; k < stride; k += width) accumulate_tile<1, Columns>(a + k, stride, rows, b, sum + k);
}

template <class T>
void accumulate(const T* a, std::size_t stride, std::size_t rows, const T* w, T* b, std::size_t r, T* sum) {
  scale_products(w, rows, r, b);
  for (std::size_t first = 0; first < r; first += 4, b += 4 * rank_one_block) {
    const std::size_t last = r - first < 4 ? r : first + 4;
    std::size_t c = first;
    for (; c + sum_columns <= last; c += sum_columns) {
      accumulate_columns<sum_columns>(a, stride, rows, b + (c - first), sum + c * stride);
    }
    for (; c < last; ++c) accumulate_columns<1>(a, stride, rows, b + (c - first), sum + c * stride);
  }
}

}  // namespace
}  // namespace tinyrank
