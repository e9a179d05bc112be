// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "tinyrank/operators/gaussian.hpp"

#include <cstring>

#include "lib/kernels/gaussian.hpp"
#include "lib/kernels/packed.hpp"
#include "lib/operators/packed_batch.hpp"
#include "tinyrank/operators/dense.hpp"

namespace tinyrank {
namespace {

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
  for_row_blocks({first, count}, drawn_block, [&](std::size_t i, std::size_t now) {
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
    for_row_blocks(range, drawn_block, [&](std::size_t i, std::size_t now) {
      draw_gaussian_rows(isa, a.n, a.first_measurement + range.first + i, now, a.seed, a.ensemble, drawn);
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
          const gaussian_draw block(a.seed, a.ensemble, a.first_measurement + range.first + done,
                                    drawn_block);
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

  static constexpr bool expands = true;
  static const T* expand(const descriptor& a, instruction_set isa, std::size_t first, std::size_t count,
                         T* buffer) noexcept {
    draw_gaussian_rows(isa, a.n, a.first_measurement + first, count, a.seed, a.ensemble, buffer);
    return buffer;
  }
  static const float* scales(const descriptor&, std::size_t) noexcept { return nullptr; }
};

bool is_ensemble(gaussian_ensemble value) noexcept {
  return value == gaussian_ensemble::isotropic || value == gaussian_ensemble::as_printed;
}

}  // namespace

template <class T>
status make_operator(const gaussian_sensing<T>& a, sensing_operator<T>& out) noexcept {
  if (const status sizes = check_sizes(a.n, a.measurement_count); sizes != status::ok) return sizes;
  if (!is_ensemble(a.ensemble)) return status::operator_data;
  out = packed_operator<T, drawn_gaussian_rows<T>>::table(a);
  return status::ok;
}

template <class T>
void make_batch_operator(const gaussian_sensing<T>& a, batch_operator<T>& out) noexcept {
  out = packed_batch<T, drawn_gaussian_rows<T>>::table(a);
}

template <class T>
status fill_gaussian_rows(std::size_t n, std::size_t first, std::size_t count, std::uint64_t seed,
                          gaussian_ensemble ensemble, T* rows, instruction_set isa) noexcept {
  if (n == 0 || n > largest_dimension) return status::dimension;
  if (dense_row_elements<T>(n, count) == SIZE_MAX) return status::size_overflow;
  if (!is_placed(rows) || !is_ensemble(ensemble)) return status::operator_data;
  const kernel_table<T>* kernels = find_kernels<T>(isa);
  if (kernels == nullptr) return status::instruction_set;
  draw_gaussian_rows(kernels->isa, n, first, count, seed, ensemble, rows);
  return status::ok;
}

template status make_operator(const gaussian_sensing<float>&, sensing_operator<float>&) noexcept;
template status make_operator(const gaussian_sensing<double>&, sensing_operator<double>&) noexcept;
template void make_batch_operator(const gaussian_sensing<float>&, batch_operator<float>&) noexcept;
template void make_batch_operator(const gaussian_sensing<double>&, batch_operator<double>&) noexcept;
template status fill_gaussian_rows(std::size_t, std::size_t, std::size_t, std::uint64_t, gaussian_ensemble,
                                   float*, instruction_set) noexcept;
template status fill_gaussian_rows(std::size_t, std::size_t, std::size_t, std::uint64_t, gaussian_ensemble,
                                   double*, instruction_set) noexcept;

}  // namespace tinyrank
