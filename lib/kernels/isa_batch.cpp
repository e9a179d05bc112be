// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include <type_traits>

#include "lib/kernels/batch.hpp"
#include "lib/simd/pack.hpp"

namespace tinyrank {
namespace {

template <class T>
using register_of = std::remove_reference_t<decltype(pack<T>::r[0])>;

// A tile of rows x problems (for dots) or of registers x problems (for sums) stays in registers: each operand
// that is loaded is used by a whole row or column of it.
#if defined(TINYRANK_ISA_scalar)
inline constexpr std::size_t tile_rows = 2, tile_problems = 2;
#elif defined(TINYRANK_ISA_avx2)
inline constexpr std::size_t tile_rows = 4, tile_problems = 2;
#else
inline constexpr std::size_t tile_rows = 4, tile_problems = 4;
#endif

/// block(first, size as a constant) over 0 .. count - 1, `Size` at a time, then half as many, and so on.
template <std::size_t Size, class Block>
TINYRANK_INLINE void in_blocks(std::size_t count, Block block, std::size_t first = 0) noexcept {
  for (; first + Size <= count; first += Size) block(first, std::integral_constant<std::size_t, Size>{});
  if constexpr (Size > 1) in_blocks<Size / 2>(count, block, first);
}

/// One register of every pack at a time: lanes never meet, and a tile of whole packs would not fit.
template <std::size_t Rows, std::size_t Problems, class T>
TINYRANK_INLINE void dot_block(const T* a, std::size_t stride, const T* const* z, std::size_t problems,
                               std::size_t first, std::size_t count, T* partial, bool ask_ahead) noexcept {
  using R = register_of<T>;
  constexpr std::size_t lanes = virtual_lanes<T>;
  const T* from[Problems];
  for (std::size_t p = 0; p < Problems; ++p) from[p] = z[p] + first;
  a += first;
  for (std::size_t l = 0; l < lanes; l += R::width) {
    R sums[Rows][Problems];
#pragma GCC unroll 4
    for (std::size_t i = 0; i < Rows; ++i) {
#pragma GCC unroll 4
      for (std::size_t p = 0; p < Problems; ++p)
        sums[i][p] = R::load(partial + (i * problems + p) * lanes + l);
    }
    for (std::size_t k = l; k < count; k += lanes) {
      R zk[Problems];
#pragma GCC unroll 4
      for (std::size_t p = 0; p < Problems; ++p) zk[p] = R::load(from[p] + k);
#pragma GCC unroll 4
      for (std::size_t i = 0; i < Rows; ++i) {
        if (ask_ahead) __builtin_prefetch(a + i * stride + k + count, 0, 2);
        const R ak = R::load(a + i * stride + k);
#pragma GCC unroll 4
        for (std::size_t p = 0; p < Problems; ++p) sums[i][p] = fma(ak, zk[p], sums[i][p]);
      }
    }
#pragma GCC unroll 4
    for (std::size_t i = 0; i < Rows; ++i) {
#pragma GCC unroll 4
      for (std::size_t p = 0; p < Problems; ++p) sums[i][p].store(partial + (i * problems + p) * lanes + l);
    }
  }
}

template <class T>
void dot_tile(const T* a, std::size_t stride, std::size_t rows, const T* const* z, std::size_t problems,
              std::size_t first, std::size_t count, T* partial) {
  in_blocks<tile_problems>(problems, [=](std::size_t p, auto width) TINYRANK_LAMBDA {
    in_blocks<tile_rows>(rows, [=](std::size_t i, auto height) TINYRANK_LAMBDA {
      T* sums = partial + (i * problems + p) * virtual_lanes<T>;
      // The first problems bring the rows into the cache, and with them what follows.
      if (p == 0) {
        dot_block<height.value, width.value>(a + i * stride, stride, z + p, problems, first, count, sums,
                                             true);
      } else {
        dot_block<height.value, width.value>(a + i * stride, stride, z + p, problems, first, count, sums,
                                             false);
      }
    });
  });
}

template <class T>
void residuals(const T* partial, std::size_t rows, std::size_t problems, const float* scales,
               const T* const* y, std::size_t first, T* weights, T* losses) {
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t p = 0; p < problems; ++p) {
      const T dot = pack<T>::load(partial + (i * problems + p) * virtual_lanes<T>).tree_sum();
      const T measured = y[p][first + i];
      T e = dot - measured;
      T weight = e;
      if (scales != nullptr) {
        const T scale = static_cast<T>(scales[i]);
        e = exact_fma(scale, dot, -measured);
        weight = scale * e;
      }
      losses[p] = exact_fma(e, e, losses[p]);
      weights[i * problems + p] = weight;
    }
  }
}

template <std::size_t Registers, std::size_t Problems, class T>
TINYRANK_INLINE void accumulate_block(const T* a, std::size_t stride, std::size_t rows, const T* weights,
                                      std::size_t problems, T* const* g, std::size_t k,
                                      bool ask_ahead) noexcept {
  using R = register_of<T>;
  constexpr std::size_t width = R::width;
  R sums[Problems][Registers];
#pragma GCC unroll 4
  for (std::size_t p = 0; p < Problems; ++p) {
#pragma GCC unroll 4
    for (std::size_t q = 0; q < Registers; ++q) sums[p][q] = R::load(g[p] + k + q * width);
  }
  for (std::size_t i = 0; i < rows; ++i) {
    const T* row = a + i * stride + k;
    R ak[Registers];
#pragma GCC unroll 4
    for (std::size_t q = 0; q < Registers; ++q) {
      if (ask_ahead) __builtin_prefetch(row + (Registers + q) * width, 0, 3);
      ak[q] = R::load(row + q * width);
    }
#pragma GCC unroll 4
    for (std::size_t p = 0; p < Problems; ++p) {
      const R w = R::broadcast(weights[i * problems + p]);
#pragma GCC unroll 4
      for (std::size_t q = 0; q < Registers; ++q) sums[p][q] = fma(w, ak[q], sums[p][q]);
    }
  }
#pragma GCC unroll 4
  for (std::size_t p = 0; p < Problems; ++p) {
#pragma GCC unroll 4
    for (std::size_t q = 0; q < Registers; ++q) sums[p][q].store(g[p] + k + q * width);
  }
}

template <class T>
void accumulate_tile(const T* a, std::size_t stride, std::size_t rows, const T* weights, std::size_t problems,
                     T* const* g, std::size_t first, std::size_t count) {
  constexpr std::size_t width = register_of<T>::width;
  // All problems for one column of rows before the next: it stays in the first-level cache.
  in_blocks<4>(count / width, [=](std::size_t register_, auto registers) TINYRANK_LAMBDA {
    const std::size_t k = first + register_ * width;
    in_blocks<tile_problems>(problems, [=](std::size_t p, auto size) TINYRANK_LAMBDA {
      if (p == 0) {
        accumulate_block<registers.value, size.value>(a, stride, rows, weights + p, problems, g + p, k, true);
      } else {
        accumulate_block<registers.value, size.value>(a, stride, rows, weights + p, problems, g + p, k,
                                                      false);
      }
    });
  });
}

}  // namespace

template <>
const batch_kernels<float> isa_tables<batch_kernels<float>>::TINYRANK_ISA = {
    dot_tile<float>, residuals<float>, accumulate_tile<float>};
template <>
const batch_kernels<double> isa_tables<batch_kernels<double>>::TINYRANK_ISA = {
    dot_tile<double>, residuals<double>, accumulate_tile<double>};

}  // namespace tinyrank
