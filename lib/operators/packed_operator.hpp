// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

// The three verbs of every operator that sums packed matrices; the operators differ in where their rows come
// from.

#include <cstddef>

#include "lib/kernels/packed.hpp"
#include "lib/operators/sharded_sum.hpp"

namespace tinyrank {

/// Source: a struct that says how the matrices of a descriptor are had,
///   using descriptor = ...;  static constexpr bool draws;
///   static void rows(const descriptor&, instruction_set, shard_range, T* drawn, Use use);
/// which calls use(rows, first, count) for consecutive runs of the range.
template <class T, class Source>
struct packed_operator {
  using descriptor = typename Source::descriptor;

  static packed_scratch<T> place(const descriptor& a, const execution<T>& how) noexcept {
    arena memory(how.scratch, how.scratch_bytes);
    return layout_packed_scratch<T>(memory, a.n, how.plan, Source::draws);
  }

  static const packed_kernels<T>& kernels(const execution<T>& how) noexcept {
    return table_for<packed_kernels<T>>(how.kernels->isa);
  }

  static T* drawn_by(const packed_scratch<T>& scratch, std::uint32_t worker, std::size_t stride) noexcept {
    return scratch.drawn == nullptr ? nullptr : scratch.drawn + worker * drawn_block * stride;
  }

  static void form_gram(const execution<T>& how, factor_view<const T> u, T* gram) noexcept {
    const std::size_t used = packed_count(u.n), stride = packed_stride<T>(u.n);
    for (std::size_t k = used; k < stride; ++k) gram[k] = 0;
    constexpr std::size_t rows = 32;
    const std::uint32_t workers = workers_for(how.plan, used * u.rank);
    parallel_for(workers, (u.n + rows - 1) / rows, [&](std::size_t piece, std::uint32_t) {
      const std::size_t first = piece * rows, last = first + rows < u.n ? first + rows : u.n;
      kernels(how).form_gram_rows(u.data, u.stride, u.rank, first, last, gram);
    });
  }

  /// out = scale S V, S the symmetric matrix packed at sums.
  static void apply_sum(const execution<T>& how, const packed_scratch<T>& scratch, T scale,
                        factor_view<const T> v, factor_view<T> out) noexcept {
    const std::size_t n = v.n, stride = v.stride;
    for (std::size_t j = 0; j < n; ++j) {
      const T* row = scratch.sums + packed_index(j, 0);
      for (std::size_t k = 0; k <= j; ++k) {
        const T value = scale * row[k];
        scratch.symmetric[j * stride + k] = value;
        scratch.symmetric[k * stride + j] = value;
      }
      for (std::size_t k = n; k < stride; ++k) scratch.symmetric[j * stride + k] = 0;
    }
    constexpr std::size_t columns = 4;
    const std::uint32_t workers = workers_for(how.plan, n * n * v.rank);
    parallel_for(workers, (v.rank + columns - 1) / columns, [&](std::size_t piece, std::uint32_t) {
      const std::size_t first = piece * columns;
      const std::size_t count = v.rank - first < columns ? v.rank - first : columns;
      kernels(how).symmetric_times(scratch.symmetric, n, stride, v.column(first), count, out.column(first));
    });
  }

  static void measure(const void* context, const execution<T>& how, factor_view<const T> u, T* y) noexcept {
    const descriptor& a = *static_cast<const descriptor*>(context);
    const packed_scratch<T> scratch = place(a, how);
    const std::size_t stride = packed_stride<T>(a.n);
    form_gram(how, u, scratch.gram);
    parallel_for(workers_for(how.plan, a.measurement_count * stride), how.plan.shards,
                 [&](std::size_t s, std::uint32_t worker) {
                   Source::rows(a, how.kernels->isa, shard_of(s, how.plan.shards, a.measurement_count),
                                drawn_by(scratch, worker, stride),
                                [&](const T* rows, std::size_t first, std::size_t count) {
                                  kernels(how).dot_rows(rows, stride, count, scratch.gram, stride, y + first);
                                });
                 });
  }

  static void adjoint_times(const void* context, const execution<T>& how, const T* w, factor_view<const T> v,
                            factor_view<T> out) noexcept {
    const descriptor& a = *static_cast<const descriptor*>(context);
    const packed_scratch<T> scratch = place(a, how);
    const std::size_t stride = packed_stride<T>(a.n);
    const std::uint32_t workers = workers_for(how.plan, a.measurement_count * stride);
    sum_over_shards(how, workers, a.measurement_count, scratch.sums, stride, scratch.losses,
                    [&](shard_range range, T* sum, std::uint32_t worker) {
                      Source::rows(a, how.kernels->isa, range, drawn_by(scratch, worker, stride),
                                   [&](const T* rows, std::size_t first, std::size_t count) {
                                     kernels(how).accumulate_rows(rows, stride, count, w + first, sum,
                                                                  stride);
                                   });
                      return T(0);
                    });
    apply_sum(how, scratch, T(1), v, out);
  }

  static T loss_and_gradient(const void* context, const execution<T>& how, factor_view<const T> u, const T* y,
                             factor_view<T> gradient) noexcept {
    const descriptor& a = *static_cast<const descriptor*>(context);
    const packed_scratch<T> scratch = place(a, how);
    const std::size_t stride = packed_stride<T>(a.n);
    form_gram(how, u, scratch.gram);
    const std::uint32_t workers = workers_for(how.plan, a.measurement_count * stride);
    const T squares =
        sum_over_shards(how, workers, a.measurement_count, scratch.sums, stride, scratch.losses,
                        [&](shard_range range, T* sum, std::uint32_t worker) {
                          T loss = 0;
                          Source::rows(a, how.kernels->isa, range, drawn_by(scratch, worker, stride),
                                       [&](const T* rows, std::size_t first, std::size_t count) {
                                         loss = kernels(how).residual_accumulate_rows(
                                             rows, stride, count, scratch.gram, y + first, sum, stride, loss);
                                       });
                          return loss;
                        });
    const T per_measurement = T(1) / static_cast<T>(a.measurement_count);
    apply_sum(how, scratch, per_measurement, u, gradient);
    return squares * (T(0.25) * per_measurement);
  }

  static std::size_t bytes(const void* context, std::size_t rank, execution_plan plan) noexcept {
    return scratch_bytes(*static_cast<const descriptor*>(context), rank, plan);
  }

  static sensing_operator<T> table(const descriptor& a) noexcept {
    return {a.n, a.measurement_count, &a, bytes, measure, adjoint_times, loss_and_gradient, nullptr};
  }
};

inline status check_sizes(std::size_t n, std::size_t measurement_count) noexcept {
  if (n == 0 || n > largest_dimension) return status::dimension;
  if (measurement_count == 0) return status::measurement_count;
  return status::ok;
}

}  // namespace tinyrank
