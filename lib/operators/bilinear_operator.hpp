// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

// The three verbs of the bilinear operators; the operators differ in where their vectors come from.

#include <cstddef>
#include <cstring>

#include "lib/kernels/rank_one.hpp"
#include "lib/operators/descriptor.hpp"
#include "lib/operators/sharded_sum.hpp"
#include "tinyrank/detail/bilinear_scratch.hpp"
#include "tinyrank/operators/bilinear.hpp"

namespace tinyrank {

/// What there is one of for L and one for R.
template <class Element>
struct two_sides {
  Element* left;
  Element* right;
};

/// Source: a struct that says how the vectors of a descriptor are read or drawn,
///   using descriptor = ...;  static constexpr bool draws;
///   static two_sides<const T> vectors(const descriptor&, instruction_set, size_t first, size_t count,
///                                     two_sides<T> drawn);
///
/// With P = B L and Q = C R of a block of b_i and c_i: y_i = sum_c P_ic Q_ic, and the gradient's halves are
/// sums of e_i b_i Q_i / 2 and e_i c_i P_i / 2. So each side is what a rank-one operator does with vectors of
/// its own length, but that the products change sides before they are accumulated.
template <class T, class Source>
struct bilinear_operator {
  using descriptor = typename Source::descriptor;
  using set = bilinear_scratch<T>;

  /// A run of measurements and their vectors; `following` of either side come next.
  struct block {
    std::size_t first;
    std::size_t count;
    two_sides<const T> vectors;
    std::size_t following;
  };

  static set place(const descriptor& a, std::size_t rank, const workspace<T>& how) noexcept {
    arena memory(how.scratch, how.scratch_bytes);
    return layout_bilinear_scratch<T>(memory, a.rows, a.columns, rank, how.plan, Source::draws);
  }

  static const rank_one_kernels<T>& kernels(const workspace<T>& how) noexcept {
    return table_for<rank_one_kernels<T>>(how.kernels->isa);
  }

  static std::uint32_t workers(const descriptor& a, const workspace<T>& how, std::size_t rank) noexcept {
    return workers_for(how.plan, a.measurement_count * a.n * rank);
  }

  static std::size_t entry_count(const descriptor& a) noexcept {
    return padded<T>(a.rows) + padded<T>(a.columns);
  }
  /// Of what is stored as the factor is, `rank` columns of each side.
  static two_sides<T> sides_of(const descriptor& a, std::size_t rank, T* both) noexcept {
    return {both, both + padded<T>(a.rows) * rank};
  }
  static two_sides<T> products_of(const set& scratch, std::size_t rank, std::uint32_t worker) noexcept {
    const std::size_t each = (rank + 3) / 4 * 4 * rank_one_block;
    T* const left = scratch.products + worker * (2 * each);
    return {left, left + each};
  }

  /// The halves of u, where the kernels want them: aligned, and as far apart as the vectors.
  static two_sides<T> copy_factor(const descriptor& a, const set& scratch, factor_view<const T> u) noexcept {
    const two_sides<T> to = sides_of(a, u.rank, scratch.factor);
    const auto copy = [&](std::size_t offset, std::size_t count, T* half) {
      const std::size_t stride = padded<T>(count);
      for (std::size_t c = 0; c < u.rank; ++c) {
        std::memcpy(half + c * stride, u.column(c) + offset, count * sizeof(T));
        for (std::size_t j = count; j < stride; ++j) half[c * stride + j] = 0;
      }
    };
    copy(0, a.rows, to.left);
    copy(a.rows, a.columns, to.right);
    return to;
  }

  static void copy_scaled(const descriptor& a, T* sums, T scale, factor_view<T> out) noexcept {
    const two_sides<T> from = sides_of(a, out.rank, sums);
    for (std::size_t c = 0; c < out.rank; ++c) {
      T* const column = out.column(c);
      const T* const left = from.left + c * padded<T>(a.rows);
      const T* const right = from.right + c * padded<T>(a.columns);
      for (std::size_t j = 0; j < a.rows; ++j) column[j] = scale * left[j];
      for (std::size_t k = 0; k < a.columns; ++k) column[a.rows + k] = scale * right[k];
      for (std::size_t j = a.n; j < out.stride; ++j) column[j] = 0;
    }
  }

  /// Calls use(block) for the measurements of the range, in order.
  template <class Use>
  static void for_blocks(const descriptor& a, const workspace<T>& how, const set& scratch,
                         std::uint32_t worker, shard_range range, Use use) noexcept {
    constexpr std::size_t most = rank_one_block;
    two_sides<T> drawn{nullptr, nullptr};
    if constexpr (Source::draws) {
      drawn = sides_of(a, most, scratch.drawn + worker * (entry_count(a) * most));
    }
    for (std::size_t done = 0; done < range.count; done += most) {
      const std::size_t count = range.count - done < most ? range.count - done : most;
      const std::size_t first = range.first + done, left = range.count - done - count;
      const two_sides<const T> vectors = Source::vectors(a, how.kernels->isa, first, count, drawn);
      use(block{first, count, vectors, Source::draws ? 0 : left < most ? left : most});
    }
  }

  /// The products of a block with the halves of a factor.
  static void multiply(const descriptor& a, const workspace<T>& how, const block& now, two_sides<T> factor,
                       std::size_t rank, two_sides<T> products) noexcept {
    const auto one = [&](std::size_t stride, const T* vectors, const T* half, T* out) {
      kernels(how).products(vectors, stride, now.count, half, rank, out, vectors + now.count * stride,
                            now.following);
    };
    one(padded<T>(a.rows), now.vectors.left, factor.left, products.left);
    one(padded<T>(a.columns), now.vectors.right, factor.right, products.right);
  }

  /// out_i = sum_c P_ic Q_ic, added up as rank_one_kernels::square_norms does; out: room for rank_one_block.
  static void multiply_products(std::size_t count, std::size_t rank, two_sides<T> products, T* out) noexcept {
    for (std::size_t i = 0; i < count; ++i) {
      T four[4] = {};
      for (std::size_t c = 0; c < rank; c += 4) {
        const std::size_t at = (c / 4 * rank_one_block + i) * 4;
        for (std::size_t l = 0; l < 4; ++l) four[l] += products.left[at + l] * products.right[at + l];
      }
      out[i] = (four[0] + four[2]) + (four[1] + four[3]);
    }
  }

  /// sum += sum_i w_i A_i U over a block, from the products, which are used up; w: halved here.
  static void accumulate(const descriptor& a, const workspace<T>& how, const block& now, T* w,
                         std::size_t rank, two_sides<T> products, T* sum) noexcept {
    for (std::size_t i = 0; i < now.count; ++i) w[i] *= T(0.5);
    const two_sides<T> to = sides_of(a, rank, sum);
    kernels(how).accumulate(now.vectors.left, padded<T>(a.rows), now.count, w, products.right, rank, to.left);
    kernels(how).accumulate(now.vectors.right, padded<T>(a.columns), now.count, w, products.left, rank,
                            to.right);
  }

  /// Everything, with the residuals for w; returns loss + the sum of their squares.
  static T residual_block(const descriptor& a, const workspace<T>& how, const block& now, two_sides<T> factor,
                          std::size_t rank, const T* y, two_sides<T> products, T* sum, T loss) noexcept {
    T residual[rank_one_block];
    multiply(a, how, now, factor, rank, products);
    multiply_products(now.count, rank, products, residual);
    for (std::size_t i = 0; i < now.count; ++i) {
      residual[i] -= y[now.first + i];
      loss += residual[i] * residual[i];
    }
    accumulate(a, how, now, residual, rank, products, sum);
    return loss;
  }

  static void measure(const sensing_operator<T>& self, const workspace<T>& how, factor_view<const T> u,
                      T* y) noexcept {
    const descriptor& a = descriptor_of<descriptor>(self);
    const set scratch = place(a, u.rank, how);
    const two_sides<T> factor = copy_factor(a, scratch, u);
    parallel_for(workers(a, how, u.rank), how.plan.shards, [&](std::size_t s, std::uint32_t worker) {
      const shard_range range = shard_of(s, how.plan.shards, a.measurement_count);
      const two_sides<T> products = products_of(scratch, u.rank, worker);
      for_blocks(a, how, scratch, worker, range, [&](const block& now) {
        multiply(a, how, now, factor, u.rank, products);
        multiply_products(now.count, u.rank, products, y + now.first);
      });
    });
  }

  static void adjoint_times(const sensing_operator<T>& self, const workspace<T>& how, const T* w,
                            factor_view<const T> v, factor_view<T> out) noexcept {
    const descriptor& a = descriptor_of<descriptor>(self);
    const set scratch = place(a, v.rank, how);
    const two_sides<T> factor = copy_factor(a, scratch, v);
    sum_over_shards(how, workers(a, how, v.rank), a.measurement_count, scratch.sums, v.rank * entry_count(a),
                    scratch.losses, [&](shard_range range, T* sum, std::uint32_t worker) {
                      const two_sides<T> products = products_of(scratch, v.rank, worker);
                      for_blocks(a, how, scratch, worker, range, [&](const block& now) {
                        multiply(a, how, now, factor, v.rank, products);
                        T weights[rank_one_block];
                        for (std::size_t i = 0; i < now.count; ++i) weights[i] = w[now.first + i];
                        accumulate(a, how, now, weights, v.rank, products, sum);
                      });
                      return T(0);
                    });
    copy_scaled(a, scratch.sums, T(1), out);
  }

  static T loss_and_gradient(const sensing_operator<T>& self, const workspace<T>& how, factor_view<const T> u,
                             const T* y, factor_view<T> gradient) noexcept {
    const descriptor& a = descriptor_of<descriptor>(self);
    const set scratch = place(a, u.rank, how);
    const two_sides<T> factor = copy_factor(a, scratch, u);
    const T squares = sum_over_shards(
        how, workers(a, how, u.rank), a.measurement_count, scratch.sums, u.rank * entry_count(a),
        scratch.losses, [&](shard_range range, T* sum, std::uint32_t worker) {
          T loss = 0;
          const two_sides<T> products = products_of(scratch, u.rank, worker);
          for_blocks(a, how, scratch, worker, range, [&](const block& now) {
            loss = residual_block(a, how, now, factor, u.rank, y, products, sum, loss);
          });
          return loss;
        });
    const T per_measurement = share_of_each(how, a.measurement_count);
    copy_scaled(a, scratch.sums, per_measurement, gradient);
    return squares * (T(0.25) * per_measurement);
  }

  /// loss_and_gradient of several factors, each block of vectors read or drawn once for all of them.
  static void batch_loss_and_gradient(const void* context, const workspace<T>& how,
                                      batch_problem<T>* problems, std::size_t count) noexcept {
    const descriptor& a = *static_cast<const descriptor*>(context);
    arena memory(how.scratch, how.scratch_bytes);
    const auto scratch = layout_set_batch_scratch<T, set>(memory, count);
    std::size_t ranks = 0;
    for (std::size_t p = 0; p < count; ++p) {
      const factor_view<const T> u = problems[p].factor;
      scratch.sets[p] = place(a, u.rank, *problems[p].how);
      copy_factor(a, scratch.sets[p], u);
      scratch.sums[p] = scratch.sets[p].sums;
      scratch.losses[p] = scratch.sets[p].losses;
      scratch.counts[p] = u.rank * entry_count(a);
      ranks += u.rank;
    }
    sum_sets_over_shards(
        how, workers(a, how, ranks), a.measurement_count, count, scratch.sums, scratch.counts, scratch.losses,
        [&](shard_range range, std::size_t s, std::size_t slot, std::uint32_t worker) {
          for (std::size_t p = 0; p < count; ++p) {
            const std::size_t entries = scratch.counts[p];
            std::memset(scratch.sums[p] + slot * entries, 0, entries * sizeof(T));
            scratch.losses[p][s] = 0;
          }
          for_blocks(a, how, scratch.sets[0], worker, range, [&](const block& now) {
            for (std::size_t p = 0; p < count; ++p) {
              const std::size_t rank = problems[p].factor.rank;
              T& loss = scratch.losses[p][s];
              loss = residual_block(a, how, now, sides_of(a, rank, scratch.sets[p].factor), rank,
                                    problems[p].y, products_of(scratch.sets[p], rank, worker),
                                    scratch.sums[p] + slot * scratch.counts[p], loss);
            }
          });
        });
    const T per_measurement = share_of_each(how, a.measurement_count);
    for (std::size_t p = 0; p < count; ++p) {
      copy_scaled(a, scratch.sums[p], per_measurement, problems[p].gradient);
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

/// What the bilinear operators ask of the sizes of vectors that exist.
template <class T>
status check_bilinear(const bilinear_sensing<T>& a) noexcept {
  if (!is_rectangular(a.rows, a.columns, a.n)) return status::dimension;
  if (a.measurement_count == 0) return status::measurement_count;
  const bool fits = bilinear_vector_elements<T>(a.rows, a.measurement_count) != SIZE_MAX &&
                    bilinear_vector_elements<T>(a.columns, a.measurement_count) != SIZE_MAX;
  return fits ? status::ok : status::size_overflow;
}

}  // namespace tinyrank
