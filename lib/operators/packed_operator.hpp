// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

// The three verbs of every operator that sums packed matrices; the operators differ in where their rows come
// from, which a Source says.

#include <cstddef>

#include "lib/kernels/factor.hpp"
#include "lib/operators/descriptor.hpp"
#include "lib/operators/sharded_sum.hpp"
#include "tinyrank/detail/packed_scratch.hpp"

namespace tinyrank {

/// use(first of the range's rows, how many) for blocks of at most `block` of them.
template <class Use>
void for_row_blocks(shard_range range, std::size_t block, Use use) noexcept {
  for (std::size_t i = 0; i < range.count; i += block)
    use(i, range.count - i < block ? range.count - i : block);
}

/// out = S V, S symmetric, n x n, its columns v.stride apart.
template <class T>
void multiply_symmetric(const workspace<T>& how, const T* s, factor_view<const T> v,
                        factor_view<T> out) noexcept {
  constexpr std::size_t columns = 4;
  parallel_for(workers_for(how.plan, v.n * v.n * v.rank), (v.rank + columns - 1) / columns,
               [&](std::size_t piece, std::uint32_t) {
                 const std::size_t first = piece * columns;
                 const std::size_t count = v.rank - first < columns ? v.rank - first : columns;
                 table_for<factor_kernels<T>>(how.kernels->isa)
                     .symmetric_times(s, v.n, v.stride, v.column(first), count, out.column(first));
               });
}

/// Source: how the matrices of a descriptor are read or drawn, for a range of measurements,
///
///   using descriptor = ...;
///   place(descriptor, memory, plan)                       the layout that scratch_bytes measures
///   off_diagonal                                          by which off-diagonal entries are to be scaled
///   dot(descriptor, isa, range, drawn, z, y)              y_i = <row i, z>
///   accumulate(descriptor, isa, range, drawn, w, sum)     sum += sum_i w_i row i
///   residual_accumulate(descriptor, isa, range, drawn, z, y, sum)
///                                                         both, with e_i for w_i; returns sum_i e_i^2
///   expands, expand(descriptor, isa, first, count, buffer)
///                                        rows first .. as rows of T, in `buffer` if `expands`
///   scales(descriptor, first)            row i stands for scales[i - first] times what expand gives; null:
///                                        for itself
///
/// y and w are those of the range. The last two are for batches (packed_batch.hpp). Where the rows are not
/// packed symmetric matrices, the source has also
///
///   entry_count(descriptor)                               of a row
///   form_estimate(descriptor, how, u, scratch)            scratch.gram, what the rows are multiplied with
///   apply_sum(descriptor, how, scratch, scale, v, out)    out = scale A^*(w) V, sum_i w_i row i at sums
template <class T, class Source>
struct packed_operator {
  using descriptor = typename Source::descriptor;
  /// Asked where it is needed, because a function that asks costs the other operators 200 bytes on an M4.
  static constexpr bool is_packed = !requires(const descriptor& a) { Source::entry_count(a); };

  static packed_scratch<T> place(const descriptor& a, const workspace<T>& how) noexcept {
    arena memory(how.scratch, how.scratch_bytes);
    return Source::place(a, memory, how.plan);
  }

  static const factor_kernels<T>& kernels(const workspace<T>& how) noexcept {
    return table_for<factor_kernels<T>>(how.kernels->isa);
  }

  static T* drawn_by(const packed_scratch<T>& scratch, std::uint32_t worker) noexcept {
    return scratch.drawn == nullptr ? nullptr : scratch.drawn + worker * scratch.drawn_elements;
  }

  static std::uint32_t workers(const descriptor& a, const workspace<T>& how) noexcept {
    if constexpr (is_packed) {
      return workers_for(how.plan, a.measurement_count * packed_count(a.n));
    } else {
      return workers_for(how.plan, a.measurement_count * Source::entry_count(a));
    }
  }

  /// Packed U U^T, weighted for plain dots with the rows of the source.
  static void form_gram(const workspace<T>& how, factor_view<const T> u,
                        const packed_scratch<T>& scratch) noexcept {
    const std::size_t used = packed_count(u.n);
    for (std::size_t k = used; k < scratch.entries; ++k) scratch.gram[k] = 0;
    constexpr std::size_t rows = 32;
    parallel_for(workers_for(how.plan, used * u.rank), (u.n + rows - 1) / rows,
                 [&](std::size_t piece, std::uint32_t) {
                   const std::size_t first = piece * rows, last = first + rows < u.n ? first + rows : u.n;
                   kernels(how).form_gram_rows(u.data, u.stride, u.rank, first, last, scratch.gram);
                   if constexpr (Source::off_diagonal != T(1)) {
                     for (std::size_t j = first; j < last; ++j) {
                       T* row = scratch.gram + packed_index(j, 0);
                       for (std::size_t k = 0; k < j; ++k) row[k] *= Source::off_diagonal;
                     }
                   }
                 });
  }

  /// out = scale S V, S the symmetric matrix packed at sums.
  static void apply_sum(const workspace<T>& how, const packed_scratch<T>& scratch, T scale,
                        factor_view<const T> v, factor_view<T> out) noexcept {
    constexpr std::size_t rows = 32;
    parallel_for(workers_for(how.plan, v.n * v.n), (v.n + rows - 1) / rows,
                 [&](std::size_t piece, std::uint32_t) {
                   const std::size_t first = piece * rows, last = first + rows < v.n ? first + rows : v.n;
                   kernels(how).unpack_symmetric(scale * Source::off_diagonal, scale, scratch.sums, v.n,
                                                 first, last, scratch.symmetric);
                 });
    multiply_symmetric(how, scratch.symmetric, v, out);
  }

  static void measure(const sensing_operator<T>& self, const workspace<T>& how, factor_view<const T> u,
                      T* y) noexcept {
    const descriptor& a = descriptor_of<descriptor>(self);
    const packed_scratch<T> scratch = place(a, how);
    if constexpr (is_packed) {
      form_gram(how, u, scratch);
    } else {
      Source::form_estimate(a, how, u, scratch);
    }
    parallel_for(workers(a, how), how.plan.shards, [&](std::size_t s, std::uint32_t worker) {
      const shard_range range = shard_of(s, how.plan.shards, a.measurement_count);
      Source::dot(a, how.kernels->isa, range, drawn_by(scratch, worker), scratch.gram, y + range.first);
    });
  }

  static void adjoint_times(const sensing_operator<T>& self, const workspace<T>& how, const T* w,
                            factor_view<const T> v, factor_view<T> out) noexcept {
    const descriptor& a = descriptor_of<descriptor>(self);
    const packed_scratch<T> scratch = place(a, how);
    sum_over_shards(how, workers(a, how), a.measurement_count, scratch.sums, scratch.entries, scratch.losses,
                    [&](shard_range range, T* sum, std::uint32_t worker) {
                      Source::accumulate(a, how.kernels->isa, range, drawn_by(scratch, worker),
                                         w + range.first, sum);
                      return T(0);
                    });
    if constexpr (is_packed) {
      apply_sum(how, scratch, T(1), v, out);
    } else {
      Source::apply_sum(a, how, scratch, T(1), v, out);
    }
  }

  static T loss_and_gradient(const sensing_operator<T>& self, const workspace<T>& how, factor_view<const T> u,
                             const T* y, factor_view<T> gradient) noexcept {
    const descriptor& a = descriptor_of<descriptor>(self);
    const packed_scratch<T> scratch = place(a, how);
    if constexpr (is_packed) {
      form_gram(how, u, scratch);
    } else {
      Source::form_estimate(a, how, u, scratch);
    }
    const T squares = sum_over_shards(
        how, workers(a, how), a.measurement_count, scratch.sums, scratch.entries, scratch.losses,
        [&](shard_range range, T* sum, std::uint32_t worker) {
          return Source::residual_accumulate(a, how.kernels->isa, range, drawn_by(scratch, worker),
                                             scratch.gram, y + range.first, sum);
        });
    const T per_measurement = share_of_each(how, a.measurement_count);
    if constexpr (is_packed) {
      apply_sum(how, scratch, per_measurement, u, gradient);
    } else {
      Source::apply_sum(a, how, scratch, per_measurement, u, gradient);
    }
    return squares * (T(0.25) * per_measurement);
  }

  static std::size_t bytes(const sensing_operator<T>& self, std::size_t rank, execution_plan plan) noexcept {
    return scratch_bytes(descriptor_of<descriptor>(self), rank, plan);
  }

  static sensing_operator<T> table(const descriptor& a) noexcept {
    return {a.n, a.measurement_count, &a, {bytes, measure, adjoint_times, loss_and_gradient}};
  }
};

}  // namespace tinyrank
