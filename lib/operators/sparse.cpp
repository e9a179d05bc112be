// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "tinyrank/operators/sparse.hpp"

#include "lib/kernels/sparse.hpp"
#include "lib/operators/pair_operator.hpp"

namespace tinyrank {
namespace {

template <class T>
struct sparse_matrices {
  using descriptor = sparse_sensing<T>;
  static constexpr void (*project)(const sensing_operator<T>&, factor_view<T>) = nullptr;

  static const sparse_kernels<T>& kernels(instruction_set isa) noexcept {
    return table_for<sparse_kernels<T>>(isa);
  }

  static void measure(const descriptor& a, instruction_set isa, const T* u, std::size_t rank,
                      shard_range range, T* out) noexcept {
    kernels(isa).sparse_values(u, rank, a.offsets + range.first, a.entries, range.count, out);
  }

  static T accumulate(const descriptor& a, instruction_set isa, const T* w, const T* v, std::size_t rank,
                      shard_range range, T* sum, T squares) noexcept {
    return kernels(isa).accumulate_sparse(w, v, rank, a.offsets + range.first, a.entries, range.count, sum,
                                          squares);
  }

  static std::size_t entry_count(const descriptor& a) noexcept { return a.offsets[a.measurement_count]; }
};

}  // namespace

template <class T>
status make_operator(const sparse_sensing<T>& a, sensing_operator<T>& out) noexcept {
  if (const status sizes = check_sizes(a.n, a.measurement_count); sizes != status::ok) return sizes;
  if (!is_placed(a.offsets)) return status::operator_data;
  if (a.offsets[0] != 0) return status::entry_offsets;
  for (std::size_t i = 0; i < a.measurement_count; ++i) {
    if (a.offsets[i + 1] < a.offsets[i]) return status::entry_offsets;
  }
  const std::size_t count = a.offsets[a.measurement_count];
  if (count != 0 && !is_placed(a.entries)) return status::operator_data;
  for (std::size_t e = 0; e < count; ++e) {
    const sparse_entry<T> entry = a.entries[e];
    if (entry.row >= a.n || entry.column >= a.n) return status::entry_index;
    if (entry.value - entry.value != 0) return status::operator_data;
  }
  out = pair_operator<T, sparse_matrices<T>>::table(a);
  return status::ok;
}

template status make_operator(const sparse_sensing<float>&, sensing_operator<float>&) noexcept;
template status make_operator(const sparse_sensing<double>&, sensing_operator<double>&) noexcept;

}  // namespace tinyrank
