// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "tinyrank/operators/rectangular_entries.hpp"

#include "lib/kernels/entries.hpp"
#include "lib/operators/pair_operator.hpp"

namespace tinyrank {
namespace {

template <class T>
struct sampled_rectangle {
  using descriptor = rectangular_entries_sensing<T>;
  static constexpr void (*project)(const sensing_operator<T>&, factor_view<T>) = nullptr;

  static const entries_kernels<T>& kernels(instruction_set isa) noexcept {
    return table_for<entries_kernels<T>>(isa);
  }

  /// use(pairs as rows of U, done, how many) for blocks of the range. The kernels are those of a symmetric
  /// matrix, in which row k of R is row `rows` + k; a few pairs at a time are counted so on the stack.
  template <class Use>
  static void for_blocks(const descriptor& a, shard_range range, Use use) noexcept {
    constexpr std::size_t block = 32;
    const auto behind = static_cast<std::uint32_t>(a.rows);
    index_pair pairs[block];
    for (std::size_t done = 0; done < range.count; done += block) {
      const std::size_t count = range.count - done < block ? range.count - done : block;
      const index_pair* const given = a.pairs + range.first + done;
      for (std::size_t i = 0; i < count; ++i) pairs[i] = {given[i].first, given[i].second + behind};
      use(pairs, done, count);
    }
  }

  static void measure(const descriptor& a, instruction_set isa, const T* u, std::size_t rank,
                      shard_range range, T* out) noexcept {
    for_blocks(a, range, [&](const index_pair* pairs, std::size_t done, std::size_t count) {
      kernels(isa).entry_values(u, rank, pairs, count, out + done);
    });
  }

  static T accumulate(const descriptor& a, instruction_set isa, const T* w, const T* v, std::size_t rank,
                      shard_range range, T* sum, T squares) noexcept {
    for_blocks(a, range, [&](const index_pair* pairs, std::size_t done, std::size_t count) {
      squares = kernels(isa).accumulate_entries(w + done, v, rank, pairs, count, sum, squares);
    });
    return squares;
  }

  static std::size_t entry_count(const descriptor& a) noexcept { return a.measurement_count; }
};

}  // namespace

template <class T>
status make_operator(const rectangular_entries_sensing<T>& a, sensing_operator<T>& out) noexcept {
  if (!is_rectangular(a.rows, a.columns, a.n)) return status::dimension;
  if (a.measurement_count == 0) return status::measurement_count;
  if (!is_placed(a.pairs)) return status::operator_data;
  for (std::size_t i = 0; i < a.measurement_count; ++i) {
    if (a.pairs[i].first >= a.rows || a.pairs[i].second >= a.columns) return status::entry_index;
  }
  out = pair_operator<T, sampled_rectangle<T>>::table(a);
  make_rectangular(out, a.rows);
  return status::ok;
}

template status make_operator(const rectangular_entries_sensing<float>&, sensing_operator<float>&) noexcept;
template status make_operator(const rectangular_entries_sensing<double>&, sensing_operator<double>&) noexcept;

}  // namespace tinyrank
