// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

// Where packed rows come from; packed_operator.hpp says what a source offers.

#include <cstring>

#include "lib/kernels/gaussian.hpp"
#include "lib/kernels/packed.hpp"
#include "lib/kernels/quantized.hpp"
#include "lib/kernels/rademacher.hpp"
#include "lib/operators/sharded_sum.hpp"
#include "tinyrank/quantized.hpp"

namespace tinyrank {

/// use(first of the range's rows, how many) for blocks of at most `block` of them.
template <class Use>
void for_each_block(shard_range range, std::size_t block, Use use) noexcept {
  for (std::size_t i = 0; i < range.count; i += block)
    use(i, range.count - i < block ? range.count - i : block);
}

template <class T>
struct stored_rows {
  using descriptor = dense_sensing<T>;
  static constexpr T off_diagonal = 1;

  static packed_scratch<T> place(const descriptor& a, arena& memory, execution_plan plan) noexcept {
    return layout_packed_scratch<T>(memory, a.n, packed_stride<T>(a.n), plan, 0);
  }
  static const T* at(const descriptor& a, shard_range range) noexcept {
    return a.rows + range.first * packed_stride<T>(a.n);
  }
  static void dot(const descriptor& a, instruction_set isa, shard_range range, T*, const T* z,
                  T* y) noexcept {
    const std::size_t stride = packed_stride<T>(a.n);
    table_for<packed_kernels<T>>(isa).dot_rows(at(a, range), stride, range.count, z, stride, y);
  }
  static void accumulate(const descriptor& a, instruction_set isa, shard_range range, T*, const T* w,
                         T* sum) noexcept {
    const std::size_t stride = packed_stride<T>(a.n);
    table_for<packed_kernels<T>>(isa).accumulate_rows(at(a, range), stride, range.count, w, sum, stride);
  }
  static T residual_accumulate(const descriptor& a, instruction_set isa, shard_range range, T*, const T* z,
                               const T* y, T* sum) noexcept {
    const std::size_t stride = packed_stride<T>(a.n);
    return table_for<packed_kernels<T>>(isa).residual_accumulate_rows(at(a, range), stride, range.count, z, y,
                                                                      sum, stride, T(0));
  }
};

/// What the Gaussian kernels take to draw `count` <= drawn_block matrices from `first` on.
struct gaussian_draw {
  random_stream streams[drawn_block];
  float diagonal_scale, off_diagonal_scale;

  gaussian_draw(std::uint64_t seed, gaussian_ensemble ensemble, std::size_t first, std::size_t count) noexcept
      : diagonal_scale(ensemble == gaussian_ensemble::isotropic ? 1.0f : square_root_of_half),
        off_diagonal_scale(ensemble == gaussian_ensemble::isotropic ? square_root_of_half : 1.0f) {
    for (std::size_t i = 0; i < count; ++i) {
      streams[i] = make_stream(seed, random_purpose::sensing, first + i);
    }
  }
};

/// Matrices first .. first + count - 1 of the Gaussian ensemble, as packed rows.
template <class T>
void draw_gaussian_rows(instruction_set isa, std::size_t n, std::size_t first, std::size_t count,
                        std::uint64_t seed, gaussian_ensemble ensemble, T* rows) noexcept {
  const std::size_t stride = packed_stride<T>(n);
  for_each_block({first, count}, drawn_block, [&](std::size_t i, std::size_t now) {
    const gaussian_draw block(seed, ensemble, first + i, now);
    table_for<gaussian_kernels<T>>(isa).gaussian_rows(block.streams, now, n, block.diagonal_scale,
                                                      block.off_diagonal_scale, rows + i * stride, stride);
  });
}

template <class T>
struct drawn_gaussian_rows {
  using descriptor = gaussian_sensing<T>;
  static constexpr T off_diagonal = 1;

  static packed_scratch<T> place(const descriptor& a, arena& memory, execution_plan plan) noexcept {
    return layout_packed_scratch<T>(memory, a.n, packed_stride<T>(a.n), plan, drawn_block);
  }
  /// use(first of the range's rows, how many) with those rows at `drawn`.
  template <class Use>
  static void draw(const descriptor& a, instruction_set isa, shard_range range, T* drawn, Use use) noexcept {
    for_each_block(range, drawn_block, [&](std::size_t i, std::size_t now) {
      draw_gaussian_rows(isa, a.n, range.first + i, now, a.seed, a.ensemble, drawn);
      use(i, now);
    });
  }
  static void dot(const descriptor& a, instruction_set isa, shard_range range, T* drawn, const T* z,
                  T* y) noexcept {
    const std::size_t stride = packed_stride<T>(a.n);
    draw(a, isa, range, drawn, [&](std::size_t i, std::size_t now) {
      table_for<packed_kernels<T>>(isa).dot_rows(drawn, stride, now, z, stride, y + i);
    });
  }
  static void accumulate(const descriptor& a, instruction_set isa, shard_range range, T* drawn, const T* w,
                         T* sum) noexcept {
    const std::size_t stride = packed_stride<T>(a.n);
    draw(a, isa, range, drawn, [&](std::size_t i, std::size_t now) {
      table_for<packed_kernels<T>>(isa).accumulate_rows(drawn, stride, now, w + i, sum, stride);
    });
  }
  static T residual_accumulate(const descriptor& a, instruction_set isa, shard_range range, T* drawn,
                               const T* z, const T* y, T* sum) noexcept {
    const packed_kernels<T>& kernels = table_for<packed_kernels<T>>(isa);
    const std::size_t stride = packed_stride<T>(a.n);
    T loss = 0;
    std::size_t done = 0;
    if constexpr (drawn_block > 1) {
      const auto replace_rows = table_for<gaussian_kernels<T>>(isa).replace_rows;
      if (replace_rows != nullptr && range.count >= drawn_block) {
        T e[drawn_block] = {};
        std::memset(drawn, 0, drawn_block * stride * sizeof(T));  // the rows before the first
        for (; done + drawn_block <= range.count; done += drawn_block) {
          const gaussian_draw block(a.seed, a.ensemble, range.first + done, drawn_block);
          loss = replace_rows(block.streams, a.n, block.diagonal_scale, block.off_diagonal_scale, z, y + done,
                              e, sum, drawn, stride, loss);
        }
        kernels.accumulate_rows(drawn, stride, drawn_block, e, sum, stride);
      }
    }
    draw(a, isa, {range.first + done, range.count - done}, drawn, [&](std::size_t i, std::size_t now) {
      loss = kernels.residual_accumulate_rows(drawn, stride, now, z, y + done + i, sum, stride, loss);
    });
    return loss;
  }
};

template <class T>
struct drawn_signs {
  using descriptor = rademacher_sensing<T>;
  static constexpr T off_diagonal = static_cast<T>(square_root_of_half);

  static packed_scratch<T> place(const descriptor& a, arena& memory, execution_plan plan) noexcept {
    return layout_packed_scratch<T>(memory, a.n, packed_stride<T>(a.n), plan, 0);
  }
  /// use(streams, first of the range's rows, how many)
  template <class Use>
  static void with_streams(const descriptor& a, shard_range range, Use use) noexcept {
    constexpr std::size_t block = SIZE_MAX > 0xffffffffu ? 16 : 4;  // on the stack
    random_stream streams[block];
    for_each_block(range, block, [&](std::size_t i, std::size_t now) {
      for (std::size_t l = 0; l < now; ++l) {
        streams[l] = make_stream(a.seed, random_purpose::sensing, range.first + i + l);
      }
      use(streams, i, now);
    });
  }
  static void dot(const descriptor& a, instruction_set isa, shard_range range, T*, const T* z,
                  T* y) noexcept {
    with_streams(a, range, [&](const random_stream* streams, std::size_t i, std::size_t now) {
      table_for<rademacher_kernels<T>>(isa).dot_rows(streams, now, z, packed_stride<T>(a.n), y + i);
    });
  }
  static void accumulate(const descriptor& a, instruction_set isa, shard_range range, T*, const T* w,
                         T* sum) noexcept {
    with_streams(a, range, [&](const random_stream* streams, std::size_t i, std::size_t now) {
      table_for<rademacher_kernels<T>>(isa).accumulate_rows(streams, now, w + i, sum, packed_stride<T>(a.n));
    });
  }
  static T residual_accumulate(const descriptor& a, instruction_set isa, shard_range range, T*, const T* z,
                               const T* y, T* sum) noexcept {
    T loss = 0;
    with_streams(a, range, [&](const random_stream* streams, std::size_t i, std::size_t now) {
      loss = table_for<rademacher_kernels<T>>(isa).residual_accumulate_rows(streams, now, z, y + i, sum,
                                                                            packed_stride<T>(a.n), loss);
    });
    return loss;
  }
};

/// The kernels of one narrow type.
template <class T>
const auto& quantized_kernels_for(const dense_bf16_sensing<T>&, instruction_set isa) noexcept {
  return table_for<quantized_kernels<T>>(isa).bf16;
}
template <class T>
const auto& quantized_kernels_for(const dense_int8_sensing<T>&, instruction_set isa) noexcept {
  return table_for<quantized_kernels<T>>(isa).int8;
}
/// Scales of the rows from `first` on, or null where rows stand for themselves.
template <class Descriptor>
const float* row_scales(const Descriptor&, std::size_t) noexcept {
  return nullptr;
}
template <class T>
const float* row_scales(const dense_int8_sensing<T>& a, std::size_t first) noexcept {
  return a.scales + first;
}

template <class T, class Descriptor>
struct quantized_rows {
  using descriptor = Descriptor;
  using element = typename Descriptor::element;
  static constexpr T off_diagonal = 1;

  static packed_scratch<T> place(const descriptor& a, arena& memory, execution_plan plan) noexcept {
    return layout_packed_scratch<T>(memory, a.n, quantized_stride<element>(a.n), plan, 0);
  }
  static const element* at(const descriptor& a, shard_range range) noexcept {
    return a.rows + range.first * quantized_stride<element>(a.n);
  }
  static void dot(const descriptor& a, instruction_set isa, shard_range range, T*, const T* z,
                  T* y) noexcept {
    const std::size_t stride = quantized_stride<element>(a.n);
    quantized_kernels_for(a, isa).dot_rows(at(a, range), row_scales(a, range.first), stride, range.count, z,
                                           stride, y);
  }
  static void accumulate(const descriptor& a, instruction_set isa, shard_range range, T*, const T* w,
                         T* sum) noexcept {
    const std::size_t stride = quantized_stride<element>(a.n);
    quantized_kernels_for(a, isa).accumulate_rows(at(a, range), row_scales(a, range.first), stride,
                                                  range.count, w, sum, stride);
  }
  static T residual_accumulate(const descriptor& a, instruction_set isa, shard_range range, T*, const T* z,
                               const T* y, T* sum) noexcept {
    const std::size_t stride = quantized_stride<element>(a.n);
    return quantized_kernels_for(a, isa).residual_accumulate_rows(
        at(a, range), row_scales(a, range.first), stride, range.count, z, y, sum, stride, T(0));
  }
};

}  // namespace tinyrank
