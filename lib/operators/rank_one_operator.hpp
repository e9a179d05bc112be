// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

// The three verbs of the rank-one operators; the operators differ in where their vectors come from.

#include <cstddef>

#include "lib/kernels/rank_one.hpp"
#include "lib/operators/sharded_sum.hpp"

namespace tinyrank {

/// Source: a struct that says how the vectors of a descriptor are had,
///   using descriptor = ...;  static constexpr bool draws;
///   static const T* vectors(const descriptor&, instruction_set, size_t first, size_t count, T* drawn);
template <class T, class Source>
struct rank_one_operator {
  using descriptor = typename Source::descriptor;

  /// A run of measurements, and the vectors behind them with their products B = A U.
  struct block {
    std::size_t first;
    std::size_t count;
    std::size_t vector_count;
    const T* vectors;
    T* products;
  };

  static rank_one_scratch<T> place(const descriptor& a, std::size_t rank, const execution<T>& how) noexcept {
    arena memory(how.scratch, how.scratch_bytes);
    return layout_rank_one_scratch<T>(memory, a.n, rank, how.plan, Source::draws);
  }

  static const rank_one_kernels<T>& kernels(const execution<T>& how) noexcept {
    return table_for<rank_one_kernels<T>>(how.kernels->isa);
  }

  static std::uint32_t workers(const descriptor& a, const execution<T>& how, std::size_t rank) noexcept {
    return workers_for(how.plan, vector_count(a.form, a.measurement_count) * a.n * rank);
  }

  /// Calls use(block) for the measurements of the range, in order.
  template <class Use>
  static void for_blocks(const descriptor& a, const execution<T>& how, const rank_one_scratch<T>& scratch,
                         std::uint32_t worker, shard_range range, factor_view<const T> u, Use use) noexcept {
    const std::size_t each = vector_count(a.form, 1), most = rank_one_block / each;
    T* products = scratch.products + worker * ((u.rank + 3) / 4 * 4 * rank_one_block);
    T* drawn = scratch.drawn == nullptr ? nullptr : scratch.drawn + worker * (u.stride * rank_one_block);
    for (std::size_t done = 0; done < range.count; done += most) {
      const std::size_t count = range.count - done < most ? range.count - done : most;
      const std::size_t first = range.first + done;
      const T* vectors = Source::vectors(a, how.kernels->isa, first * each, count * each, drawn);
      const std::size_t left = range.count - done - count, following = Source::draws ? 0
                                                                       : left < most ? left
                                                                                     : most;
      kernels(how).products(vectors, u.stride, count * each, u.data, u.rank, products,
                            vectors + count * each * u.stride, following * each);
      use(block{first, count, count * each, vectors, products});
    }
  }

  /// out_i = <A_i, U U^T> for the measurements of a block.
  static void measure_block(const descriptor& a, const execution<T>& how, const block& now, std::size_t rank,
                            T* out) noexcept {
    T norms[rank_one_block];
    kernels(how).square_norms(now.products, now.vector_count, rank, norms);
    for (std::size_t i = 0; i < now.count; ++i) {
      out[i] = a.form == rank_one_form::plain ? norms[i] : norms[2 * i] - norms[2 * i + 1];
    }
  }

  /// sum += sum_i w_i A_i U over a block; its products are used up.
  static void accumulate_block(const descriptor& a, const execution<T>& how, const block& now, const T* w,
                               factor_view<const T> u, T* sum) noexcept {
    T signed_weights[rank_one_block];
    const T* weights = w;
    if (a.form == rank_one_form::debiased) {
      for (std::size_t i = 0; i < now.count; ++i) {
        signed_weights[2 * i] = w[i];
        signed_weights[2 * i + 1] = -w[i];
      }
      weights = signed_weights;
    }
    kernels(how).accumulate(now.vectors, u.stride, now.vector_count, weights, now.products, u.rank, sum);
  }

  static void copy_scaled(const T* sum, T scale, factor_view<T> out) noexcept {
    for (std::size_t k = 0; k < out.rank * out.stride; ++k) out.data[k] = scale * sum[k];
  }

  static void measure(const void* context, const execution<T>& how, factor_view<const T> u, T* y) noexcept {
    const descriptor& a = *static_cast<const descriptor*>(context);
    const rank_one_scratch<T> scratch = place(a, u.rank, how);
    parallel_for(workers(a, how, u.rank), how.plan.shards, [&](std::size_t s, std::uint32_t worker) {
      const shard_range range = shard_of(s, how.plan.shards, a.measurement_count);
      for_blocks(a, how, scratch, worker, range, u,
                 [&](const block& now) { measure_block(a, how, now, u.rank, y + now.first); });
    });
  }

  static void adjoint_times(const void* context, const execution<T>& how, const T* w, factor_view<const T> v,
                            factor_view<T> out) noexcept {
    const descriptor& a = *static_cast<const descriptor*>(context);
    const rank_one_scratch<T> scratch = place(a, v.rank, how);
    sum_over_shards(how, workers(a, how, v.rank), a.measurement_count, scratch.sums, v.rank * v.stride,
                    scratch.losses, [&](shard_range range, T* sum, std::uint32_t worker) {
                      for_blocks(a, how, scratch, worker, range, v, [&](const block& now) {
                        accumulate_block(a, how, now, w + now.first, v, sum);
                      });
                      return T(0);
                    });
    copy_scaled(scratch.sums, T(1), out);
  }

  static T loss_and_gradient(const void* context, const execution<T>& how, factor_view<const T> u, const T* y,
                             factor_view<T> gradient) noexcept {
    const descriptor& a = *static_cast<const descriptor*>(context);
    const rank_one_scratch<T> scratch = place(a, u.rank, how);
    const T squares =
        sum_over_shards(how, workers(a, how, u.rank), a.measurement_count, scratch.sums, u.rank * u.stride,
                        scratch.losses, [&](shard_range range, T* sum, std::uint32_t worker) {
                          T loss = 0;
                          for_blocks(a, how, scratch, worker, range, u, [&](const block& now) {
                            T residual[rank_one_block];
                            measure_block(a, how, now, u.rank, residual);
                            for (std::size_t i = 0; i < now.count; ++i) {
                              residual[i] -= y[now.first + i];
                              loss += residual[i] * residual[i];
                            }
                            accumulate_block(a, how, now, residual, u, sum);
                          });
                          return loss;
                        });
    const T per_measurement = T(1) / static_cast<T>(a.measurement_count);
    copy_scaled(scratch.sums, per_measurement, gradient);
    return squares * (T(0.25) * per_measurement);
  }

  static std::size_t bytes(const void* context, std::size_t rank, execution_plan plan) noexcept {
    return scratch_bytes(*static_cast<const descriptor*>(context), rank, plan);
  }

  static sensing_operator<T> table(const descriptor& a) noexcept {
    return {a.n, a.measurement_count, &a, bytes, measure, adjoint_times, loss_and_gradient, nullptr};
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
