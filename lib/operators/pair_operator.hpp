// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

// The three verbs of the operators whose matrices have a few entries (distances, sampled entries, sparse);
// the operators differ in what an entry measures.

#include <cstddef>

#include "lib/operators/descriptor.hpp"
#include "lib/operators/sharded_sum.hpp"
#include "tinyrank/detail/pair_scratch.hpp"

namespace tinyrank {

/// Source: a struct that says what a descriptor measures; factors and sums are stored by rows,
///   using descriptor = ...;
///   static void measure(const descriptor&, instruction_set, const T* u, size_t rank, shard_range, T* out);
///   static T accumulate(const descriptor&, instruction_set, const T* w, const T* v, size_t rank,
///                       shard_range, T* sum, T squares);   sum += sum_i w_i A_i V over the range; returns
///                                                          squares + w_i^2 + .., one after the other
///   static size_t entry_count(const descriptor&);
///   static constexpr auto project = function or nullptr;
template <class T, class Source>
struct pair_operator {
  using descriptor = typename Source::descriptor;

  static pair_scratch<T> place(const descriptor& a, std::size_t rank, const workspace<T>& how) noexcept {
    arena memory(how.scratch, how.scratch_bytes);
    return layout_pair_scratch<T>(memory, a.n, rank, how.plan);
  }

  /// Measurements whose residuals are formed together. Where weights of a block are added up before they are
  /// used, it decides the bits, and is the source's; elsewhere it only takes stack.
  static constexpr std::size_t residual_block() noexcept {
    if constexpr (requires { Source::residual_block; }) return Source::residual_block;
    return TINYRANK_TARGET_MICROCONTROLLER ? 32 : 128;
  }

  static std::uint32_t workers(const descriptor& a, const workspace<T>& how, std::size_t rank) noexcept {
    return workers_for(how.plan, Source::entry_count(a) * rank);
  }

  /// Rows of u, a line of lanes at a time for all columns, so that both sides stay in the first-level cache.
  static void copy_rows(std::uint32_t workers, factor_view<const T> u, T* rows) noexcept {
    const std::size_t stride = row_stride<T>(u.rank), lanes = virtual_lanes<T>;
    parallel_for(workers, padded<T>(u.n) / lanes, [&](std::size_t line, std::uint32_t) {
      const std::size_t first = line * lanes, count = u.n - first < lanes ? u.n - first : lanes;
      T* to = rows + first * stride;
      for (std::size_t c = 0; c < stride; ++c) {
        for (std::size_t j = 0; j < count; ++j) {
          to[j * stride + c] = c < u.rank ? u.data[c * u.stride + first + j] : T(0);
        }
      }
    });
  }

  /// out = scale * rows; the padding of the columns comes from rows that nothing was added to.
  static void copy_scaled(std::uint32_t workers, const T* rows, T scale, factor_view<T> out) noexcept {
    const std::size_t stride = row_stride<T>(out.rank), lanes = virtual_lanes<T>;
    parallel_for(workers, out.stride / lanes, [&](std::size_t line, std::uint32_t) {
      for (std::size_t c = 0; c < out.rank; ++c) {
        for (std::size_t j = line * lanes; j < (line + 1) * lanes; ++j) {
          out.data[c * out.stride + j] = scale * rows[j * stride + c];
        }
      }
    });
  }

  static void measure(const sensing_operator<T>& self, const workspace<T>& how, factor_view<const T> u,
                      T* y) noexcept {
    const descriptor& a = descriptor_of<descriptor>(self);
    const pair_scratch<T> scratch = place(a, u.rank, how);
    const std::uint32_t threads = workers(a, how, u.rank);
    copy_rows(threads, u, scratch.rows);
    parallel_for(threads, how.plan.shards, [&](std::size_t s, std::uint32_t) {
      const shard_range range = shard_of(s, how.plan.shards, a.measurement_count);
      Source::measure(a, how.kernels->isa, scratch.rows, u.rank, range, y + range.first);
    });
  }

  static void adjoint_times(const sensing_operator<T>& self, const workspace<T>& how, const T* w,
                            factor_view<const T> v, factor_view<T> out) noexcept {
    const descriptor& a = descriptor_of<descriptor>(self);
    const pair_scratch<T> scratch = place(a, v.rank, how);
    const std::uint32_t threads = workers(a, how, v.rank);
    const std::size_t stride = row_stride<T>(v.rank);
    copy_rows(threads, v, scratch.rows);
    sum_over_shards(how, threads, a.measurement_count, scratch.sums, stride * padded<T>(a.n), scratch.losses,
                    [&](shard_range range, T* sum, std::uint32_t) {
                      return Source::accumulate(a, how.kernels->isa, w + range.first, scratch.rows, v.rank,
                                                range, sum, T(0));
                    });
    copy_scaled(threads, scratch.sums, T(1), out);
  }

  static T loss_and_gradient(const sensing_operator<T>& self, const workspace<T>& how, factor_view<const T> u,
                             const T* y, factor_view<T> gradient) noexcept {
    const descriptor& a = descriptor_of<descriptor>(self);
    const pair_scratch<T> scratch = place(a, u.rank, how);
    const std::uint32_t threads = workers(a, how, u.rank);
    const std::size_t stride = row_stride<T>(u.rank);
    copy_rows(threads, u, scratch.rows);
    const T squares = sum_over_shards(
        how, threads, a.measurement_count, scratch.sums, stride * padded<T>(a.n), scratch.losses,
        [&](shard_range range, T* sum, std::uint32_t) {
          constexpr std::size_t block = residual_block();
          T loss = 0, residual[block];
          for (std::size_t done = 0; done < range.count; done += block) {
            const std::size_t first = range.first + done;
            const std::size_t count = range.count - done < block ? range.count - done : block;
            Source::measure(a, how.kernels->isa, scratch.rows, u.rank, {first, count}, residual);
            for (std::size_t i = 0; i < count; ++i) residual[i] -= y[first + i];
            loss = Source::accumulate(a, how.kernels->isa, residual, scratch.rows, u.rank, {first, count},
                                      sum, loss);
          }
          return loss;
        });
    const T per_measurement = share_of_each(how, a.measurement_count);
    copy_scaled(threads, scratch.sums, per_measurement, gradient);
    return squares * (T(0.25) * per_measurement);
  }

  static std::size_t bytes(const sensing_operator<T>& self, std::size_t rank, execution_plan plan) noexcept {
    return scratch_bytes(descriptor_of<descriptor>(self), rank, plan);
  }

  static sensing_operator<T> table(const descriptor& a) noexcept {
    return {
        a.n, a.measurement_count, &a, {bytes, measure, adjoint_times, loss_and_gradient, Source::project}};
  }
};

}  // namespace tinyrank
