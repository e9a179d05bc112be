// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

// Several problems on one operator of packed rows: a block of rows is read or drawn once, as rows of T; then
// its dots with all estimates, and its sums for all problems.

#include <cstring>

#include "lib/kernels/batch.hpp"
#include "lib/operators/packed_operator.hpp"

namespace tinyrank {

template <class T, class Source>
struct packed_batch {
  using descriptor = typename Source::descriptor;
  using single = packed_operator<T, Source>;
  static constexpr bool expands = Source::expands;

  static std::size_t bytes(const void* context, std::size_t problems, execution_plan plan) noexcept {
    return batch_scratch_bytes(*static_cast<const descriptor*>(context), problems, plan);
  }

  /// use(first entry, count)
  template <class Use>
  static void in_pieces(std::size_t entries, const batch_kernels<T>& kernels, Use use) noexcept {
    const std::size_t piece = kernels.piece_bytes / sizeof(T);
    for (std::size_t k = 0; k < entries; k += piece) use(k, entries - k < piece ? entries - k : piece);
  }

  /// use(first problem, how many, group): groups of nearly the same size.
  template <class Use>
  static void in_groups(std::size_t problems, Use use) noexcept {
    const std::size_t groups = groups_of(problems), whole = problems / groups, more = problems % groups;
    for (std::size_t p = 0, g = 0; g < groups; ++g) {
      const std::size_t count = whole + (g < more ? 1 : 0);
      use(p, count, g);
      p += count;
    }
  }
  static std::size_t groups_of(std::size_t problems) noexcept {
    return (problems + batch_group - 1) / batch_group;
  }

  /// Packs of problem p of a group at `interleaved`: use(place there, first entry).
  template <class Use>
  static void for_each_pack(std::size_t entries, std::size_t group, Use use) noexcept {
    for (std::size_t k = 0; k < entries; k += virtual_lanes<T>) use(k * group, k);
  }

  static void interleave(const packed_batch_scratch<T>& scratch, std::size_t entries,
                         std::size_t problems) noexcept {
    in_groups(problems, [&](std::size_t first, std::size_t group, std::size_t) {
      for (std::size_t p = 0; p < group; ++p) {
        const T* from = scratch.sets[first + p].gram;
        T* to = scratch.estimates + first * entries + p * virtual_lanes<T>;
        for_each_pack(entries, group, [&](std::size_t place, std::size_t k) {
          std::memcpy(to + place, from + k, virtual_lanes<T> * sizeof(T));
        });
      }
    });
  }

  static void add_shard(const descriptor& a, const workspace<T>& how, const packed_batch_scratch<T>& scratch,
                        std::size_t problems, shard_range range, std::size_t s, std::size_t slot,
                        std::uint32_t worker) noexcept {
    const batch_kernels<T>& kernels = table_for<batch_kernels<T>>(how.kernels->isa);
    const std::size_t entries = scratch.sets[0].entries, dots = problems * batch_rows;
    const std::size_t groups = groups_of(problems);
    T* sums = scratch.shard_sums + worker * problems * entries;
    T* losses = scratch.shard_losses + worker * problems;
    T* partial = scratch.partial + worker * dots * virtual_lanes<T>;
    T* weights = scratch.weights + worker * dots;
    T* own_rows = expands ? scratch.rows + worker * batch_rows * entries : nullptr;
    std::memset(sums, 0, problems * entries * sizeof(T));
    std::memset(losses, 0, problems * sizeof(T));
    for_row_blocks(range, batch_rows, [&](std::size_t i, std::size_t rows) {
      const std::size_t first = range.first + i;
      const T* at = Source::expand(a, how.kernels->isa, first, rows, own_rows);
      const T* next = expands || i + rows == range.count ? at : at + rows * entries;
      std::memset(partial, 0, dots * virtual_lanes<T> * sizeof(T));
      in_pieces(entries, kernels, [&](std::size_t k, std::size_t count) {
        in_groups(problems, [&](std::size_t p, std::size_t group, std::size_t turn) {
          kernels.dot_piece(at, entries, rows, scratch.estimates + p * entries, group, k, count,
                            partial + p * batch_rows * virtual_lanes<T>, turn, groups);
        });
      });
      in_groups(problems, [&](std::size_t p, std::size_t group, std::size_t) {
        kernels.residuals(partial + p * batch_rows * virtual_lanes<T>, rows, group, Source::scales(a, first),
                          scratch.measured + p, first, weights + p * batch_rows, losses + p);
      });
      in_pieces(entries, kernels, [&](std::size_t k, std::size_t count) {
        in_groups(problems, [&](std::size_t p, std::size_t group, std::size_t turn) {
          kernels.accumulate_piece(at, entries, rows, weights + p * batch_rows, sums + p * entries, group, k,
                                   count, turn, groups, next);
        });
      });
    });
    in_groups(problems, [&](std::size_t first, std::size_t group, std::size_t) {
      for (std::size_t p = 0; p < group; ++p) {
        const T* from = sums + first * entries + p * virtual_lanes<T>;
        T* to = scratch.sums[first + p] + slot * entries;
        for_each_pack(entries, group, [&](std::size_t place, std::size_t k) {
          std::memcpy(to + k, from + place, virtual_lanes<T> * sizeof(T));
        });
        scratch.losses[first + p][s] = losses[first + p];
      }
    });
  }

  static void loss_and_gradient(const void* context, const workspace<T>& how, batch_problem<T>* problems,
                                std::size_t count) noexcept {
    const descriptor& a = *static_cast<const descriptor*>(context);
    arena memory(how.scratch, how.scratch_bytes), probe;
    const std::size_t entries = Source::place(a, probe, how.plan).entries;
    const packed_batch_scratch<T> scratch =
        layout_packed_batch_scratch<T>(memory, entries, expands, count, how.plan);
    for (std::size_t p = 0; p < count; ++p) {
      scratch.sets[p] = single::place(a, *problems[p].how);
      scratch.sums[p] = scratch.sets[p].sums;
      scratch.losses[p] = scratch.sets[p].losses;
      scratch.counts[p] = entries;
      scratch.measured[p] = problems[p].y;
      if constexpr (single::is_packed) {
        single::form_gram(*problems[p].how, problems[p].factor, scratch.sets[p]);
      } else {
        Source::form_estimate(a, *problems[p].how, problems[p].factor, scratch.sets[p]);
      }
    }
    interleave(scratch, entries, count);
    sum_sets_over_shards(how, single::workers(a, how), a.measurement_count, count, scratch.sums,
                         scratch.counts, scratch.losses,
                         [&](shard_range range, std::size_t s, std::size_t slot, std::uint32_t worker) {
                           add_shard(a, how, scratch, count, range, s, slot, worker);
                         });
    const T per_measurement = share_of_each(how, a.measurement_count);
    for (std::size_t p = 0; p < count; ++p) {
      if constexpr (single::is_packed) {
        single::apply_sum(*problems[p].how, scratch.sets[p], per_measurement, problems[p].factor,
                          problems[p].gradient);
      } else {
        Source::apply_sum(a, *problems[p].how, scratch.sets[p], per_measurement, problems[p].factor,
                          problems[p].gradient);
      }
      problems[p].loss = scratch.losses[p][0] * (T(0.25) * per_measurement);
    }
  }

  static batch_operator<T> table(const descriptor& a) noexcept { return {&a, bytes, loss_and_gradient}; }
};

}  // namespace tinyrank
