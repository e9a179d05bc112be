// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "lib/kernels/distance.hpp"

#include <cstddef>

#include "lib/operators/packed_operator.hpp"

namespace tinyrank {
namespace {

template <class T>
struct distance_operator {
  using descriptor = distance_sensing<T>;

  static distance_scratch<T> place(const descriptor& a, std::size_t rank, const execution<T>& how) noexcept {
    arena memory(how.scratch, how.scratch_bytes);
    return layout_distance_scratch<T>(memory, a.n, rank, how.plan);
  }

  static const distance_kernels<T>& kernels(const execution<T>& how) noexcept {
    return table_for<distance_kernels<T>>(how.kernels->isa);
  }

  static void copy_scaled(const T* sum, T scale, factor_view<T> out) noexcept {
    for (std::size_t k = 0; k < out.rank * out.stride; ++k) out.data[k] = scale * sum[k];
  }

  static void measure(const void* context, const execution<T>& how, factor_view<const T> u, T* y) noexcept {
    const descriptor& a = *static_cast<const descriptor*>(context);
    const std::uint32_t workers = workers_for(how.plan, a.measurement_count * u.rank);
    parallel_for(workers, how.plan.shards, [&](std::size_t s, std::uint32_t) {
      const shard_range range = shard_of(s, how.plan.shards, a.measurement_count);
      kernels(how).squared_distances(u.data, u.stride, u.rank, a.pairs + range.first, range.count,
                                     y + range.first);
    });
  }

  static void adjoint_times(const void* context, const execution<T>& how, const T* w, factor_view<const T> v,
                            factor_view<T> out) noexcept {
    const descriptor& a = *static_cast<const descriptor*>(context);
    const distance_scratch<T> scratch = place(a, v.rank, how);
    const std::uint32_t workers = workers_for(how.plan, a.measurement_count * v.rank);
    sum_over_shards(how, workers, a.measurement_count, scratch.sums, v.rank * v.stride, scratch.losses,
                    [&](shard_range range, T* sum, std::uint32_t) {
                      kernels(how).accumulate_pairs(w + range.first, v.data, v.stride, v.rank,
                                                    a.pairs + range.first, range.count, sum);
                      return T(0);
                    });
    copy_scaled(scratch.sums, T(1), out);
  }

  static T loss_and_gradient(const void* context, const execution<T>& how, factor_view<const T> u, const T* y,
                             factor_view<T> gradient) noexcept {
    const descriptor& a = *static_cast<const descriptor*>(context);
    const distance_scratch<T> scratch = place(a, u.rank, how);
    const std::uint32_t workers = workers_for(how.plan, a.measurement_count * u.rank);
    const T squares = sum_over_shards(
        how, workers, a.measurement_count, scratch.sums, u.rank * u.stride, scratch.losses,
        [&](shard_range range, T* sum, std::uint32_t) {
          constexpr std::size_t block = 32;
          T loss = 0, residual[block];
          for (std::size_t done = 0; done < range.count; done += block) {
            const std::size_t first = range.first + done;
            const std::size_t count = range.count - done < block ? range.count - done : block;
            kernels(how).squared_distances(u.data, u.stride, u.rank, a.pairs + first, count, residual);
            for (std::size_t i = 0; i < count; ++i) {
              residual[i] -= y[first + i];
              loss += residual[i] * residual[i];
            }
            kernels(how).accumulate_pairs(residual, u.data, u.stride, u.rank, a.pairs + first, count, sum);
          }
          return loss;
        });
    const T per_measurement = T(1) / static_cast<T>(a.measurement_count);
    copy_scaled(scratch.sums, per_measurement, gradient);
    return squares * (T(0.25) * per_measurement);
  }

  /// Subtracts every column's mean: the part of U that no distance sees.
  static void project(const void*, factor_view<T> u) noexcept {
    for (std::size_t c = 0; c < u.rank; ++c) {
      T* column = u.column(c);
      T sum = 0;
      for (std::size_t j = 0; j < u.n; ++j) sum += column[j];
      const T mean = sum / static_cast<T>(u.n);
      for (std::size_t j = 0; j < u.n; ++j) column[j] -= mean;
    }
  }

  static std::size_t bytes(const void* context, std::size_t rank, execution_plan plan) noexcept {
    return scratch_bytes(*static_cast<const descriptor*>(context), rank, plan);
  }
};

}  // namespace

template <class T>
status make_operator(const distance_sensing<T>& a, sensing_operator<T>& out) noexcept {
  if (const status sizes = check_sizes(a.n, a.measurement_count); sizes != status::ok) return sizes;
  if (a.pairs == nullptr) return status::operator_data;
  for (std::size_t i = 0; i < a.measurement_count; ++i) {
    const index_pair pair = a.pairs[i];
    if (pair.first >= a.n || pair.second >= a.n || pair.first == pair.second) return status::pair_index;
  }
  using verbs = distance_operator<T>;
  out = {a.n,
         a.measurement_count,
         &a,
         verbs::bytes,
         verbs::measure,
         verbs::adjoint_times,
         verbs::loss_and_gradient,
         verbs::project};
  return status::ok;
}

template status make_operator(const distance_sensing<float>&, sensing_operator<float>&) noexcept;
template status make_operator(const distance_sensing<double>&, sensing_operator<double>&) noexcept;

}  // namespace tinyrank
