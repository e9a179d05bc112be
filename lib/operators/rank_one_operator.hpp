// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

// The three verbs of the rank-one operators; the operators differ in where their vectors come from.

#include <cstddef>
#include <cstring>

#include "lib/kernels/rank_one.hpp"
#include "lib/operators/descriptor.hpp"
#include "lib/operators/sharded_sum.hpp"
#include "tinyrank/operators/rank_one.hpp"

namespace tinyrank {

/// Source: a struct that says how the vectors of a descriptor are read or drawn,
///   using descriptor = ...;  static constexpr bool draws;
///   static const T* vectors(const descriptor&, instruction_set, size_t first, size_t count, T* drawn);
template <class T, class Source>
struct rank_one_operator {
  using descriptor = typename Source::descriptor;

  /// A run of measurements and the vectors behind them; `following` vectors come next.
  struct block {
    std::size_t first;
    std::size_t count;
    std::size_t vector_count;
    const T* vectors;
    std::size_t following;
  };

  static rank_one_scratch<T> place(const descriptor& a, std::size_t rank, const workspace<T>& how) noexcept {
    arena memory(how.scratch, how.scratch_bytes);
    return layout_rank_one_scratch<T>(memory, a.n, rank, how.plan, Source::draws);
  }

  static const rank_one_kernels<T>& kernels(const workspace<T>& how) noexcept {
    return table_for<rank_one_kernels<T>>(how.kernels->isa);
  }

  static std::uint32_t workers(const descriptor& a, const workspace<T>& how, std::size_t rank) noexcept {
    return workers_for(how.plan, vector_count(a.form, a.measurement_count) * a.n * rank);
  }

  static T* products_of(const rank_one_scratch<T>& scratch, std::size_t rank, std::uint32_t worker) noexcept {
    return scratch.products + worker * ((rank + 3) / 4 * 4 * rank_one_block);
  }

  /// Calls use(block) for the measurements of the range, in order.
  template <class Use>
  static void for_blocks(const descriptor& a, const workspace<T>& how, const rank_one_scratch<T>& scratch,
                         std::uint32_t worker, shard_range range, Use use) noexcept {
    const std::size_t each = vector_count(a.form, 1), most = rank_one_block / each;
    T* drawn =
        scratch.drawn == nullptr ? nullptr : scratch.drawn + worker * (padded<T>(a.n) * rank_one_block);
    for (std::size_t done = 0; done < range.count; done += most) {
      const std::size_t count = range.count - done < most ? range.count - done : most;
      const std::size_t first = range.first + done, left = range.count - done - count;
      const T* vectors = Source::vectors(a, how.kernels->isa, first * each, count * each, drawn);
      const std::size_t following = Source::draws ? 0 : left < most ? left : most;
      use(block{first, count, count * each, vectors, following * each});
    }
  }

  /// products = A U, and out_i = <A_i, U U^T> for the measurements of a block; out: room for rank_one_block.
  static void measure_block(const descriptor& a, const workspace<T>& how, const block& now,
                            factor_view<const T> u, T* products, T* out) noexcept {
    kernels(how).products(now.vectors, u.stride, now.vector_count, u.data, u.rank, products,
                          now.vectors + now.vector_count * u.stride, now.following);
    kernels(how).square_norms(products, now.vector_count, u.rank, out);
    if (a.form == rank_one_form::plain) return;
    for (std::size_t i = 0; i < now.count; ++i) out[i] = out[2 * i] - out[2 * i + 1];
  }

  /// sum += sum_i w_i A_i U over a block, from products = A U and w, which are used up; w: room for
  /// rank_one_block.
  static void accumulate_block(const descriptor& a, const workspace<T>& how, const block& now, T* w,
                               factor_view<const T> u, T* products, T* sum) noexcept {
    if (a.form == rank_one_form::debiased) {
      for (std::size_t i = now.count; i-- > 0;) {
        const T weight = w[i];
        w[2 * i] = weight;
        w[2 * i + 1] = -weight;
      }
    }
    kernels(how).accumulate(now.vectors, u.stride, now.vector_count, w, products, u.rank, sum);
  }

  /// Both, with the residuals for w; returns loss + the sum of their squares.
  static T residual_block(const descriptor& a, const workspace<T>& how, const block& now,
                          factor_view<const T> u, const T* y, T* products, T* sum, T loss) noexcept {
    T residual[rank_one_block];
    measure_block(a, how, now, u, products, residual);
    for (std::size_t i = 0; i < now.count; ++i) {
      residual[i] -= y[now.first + i];
      loss += residual[i] * residual[i];
    }
    accumulate_block(a, how, now, residual, u, products, sum);
    return loss;
  }

  static void copy_scaled(const T* sum, T scale, factor_view<T> out) noexcept {
    for (std::size_t k = 0; k < out.rank * out.stride; ++k) out.data[k] = scale * sum[k];
  }

  static void measure(const sensing_operator<T>& self, const workspace<T>& how, factor_view<const T> u,
                      T* y) noexcept {
    const descriptor& a = descriptor_of<descriptor>(self);
    const rank_one_scratch<T> scratch = place(a, u.rank, how);
    parallel_for(workers(a, how, u.rank), how.plan.shards, [&](std::size_t s, std::uint32_t worker) {
      const shard_range range = shard_of(s, how.plan.shards, a.measurement_count);
      for_blocks(a, how, scratch, worker, range, [&](const block& now) {
        T values[rank_one_block];
        measure_block(a, how, now, u, products_of(scratch, u.rank, worker), values);
        for (std::size_t i = 0; i < now.count; ++i) y[now.first + i] = values[i];
      });
    });
  }

  static void adjoint_times(const sensing_operator<T>& self, const workspace<T>& how, const T* w,
                            factor_view<const T> v, factor_view<T> out) noexcept {
    const descriptor& a = descriptor_of<descriptor>(self);
    const rank_one_scratch<T> scratch = place(a, v.rank, how);
    sum_over_shards(how, workers(a, how, v.rank), a.measurement_count, scratch.sums, v.rank * v.stride,
                    scratch.losses, [&](shard_range range, T* sum, std::uint32_t worker) {
                      T* products = products_of(scratch, v.rank, worker);
                      for_blocks(a, how, scratch, worker, range, [&](const block& now) {
                        kernels(how).products(now.vectors, v.stride, now.vector_count, v.data, v.rank,
                                              products, now.vectors + now.vector_count * v.stride,
                                              now.following);
                        T weights[rank_one_block];
                        for (std::size_t i = 0; i < now.count; ++i) weights[i] = w[now.first + i];
                        accumulate_block(a, how, now, weights, v, products, sum);
                      });
                      return T(0);
                    });
    copy_scaled(scratch.sums, T(1), out);
  }

  static T loss_and_gradient(const sensing_operator<T>& self, const workspace<T>& how, factor_view<const T> u,
                             const T* y, factor_view<T> gradient) noexcept {
    const descriptor& a = descriptor_of<descriptor>(self);
    const rank_one_scratch<T> scratch = place(a, u.rank, how);
    const T squares =
        sum_over_shards(how, workers(a, how, u.rank), a.measurement_count, scratch.sums, u.rank * u.stride,
                        scratch.losses, [&](shard_range range, T* sum, std::uint32_t worker) {
                          T loss = 0;
                          T* products = products_of(scratch, u.rank, worker);
                          for_blocks(a, how, scratch, worker, range, [&](const block& now) {
                            loss = residual_block(a, how, now, u, y, products, sum, loss);
                          });
                          return loss;
                        });
    const T per_measurement = share_of_each(how, a.measurement_count);
    copy_scaled(scratch.sums, per_measurement, gradient);
    return squares * (T(0.25) * per_measurement);
  }

  /// loss_and_gradient of several factors, each block of vectors read or drawn once for all of them.
  static void batch_loss_and_gradient(const void* context, const workspace<T>& how,
                                      batch_problem<T>* problems, std::size_t count) noexcept {
    const descriptor& a = *static_cast<const descriptor*>(context);
    arena memory(how.scratch, how.scratch_bytes);
    const auto scratch = layout_set_batch_scratch<T, rank_one_scratch<T>>(memory, count);
    std::size_t ranks = 0;
    for (std::size_t p = 0; p < count; ++p) {
      const factor_view<const T> u = problems[p].factor;
      scratch.sets[p] = place(a, u.rank, *problems[p].how);
      scratch.sums[p] = scratch.sets[p].sums;
      scratch.losses[p] = scratch.sets[p].losses;
      scratch.counts[p] = u.rank * u.stride;
      ranks += u.rank;
    }
    sum_sets_over_shards(how, workers(a, how, ranks), a.measurement_count, count, scratch.sums,
                         scratch.counts, scratch.losses,
                         [&](shard_range range, std::size_t s, std::size_t slot, std::uint32_t worker) {
                           for (std::size_t p = 0; p < count; ++p) {
                             const std::size_t entries = scratch.counts[p];
                             std::memset(scratch.sums[p] + slot * entries, 0, entries * sizeof(T));
                             scratch.losses[p][s] = 0;
                           }
                           for_blocks(a, how, scratch.sets[0], worker, range, [&](const block& now) {
                             for (std::size_t p = 0; p < count; ++p) {
                               const factor_view<const T> u = problems[p].factor;
                               T& loss = scratch.losses[p][s];
                               loss = residual_block(a, how, now, u, problems[p].y,
                                                     products_of(scratch.sets[p], u.rank, worker),
                                                     scratch.sums[p] + slot * scratch.counts[p], loss);
                             }
                           });
                         });
    const T per_measurement = share_of_each(how, a.measurement_count);
    for (std::size_t p = 0; p < count; ++p) {
      copy_scaled(scratch.sums[p], per_measurement, problems[p].gradient);
      problems[p].loss = scratch.losses[p][0] * (T(0.25) * per_measurement);
    }
  }

  static std::size_t batch_bytes_of(const void* context, std::size_t problems, execution_plan plan) noexcept {
    return batch_scratch_bytes(*static_cast<const descriptor*>(context), problems, plan);
  }

  static batch_operator<T> batch_table(const descriptor& a) noexcept {
    return {&a, batch_bytes_of, batch_loss_and_gradient};
  }

  static std::size_t bytes(const sensing_operator<T>& self, std::size_t rank, execution_plan plan) noexcept {
    return scratch_bytes(descriptor_of<descriptor>(self), rank, plan);
  }

  static sensing_operator<T> table(const descriptor& a) noexcept {
    return {a.n, a.measurement_count, &a, {bytes, measure, adjoint_times, loss_and_gradient}};
  }
};

/// What every rank-one operator asks of its sizes.
inline status check_rank_one(std::size_t n, std::size_t measurement_count, rank_one_form form) noexcept {
  if (n == 0 || n > largest_dimension) return status::dimension;
  if (measurement_count == 0) return status::measurement_count;
  if (form != rank_one_form::plain && form != rank_one_form::debiased) return status::operator_data;
  return vector_count(form, measurement_count) == SIZE_MAX ? status::size_overflow : status::ok;
}

}  // namespace tinyrank
