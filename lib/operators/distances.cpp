// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "tinyrank/operators/distances.hpp"

#include "lib/kernels/distance.hpp"
#include "lib/operators/pair_operator.hpp"

namespace tinyrank {
namespace {

template <class T>
struct distances {
  using descriptor = distances_sensing<T>;

  static const distance_kernels<T>& kernels(instruction_set isa) noexcept {
    return table_for<distance_kernels<T>>(isa);
  }

  static void measure(const descriptor& a, instruction_set isa, const T* u, std::size_t rank,
                      shard_range range, T* out) noexcept {
    kernels(isa).squared_distances(u, rank, a.pairs + range.first, range.count, out);
  }

  static T accumulate(const descriptor& a, instruction_set isa, const T* w, const T* v, std::size_t rank,
                      shard_range range, T* sum, T squares) noexcept {
    return kernels(isa).accumulate_pairs(w, v, rank, a.pairs + range.first, range.count, sum, squares);
  }

  static std::size_t entry_count(const descriptor& a) noexcept { return a.measurement_count; }

  /// Subtracts every column's mean: the part of U that no distance sees.
  static void project(const sensing_operator<T>&, factor_view<T> u) noexcept {
    for (std::size_t c = 0; c < u.rank; ++c) {
      T* column = u.column(c);
      T sum = 0;
      for (std::size_t j = 0; j < u.n; ++j) sum += column[j];
      const T mean = sum / static_cast<T>(u.n);
      for (std::size_t j = 0; j < u.n; ++j) column[j] -= mean;
    }
  }
};

}  // namespace

template <class T>
status make_operator(const distances_sensing<T>& a, sensing_operator<T>& out) noexcept {
  if (const status sizes = check_sizes(a.n, a.measurement_count); sizes != status::ok) return sizes;
  if (!is_placed(a.pairs)) return status::operator_data;
  for (std::size_t i = 0; i < a.measurement_count; ++i) {
    const index_pair pair = a.pairs[i];
    if (pair.first >= a.n || pair.second >= a.n || pair.first == pair.second) return status::pair_index;
  }
  out = pair_operator<T, distances<T>>::table(a);
  return status::ok;
}

template status make_operator(const distances_sensing<float>&, sensing_operator<float>&) noexcept;
template status make_operator(const distances_sensing<double>&, sensing_operator<double>&) noexcept;

}  // namespace tinyrank
