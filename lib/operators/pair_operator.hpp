// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

// The three verbs of the operators whose matrices have a few entries (distances, sampled entries, sparse);
// the operators differ in what an entry measures.

#include <cstddef>

#include "lib/operators/sharded_sum.hpp"

namespace tinyrank {

/// Source: a struct that says what a descriptor measures,
///   using descriptor = ...;
///   static void measure(const descriptor&, instruction_set, factor_view<const T> u, shard_range, T* out);
///   static void accumulate(const descriptor&, instruction_set, const T* w, factor_view<const T> v,
///                          shard_range, T* sum);   sum += sum_i w_i A_i V over the range
///   static size_t entry_count(const descriptor&);
///   static constexpr auto project = function or nullptr;
template <class T, class Source>
struct pair_operator {
  using descriptor = typename Source::descriptor;

  static distance_scratch<T> place(const descriptor& a, std::size_t rank, const execution<T>& how) noexcept {
    arena memory(how.scratch, how.scratch_bytes);
    return layout_distance_scratch<T>(memory, a.n, rank, how.plan);
  }

  static std::uint32_t workers(const descriptor& a, const execution<T>& how, std::size_t rank) noexcept {
    return workers_for(how.plan, Source::entry_count(a) * rank);
  }

  static void copy_scaled(const T* sum, T scale, factor_view<T> out) noexcept {
    for (std::size_t k = 0; k < out.rank * out.stride; ++k) out.data[k] = scale * sum[k];
  }

  static void measure(const void* context, const execution<T>& how, factor_view<const T> u, T* y) noexcept {
    const descriptor& a = *static_cast<const descriptor*>(context);
    parallel_for(workers(a, how, u.rank), how.plan.shards, [&](std::size_t s, std::uint32_t) {
      const shard_range range = shard_of(s, how.plan.shards, a.measurement_count);
      Source::measure(a, how.kernels->isa, u, range, y + range.first);
    });
  }

  static void adjoint_times(const void* context, const execution<T>& how, const T* w, factor_view<const T> v,
                            factor_view<T> out) noexcept {
    const descriptor& a = *static_cast<const descriptor*>(context);
    const distance_scratch<T> scratch = place(a, v.rank, how);
    sum_over_shards(how, workers(a, how, v.rank), a.measurement_count, scratch.sums, v.rank * v.stride,
                    scratch.losses, [&](shard_range range, T* sum, std::uint32_t) {
                      Source::accumulate(a, how.kernels->isa, w + range.first, v, range, sum);
                      return T(0);
                    });
    copy_scaled(scratch.sums, T(1), out);
  }

  static T loss_and_gradient(const void* context, const execution<T>& how, factor_view<const T> u, const T* y,
                             factor_view<T> gradient) noexcept {
    const descriptor& a = *static_cast<const descriptor*>(context);
    const distance_scratch<T> scratch = place(a, u.rank, how);
    const T squares =
        sum_over_shards(how, workers(a, how, u.rank), a.measurement_count, scratch.sums, u.rank * u.stride,
                        scratch.losses, [&](shard_range range, T* sum, std::uint32_t) {
                          constexpr std::size_t block = 32;
                          T loss = 0, residual[block];
                          for (std::size_t done = 0; done < range.count; done += block) {
                            const std::size_t first = range.first + done;
                            const std::size_t count = range.count - done < block ? range.count - done : block;
                            Source::measure(a, how.kernels->isa, u, {first, count}, residual);
                            for (std::size_t i = 0; i < count; ++i) {
                              residual[i] -= y[first + i];
                              loss += residual[i] * residual[i];
                            }
                            Source::accumulate(a, how.kernels->isa, residual, u, {first, count}, sum);
                          }
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
    return {a.n, a.measurement_count, &a, bytes, measure, adjoint_times, loss_and_gradient, Source::project};
  }
};

}  // namespace tinyrank
