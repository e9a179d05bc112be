// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstddef>
#include <cstring>

#include "lib/kernels/tables.hpp"
#include "lib/parallel.hpp"
#include "tinyrank/sensing.hpp"

namespace tinyrank {

/// 1/m of all measurements, those of other processes too.
template <class T>
T share_of_each(const workspace<T>& how, std::size_t measurement_count) noexcept {
  if constexpr (has_processes) {
    if (how.shared != nullptr) measurement_count = how.shared->measurement_count;
  }
  return T(1) / static_cast<T>(measurement_count);
}

/// use(left) for the pairs of siblings left, left + apart that are in first .. end - 1, `apart` leaves each.
template <class Use>
void for_siblings(std::size_t first, std::size_t end, std::size_t apart, Use use) noexcept {
  const std::size_t both = 2 * apart;
  for (std::size_t s = (first + both - 1) & ~(both - 1); s + both <= end; s += both) use(s);
}

/// use(first leaf, leaves) for the largest nodes of the tree that make up first .. end - 1, left to right.
template <class Use>
void for_nodes(std::size_t first, std::size_t end, Use use) noexcept {
  while (first < end) {
    std::size_t size = 1;
    while ((first & (2 * size - 1)) == 0 && first + 2 * size <= end) size *= 2;
    use(first, size);
    first += size;
  }
}

/// What sum_sets_over_shards does, with the body in place.
template <class T, class Body>
void sum_sets_in_place(const workspace<T>& how, std::uint32_t workers, std::size_t m, std::size_t sets,
                       T* const* sums, const std::size_t* counts, T* const* losses, Body body) noexcept {
  const std::size_t shards = how.plan.shards;
  std::size_t first = 0;
  if constexpr (has_processes) {
    if (how.shared != nullptr) first = how.shared->first_shard;
  }
  // A binary counter meets the tree's nodes in depth-first order, and holds one buffer per level.
  const auto fold = [&](std::size_t begin, std::size_t end, std::uint32_t worker, auto slot_at) {
    std::size_t depth = 0;
    for (std::size_t s = begin; s < end; ++s) {
      body(shard_of(s, shards, m), s, slot_at(depth), worker);
      std::size_t node = first + s, leaves = 1;
      // Left of the run nothing is here to add to; one thread of one process has all.
      while ((node & 1) != 0 && ((!has_processes && !has_threads) || (node - 1) * leaves >= first + begin)) {
        for (std::size_t p = 0; p < sets; ++p) {
          how.kernels->add(sums[p] + slot_at(depth) * counts[p], sums[p] + slot_at(depth - 1) * counts[p],
                           counts[p]);
        }
        node >>= 1;
        leaves *= 2;
        --depth;
      }
      ++depth;
    }
  };
  const bool alone = !has_threads || workers == 1;
  const std::size_t each = alone ? 1 : shards_in_piece(how.plan.shards);
  if (alone) {
    fold(0, shards, 0, [](std::size_t depth) { return depth; });
  } else {
    const std::size_t pieces = shards / each, levels = shard_levels(static_cast<std::uint32_t>(each));
    parallel_for(workers, pieces, [&](std::size_t piece, std::uint32_t worker) {
      fold(piece * each, (piece + 1) * each, worker,
           [&](std::size_t depth) { return depth == 0 ? piece : pieces + worker * levels + depth - 1; });
    });
    // Below, every thread adds up the part of the tree whose buffers it has written; what is above is divided
    // by entries. One thread does it if that is little.
    const std::size_t begin = first / each, end = begin + pieces;
    std::size_t parts = 1, below = 1, entries = 0;
    while (parts < workers && 2 * parts <= pieces) parts *= 2;
    while (2 * below * parts <= pieces) below *= 2;
    for (std::size_t p = 0; p < sets; ++p) entries += counts[p];
    const auto add_up = [&](std::size_t p, std::size_t s, std::size_t apart, shard_range range) {
      T* const to = sums[p] + (s - begin) * counts[p] + range.first;
      how.kernels->add(to + apart * counts[p], to, range.count);
    };
    const std::size_t first_part = begin / below;
    parallel_for(workers, (end - 1) / below - first_part + 1, [&](std::size_t part, std::uint32_t) {
      const std::size_t from = (first_part + part) * below, to = from + below;
      for (std::size_t p = 0; p < sets; ++p) {
        for (std::size_t apart = 1; apart < below; apart *= 2) {
          for_siblings(from < begin ? begin : from, to < end ? to : end, apart, [&](std::size_t s) {
            add_up(p, s, apart, {0, counts[p]});
          });
        }
      }
    });
    const std::uint32_t above = workers_for(how.plan, parts * entries) == 1 ? 1 : workers;
    parallel_for(above, above, [&](std::size_t part, std::uint32_t) {
      for (std::size_t p = 0; p < sets; ++p) {
        const shard_range lines = shard_of(part, above, counts[p] / virtual_lanes<T>);
        for (std::size_t apart = below; apart < pieces; apart *= 2) {
          for_siblings(begin, end, apart, [&](std::size_t s) {
            add_up(p, s, apart, {lines.first * virtual_lanes<T>, lines.count * virtual_lanes<T>});
          });
        }
      }
    });
  }
  for (std::size_t p = 0; p < sets; ++p) {
    for (std::size_t apart = 1; apart < shards; apart *= 2) {
      for_siblings(first, first + shards, apart,
                   [&](std::size_t s) { losses[p][s - first] += losses[p][s - first + apart]; });
    }
  }
  if constexpr (has_processes) {
    if (how.shared == nullptr) return;
    std::size_t slots[64], count = 0;
    for_nodes(first, first + shards, [&](std::size_t node, std::size_t) {
      slots[count] = alone ? count : (node - first) / each;
      ++count;
    });
    how.shared->add_up(*how.shared, how, slots, sets, sums, counts, losses);
  }
}

/// Whether the sums are compiled once for all bodies, in sharded_sum.cpp, and not with each: they took two
/// thirds of the compile time and of the code of an operator, and a call for each shard is nothing on a
/// processor of this size. Microcontrollers keep both in one function, and the stack that one more takes.
inline constexpr bool has_one_sum = has_processes || has_threads;

/// A body by its address.
struct shard_body {
  void* own;
  void (*run)(void* own, shard_range measurements, std::size_t shard, std::size_t slot,
              std::uint32_t worker) noexcept;

  void operator()(shard_range measurements, std::size_t shard, std::size_t slot,
                  std::uint32_t worker) const noexcept {
    run(own, measurements, shard, slot, worker);
  }
};

template <class T>
void sum_sets_by(const workspace<T>& how, std::uint32_t workers, std::size_t m, std::size_t sets,
                 T* const* sums, const std::size_t* counts, T* const* losses, shard_body body) noexcept;

/// For every set p < sets: sums[p][0..counts[p]) = sum over shards of the buffers that `body` writes, and
/// losses[p][0] = the sum of losses[p][s], which it writes too; both by the tree that adds neighbours, then
/// neighbouring pairs, and so on. counts are multiples of virtual_lanes<T>. The shards of a process are a run
/// of the tree's leaves: it adds up what it has both parts of, and how.shared the rest.
///
/// body(shard_range measurements, shard, slot, worker): the buffer of set p is sums[p] + slot * counts[p],
/// and holds anything before. sums: shard_buffer_count(plan) * counts[p] each; losses: plan.shards each.
template <class T, class Body>
void sum_sets_over_shards(const workspace<T>& how, std::uint32_t workers, std::size_t m, std::size_t sets,
                          T* const* sums, const std::size_t* counts, T* const* losses, Body body) noexcept {
  if constexpr (has_one_sum) {
    sum_sets_by(how, workers, m, sets, sums, counts, losses,
                {&body, [](void* own, shard_range measurements, std::size_t shard, std::size_t slot,
                           std::uint32_t worker) noexcept {
                   (*static_cast<Body*>(own))(measurements, shard, slot, worker);
                 }});
  } else {
    sum_sets_in_place(how, workers, m, sets, sums, counts, losses, body);
  }
}

/// The same for one set, whose buffers are zeroed before `body` adds to them. T body(shard_range
/// measurements, T* buffer, worker) returns the shard's loss; returns the sum of them.
template <class T, class Body>
T sum_over_shards(const workspace<T>& how, std::uint32_t workers, std::size_t m, T* sums, std::size_t count,
                  T* losses, Body body) noexcept {
  sum_sets_over_shards(how, workers, m, 1, &sums, &count, &losses,
                       [&](shard_range range, std::size_t s, std::size_t slot, std::uint32_t worker) {
                         T* const buffer = sums + slot * count;
                         std::memset(buffer, 0, count * sizeof(T));
                         losses[s] = body(range, buffer, worker);
                       });
  return losses[0];
}

}  // namespace tinyrank
