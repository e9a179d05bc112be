// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "lib/kernels/batch.hpp"

#include <type_traits>

#include "lib/kernels/tuning.hpp"
#include "lib/simd/pack.hpp"

namespace tinyrank {
namespace {

template <class T>
using batch_register = std::remove_reference_t<decltype(pack<T>::r[0])>;

// A tile of rows x problems (for dots) or of registers x problems (for sums).
inline constexpr std::size_t batch_tile_rows = tuning::batch_tile.rows,
                             tile_problems = tuning::batch_tile.columns;

/// block(first, size as a constant) over 0 .. count - 1, `Size` at a time, then what is left at once.
template <std::size_t Size, class Block>
TINYRANK_INLINE void in_blocks(std::size_t count, Block block, std::size_t first = 0) noexcept {
  for (; first + Size <= count; first += Size) block(first, std::integral_constant<std::size_t, Size>{});
  if constexpr (Size > 1) in_blocks<Size - 1>(count, block, first);
}

/// Where a register is a whole pack, tiles prefetch everything that comes next, a line or so at each step: a
/// burst of prefetches fills the processor's buffers and then stalls it. Where a pack takes several
/// registers, that costs more than it gives; tiles take turns at prefetching all rows.
template <class T>
inline constexpr bool prefetches_at_each_step = pack<T>::registers == 1;

/// Which of the next lines a group prefetches: items turn, turn + turns, ...
struct line_turns {
  std::size_t turn;
  std::size_t turns;  ///< as many as there are groups
};

/// The dots of Rows x Problems in one register of every pack, from lane l on: lanes never meet, and a tile of
/// whole packs would not fit. Prefetch: the next piece of the rows, and of the estimates at next_z.
template <std::size_t Rows, std::size_t Problems, bool Prefetch, class T>
TINYRANK_INLINE void dot_tile(const T* a, std::size_t stride, const T* z, std::size_t group,
                              std::size_t count, std::size_t l, T* partial, const T* next_z,
                              line_turns ahead) noexcept {
  using R = batch_register<T>;
  constexpr std::size_t lanes = virtual_lanes<T>;
  R sums[Rows][Problems];
#pragma GCC unroll 4
  for (std::size_t i = 0; i < Rows; ++i) {
#pragma GCC unroll 4
    for (std::size_t p = 0; p < Problems; ++p) sums[i][p] = R::load(partial + (i * group + p) * lanes + l);
  }
  const T* at = z + l;
  for (std::size_t k = l; k < count; k += lanes, at += group * lanes, next_z += group * lanes) {
    if constexpr (Prefetch && prefetches_at_each_step<T>) {
      __builtin_prefetch(next_z, 0, 3);
      for (std::size_t i = ahead.turn; i < Rows; i += ahead.turns) {
        __builtin_prefetch(a + i * stride + k + count, 0, 2);
      }
    } else if constexpr (Prefetch) {
#pragma GCC unroll 4
      for (std::size_t i = 0; i < Rows; ++i) __builtin_prefetch(a + i * stride + k + count, 0, 2);
    }
    R zk[Problems];
#pragma GCC unroll 4
    for (std::size_t p = 0; p < Problems; ++p) zk[p] = load_once<R>(at + p * lanes);
#pragma GCC unroll 4
    for (std::size_t i = 0; i < Rows; ++i) {
      const R ak = load_once<R>(a + i * stride + k);
#pragma GCC unroll 4
      for (std::size_t p = 0; p < Problems; ++p) sums[i][p] = fma(ak, zk[p], sums[i][p]);
    }
  }
#pragma GCC unroll 4
  for (std::size_t i = 0; i < Rows; ++i) {
#pragma GCC unroll 4
    for (std::size_t p = 0; p < Problems; ++p) sums[i][p].store(partial + (i * group + p) * lanes + l);
  }
}

template <class T>
void dot_piece(const T* a, std::size_t stride, std::size_t rows, const T* z, std::size_t group,
               std::size_t first, std::size_t count, T* partial, std::size_t turn, std::size_t turns) {
  constexpr std::size_t lanes = virtual_lanes<T>;
  a += first;
  z += first * group;
  in_blocks<tile_problems>(group, [=](std::size_t p, auto width) TINYRANK_LAMBDA {
    in_blocks<batch_tile_rows>(rows, [=](std::size_t i, auto height) TINYRANK_LAMBDA {
      const T* tile = a + i * stride;
      const T* next_z = z + count * group + i / batch_tile_rows % group * lanes;
      const bool prefetch = p == 0 && (prefetches_at_each_step<T> || i / batch_tile_rows % turns == turn);
      for (std::size_t l = 0; l < lanes; l += batch_register<T>::width) {
        T* sums = partial + (i * group + p) * lanes;
        if (prefetch) {
          dot_tile<height.value, width.value, true>(tile, stride, z, group, count, l, sums, next_z,
                                                    {turn, turns});
        } else {
          dot_tile<height.value, width.value, false>(tile, stride, z + p * lanes, group, count, l, sums, z,
                                                     {});
        }
      }
    });
  });
}

template <class T>
void residuals(const T* partial, std::size_t rows, std::size_t group, const float* scales, const T* const* y,
               std::size_t first, T* weights, T* losses) {
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t p = 0; p < group; ++p) {
      const T dot = pack<T>::load(partial + (i * group + p) * virtual_lanes<T>).tree_sum();
      const T measured = y[p][first + i];
      T e = dot - measured;
      T weight = e;
      if (scales != nullptr) {
        const T scale = static_cast<T>(scales[i]);
        e = exact_fma(scale, dot, -measured);
        weight = scale * e;
      }
      losses[p] = exact_fma(e, e, losses[p]);
      weights[i * group + p] = weight;
    }
  }
}

/// The sums of Problems x Packs in one register of every pack, from lane l on. Prefetch: the sums of the next
/// packs and these packs of the next rows.
template <std::size_t Packs, std::size_t Problems, bool Prefetch, class T>
TINYRANK_INLINE void accumulate_tile(const T* a, std::size_t stride, std::size_t rows, const T* weights, T* g,
                                     std::size_t group, std::size_t l, const T* next,
                                     line_turns ahead) noexcept {
  using R = batch_register<T>;
  constexpr std::size_t lanes = virtual_lanes<T>;
  R sums[Problems][Packs];
#pragma GCC unroll 4
  for (std::size_t p = 0; p < Problems; ++p) {
#pragma GCC unroll 4
    for (std::size_t q = 0; q < Packs; ++q) sums[p][q] = R::load(g + (q * group + p) * lanes + l);
  }
  const T* row = a + l;
  for (std::size_t i = 0; i < rows; ++i, row += stride) {
    if constexpr (Prefetch) {
      if (i < Packs * group) __builtin_prefetch(g + (Packs * group + i) * lanes, 1, 3);
      for (std::size_t q = ahead.turn; q < Packs; q += ahead.turns) {
        __builtin_prefetch(next + i * stride + q * lanes, 0, 2);
      }
    }
    R ak[Packs];
#pragma GCC unroll 4
    for (std::size_t q = 0; q < Packs; ++q) ak[q] = load_once<R>(row + q * lanes);
#pragma GCC unroll 4
    for (std::size_t p = 0; p < Problems; ++p) {
      const R w = R::broadcast(weights[i * group + p]);
#pragma GCC unroll 4
      for (std::size_t q = 0; q < Packs; ++q) sums[p][q] = fma(w, ak[q], sums[p][q]);
    }
  }
#pragma GCC unroll 4
  for (std::size_t p = 0; p < Problems; ++p) {
#pragma GCC unroll 4
    for (std::size_t q = 0; q < Packs; ++q) sums[p][q].store(g + (q * group + p) * lanes + l);
  }
}

template <class T>
void accumulate_piece(const T* a, std::size_t stride, std::size_t rows, const T* weights, T* g,
                      std::size_t group, std::size_t first, std::size_t count, std::size_t turn,
                      std::size_t turns, const T* next) {
  constexpr std::size_t lanes = virtual_lanes<T>;
  in_blocks<4>(count / lanes, [=](std::size_t pack_, auto packs) TINYRANK_LAMBDA {
    const std::size_t k = first + pack_ * lanes;
    for (std::size_t i = turn; i < rows; i += turns) {
      for (std::size_t q = 0; q < packs.value; ++q) {
        __builtin_prefetch(a + i * stride + k + (4 + q) * lanes, 0, 3);
      }
    }
    in_blocks<tile_problems>(group, [=](std::size_t p, auto width) TINYRANK_LAMBDA {
      T* sums = g + k * group + p * lanes;
      for (std::size_t l = 0; l < lanes; l += batch_register<T>::width) {
        if (prefetches_at_each_step<T> && p == 0) {
          accumulate_tile<packs.value, width.value, true>(a + k, stride, rows, weights, sums, group, l,
                                                          next + k, {turn, turns});
        } else {
          accumulate_tile<packs.value, width.value, false>(a + k, stride, rows, weights + p, sums, group, l,
                                                           a, {});
        }
      }
    });
  });
}

static_assert(tuning::batch_piece_bytes % 64 == 0);

template <class T>
constexpr batch_kernels<T> table_of(family<batch_kernels<T>>) noexcept {
  return {dot_piece<T>, residuals<T>, accumulate_piece<T>, tuning::batch_piece_bytes};
}

}  // namespace

TINYRANK_DEFINE_TABLES(batch_kernels)

}  // namespace tinyrank
