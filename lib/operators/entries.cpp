// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "tinyrank/operators/entries.hpp"

#include "lib/kernels/entries.hpp"
#include "lib/operators/pair_operator.hpp"

namespace tinyrank {
namespace {

template <class T>
struct sampled_entries {
  using descriptor = entries_sensing<T>;
  static constexpr void (*project)(const sensing_operator<T>&, factor_view<T>) = nullptr;

  static const entries_kernels<T>& kernels(instruction_set isa) noexcept {
    return table_for<entries_kernels<T>>(isa);
  }

  static void measure(const descriptor& a, instruction_set isa, const T* u, std::size_t rank,
                      shard_range range, T* out) noexcept {
    kernels(isa).entry_values(u, rank, a.pairs + range.first, range.count, out);
  }

  static T accumulate(const descriptor& a, instruction_set isa, const T* w, const T* v, std::size_t rank,
                      shard_range range, T* sum, T squares) noexcept {
    return kernels(isa).accumulate_entries(w, v, rank, a.pairs + range.first, range.count, sum, squares);
  }

  static std::size_t entry_count(const descriptor& a) noexcept { return a.measurement_count; }
};

}  // namespace

template <class T>
status make_operator(const entries_sensing<T>& a, sensing_operator<T>& out) noexcept {
  if (const status sizes = check_sizes(a.n, a.measurement_count); sizes != status::ok) return sizes;
  if (!is_placed(a.pairs)) return status::operator_data;
  for (std::size_t i = 0; i < a.measurement_count; ++i) {
    if (a.pairs[i].first >= a.n || a.pairs[i].second >= a.n) return status::entry_index;
  }
  out = pair_operator<T, sampled_entries<T>>::table(a);
  return status::ok;
}

template status make_operator(const entries_sensing<float>&, sensing_operator<float>&) noexcept;
template status make_operator(const entries_sensing<double>&, sensing_operator<double>&) noexcept;

}  // namespace tinyrank
